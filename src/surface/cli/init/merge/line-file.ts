// Files of lines, such as what git is to leave alone here. Lines of ours stand behind a line that says so.

import type { Before, ConfigFormat, Taken } from './config-file.ts';
import { blockCut, withBlock } from './line-block.ts';
import { applyEdits, isBlank } from './text-edit.ts';

const LINE_MARK = '# by brigade init';

/** A file that gets `needed`; taken out is whatever of `known` we put there. */
export function lineFormat(needed: readonly string[], known: readonly string[]): ConfigFormat {
  return {
    put: (text) => putLines(text, needed),
    take: (text, before) => takeLines(text, known, before),
    observe: (text) => ({ blank: isBlank(text) ? text : null, containers: {}, framed: [] }),
  };
}

/** `text` with those of `lines` that it does not have, behind our mark. */
export function putLines(text: string, lines: readonly string[]): string {
  const missing = lines.filter((line) => !linesOf(text).includes(line));
  return missing.reduce((now, line) => withBlock(now, [LINE_MARK, line], false), text);
}

/** Takes out each of `lines` that stands behind our mark, and the mark. */
export function takeLines(text: string, lines: readonly string[], before: Before | null): Taken {
  let now = text;
  for (const line of lines) {
    const found = new RegExp(`^${quoted(LINE_MARK)}\r?\n${quoted(line)}(?=\r?$)`, 'm').exec(now);
    if (found !== null) now = applyEdits(now, [blockCut(now, found.index, found.index + found[0].length, false)]);
  }
  const isEmpty = isBlank(now);
  return { text: isEmpty && now !== text ? (before?.blank ?? now) : now, isEmpty };
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}

function quoted(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
