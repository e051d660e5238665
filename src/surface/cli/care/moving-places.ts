// Who else writes this log right now? Each place beats into it every 2 s; a beat that moves while we look is of one that runs.

import { createStore } from '../../../compose.ts';
import { isRejection } from '../../../core/rejection.ts';
import type { Beat } from '../../../ports/event-store.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { keptLogOf } from './kept-log.ts';

/** A little more than two beats. */
const LOOK_MS = 4_500;

/** Beats of other kernels that moved while we looked. Takes no time where nobody else ever beat. */
export async function movingPlaces(
  { fleet, host, clock }: SeenFleet,
  first: readonly Beat[],
): Promise<readonly Beat[]> {
  const { bootId } = fleet.place;
  const others = first.filter((beat) => beat.bootId !== bootId);
  const kept = await keptLogOf(host);
  if (others.length === 0 || isRejection(kept)) return [];
  await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
  const log = await createStore(kept);
  try {
    await log.open();
    const now = await log.beats();
    return others.filter((before) =>
      now.some((beat) => beat.placeId === before.placeId && beat.counter !== before.counter),
    );
  } finally {
    await log.close();
  }
}
