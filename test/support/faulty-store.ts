// An EventStore that misbehaves the way networks and disks do, as often as a supplied random function says. The same
// random numbers give the same faults, so a simulation is one seed.
//
//   lost reply     the append happened, the caller hears STORE_UNAVAILABLE
//   unavailable    the caller hears STORE_UNAVAILABLE and nothing happened
//   late hint      a hint comes some time after the append
//   dropped hint   a hint never comes; the poll that stands behind hints is the caller's `later` as well
//   torn snapshot  only a part of a snapshot was written when its writer fell over
//
// Conflicts need no help: two stores on one log make them.

import { type EventStore, type Snapshot, StoreFault } from '../../src/ports/event-store.ts';

/** How often, from 0 (never) to 1 (always). */
export interface FaultRates {
  readonly lostReply: number;
  readonly unavailable: number;
  readonly lateHint: number;
  readonly droppedHint: number;
  readonly tornSnapshot: number;
}

export const noFaults: FaultRates = { lostReply: 0, unavailable: 0, lateHint: 0, droppedHint: 0, tornSnapshot: 0 };

export interface FaultyStoreOptions {
  readonly rates: FaultRates;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Runs something after some milliseconds of the test's own time. */
  readonly later: (ms: number, run: () => void) => void;
  /** Tears the snapshot at `seq` that was just saved, in whatever the inner store keeps. */
  readonly tear?: (seq: number) => void;
  /** Told of each fault, so that a test can see that there were some. */
  readonly onFault?: (kind: keyof FaultRates) => void;
}

const lateHintMaxMs = 2_000;
/** As the poll of a real store: a hint that was dropped is made up for. */
const pollMs = 250;

export function faultyStore(inner: EventStore, options: FaultyStoreOptions): EventStore {
  const { rates, random, later } = options;

  function happens(kind: keyof FaultRates): boolean {
    // Always one draw, so that changing one rate does not shift the others.
    const draw = random();
    if (draw >= rates[kind]) return false;
    options.onFault?.(kind);
    return true;
  }

  function passOn(hint: () => void): void {
    if (happens('droppedHint')) later(pollMs, hint);
    else if (happens('lateHint')) later(random() * lateHintMaxMs, hint);
    else hint();
  }

  async function saveTorn(snapshot: Snapshot): Promise<void> {
    await inner.saveSnapshot(snapshot);
    options.tear?.(snapshot.seq);
    throw unavailable('the writer of a snapshot fell over');
  }

  return {
    traits: inner.traits,
    open: () => inner.open(),
    read: async (after, limit) => {
      if (happens('unavailable')) throw unavailable('read was not tried');
      return inner.read(after, limit);
    },
    append: async (expected, batch) => {
      if (happens('unavailable')) throw unavailable('append was not tried');
      const isLost = happens('lostReply');
      const answer = await inner.append(expected, batch);
      if (isLost) throw unavailable('the reply to an append was lost');
      return answer;
    },
    onAppended: (hint) => inner.onAppended(() => passOn(hint)),
    loadSnapshot: (atOrBefore) => inner.loadSnapshot(atOrBefore),
    saveSnapshot: (snapshot) => (happens('tornSnapshot') ? saveTorn(snapshot) : inner.saveSnapshot(snapshot)),
    truncate: (before) => inner.truncate(before),
    beat: async (beat) => {
      if (happens('unavailable')) throw unavailable('beat was not tried');
      return inner.beat(beat);
    },
    beats: () => inner.beats(),
    close: () => inner.close(),
  };
}

function unavailable(what: string): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', `Injected fault: ${what}.`);
}
