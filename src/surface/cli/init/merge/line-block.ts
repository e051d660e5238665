// A block of whole lines at the end of a text, and the way back: what stood before it is the same to the byte, a missing end of
// the last line too.

import { lineEndOf, type TextEdit } from './text-edit.ts';

/** `text` with `lines` behind it, a blank line between where `isApart`. */
export function withBlock(text: string, lines: readonly string[], isApart: boolean): string {
  const lineEnd = lineEndOf(text);
  const block = lines.join(lineEnd);
  if (text === '') return `${block}${lineEnd}`;
  const gap = isApart ? lineEnd : '';
  return text.endsWith('\n') ? `${text}${gap}${block}${lineEnd}` : `${text}${lineEnd}${gap}${block}`;
}

/** Cuts the lines in which `from` to `to` lie, with a blank line before them where `isApart`. */
export function blockCut(text: string, from: number, to: number, isApart: boolean): TextEdit {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const newline = text.indexOf('\n', to);
  const end = newline === -1 ? text.length : newline + 1;
  const gap = isApart && endOfLineBefore(text, start) !== start ? lineBefore(text, start) : start;
  // Lines that ended the text without a line end had the one before them from us.
  const begin = newline === -1 ? endOfLineBefore(text, gap) : gap;
  return { offset: begin, length: end - begin, text: '' };
}

/** Where the line end begins that stands right before `offset`; `offset` where none does. */
function endOfLineBefore(text: string, offset: number): number {
  if (text[offset - 1] !== '\n') return offset;
  return text[offset - 2] === '\r' ? offset - 2 : offset - 1;
}

/** Where the blank line before `offset` begins; `offset` where that one is not blank. */
function lineBefore(text: string, offset: number): number {
  const end = endOfLineBefore(text, offset);
  return end === 0 || text[end - 1] === '\n' ? end : offset;
}
