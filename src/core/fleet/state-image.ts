// The whole state as plain JSON, for snapshots and for the first event of a new epoch. Rows keep their order, because the
// order in which waiters entered the line is the line.

import { emptyState, type FleetState, type Position, TABLE_NAMES } from '../fleet-state.ts';
import type { FleetRow } from '../rows.ts';
import type { Table } from '../table.ts';

/** Moves when rows change shape; an older image is migrated when it is read. */
const IMAGE_VERSION = 1;

interface StateImage {
  readonly image: number;
  readonly position: Position;
  readonly fleet: FleetRow | null;
  readonly tables: Readonly<Record<string, readonly object[]>>;
}

/** Everything `state` holds, as plain data that JSON can carry. */
export function exportState(state: FleetState): unknown {
  const tables: Record<string, readonly object[]> = {};
  for (const name of TABLE_NAMES) tables[name] = [...(state[name] as Table<object>).rows()];
  return { image: IMAGE_VERSION, position: state.position, fleet: state.fleet, tables } satisfies StateImage;
}

/** State from an image. Throws on one of a version it does not know: an image is never read by guess. */
export function importState(image: unknown): FleetState {
  const source = image as StateImage;
  if (source?.image !== IMAGE_VERSION) throw new Error(`state image of unknown version ${String(source?.image)}`);
  const state = emptyState();
  for (const name of TABLE_NAMES) {
    const table = state[name] as Table<object>;
    for (const row of source.tables[name] ?? []) table.set(row);
  }
  state.fleet = source.fleet;
  state.position = source.position;
  return state;
}
