// A store as a queue. Its server works in rounds, as Redis' event loop and etcd's raft loop do: whatever has come is carried
// out in the order in which it came, one sync makes all of it durable, and then everybody is answered. So a round with many
// appends costs one sync, and what limits the store in the end is its processor.

import type { Timeline } from '../../test/simulation/timeline.ts';

export const STORE_CALLS = ['append', 'read', 'look', 'beat', 'beats', 'snapshot'] as const;
/** `look`: what the adapter of whoever follows a log asks by itself, to find out that it grew. */
export type StoreCall = (typeof STORE_CALLS)[number];
/** A batch that is pushed to one of those who follow its log costs too, though nobody asks for it. */
export type StoreWork = StoreCall | 'push';

/** What was measured of a store. */
export interface StoreCosts {
  readonly name: string;
  /** Of the processor of the server that is busiest. */
  readonly serverMs: Readonly<Record<StoreWork, number>>;
  /** Of the processor of whoever calls, or hears. */
  readonly clientMs: Readonly<Record<StoreWork, number>>;
  /** How many processors a server makes use of. */
  readonly processors: number;
  /** One sync of the disk; 0 where nobody waits for one. */
  readonly syncMs: number;
  /** There and back, over the network. */
  readonly roundTripMs: number;
}

interface Waiting {
  readonly call: StoreCall;
  readonly carryOut: () => Reply;
}

/** What happens where the call came from when it is answered, and to how many the server pushes what was written. */
export interface Reply {
  readonly hear: () => void;
  readonly pushes?: number;
}

const NOTHING: Reply = { hear: () => undefined };
const SYNCED: ReadonlySet<StoreCall> = new Set(['append', 'beat', 'snapshot']);

export class StoreModel {
  readonly costs: StoreCosts;
  readonly calls: Record<StoreCall, number> = { append: 0, read: 0, look: 0, beat: 0, beats: 0, snapshot: 0 };
  readonly #timeline: Timeline;
  #waiting: Waiting[] = [];
  #isWorking = false;
  #processorMs = 0;
  #syncs = 0;

  constructor(timeline: Timeline, costs: StoreCosts) {
    this.#timeline = timeline;
    this.costs = costs;
  }

  /** How long one of its processors has worked, in the mean. */
  get processorMs(): number {
    return this.#processorMs;
  }

  get syncs(): number {
    return this.#syncs;
  }

  get oneWayMs(): number {
    return this.costs.roundTripMs / 2;
  }

  /** `carryOut` happens on the server, in its turn. */
  ask(call: StoreCall, carryOut: () => Reply = () => NOTHING): void {
    this.#timeline.after(this.oneWayMs, () => {
      this.#waiting.push({ call, carryOut });
      if (!this.#isWorking) this.#round();
    });
  }

  #round(): void {
    const round = this.#waiting;
    this.#isWorking = round.length > 0;
    if (!this.#isWorking) return;
    this.#waiting = [];
    const { serverMs, processors, syncMs } = this.costs;
    let workMs = 0;
    const replies = round.map(({ call, carryOut }) => {
      const reply = carryOut();
      this.calls[call] += 1;
      workMs += (serverMs[call] + (reply.pushes ?? 0) * serverMs.push) / processors;
      return reply;
    });
    const isSynced = syncMs > 0 && round.some(({ call }) => SYNCED.has(call));
    this.#processorMs += workMs;
    if (isSynced) this.#syncs += 1;
    this.#timeline.after(workMs + (isSynced ? syncMs : 0), () => {
      for (const { hear } of replies) this.#timeline.after(this.oneWayMs, hear);
      this.#round();
    });
  }
}
