// Follows the log while somebody in this process waits for what others write: hints of the store, and a poll behind them,
// because hints may be lost. It reads ahead of the disk: whoever speaks of what was read confirms it first. With nobody
// interested it owns no timer and no watch.
//
// A hint wakes every process that waits, and only one of them can be next. Those that stand far back in their lines look
// a moment later, when the processors are free again.

import type { Cancel, Clock } from '../ports/clock.ts';
import type { StoredBatch, Unsubscribe } from '../ports/event-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { FleetLog } from './fleet-log.ts';

export interface TailOptions {
  readonly log: FleetLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Somebody who is parked here may be next in line. */
  readonly isSomebodyNear: () => boolean;
}

const POLL_MS = 250;
/** A store that hosts share is asked by very many, and looks for hints by itself (S10): this stands behind even that. */
const SHARED_POLL_MS = 2_000;
/** Longer than handing a lease from one process to the next takes, and shorter than most holders hold. */
const FAR_BACK_MS = 8;

export class Tail {
  readonly #options: TailOptions;
  #feeds = 0;
  #waits = 0;
  /** Reads under way. */
  #looks = 0;
  #cancelPoll: Cancel | null = null;
  #cancelLate: Cancel | null = null;
  #unsubscribe: Unsubscribe | null = null;

  constructor(options: TailOptions) {
    this.#options = options;
    options.log.replaced.listen(() => this.#subscribe());
  }

  /** Follows until the answer is called, which does no harm twice. */
  follow(who: 'feed' | 'wait'): () => void {
    this.#count(who, 1);
    if (this.#interest === 1) this.#start();
    let isFollowing = true;
    return () => {
      if (isFollowing) this.#release(who);
      isFollowing = false;
    };
  }

  /** All that is written comes here by itself, and what came is folded. */
  get isCurrent(): boolean {
    const { log } = this.#options;
    return this.#feeds > 0 && this.#unsubscribe !== null && this.#looks === 0 && log.traits.pushesHints;
  }

  close(): void {
    this.#feeds = 0;
    this.#waits = 0;
    this.#stop();
  }

  get #interest(): number {
    return this.#feeds + this.#waits;
  }

  #count(who: 'feed' | 'wait', change: 1 | -1): void {
    if (who === 'feed') this.#feeds = Math.max(0, this.#feeds + change);
    else this.#waits = Math.max(0, this.#waits + change);
  }

  #release(who: 'feed' | 'wait'): void {
    this.#count(who, -1);
    if (this.#interest === 0) this.#stop();
  }

  #start(): void {
    this.#subscribe();
    this.#poll();
  }

  #stop(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = null;
    this.#cancelLate?.();
    this.#cancelLate = null;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  /** Hints come from the store that is open now; after a loss that is another one. */
  #subscribe(): void {
    const { log } = this.#options;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#interest > 0 && log.isOpen) this.#unsubscribe = log.store.onAppended((batch) => this.#hear(batch));
  }

  #poll(): void {
    this.#cancelPoll = this.#options.clock.after(this.#pollMs, () => {
      this.#poll();
      if (this.#unsubscribe === null) this.#subscribe();
      this.#look();
    });
  }

  get #pollMs(): number {
    return this.#unsubscribe !== null && this.#options.log.traits.sharedAcrossHosts ? SHARED_POLL_MS : POLL_MS;
  }

  #hear(batch?: StoredBatch): void {
    if (batch !== undefined && this.#options.log.offer(batch)) return;
    if (this.#feeds > 0 || this.#options.isSomebodyNear()) this.#look();
    else this.#cancelLate ??= this.#options.clock.after(FAR_BACK_MS, () => this.#look());
  }

  #look(): void {
    this.#cancelLate?.();
    this.#cancelLate = null;
    const { log, logger } = this.#options;
    this.#looks += 1;
    const looked = log.readAhead().finally(() => {
      this.#looks -= 1;
    });
    // What is wrong with the log is in its health, and told to whoever asks it for something.
    looked.catch((error: unknown) => logger.debug({ err: error }, 'the log could not be followed'));
  }
}
