// Keeps the WAL small under sustained load: has a checkpoint made in the side thread when the file has grown.

import type { Clock } from '../../ports/clock.ts';
import type { SideThread } from './side-thread.ts';

/** Between two requests while the file stays large: time for the other writers, and a bound for a full disk. */
const restMs = 50;
/** After somebody stood in the way, perhaps a stopped process for long: trying costs the other writers time. */
const restAfterBlockedMs = 200;
/** After the disk refused. */
const restAfterTroubleMs = 2_000;

export class Checkpointer {
  readonly #thread: SideThread;
  readonly #clock: Clock;
  readonly #walLimitBytes: number;
  #isAsked = false;
  #notBeforeMs = 0;
  #trouble: string | null = null;

  constructor(thread: SideThread, clock: Clock, walLimitBytes: number) {
    this.#thread = thread;
    this.#clock = clock;
    this.#walLimitBytes = walLimitBytes;
  }

  /** Why the last checkpoint failed; null when all is well. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Call it whenever the file may have grown; it costs next to nothing when there is nothing to do. */
  consider(walFileBytes: number): void {
    if (walFileBytes <= this.#walLimitBytes || this.#isAsked) return;
    if (this.#clock.monotonicMs() < this.#notBeforeMs) return;
    this.#isAsked = true;
    void this.#make();
  }

  async #make(): Promise<void> {
    const { isDone, trouble } = await this.#thread.ask('checkpoint');
    this.#isAsked = false;
    this.#trouble = trouble;
    const blockedMs = trouble === null ? restAfterBlockedMs : restAfterTroubleMs;
    this.#notBeforeMs = this.#clock.monotonicMs() + (isDone ? restMs : blockedMs);
  }
}
