// Follows the log while somebody in this process waits for what others write: hints of the store, and a poll behind them,
// because hints may be lost. With nobody interested it owns no timer and no watch.

import type { Cancel, Clock } from '../ports/clock.ts';
import type { Unsubscribe } from '../ports/event-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { FleetLog } from './fleet-log.ts';

export interface TailOptions {
  readonly log: FleetLog;
  readonly clock: Clock;
  readonly logger: Logger;
}

const POLL_MS = 250;

export class Tail {
  readonly #options: TailOptions;
  #interest = 0;
  #cancelPoll: Cancel | null = null;
  #unsubscribe: Unsubscribe | null = null;

  constructor(options: TailOptions) {
    this.#options = options;
    options.log.replaced.listen(() => this.#subscribe());
  }

  /** Follows until the answer is called, which does no harm twice. */
  follow(): () => void {
    this.#interest += 1;
    if (this.#interest === 1) this.#start();
    let isFollowing = true;
    return () => {
      if (isFollowing) this.#release();
      isFollowing = false;
    };
  }

  close(): void {
    this.#interest = 0;
    this.#stop();
  }

  #release(): void {
    this.#interest = Math.max(0, this.#interest - 1);
    if (this.#interest === 0) this.#stop();
  }

  #start(): void {
    this.#subscribe();
    this.#poll();
  }

  #stop(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = null;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  /** Hints come from the store that is open now; after a loss that is another one. */
  #subscribe(): void {
    const { log } = this.#options;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#interest > 0 && log.isOpen) this.#unsubscribe = log.store.onAppended(() => this.#look());
  }

  #poll(): void {
    this.#cancelPoll = this.#options.clock.after(POLL_MS, () => {
      this.#poll();
      if (this.#unsubscribe === null) this.#subscribe();
      this.#look();
    });
  }

  #look(): void {
    const { log, logger } = this.#options;
    // What is wrong with the log is in its health, and told to whoever asks it for something.
    log.catchUp().catch((error: unknown) => logger.debug({ err: error }, 'the log could not be followed'));
  }
}
