// Reading shared values. A page is bounded in bytes too: values may be 64 KiB each, and an agent reads all of it.

import * as z from 'zod';
import { reject } from '../../../core/rejection.ts';
import type { StateEntryView } from '../../../core/view/views.ts';
import { cursor, limit } from '../../schema/fields.ts';
import { defineTool } from '../tool.ts';
import { toolRejection, toolView } from '../tool-result.ts';

const PAGE_ROWS = 50;
const PAGE_ROWS_MAX = 200;
/** Values of one page together; the first one is shown whatever its size. */
const PAGE_CHARACTERS = 256 * 1024;
/** What the sentence repeats of a value for clients that show only text. */
const TEXT_CHARACTERS = 4_000;

export const getState = defineTool({
  name: 'get_state',
  title: 'Read shared state',
  description:
    'Reads values that agents share, each with its version: one key, or all keys that begin with a prefix. Never waits for a write.',
  effect: 'reads',
  input: {
    key: z.string().optional(),
    prefix: z.string().optional(),
    cursor: cursor.optional(),
    limit: limit.max(PAGE_ROWS_MAX).optional(),
  },
  output: ['entries', 'cursor', 'total'],
  async run(seat, args, call) {
    const { key, prefix, limit: rows = PAGE_ROWS } = args;
    if ((key === undefined) === (prefix === undefined)) return toolRejection(oneOfBoth());
    const which = key === undefined ? { prefix: prefix ?? '' } : { key };
    const from = args.cursor === undefined ? {} : { cursor: args.cursor };
    const seen = await seat.view({ kind: 'state', ...which, ...from, limit: rows }, call);
    if (key !== undefined && 'items' in seen.view && seen.view.items.length === 0)
      return toolRejection(unknownKey(key), { ...seen, registered: null, at: 0 });
    return toolView(seen, (page) => {
      const entries = fitting(page.items);
      const next = entries.length < page.items.length ? (entries.at(-1)?.key ?? null) : page.cursor;
      return { structured: { entries, cursor: next, total: page.total }, text: textOf(entries, page.total) };
    });
  },
});

function fitting(items: readonly StateEntryView[]): readonly StateEntryView[] {
  let size = 0;
  const beyond = items.findIndex((entry, i) => {
    size += JSON.stringify(entry.value).length;
    return i > 0 && size > PAGE_CHARACTERS;
  });
  return beyond === -1 ? items : items.slice(0, beyond);
}

function textOf(entries: readonly StateEntryView[], total: number): string {
  if (entries.length === 0) return 'There is no such key yet.';
  const lines = entries.map(({ key, value, version }) => `${key} (version ${version}) = ${JSON.stringify(value)}`);
  const text = lines.join('; ');
  const shown = text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS).toWellFormed()} ...` : text;
  return total > entries.length ? `${entries.length} of ${total}: ${shown}` : shown;
}

function unknownKey(key: string) {
  return reject('UNKNOWN_KEY', {
    message: `There is no key ${JSON.stringify(key.slice(0, 80))}.`,
    next: 'Create it with put_state and ifVersion 0, or look for keys with a prefix.',
    details: { key: key.slice(0, 512) },
  });
}

function oneOfBoth() {
  return reject('INVALID_ARGUMENT', {
    message: 'get_state: it is either key or prefix.',
    next: 'Give key for one value, or prefix for all keys that begin so ("" for all).',
    details: { path: 'key' },
  });
}
