// What the log knows of imports already: its fold, and which lines of which histories it holds.
//
// A line is known by what stands in it, and how often it does, not by where it stands. So a file that has grown, that was
// moved, that lost its oldest lines or whose wrong lines were corrected is imported again without anything being doubled. A
// line that was corrected is new, and follows those that are known with the number it has in its file.

import type { Coordinator } from '../../../app/coordinator.ts';
import { apply } from '../../../core/apply.ts';
import { emptyState, type FleetState } from '../../../core/fleet-state.ts';
import type { Hasher } from '../../../ports/hasher.ts';

export interface KnownLines {
  /** How many, and the chain over all of them; null before the first. */
  count: number;
  digest: string | null;
  /** Column names of those that came last. */
  columns: readonly string[] | null;
  /** By the key of their text: how often. */
  readonly times: Map<string, number>;
}

export interface KnownImports {
  /** The fold of the whole log, this process's own. */
  readonly state: FleetState;
  readonly histories: ReadonlyMap<string, KnownLines>;
}

/** Reads the log once. Lines are kept for `agentIds` only, as 16 bytes each. */
export async function readKnown(
  source: Pick<Coordinator, 'feed'>,
  hasher: Hasher,
  agentIds: readonly string[],
  progress: (text: string) => void,
): Promise<KnownImports> {
  const state = emptyState();
  const histories = new Map(agentIds.map((agentId) => [agentId, noLines()] as const));
  for await (const event of source.feed({ after: 0, once: true })) {
    apply(state, event);
    progress(`reading the log, number ${event.seq}`);
    const known = event.type === 'history.imported' ? histories.get(event.agentId ?? '') : undefined;
    if (known === undefined || event.type !== 'history.imported') continue;
    for (const row of event.rows) count(known.times, lineKey(hasher, row));
    known.count = event.after + event.rows.length;
    known.digest = event.digest;
    known.columns = event.columns;
  }
  return { state, histories };
}

export function noLines(): KnownLines {
  return { count: 0, digest: null, columns: null, times: new Map() };
}

/** Equal for lines with the same cells. */
export function lineKey(hasher: Hasher, row: readonly string[]): string {
  return hasher.sha256Hex(JSON.stringify(row)).slice(0, KEY_DIGITS);
}

const KEY_DIGITS = 32;

/** Counts one more; answers how many there are now. */
export function count(times: Map<string, number>, key: string): number {
  const now = (times.get(key) ?? 0) + 1;
  times.set(key, now);
  return now;
}

/** The chain over all lines with these: the same digest means the same lines in the same order. */
export function digestOfLines(hasher: Hasher, before: string | null, rows: readonly (readonly string[])[]): string {
  return rows.reduce((digest, row) => hasher.sha256Hex(digest, '\n', JSON.stringify(row)), before ?? '');
}
