// What whoever operates the store should know of it as it runs now. Its settings may be changed while it runs, and members may come
// and go, so a process that stays asks each minute; whoever wants to know right now asks for it.

import type { Cancel, Clock } from '../ports/clock.ts';
import { type StoreCaveat, StoreFault } from '../ports/event-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { FleetLog } from './fleet-log.ts';

export interface CaveatWatchOptions {
  readonly log: FleetLog;
  readonly clock: Clock;
  readonly logger: Logger;
}

const ASK_MS = 60_000;
/** Younger than this an answer is as good as a new one. */
const FRESH_MS = 10_000;

export class CaveatWatch {
  readonly #options: CaveatWatchOptions;
  #known: readonly StoreCaveat[] = [];
  #askedMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;
  #isRunning = false;
  #cancel: Cancel | null = null;

  constructor(options: CaveatWatchOptions) {
    this.#options = options;
    options.log.replaced.listen(() => {
      if (this.#isRunning) void this.#ask();
    });
  }

  /** As of the last time the store was asked. */
  get known(): readonly StoreCaveat[] {
    return this.#known;
  }

  /** Asks from now on. Harmless to repeat. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#ask();
    this.#askLater();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel?.();
  }

  /** As of now, or of some seconds ago; what was known last where the store does not say. */
  async fresh(): Promise<readonly StoreCaveat[]> {
    if (this.#options.clock.monotonicMs() - this.#askedMs >= FRESH_MS) await this.#ask();
    return this.#known;
  }

  #askLater(): void {
    const { clock } = this.#options;
    const again = (): void => {
      void this.#ask();
      this.#askLater();
    };
    this.#cancel = clock.after(ASK_MS, again, { background: true });
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #askOnce(): Promise<void> {
    const { log, clock, logger } = this.#options;
    if (!log.isOpen || log.store.caveats === undefined) return;
    try {
      this.#known = await log.store.caveats();
      this.#askedMs = clock.monotonicMs();
    } catch (error) {
      // What is wrong with the store is told to whoever asks it for something. A fault of ours costs nobody the process.
      if (error instanceof StoreFault) logger.debug({ err: error }, 'the store was not asked for its caveats');
      else logger.error({ err: error }, 'the store could not be asked for its caveats by a fault of ours');
    }
  }
}
