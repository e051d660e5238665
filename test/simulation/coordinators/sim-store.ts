// A store as a process finds it on a bad day: every call takes its time, and some go wrong, as the seed says.
//
//   lost reply   the append happened, the caller hears STORE_UNAVAILABLE
//   unavailable  the caller hears STORE_UNAVAILABLE and nothing happened
//   late         the caller hears STORE_UNAVAILABLE, and the append reaches the log afterwards
//   alone        the append reaches the log although its writer was stopped or has died since
//   hints        come late, or not at all
//
// What was appended is on the disk once its writer has heard so, or a reader has asked for it.

import type { MemoryLog } from '../../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import {
  type Appended,
  type Conflict,
  type EventStore,
  type ReadAhead,
  type StoredBatch,
  StoreFault,
} from '../../../src/ports/event-store.ts';
import type { Random } from '../../support/random.ts';
import type { SimProcess } from './agenda.ts';

export interface Weather {
  /** From 0 to 1 each. */
  readonly unavailable: number;
  readonly lostReply: number;
  readonly late: number;
  readonly slow: number;
  readonly badHint: number;
}

/** What a power loss would leave. */
export interface SimDisk {
  durableSeq: number;
}

export const CLEAR: Weather = { unavailable: 0, lostReply: 0, late: 0, slow: 0, badHint: 0 };

export interface SimStoreOptions {
  readonly log: MemoryLog;
  readonly process: SimProcess;
  readonly random: Random;
  /** As it is at the moment of a call. */
  readonly weather: () => Weather;
  readonly onFault: (kind: string) => void;
  readonly disk: SimDisk;
  /** Which file stands in the log's place: another one after the log was lost, which an open handle notices. */
  readonly file: () => number;
  /** As Redis or etcd: shared by hosts, and what can be read is durable. */
  readonly isShared?: boolean;
}

export function simStore(options: SimStoreOptions): EventStore {
  const { log, process, random, weather, onFault, disk, file, isShared = false } = options;
  const inner = createMemoryStore(log, nodeHasher);
  const opened = file();
  const ahead: ReadAhead = {
    read: (after, limit) => call(() => onSameFile(() => inner.read(after, limit))),
    confirm: (seq) => call(async () => reach(seq)),
  };

  return {
    traits: { ...inner.traits, sharedAcrossHosts: isShared },
    ...(isShared ? {} : { ahead }),
    open: () => call(() => inner.open()),
    read: (after, limit) => call(() => onSameFile(async () => kept(await inner.read(after, limit)))),
    append: (expected, batch) => change(() => onSameFile(() => inner.append(expected, batch))),
    onAppended: (hint) => inner.onAppended(() => passOn(hint)),
    loadSnapshot: (atOrBefore) => call(() => inner.loadSnapshot(atOrBefore)),
    saveSnapshot: (snapshot) => call(() => inner.saveSnapshot(snapshot)),
    truncate: (before) => call(() => inner.truncate(before)),
    beat: (beat) => call(() => inner.beat(beat)),
    beats: () => call(() => inner.beats()),
    close: () => inner.close(),
  };

  function kept(batches: readonly StoredBatch[]): readonly StoredBatch[] {
    reach(batches.at(-1)?.lastSeq ?? 0);
    return batches;
  }

  function reach(seq: number): void {
    disk.durableSeq = Math.max(disk.durableSeq, seq);
  }

  function heard(answer: Appended | Conflict): Appended | Conflict {
    if (answer.appended) reach(answer.head.seq);
    return answer;
  }

  async function onSameFile<T>(work: () => Promise<T>): Promise<T> {
    if (file() !== opened) throw new StoreFault('STORE_REGRESSED', 'Simulated: another file stands in its place.');
    return work();
  }

  function happens(kind: keyof Weather): boolean {
    if (!random.chance(weather()[kind])) return false;
    onFault(kind);
    return true;
  }

  function roadMs(): number {
    return happens('slow') ? random.between(20, 3_000) : random.between(0, 3);
  }

  function call<T>(work: () => Promise<T>): Promise<T> {
    if (happens('unavailable')) return failAfter(roadMs(), 'it was not tried');
    return new Promise((resolve, reject) => {
      process.after(roadMs(), () => {
        if (random.chance(0.8)) work().then(resolve, reject);
        else work().then(back(resolve), back(reject));
      });
    });
  }

  /** What was read or written takes its time to be heard of. */
  function back<T>(tell: (value: T) => void): (value: T) => void {
    return (value) => void process.after(roadMs(), () => tell(value));
  }

  function change(work: () => Promise<Appended | Conflict>): Promise<Appended | Conflict> {
    if (happens('unavailable')) return failAfter(roadMs(), 'it was not tried', random.chance(0.5) ? 'none' : undefined);
    const isAlone = random.chance(0.5);
    if (happens('late')) {
      process.agenda.after(random.between(10, 8_000), isAlone ? null : process, () => void work().then(ignore, ignore));
      return failAfter(roadMs(), 'its reply did not come in time');
    }
    const isLost = happens('lostReply');
    return new Promise((resolve, reject) => {
      const tell: (answer: Appended | Conflict) => void = isLost
        ? back(() => reject(outOfReach('its reply was lost')))
        : back((answer) => resolve(heard(answer)));
      process.agenda.after(roadMs(), isAlone ? null : process, () => void work().then(tell, back(reject)));
    });
  }

  function failAfter(ms: number, why: string, outcome?: 'none'): Promise<never> {
    return new Promise((_, reject) => void process.after(ms, () => reject(outOfReach(why, outcome))));
  }

  function passOn(hint: () => void): void {
    if (!happens('badHint')) process.after(0, hint);
    else if (random.chance(0.5)) process.after(random.between(1, 2_000), hint);
  }
}

/** Nobody is there any more to hear of it. */
function ignore(): void {
  // The append was given up before; whether it was done shows in the log.
}

/** `outcome: none`: the store itself says that nothing was written. */
function outOfReach(why: string, outcome?: 'none'): StoreFault {
  return new StoreFault(
    'STORE_UNAVAILABLE',
    `Simulated: ${why}.`,
    outcome === undefined ? {} : { details: { outcome } },
  );
}
