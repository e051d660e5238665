// Says every 2 s that this place is there. The counter is the place's monotonic clock, which all its processes share, so
// one beat speaks for all of them and a process whose neighbour has just beaten keeps quiet.

import type { Cancel, Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Place } from '../ports/place.ts';
import type { FleetLog } from './fleet-log.ts';

export interface BeaterOptions {
  readonly log: FleetLog;
  readonly place: Place;
  readonly clock: Clock;
  readonly logger: Logger;
}

const BEAT_MS = 2_000;
const QUIET_MS = 1_000;

export class Beater {
  readonly #options: BeaterOptions;
  #cancel: Cancel | null = null;
  #isRunning = false;
  #hasBeaten = false;

  constructor(options: BeaterOptions) {
    this.#options = options;
    // Another store has not heard of this place yet.
    options.log.replaced.listen(() => {
      this.#hasBeaten = false;
    });
  }

  /** Harmless to repeat. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#beat();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel?.();
  }

  async #beat(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      if (!(await this.#isSpokenFor())) await this.#say();
    } catch (error) {
      // What is wrong with the store is told to whoever asks it for something.
      logger.debug({ err: error }, 'the beat was not written');
    }
    if (this.#isRunning) this.#cancel = clock.after(BEAT_MS, () => void this.#beat(), { background: true });
  }

  async #isSpokenFor(): Promise<boolean> {
    const { log, place, clock } = this.#options;
    if (!this.#hasBeaten || !log.isOpen) return false;
    const known = (await log.store.beats()).find((beat) => beat.placeId === place.placeId);
    return known !== undefined && clock.monotonicMs() - known.counter < QUIET_MS;
  }

  async #say(): Promise<void> {
    const { log, place, clock } = this.#options;
    if (!log.isOpen) return;
    const { placeId, bootId } = place;
    await log.store.beat({ placeId, bootId, counter: clock.monotonicMs(), wallAt: clock.wallAt() });
    this.#hasBeaten = true;
  }
}
