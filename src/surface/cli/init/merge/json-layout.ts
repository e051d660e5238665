// How a JSON file is laid out, so that what is put into it looks like the rest.

import type { Node } from 'jsonc-parser';
import type { Json } from './config-file.ts';
import { indentAt, lineEndOf } from './text-edit.ts';

export interface JsonLayout {
  readonly lineEnd: string;
  /** What a level is indented by; null where everything stands on one line. */
  readonly unit: string | null;
}

const USUAL = '  ';

export function layoutOf(text: string, root: Node | null): JsonLayout {
  const lineEnd = lineEndOf(text);
  const [first] = root?.children ?? [];
  if (root === null || first === undefined) return { lineEnd, unit: USUAL };
  if (!text.slice(root.offset, first.offset).includes('\n')) {
    const isOneLine = !text.slice(root.offset, root.offset + root.length).includes('\n');
    return { lineEnd, unit: isOneLine ? null : USUAL };
  }
  return { lineEnd, unit: indentAt(text, first.offset) || USUAL };
}

/** `value` as text; lines after the first are indented by `indent` and more. Lists of plain values stay on one line. */
export function jsonText(value: Json, layout: JsonLayout, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return listText(value as readonly Json[], layout, indent);
  const inner = `${indent}${layout.unit ?? ''}`;
  const pairs = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${jsonText(each, layout, inner)}`);
  return wrapped('{', pairs, '}', layout, indent);
}

function listText(values: readonly Json[], layout: JsonLayout, indent: string): string {
  const inner = `${indent}${layout.unit ?? ''}`;
  const texts = values.map((each) => jsonText(each, layout, inner));
  if (values.every((each) => typeof each !== 'object' || each === null)) return `[${texts.join(', ')}]`;
  return wrapped('[', texts, ']', layout, indent);
}

function wrapped(open: string, texts: readonly string[], close: string, layout: JsonLayout, indent: string): string {
  const { lineEnd, unit } = layout;
  if (texts.length === 0) return `${open}${close}`;
  if (unit === null) return open === '{' ? `{ ${texts.join(', ')} }` : `[${texts.join(', ')}]`;
  const inner = `${lineEnd}${indent}${unit}`;
  return `${open}${inner}${texts.join(`,${inner}`)}${lineEnd}${indent}${close}`;
}
