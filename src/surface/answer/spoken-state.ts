// Governed state as plain data. A page is bounded in bytes too: values may be 64 KiB each, and an agent reads all of it.

import { type Rejection, reject } from '../../core/rejection.ts';
import type { Page, StateEntryView } from '../../core/view/views.ts';

export const STATE_PAGE = {
  rows: 50,
  rowsMax: 200,
  /** Values of one page together; the first one is shown whatever its size. */
  characters: 256 * 1024,
} as const;

export function spokenState({ items, cursor, total }: Page<StateEntryView>) {
  const entries = fitting(items);
  const next = entries.length < items.length ? (entries.at(-1)?.key ?? null) : cursor;
  return { entries, cursor: next, total };
}

function fitting(items: readonly StateEntryView[]): readonly StateEntryView[] {
  let size = 0;
  const beyond = items.findIndex((entry, i) => {
    size += JSON.stringify(entry.value).length;
    return i > 0 && size > STATE_PAGE.characters;
  });
  return beyond === -1 ? items : items.slice(0, beyond);
}

export function unknownKey(key: string): Rejection {
  return reject('UNKNOWN_KEY', {
    message: `There is no key ${JSON.stringify(key.slice(0, 80))}.`,
    next: 'Create it with put_state and ifVersion 0, or look for keys with a prefix.',
    details: { key: key.slice(0, 512) },
  });
}
