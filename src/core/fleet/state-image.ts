// The whole state as plain JSON, for snapshots and for the first event of a new epoch. Rows keep their order, because the
// order in which waiters entered the line is the line.

import { emptyState, type FleetState, type Position, TABLE_NAMES } from '../fleet-state.ts';
import { lookAgainAtWaitsOf } from '../lease/absent.ts';
import type { FleetRow } from '../rows.ts';
import type { Table } from '../table.ts';

/** Moves when rows change shape; an older image is migrated when it is read. */
const IMAGE_VERSION = 2;

interface StateImage {
  readonly image: number;
  readonly position: Position;
  readonly fleet: FleetRow | null;
  readonly tables: Readonly<Record<string, readonly object[]>>;
}

/** Images of format 1 know no conduct, no policy and no messages. */
const UNGOVERNED = 1;

function governed(agent: object): object {
  return { ...agent, seenAt: 0, hasCheckedIn: false, pause: null, change: null };
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
  const isKnown = source?.image === IMAGE_VERSION || source?.image === UNGOVERNED;
  if (!isKnown) throw new Error(`state image of unknown version ${String(source?.image)}`);
  const state = emptyState();
  for (const name of TABLE_NAMES) {
    const table = state[name] as Table<object>;
    const rows = source.tables[name] ?? [];
    for (const row of rows) table.set(source.image === UNGOVERNED && name === 'agents' ? governed(row) : row);
  }
  // An image of before does not say who is absent.
  for (const { sessionId } of state.tickets.rows()) lookAgainAtWaitsOf(state, sessionId);
  state.fleet = source.fleet === null ? null : { ...source.fleet, policy: source.fleet.policy ?? null };
  state.position = source.position;
  return state;
}
