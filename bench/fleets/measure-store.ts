// What a store costs, measured through its adapter on a real server: of the server's own processor and of that of whoever calls,
// for each kind of call, with as many fleets at once as keep it busy; and what the disk takes for a sync.

import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { chainHash } from '../../src/ports/chain.ts';
import type { EventStore, LogHead } from '../../src/ports/event-store.ts';
import { processorSeconds } from '../support/processor.ts';
import { WALL_AT } from './fleet-model.ts';
import type { CoreMeasures } from './measure-core.ts';
import type { StoreCall, StoreCosts } from './store-model.ts';

/** A real server, as the benchmark started it. */
export interface StartedStore {
  readonly name: string;
  readonly open: (fleet: string) => EventStore;
  /** One for each of its servers. */
  readonly pids: readonly number[];
  /** It does everything in one thread. */
  readonly isSingle: boolean;
  /** An answer to a write waits for the disk. */
  readonly isSynced: boolean;
}

export interface StoreMeasures {
  readonly costs: StoreCosts;
  /** Appends of so many fleets at once, and the median of each. */
  readonly appends: readonly { readonly fleets: number; readonly perSecond: number; readonly medianMs: number }[];
}

const FLEETS = 64;
const FOLLOWERS = 6;
const RUN_MS = 1_500;
const FOLLOW_MS = 10_000;
/** Of an adapter that is told by messages. */
const LOOKS_A_SECOND = 1;
/** A desk and its server in one data centre. */
const ROUND_TRIP_MS = 0.5;
const SYNC_MS = 500;

export async function measureStore(started: StartedStore, core: CoreMeasures): Promise<StoreMeasures> {
  const opened: EventStore[] = [];
  const open = async (fleet: number): Promise<EventStore> => {
    const store = started.open(`measured-${fleet}`);
    opened.push(store);
    await store.open();
    return store;
  };
  try {
    const writers: Writer[] = [];
    for (let i = 0; i < FLEETS; i += 1) writers.push(await Writer.on(await open(i), core, i));
    const appends = [
      await appendsOf(writers.slice(0, 1)),
      await appendsOf(writers.slice(0, 8)),
      await appendsOf(writers),
    ];
    const { pids } = started;
    const append = await costOf(pids, writers, 'append');
    const read = await costOf(pids, writers, 'read');
    const beat = await costOf(pids, writers, 'beat');
    const beats = await costOf(pids, writers, 'beats');
    const snapshot = await costOf(pids, writers, 'snapshot');
    for (let i = 0; i < FLEETS; i += 1)
      for (let f = 0; f < FOLLOWERS; f += 1) (await open(i)).onAppended(() => undefined);
    const look = await costOfFollowing(pids);
    const push = lessThan(await costOf(pids, writers, 'append'), append, FOLLOWERS);
    const all = { append, read, beat, beats, snapshot, look, push };
    return {
      costs: {
        name: started.name,
        serverMs: eachOf(all, ({ serverMs }) => serverMs),
        clientMs: eachOf(all, ({ clientMs }) => clientMs),
        processors: started.isSingle ? 1 : availableParallelism(),
        syncMs: started.isSynced ? syncMs(core.batchBytes) : 0,
        roundTripMs: ROUND_TRIP_MS,
      },
      appends,
    };
  } finally {
    await Promise.all(opened.map((store) => store.close()));
  }
}

interface Cost {
  readonly serverMs: number;
  readonly clientMs: number;
}

function eachOf<K extends string>(costs: Readonly<Record<K, Cost>>, of: (cost: Cost) => number): Record<K, number> {
  return Object.fromEntries(Object.entries<Cost>(costs).map(([call, cost]) => [call, of(cost)])) as Record<K, number>;
}

function lessThan(more: Cost, less: Cost, times: number): Cost {
  const share = (a: number, b: number): number => Math.max(0, a - b) / times;
  return { serverMs: share(more.serverMs, less.serverMs), clientMs: share(more.clientMs, less.clientMs) };
}

/** One fleet's log, which nobody else writes. */
class Writer {
  readonly #store: EventStore;
  readonly #core: CoreMeasures;
  readonly #placeId: string;
  #head: LogHead;
  #made = 0;

  private constructor(store: EventStore, core: CoreMeasures, head: LogHead, placeId: string) {
    this.#store = store;
    this.#core = core;
    this.#head = head;
    this.#placeId = placeId;
  }

