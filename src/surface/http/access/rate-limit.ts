// How often a caller may call. Nobody shares a bucket with somebody else:
//
//   a session, an operator        by its credential, once that was found to be one; nothing else is counted for it
//   nobody, from this host        by its connection: all clients of this host have the same address
//   nobody, from another host     by its address
//   a credential of nobody        by connection or address likewise, and much harder
//
// So sessions behind one address never take from each other, and neither does who shows none, or a wrong one, beside them. A
// caller may say that it is many by opening connections; their number is bounded where they are accepted.

import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Clock } from '../../../ports/clock.ts';
import { isLoopback, peerOf } from './bind-address.ts';
import { Buckets } from './buckets.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Over which connection a request came. */
export interface Peer {
  /** The socket; anything that lives as long. */
  readonly connection: object;
  readonly address: string;
}

/** For whom a call counts. */
export type CallerOf =
  /** A session, or an operator: whoever it was found to be, under a name of its own. */
  | { readonly by: 'name'; readonly name: string }
  /** Nobody in particular, or a credential of nobody. */
  | { readonly by: 'free' | 'wrong'; readonly peer: Peer };

type Counted = 'free' | 'wrong';

const WHO: Readonly<Record<CallerOf['by'], string>> = {
  name: 'This session calls',
  free: 'You call',
  wrong: 'You show credentials of nobody',
};

export class RateLimit {
  readonly #clock: Clock;
  readonly #named = new Buckets(HTTP_LIMITS.session);
  readonly #far: Readonly<Record<Counted, Buckets>> = {
    free: new Buckets(HTTP_LIMITS.address),
    wrong: new Buckets(HTTP_LIMITS.wrong),
  };
  readonly #near: Readonly<Record<Counted, WeakMap<object, TokenBucket>>> = {
    free: new WeakMap(),
    wrong: new WeakMap(),
  };
  #isSweeping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a call. Why it is not to be answered now; null when it is. */
  refuse(caller: CallerOf): Rejection | null {
    const waitMs = caller.by === 'name' ? this.#take(this.#named, caller.name) : this.#takeOf(caller);
    return waitMs === 0 ? null : tooOften(WHO[caller.by], waitMs);
  }

  /** It called a moment ago, so it need not be found out again who it is. */
  knows(name: string): boolean {
    return this.#named.has(name);
  }

  /** How many callers are counted. */
  get counted(): number {
    return this.#named.size + this.#far.free.size + this.#far.wrong.size;
  }

  #takeOf({ by, peer }: CallerOf & { readonly by: Counted }): number {
    if (!isLoopback(peer.address)) return this.#take(this.#far[by], peerOf(peer.address));
    const nowMs = this.#clock.monotonicMs();
    const known = this.#near[by].get(peer.connection);
    const bucket = known ?? new TokenBucket(by === 'free' ? HTTP_LIMITS.connection : HTTP_LIMITS.wrong, nowMs);
    if (known === undefined) this.#near[by].set(peer.connection, bucket);
    return bucket.take(nowMs);
  }

  #take(buckets: Buckets, name: string): number {
    this.#sweepSoon();
    return buckets.take(name, this.#clock.monotonicMs());
  }

  /** As long as anybody is counted, those who left are forgotten now and then. */
  #sweepSoon(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const clock = this.#clock;
    const sweep = (): void => {
      this.#isSweeping = false;
      const beforeMs = clock.monotonicMs() - HTTP_LIMITS.forgetMs;
      for (const buckets of [this.#named, this.#far.free, this.#far.wrong]) buckets.forgetBefore(beforeMs);
      if (this.counted > 0) this.#sweepSoon();
    };
    clock.after(HTTP_LIMITS.forgetMs, sweep, { background: true });
  }
}

function tooOften(who: string, waitMs: number): Rejection {
  return reject('RATE_LIMITED', {
    message: `${who} more often than this server answers one caller.`,
    next: 'Wait for as long as retryAfterMs says. To wait for a lock or a message ask once, with waitMs.',
    retryAfterMs: waitMs,
  });
}
