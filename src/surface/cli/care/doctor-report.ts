// What `doctor` found: each thing it looked at in one line, and for each that is not as it should be a finding with what to
// do.

import { oneLine } from '../../../core/view/one-line.ts';
import type { Look } from '../output/screen.ts';

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

export interface Checked {
  readonly name: string;
  /** What was seen, in a few words. */
  readonly detail: string;
  readonly findings: readonly Finding[];
  /** What to know of it, though nothing is wrong. */
  readonly notes?: readonly Finding[];
  /** It could not be looked at, which says neither good nor bad of it. */
  readonly isUnchecked?: true;
}

export function reportLines(checks: readonly Checked[], { paint }: Look): readonly string[] {
  const widest = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, detail, findings, notes = [], isUnchecked }) => {
    const passed = isUnchecked === true ? paint.faint('-   ') : paint.good('ok  ');
    const mark = findings.length === 0 ? passed : paint.bad('FIND');
    return [
      `${mark}  ${paint.strong(name.padEnd(widest))}  ${oneLine(detail, 400)}`,
      ...findings.flatMap(({ code, message, next }) => [
        paint.bad(`      ${code}: ${oneLine(message, 1_000)}`),
        `      ${oneLine(next, 1_000)}`,
      ]),
      ...notes.flatMap(({ code, message, next }) => [
        paint.warn(`      ${code}: ${oneLine(message, 1_000)}`),
        `      ${oneLine(next, 1_000)}`,
      ]),
    ];
  });
}
