// SQLite waits inside its own call, some 10 s long, when another process was stopped in the few nanoseconds in which it
// moves a read mark or publishes a commit; then it answers SQLITE_PROTOCOL. That stops the event loop, and it would do so
// again with every call. So after the first time no call is made here until one has succeeded in the side thread:
//
//   free    calls go to SQLite                         SQLITE_PROTOCOL -> stuck
//   stuck   calls are refused at once; the side thread tries            it could read -> free

import type { Cancel, Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';

const tryAgainMs = 100;

export interface StuckGuardOptions {
  readonly clock: Clock;
  readonly location: string;
  /** Tries to read where waiting harms nobody; true when that went well. */
  readonly tryReading: () => Promise<boolean>;
  readonly onFree: () => void;
}

export class StuckGuard {
  readonly #options: StuckGuardOptions;
  #isStuck = false;
  #cancel: Cancel | null = null;

  constructor(options: StuckGuardOptions) {
    this.#options = options;
  }

  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** SQLite has just waited in vain. Answers the fault that callers hear until it is over. */
  stick(cause: unknown): StoreFault {
    if (!this.#isStuck) {
      this.#isStuck = true;
      void this.#tryUntilFree();
    }
    return this.fault(cause);
  }

  fault(cause?: unknown): StoreFault {
    const { location } = this.#options;
    return new StoreFault(
      'STORE_UNAVAILABLE',
      `${location} can be neither read nor written: another process was stopped at a moment that holds up everybody. It ` +
        'goes on when that one continues or ends; look for a stopped process that has the file open.',
      { cause, details: { location, outcome: 'none' } },
    );
  }

  /** Tries no more. */
  close(): void {
    this.#isStuck = false;
    this.#cancel?.();
  }

  async #tryUntilFree(): Promise<void> {
    const { clock, tryReading, onFree } = this.#options;
    const isFree = await tryReading();
    if (!this.#isStuck) return;
    if (isFree) {
      this.#isStuck = false;
      onFree();
    } else {
      this.#cancel = clock.after(tryAgainMs, () => void this.#tryUntilFree(), { background: true });
    }
  }
}
