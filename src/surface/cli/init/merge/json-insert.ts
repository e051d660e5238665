// Puts one more property into an object, or one more element into a list, of a JSON text, behind those that are there: what is
// there is not touched, and a comment stays beside what it is about.

import type { Json } from './config-file.ts';
import { type JsonLayout, jsonText } from './json-layout.ts';
import { endOf, type Node, tokensBetween } from './json-tree.ts';
import { indentAt, isBlank, type TextEdit } from './text-edit.ts';

/** `key` is null in a list. */
export function insertion(
  text: string,
  container: Node,
  entry: { readonly key: string | null; readonly value: Json },
  layout: JsonLayout,
): readonly TextEdit[] {
  const last = container.children?.at(-1);
  const write = (unit: JsonLayout, indent: string): string => {
    const name = entry.key === null ? '' : `${JSON.stringify(entry.key)}: `;
    return `${name}${jsonText(entry.value, unit, indent)}`;
  };
  return last === undefined ? intoEmpty(text, container, layout, write) : behind(text, container, last, layout, write);
}

type Write = (layout: JsonLayout, indent: string) => string;

function behind(text: string, container: Node, last: Node, layout: JsonLayout, write: Write): readonly TextEdit[] {
  const tokens = tokensBetween(text, endOf(last), endOf(container) - 1);
  const comma = tokens.find(({ kind }) => kind === 'comma');
  const place = endOfLine(text, tokens, comma?.end ?? endOf(last));
  const [first = last] = container.children ?? [];
  const isOneLine = !text.slice(container.offset, first.offset).includes('\n');
  const indent = indentAt(text, first.offset);
  // Behind a comment to the end of the line everything would be part of it.
  const isBehindComment = tokens.some(({ kind, end }) => kind === 'line comment' && end === place);
  const gap = isBehindComment ? layout.lineEnd : ' ';
  const entry = isOneLine
    ? `${gap}${write({ ...layout, unit: null }, '')}`
    : `${layout.lineEnd}${indent}${write(layout, indent)}`;
  const ours = { offset: place, length: 0, text: comma === undefined ? entry : `${entry},` };
  return comma === undefined ? [{ offset: endOf(last), length: 0, text: ',' }, ours] : [ours];
}

/** Behind `from`, past the comments that stand on the same line. */
function endOfLine(
  text: string,
  tokens: readonly { readonly offset: number; readonly end: number; readonly kind: string }[],
  from: number,
): number {
  let place = from;
  for (const token of tokens) {
    if (token.end <= from) continue;
    if (text.slice(token.offset, token.end).includes('\n')) break;
    if (token.kind !== 'blank') place = token.end;
  }
  return place;
}

function intoEmpty(text: string, container: Node, layout: JsonLayout, write: Write): readonly TextEdit[] {
  const [from, to] = [container.offset + 1, endOf(container) - 1];
  if (layout.unit === null) return [{ offset: to, length: 0, text: ` ${write(layout, '')} ` }];
  const outer = indentAt(text, container.offset);
  const indent = `${outer}${layout.unit}`;
  const entry = `${layout.lineEnd}${indent}${write(layout, indent)}`;
  const close = `${layout.lineEnd}${outer}`;
  if (isBlank(text.slice(from, to))) return [{ offset: from, length: to - from, text: `${entry}${close}` }];
  const place = tokensBetween(text, from, to).findLast(({ kind }) => kind !== 'blank')?.end ?? from;
  const isClosed = text.slice(place, to).includes('\n');
  return [{ offset: place, length: 0, text: isClosed ? entry : `${entry}${close}` }];
}
