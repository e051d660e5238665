// Governed state: one key, or the keys that begin alike, in the order of their names.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { StateEntryRow } from '../rows.ts';
import { pageOf, rowLimit } from './page.ts';
import type { Page, PresenceOf, Query, StateEntryView } from './views.ts';

type StateQuery = Extract<Query, { kind: 'state' }>;

/** Sorts behind whatever may follow a prefix: no key is long enough to hold more of the last code unit. */
const BEYOND = '\uffff'.repeat(8);

export function stateView(
  state: FleetState,
  _at: Instant,
  _presence: PresenceOf,
  query: StateQuery,
): Page<StateEntryView> {
  const rows = entriesOf(state, query);
  const after = query.cursor;
  return pageOf(rows, {
    limit: rowLimit(query.limit),
    total: rows.length,
    isAfter: (row) => after === undefined || row.key > after,
    cursorOf: (row) => row.key,
    itemOf: entryViewOf,
  });
}

function entriesOf(state: FleetState, query: StateQuery): readonly StateEntryRow[] {
  if (query.key !== undefined) {
    const entry = state.entries.get(query.key);
    return entry === undefined ? [] : [entry];
  }
  const prefix = query.prefix ?? '';
  // The table keeps its keys in order, so the rows come sorted.
  return [...state.entries.between(prefix, `${prefix}${BEYOND}`)];
}

function entryViewOf(row: StateEntryRow): StateEntryView {
  return { key: row.key, value: row.value, version: row.version, author: row.author, at: row.wallAt };
}
