// Calls of stores that are still under way. With a real server behind them a test on a clock of its own lets no time pass
// until they are answered.

import type { EventStore } from '../../src/ports/event-store.ts';
import { settle } from './fake-clock.ts';

export class CallsUnderWay {
  #count = 0;
  #idle = Promise.withResolvers<void>();

  /** `store`, with its calls counted here. */
  counted(store: EventStore): EventStore {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: readonly unknown[]): unknown => {
          const answer: unknown = Reflect.apply(member, target, args);
          return answer instanceof Promise ? this.#during(answer) : answer;
        };
      },
    });
  }

  /** Resolves once nothing is under way and nothing follows from what was answered. */
  async rest(): Promise<void> {
    await settle();
    while (this.#count > 0) {
      await this.#idle.promise;
      await settle();
    }
  }

  async #during<T>(call: Promise<T>): Promise<T> {
    this.#count += 1;
    try {
      return await call;
    } finally {
      this.#count -= 1;
      if (this.#count === 0) {
        this.#idle.resolve();
        this.#idle = Promise.withResolvers();
      }
    }
  }
}
