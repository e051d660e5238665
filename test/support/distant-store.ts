// A store at the end of a road, on a clock that the test drives: every call takes its time there and back, appends are written
// one after the other, and what was appended is told to the others by the way back. Handles on one server share one log.

import type { MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Appended, Conflict, EventStore } from '../../src/ports/event-store.ts';

/** Milliseconds of one way, asked anew for each. */
export type Road = () => number;

export interface DistantServerOptions {
  readonly log: MemoryLog;
  readonly clock: Clock;
  /** How long it is at each append, whether that is the first or comes too late. */
  readonly writeMs: number;
  /** Shared across hosts, as it says of itself. */
  readonly isShared: boolean;
}

export class DistantServer {
  readonly #options: DistantServerOptions;
  #isFreeAtMs = 0;

  constructor(options: DistantServerOptions) {
    this.#options = options;
  }

  /** A handle for who is that far away. */
  reach(road: Road): EventStore {
    const inner = createMemoryStore(this.#options.log, nodeHasher);
    const call = <T>(work: () => Promise<T>): Promise<T> => this.#call(road, work);
    return {
      traits: { ...inner.traits, sharedAcrossHosts: this.#options.isShared },
      open: () => call(() => inner.open()),
      read: (after, limit) => call(() => inner.read(after, limit)),
      append: (expected, batch) =>
        call(() => this.#write(async () => this.#withMissed(await inner.append(expected, batch), expected.seq, inner))),
      onAppended: (hint) =>
        inner.onAppended(() => {
          const batch = this.#options.log.batches.at(-1);
          void this.#pass(road()).then(() => hint(batch));
        }),
      loadSnapshot: (atOrBefore) => call(() => inner.loadSnapshot(atOrBefore)),
      saveSnapshot: (snapshot) => call(() => inner.saveSnapshot(snapshot)),
      truncate: (before) => call(() => inner.truncate(before)),
      beat: (beat) => call(() => inner.beat(beat)),
      beats: () => call(() => inner.beats()),
      close: () => inner.close(),
    };
  }

  async #call<T>(road: Road, work: () => Promise<T>): Promise<T> {
    await this.#pass(road());
    const answer = await work();
    await this.#pass(road());
    return answer;
  }

  async #write(work: () => Promise<Appended | Conflict>): Promise<Appended | Conflict> {
    const { clock, writeMs } = this.#options;
    const nowMs = clock.monotonicMs();
    this.#isFreeAtMs = Math.max(nowMs, this.#isFreeAtMs) + writeMs;
    await this.#pass(this.#isFreeAtMs - nowMs);
    return work();
  }

  async #withMissed(answer: Appended | Conflict, after: number, inner: EventStore): Promise<Appended | Conflict> {
    return answer.appended ? answer : { ...answer, missed: await inner.read(after, 1_000) };
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }
}
