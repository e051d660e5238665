// Finds figures in a document that look measured: rates, milliseconds, sizes of memory, and any time or share beside a word that
// says it was measured. Code is left out: what a program prints there is an example.

import { withoutFigures } from '../../bench/suite/render/figures.ts';

export interface Told {
  /** From 1. */
  readonly line: number;
  /** The figure with what stands around it. */
  readonly text: string;
}

const NUMBER = String.raw`\d[\d,.]*(?:\s(?:to|or)\s\d[\d,.]*)?`;
const ALWAYS = [
  new RegExp(`${NUMBER}\\s*(?:[\\w-]+\\s){0,5}(?:a|per) second\\b`, 'g'),
  new RegExp(`${NUMBER}\\s*\\w*/s\\b`, 'g'),
  new RegExp(`${NUMBER}\\s*(?:ms|µs|ns|milliseconds|microseconds)\\b`, 'g'),
  new RegExp(`${NUMBER}\\s*(?:[KMG]i?B|kB|bytes|kilobytes|megabytes)\\b`, 'g'),
];
const SAYS_MEASURED = /\b(?:measured|median|percentile|p50|p99|took|on average|takes?|needs)\b/i;
const WHERE_MEASURED = [new RegExp(`${NUMBER}\\s*(?:s|seconds|minutes?|%|times)(?![\\w])`, 'g')];

/** Those that stand outside of marked regions. */
export function measuredFigures(text: string): readonly Told[] {
  const lines = withoutCode(withoutFigures(text)).split('\n');
  return lines.flatMap((line, i) => {
    const patterns = SAYS_MEASURED.test(line) ? [...ALWAYS, ...WHERE_MEASURED] : ALWAYS;
    const found = patterns.flatMap((pattern) => Array.from(line.matchAll(pattern), ([figure]) => figure.trim()));
    return Array.from(new Set(found), (figure) => ({ line: i + 1, text: figure }));
  });
}

/** Blocks and spans of code become blanks. */
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ');
  return text.replace(/^(?<fence>```|~~~)[\s\S]*?^\k<fence>/gm, blank).replace(/`[^`\n]+`/g, blank);
}
