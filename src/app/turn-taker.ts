// Waits until it is the turn of this process to append, by the rule of `turns.ts`. On a log of one host it never waits.

import type { Clock } from '../ports/clock.ts';
import type { FleetLog } from './fleet-log.ts';
import type { FoldedBatch } from './replica.ts';
import { Turns } from './turns.ts';

export interface TurnTakerOptions {
  readonly log: FleetLog;
  readonly placeId: string;
  readonly clock: Clock;
  /** Appended by this process. */
  readonly isOwn: (batch: FoldedBatch) => boolean;
  /** Other places are there, whether they write or not. */
  readonly hasCompany: () => boolean;
}

/** In all, before one append: longer than the door is shut. */
const WAIT_MAX_MS = 1_500;
const NOTHING = (): void => undefined;

export class TurnTaker {
  readonly #options: TurnTakerOptions;
  readonly #turns: Turns;
  #isHurried = false;
  #wake = NOTHING;

  constructor(options: TurnTakerOptions) {
    const { log, clock, placeId, isOwn } = options;
    this.#options = options;
    this.#turns = new Turns(placeId);
    log.folded.listen((batch) => {
      if (!this.#isShared) return;
      this.#turns.saw({ placeId: batch.placeId, at: batch.at, isOwn: isOwn(batch) }, clock.monotonicMs());
      this.#wake();
    });
  }

  /** Turns are taken here, and whoever lost a race need not leave it to chance when it tries again. */
  get areTaken(): boolean {
    return this.#isShared && this.#turns.isShared;
  }

  /** Resolves when it is the turn of this process. True when it came with a batch: then nothing newer is to be expected. */
  async wait(): Promise<boolean> {
    const { clock, hasCompany } = this.#options;
    const untilMs = clock.monotonicMs() + WAIT_MAX_MS;
    let isFresh = false;
    while (this.#isShared && !this.#isHurried) {
      const nowMs = clock.monotonicMs();
      const ms = Math.min(this.#turns.waitMs(nowMs, hasCompany()), untilMs - nowMs);
      if (ms <= 0) break;
      isFresh = await this.#batchWithin(ms);
    }
    return isFresh;
  }

  /** From now on nobody is waited for. */
  hurry(): void {
    this.#isHurried = true;
    this.#wake();
  }

  won(tookMs: number): void {
    this.#turns.won(tookMs);
  }

  lost(): void {
    this.#turns.lost(this.#options.clock.monotonicMs());
  }

  get #isShared(): boolean {
    return this.#options.log.traits.sharedAcrossHosts;
  }

  async #batchWithin(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(ms, () => resolve(false));
    this.#wake = () => resolve(true);
    const came = await promise;
    this.#wake = NOTHING;
    cancel();
    return came;
  }
}