  static async on(store: EventStore, core: CoreMeasures, number: number): Promise<Writer> {
    const writer = new Writer(store, core, await store.open(), `p_${number}`);
    // Of an empty log there is neither an end to read at nor a beat.
    await writer.call('append');
    await writer.call('beat');
    return writer;
  }

  async call(call: Exclude<StoreCall, 'look'>): Promise<void> {
    switch (call) {
      case 'append':
        return this.#append();
      case 'read':
        // At the end of the log, as nearly every read of a host is.
        return void (await this.#store.read(this.#head.seq, 2_000));
      case 'beat':
        this.#made += 1;
        return this.#store.beat({ placeId: this.#placeId, bootId: 'boot', counter: this.#made, wallAt: WALL_AT });
      case 'beats':
        return void (await this.#store.beats());
      case 'snapshot':
        return this.#store.saveSnapshot({ ...this.#head, body: this.#core.snapshot });
    }
  }

  async #append(): Promise<void> {
    this.#made += 1;
    const { epoch, hash, format } = this.#head;
    const id = `b_${this.#placeId}_${this.#made}`.padEnd(24, '0');
    const body = JSON.stringify({ id, events: 'e'.repeat(Math.round(this.#core.batchBytes) - 50) });
    const batch = { id, epoch, format, count: 1, body, hash: chainHash(nodeHasher, hash, body) };
    const answer = await this.#store.append(this.#head, batch);
    if (!answer.appended) throw new Error('somebody else wrote this log');
    this.#head = answer.head;
  }
}

/** Each writer one append after the other, all writers at once. */
async function appendsOf(writers: readonly Writer[]): Promise<StoreMeasures['appends'][number]> {
  const tookMs: number[] = [];
  const beganMs = performance.now();
  await busy(writers, async (writer) => {
    const askedMs = performance.now();
    await writer.call('append');
    tookMs.push(performance.now() - askedMs);
  });
  const perSecond = (tookMs.length * 1_000) / (performance.now() - beganMs);
  tookMs.sort((a, b) => a - b);
  return { fleets: writers.length, perSecond, medianMs: tookMs[Math.floor(tookMs.length / 2)] ?? Number.NaN };
}

function costOf(pids: readonly number[], writers: readonly Writer[], call: Exclude<StoreCall, 'look'>): Promise<Cost> {
  return spent(pids, async () => {
    let made = 0;
    await busy(writers, async (writer) => {
      await writer.call(call);
      made += 1;
    });
    return made;
  });
}

/** While nothing is written. */
function costOfFollowing(pids: readonly number[]): Promise<Cost> {
  return spent(pids, async () => {
    await pass(FOLLOW_MS);
    return (FLEETS * FOLLOWERS * LOOKS_A_SECOND * FOLLOW_MS) / 1_000;
  });
}

/** `work` tells how many times it was done. */
async function spent(pids: readonly number[], work: () => Promise<number>): Promise<Cost> {
  const before = pids.map((pid) => processorSeconds([pid]));
  const own = process.cpuUsage();
  const times = await work();
  const { user, system } = process.cpuUsage(own);
  const each = pids.map((pid, i) => processorSeconds([pid]) - (before[i] ?? 0));
  return { serverMs: (Math.max(...each) * 1_000) / times, clientMs: (user + system) / 1_000 / times };
}

async function busy(writers: readonly Writer[], once: (writer: Writer) => Promise<void>): Promise<void> {
  const endsMs = performance.now() + RUN_MS;
  await Promise.all(
    writers.map(async (writer) => {
      while (performance.now() < endsMs) await once(writer);
    }),
  );
}

/** The median of what this disk takes to keep as much as one append, in the way that these servers do it. */
function syncMs(bytes: number): number {
  const path = join(tmpdir(), `brigade-probe-${process.pid}`);
  const file = openSync(path, 'w');
  const page = Buffer.alloc(Math.ceil(bytes), 1);
  const tookMs: number[] = [];
  const endsMs = performance.now() + SYNC_MS;
  while (performance.now() < endsMs) {
    const beganMs = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    tookMs.push(performance.now() - beganMs);
  }
  closeSync(file);
  unlinkSync(path);
  tookMs.sort((a, b) => a - b);
  return tookMs[Math.floor(tookMs.length / 2)] ?? Number.NaN;
}
