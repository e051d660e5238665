// A recorded history: the batches of a log exactly as a store keeps them, and the state they fold to. Written once by the
// version it is named after, and never again: a later version must still fold it to the same state.

import { readFileSync } from 'node:fs';
import { apply } from '../../src/core/apply.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { exportState } from '../../src/core/fleet/state-image.ts';
import { emptyState, type FleetState } from '../../src/core/fleet-state.ts';
import { decodeBatch } from '../../src/app/batch-codec.ts';
import type { StoredBatch } from '../../src/ports/event-store.ts';

/** Histories of one version, by the seed of the simulation that made them. */
export const RECORDED: readonly { readonly version: string; readonly name: string }[] = [
  { version: '0.1.0', name: 'a' },
  { version: '0.1.0', name: 'b' },
  { version: '0.1.0', name: 'c' },
  { version: '0.2.0', name: 'a' },
  { version: '0.2.0', name: 'b' },
  { version: '0.2.0', name: 'c' },
];

export function fileOf(version: string, name: string, kind: 'ndjson' | 'state.json'): URL {
  return new URL(`${version}/${name}.${kind}`, import.meta.url);
}

export function recordedBatches(version: string, name: string): readonly StoredBatch[] {
  const lines = readFileSync(fileOf(version, name, 'ndjson'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as StoredBatch);
}

export function eventsOf(batches: readonly StoredBatch[]): readonly FleetEvent[] {
  return batches.flatMap((batch) => decodeBatch(batch).events);
}

export function foldOf(events: readonly FleetEvent[]): FleetState {
  const state = emptyState();
  for (const event of events) apply(state, event);
  return state;
}

/** The state as it is recorded: one line of JSON for each row would hide nothing, but one text is easier to compare. */
export function imageText(state: FleetState): string {
  return `${JSON.stringify(exportState(state))}\n`;
}
