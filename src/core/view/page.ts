// Pages of lists. A view is bounded whatever the caller asks for; a cursor names the last row shown, so rows that come or
// go between two pages are neither shown twice nor skipped.

import type { Page } from './views.ts';

export const VIEW_LIMITS = {
  /** Rows of a list when the caller names no number: more than one screen, little enough for one answer of a tool. */
  rows: 100,
  /** Bound of what a caller may ask for: one page stays far below a second of work and a megabyte of text. */
  rowsMax: 1_000,
  /** Waits of one graph: a drawing needs all of it at once, and what stands behind one another says little in pages. */
  waitsMax: 2_000,
  /** Edges of a graph, for each wait that it may show. */
  edgesPerWait: 3,
  /** Rows of each list on the one screen of the whole fleet. */
  fleetRows: 50,
  /** Leases shown of one resource among many that were asked about. */
  leasesPerResource: 16,
  /** Waiters shown beside one lock; the rest is a number. */
  waitersPerLock: 20,
  /** Requests to let go shown beside one lock, the newest. */
  asksPerLock: 3,
  /** Sessions shown beside one agent; the rest is a number. */
  sessionsPerAgent: 10,
  /** Agents, and resources, named beside one incident in a list. */
  namesPerIncident: 10,
  /** Deadlocks that were broken lately, newest first. */
  brokenDeadlocks: 10,
} as const;

/** How many rows to show: what was asked for, within the bounds. */
export function rowLimit(asked: number | undefined): number {
  if (asked === undefined || !Number.isFinite(asked)) return VIEW_LIMITS.rows;
  return Math.min(VIEW_LIMITS.rowsMax, Math.max(1, Math.floor(asked)));
}

/**
 * The first `limit` rows after the cursor. `rows` come in ascending order of their `cursorOf`, and begin at the cursor or
 * before it; `isAfter` tells which of them lie behind it.
 */
export function pageOf<Row, Item>(
  rows: Iterable<Row>,
  options: {
    readonly limit: number;
    readonly total: number;
    readonly isAfter: (row: Row) => boolean;
    readonly cursorOf: (row: Row) => string;
    readonly itemOf: (row: Row) => Item;
  },
): Page<Item> {
  const items: Item[] = [];
  let last: Row | undefined;
  for (const row of rows) {
    if (!options.isAfter(row)) continue;
    if (items.length === options.limit)
      return { items, cursor: last === undefined ? null : options.cursorOf(last), total: options.total };
    items.push(options.itemOf(row));
    last = row;
  }
  return { items, cursor: null, total: options.total };
}

/** The number a cursor stands for; 0, the beginning, for none and for one that nobody handed out. */
export function numberOfCursor(cursor: string | undefined): number {
  const number = Number(cursor ?? '0');
  return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}
