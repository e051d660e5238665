// Does another kernel write this log right now? Each place beats into it every 2 s; a beat of another boot that moves while
// we look is one that runs.

import { createSqlite } from '../../../compose.ts';
import type { Beat } from '../../../ports/event-store.ts';
import type { SeenFleet } from '../open-fleet.ts';

/** A little more than two beats. */
const LOOK_MS = 4_500;

/** Boot ids of other kernels that beat while we looked. Takes no time where no other boot ever beat. */
export async function movingBoots(fleet: SeenFleet, first: readonly Beat[]): Promise<readonly string[]> {
  const { bootId } = fleet.fleet.place;
  const others = first.filter((beat) => beat.bootId !== bootId);
  const { value: location } = fleet.settings.store;
  if (others.length === 0 || location.kind !== 'sqlite') return [];
  await new Promise<void>((resolve) => fleet.clock.after(LOOK_MS, resolve));
  const log = await createSqlite(location.path, 'process');
  try {
    await log.open();
    const now = await log.beats();
    const moved = others.filter((before) =>
      now.some((beat) => beat.placeId === before.placeId && beat.counter !== before.counter),
    );
    return [...new Set(moved.map((beat) => beat.bootId))];
  } finally {
    await log.close();
  }
}
