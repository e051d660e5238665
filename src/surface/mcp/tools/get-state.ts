// Reading shared values.

import * as z from 'zod';
import { reject } from '../../../core/rejection.ts';
import type { StateEntryView } from '../../../core/view/views.ts';
import { STATE_PAGE, spokenState, unknownKey } from '../../answer/spoken-state.ts';
import { cursor, limit } from '../../schema/fields.ts';
import { defineTool } from '../tool.ts';
import { toolRejection, toolView } from '../tool-result.ts';

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
    limit: limit.max(STATE_PAGE.rowsMax).optional(),
  },
  output: ['entries', 'cursor', 'total'],
  async run(seat, args, call) {
    const { key, prefix, limit: rows = STATE_PAGE.rows } = args;
    if ((key === undefined) === (prefix === undefined)) return toolRejection(oneOfBoth());
    const which = key === undefined ? { prefix: prefix ?? '' } : { key };
    const from = args.cursor === undefined ? {} : { cursor: args.cursor };
    const seen = await seat.view({ kind: 'state', ...which, ...from, limit: rows }, call);
    if (key !== undefined && 'items' in seen.view && seen.view.items.length === 0)
      return toolRejection(unknownKey(key), { ...seen, registered: null, at: 0 });
    return toolView(seen, (page) => {
      const structured = spokenState(page);
      return { structured, text: textOf(structured.entries, page.total) };
    });
  },
});

function textOf(entries: readonly StateEntryView[], total: number): string {
  if (entries.length === 0) return 'There is no such key yet.';
  const lines = entries.map(({ key, value, version }) => `${key} (version ${version}) = ${JSON.stringify(value)}`);
  const text = lines.join('; ');
  const shown = text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS).toWellFormed()} ...` : text;
  return total > entries.length ? `${entries.length} of ${total}: ${shown}` : shown;
}

function oneOfBoth() {
  return reject('INVALID_ARGUMENT', {
    message: 'get_state: it is either key or prefix.',
    next: 'Give key for one value, or prefix for all keys that begin so ("" for all).',
    details: { path: 'key' },
  });
}
