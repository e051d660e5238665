// Batches that a shared store brings by itself, with a hint or with a conflict: nobody asks for them again, and nobody takes
// them for more than they are.

import { afterEach, describe, expect, it } from 'vitest';
import type { Conflict, EventStore, Hint, StoredBatch } from '../../src/ports/event-store.ts';
import { settle } from '../support/fake-clock.ts';
import { type Cook, FleetRig, HERE, seat, tokenOf } from '../support/fleet-rig.ts';
import { GatedStore } from '../support/gated-store.ts';

const THERE = { ...HERE, placeId: 'p_there', machineId: 'other', bootId: 'other', hostName: 'pantry' };

let rig: FleetRig;
let gate: GatedStore;
/** Reads of the host `here`, and what it is told with a hint. */
let reads: number;
let hint: Hint;
/** When what is read comes. */
let reading: Promise<void>;
afterEach(() => rig.clock.advanceUntil(rig.close()));

/** Two hosts; the store tells the first one only what the test has it tell. */
async function openHosts({ pushesHints }: { readonly pushesHints: boolean }): Promise<{ ana: Cook; bo: Cook }> {
  reads = 0;
  reading = Promise.resolve();
  rig = FleetRig.onFakeClock({ makeStore: (name) => (name === 'here' ? counted(pushesHints) : shared(rig.store())) });
  const [here, there] = [await rig.coordinator('here'), await rig.coordinator('there', THERE)];
  const ana = await soon(seat(here, 'ana'));
  return { ana, bo: await soon(seat(there, 'bo', { placeId: THERE.placeId })) };
}

function counted(pushesHints: boolean): EventStore {
  gate = new GatedStore(shared(rig.store()));
  const read = gate.read.bind(gate);
  return Object.assign(gate, {
    traits: { ...gate.traits, pushesHints },
    read: async (after: number, limit: number) => {
      reads += 1;
      await reading;
      return read(after, limit);
    },
    onAppended: (listener: Hint) => {
      hint = listener;
      return () => undefined;
    },
  });
}

function shared(inner: EventStore): EventStore {
  return Object.assign(inner, { traits: { ...inner.traits, sharedAcrossHosts: true } });
}

/** Turns are waited for, milliseconds; the log is looked at anew each 250. */
async function soon<T>(work: Promise<T>): Promise<T> {
  const done = { isTrue: false };
  const end = (): void => {
    done.isTrue = true;
  };
  work.then(end, end);
  while (!done.isTrue) await rig.clock.advance(1);
  return work;
}

async function taken(cook: Cook, resource: string): Promise<number> {
  return tokenOf(await soon(cook.acquire(resource)));
}

function last(): StoredBatch {
  const batch = rig.log.batches.at(-1);
  if (batch === undefined) throw new Error('the log is empty');
  return batch;
}

describe('what a hint brings', () => {
  it('is known without asking, and decided on', async () => {
    const { ana, bo } = await openHosts({ pushesHints: true });
    hint(last());
    await taken(bo, 'task:stew');
    const before = { reads, appends: gate.appends };
    hint(last());
    await taken(ana, 'task:soup');
    expect({ reads, appends: gate.appends }).toEqual({ ...before, appends: before.appends + 1 });
  });

  it('is asked for where something before it is missing', async () => {
    const { ana, bo } = await openHosts({ pushesHints: true });
    await taken(bo, 'task:stew');
    await taken(bo, 'task:roast');
    const before = reads;
    hint(last());
    await settle();
    expect(reads).toBe(before + 1);
    await taken(ana, 'task:soup');
    expect(reads).toBe(before + 1);
  });

  it('is not taken where it is not what was written; reading shows what was', async () => {
    const { ana, bo } = await openHosts({ pushesHints: true });
    hint(last());
    await taken(bo, 'task:stew');
    const before = reads;
    hint({ ...last(), body: last().body.replace('task:stew', 'task:soup') });
    await settle();
    expect(reads).toBe(before + 1);
    await taken(ana, 'task:soup');
  });
});

describe('what a hint only tells of', () => {
  it('is read before anything is decided', async () => {
    const { ana, bo } = await openHosts({ pushesHints: true });
    hint(last());
    await taken(bo, 'task:stew');
    const { promise, resolve } = Promise.withResolvers<void>();
    reading = promise;
    const before = gate.appends;
    hint();
    const asked = ana.acquire('task:soup');
    await settle();
    resolve();
    tokenOf(await soon(asked));
    expect(gate.appends).toBe(before + 1);
  });
});

describe('what a conflict brings', () => {
  it('is decided on without asking', async () => {
    const { ana, bo } = await openHosts({ pushesHints: false });
    const inner = gate.append.bind(gate);
    gate.append = async (expected, batch) => {
      const answer = await inner(expected, batch);
      const missed = rig.log.batches.filter(({ lastSeq }) => lastSeq > expected.seq);
      return answer.appended ? answer : ({ ...answer, missed } satisfies Conflict);
    };
    gate.fates.push('hold');
    const asked = ana.acquire('task:soup');
    await settle();
    await taken(bo, 'task:stew');
    const before = reads;
    await gate.openGate();
    tokenOf(await soon(asked));
    expect(reads).toBe(before);
    expect(gate.appends).toBeGreaterThan(1);
  });
});
