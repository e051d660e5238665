// Brings a call to the server and its answer back, within its deadline. Calls that do no harm twice are made again on the next
// link when one breaks before it has answered; others are made again only where the server has refused, and so done nothing.

import type { Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import type { LinkKeeper } from './link-keeper.ts';
import { LinkLost, meaningOf, RedisRefusal, refused, unavailable } from './redis-faults.ts';
import type { RedisLink } from './redis-link.ts';

export type Call<T> = (link: RedisLink, untilMs: number) => Promise<T>;

/** Makes one call, with a deadline of its own, and again where a link was lost. */
export type Step = <T>(call: Call<T>) => Promise<T>;

export interface RedisCallsOptions {
  readonly links: LinkKeeper;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly location: string;
}

/** Between tries of a call that the server refused for something that passes. */
const AGAIN_MS = 25;

export class RedisCalls {
  readonly #options: RedisCallsOptions;
  #life: 'new' | 'open' | 'closed' = 'new';

  constructor(options: RedisCallsOptions) {
    this.#options = options;
  }

  /** From now on calls are made. Throws when they were ended before. */
  begin(): void {
    if (this.#life === 'closed') throw this.#notOpen();
    this.#life = 'open';
  }

  end(): void {
    this.#life = 'closed';
    this.#options.links.close();
  }

  /** A call that may be made twice. */
  readonly step: Step = async (call) => {
    const untilMs = this.#deadline();
    for (;;) {
      try {
        return await this.#make(call, untilMs);
      } catch (error) {
        const isLost = error instanceof StoreFault && error.cause instanceof LinkLost;
        if (!isLost || this.#options.clock.monotonicMs() >= untilMs) throw error;
      }
    }
  };

  /** A call that must not be made twice. Where it is not known whether it was done, `details.outcome` is `unknown`. */
  async once<T>(call: Call<T>): Promise<T> {
    try {
      return await this.#make(call, this.#deadline());
    } catch (error) {
      if (!(error instanceof StoreFault) || error.details.outcome !== 'unknown') throw error;
      const message = `${error.message} What was to be written may be there or not; reading shows it.`;
      throw new StoreFault(error.code, message, { cause: error.cause, details: error.details });
    }
  }

  async #make<T>(call: Call<T>, untilMs: number): Promise<T> {
    const { links, clock, location } = this.#options;
    for (;;) {
      if (this.#life !== 'open') throw this.#notOpen();
      const link = await links.link(untilMs);
      try {
        return await call(link, untilMs);
      } catch (error) {
        if (!(error instanceof RedisRefusal)) throw error;
        const { helps, says } = meaningOf(error);
        if (helps === 'elsewhere') link.end(says, error);
        const mayHelp = helps !== 'never' && clock.monotonicMs() + AGAIN_MS < untilMs;
        if (!mayHelp) throw refused(location, error);
      }
      await new Promise<void>((resolve) => void clock.after(AGAIN_MS, resolve));
    }
  }

  #deadline(): number {
    const { clock, deadlineMs } = this.#options;
    return clock.monotonicMs() + deadlineMs;
  }

  #notOpen(): StoreFault {
    return unavailable(this.#options.location, 'is not open.', { outcome: 'none' });
  }
}
