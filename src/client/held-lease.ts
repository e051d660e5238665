// A lease in the hand of a program: what may be believed of it, and the renewal that keeps it.
//
//   held      renewed when a third of the belief is over; what fails is tried again while belief lasts
//   lost      the log refused it, or belief ended before a renewal was answered: the signal says so
//   released  given back, by hand or at the end of its block
//
// Belief ends at *request sent + waitedMs + safeForMs* on this side's own clock, so it always ends before another is granted.

import type { HeldResource, Lease, LeaseRef } from './agent.ts';
import { BrigadeError, lapsed, released } from './brigade-error.ts';
import type { Time } from './time.ts';

export interface GrantedLease extends HeldResource {
  readonly safeForMs: number;
  readonly wanted: boolean;
}

/** An answer that grants or renews. */
export interface Granted {
  readonly leases: readonly GrantedLease[];
  readonly refused: readonly { readonly resource: string; readonly code: string; readonly message: string }[];
  readonly waitedMs: number;
  /** When the request was sent, on the clock of `Time`. */
  readonly sentMs: number;
}

/** How this side reaches whoever keeps the lease. Each rejects with a `BrigadeError`. */
export interface LeaseDoor {
  readonly time: Time;
  renew(leases: readonly LeaseRef[], signal: AbortSignal): Promise<Granted>;
  check(lease: LeaseRef): Promise<{ readonly holds: boolean }>;
  release(leases: readonly LeaseRef[]): Promise<void>;
}

/** A refusal of one of these means that it is not held any more; anything else may pass. */
const ENDED = new Set(['TOKEN_STALE', 'NOT_HOLDER', 'AGENT_ARCHIVED', 'AGENT_RETIRED']);
/** Said of a lease that ended before it was given back: at the end of a block there is nothing left to do about it. */
const GONE = new Set([...ENDED, 'CREDENTIAL_WRONG']);
/** Of the belief, when it is renewed. */
const RENEWED_AFTER = 1 / 3;
/** Between two tries that failed: a share of what is left of the belief, within these. */
const RETRY = { share: 1 / 8, leastMs: 25, mostMs: 2_000 } as const;

export class HeldLease implements Lease {
  readonly leases: readonly HeldResource[];
  readonly #door: LeaseDoor;
  readonly #refs: readonly LeaseRef[];
  readonly #renews: boolean;
  readonly #ending = new AbortController();
  readonly #onEnd: (lease: HeldLease) => void;
  #believedUntilMs = 0;
  #isWanted = false;
  #cancels: (() => void)[] = [];
  #renewing: Promise<void> | null = null;
  #releasing: Promise<void> | null = null;

  constructor(
    granted: Granted,
    {
      door,
      renews,
      onEnd,
    }: { readonly door: LeaseDoor; readonly renews: boolean; readonly onEnd: (lease: HeldLease) => void },
  ) {
    this.leases = granted.leases.map(({ resource, token, mode, guarded }) => ({ resource, token, mode, guarded }));
    this.#refs = granted.leases.map(({ resource, token }) => ({ resource, token }));
    this.#door = door;
    this.#renews = renews;
    this.#onEnd = onEnd;
    this.#believe(granted);
  }

  get token(): number {
    return this.leases[0]?.token ?? 0;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get safeForMs(): number {
    if (this.signal.aborted) return 0;
    return Math.max(0, Math.floor(this.#believedUntilMs - this.#door.time.monotonicMs()));
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  renew(): Promise<void> {
    if (this.signal.aborted) return Promise.reject(this.#reason());
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async check(): Promise<boolean> {
    if (this.signal.aborted) return false;
    for (const ref of this.#refs) {
      const { holds } = await this.#door.check(ref);
      if (!holds) {
        this.#end(lapsed());
        return false;
      }
    }
    return true;
  }

  release(): Promise<void> {
    this.#releasing ??= this.#giveBack();
    return this.#releasing;
  }

  /** As `release`, but that it had ended before is no failure of the block: whoever had to know listened to the signal. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.release();
    } catch (error) {
      if (!(error instanceof BrigadeError && GONE.has(error.code))) throw error;
    }
  }

  /** Whoever keeps it has gone away on purpose: nothing more is asked. */
  abandon(): void {
    this.#releasing ??= Promise.resolve();
    this.#end(released());
  }

  async #giveBack(): Promise<void> {
    this.#end(released());
    await this.#door.release(this.#refs);
  }

  #believe({ leases, waitedMs, sentMs }: Granted): void {
    const safeForMs = Math.min(...leases.map((lease) => lease.safeForMs));
    this.#believedUntilMs = sentMs + waitedMs + safeForMs;
    this.#isWanted = leases.some(({ wanted }) => wanted);
    this.#disarm();
    const leftMs = this.#believedUntilMs - this.#door.time.monotonicMs();
    this.#arm(leftMs, () => this.#end(lapsed()));
    if (this.#renews) this.#arm(leftMs * RENEWED_AFTER, () => void this.#keep());
  }

  /** Renews, and tries again where that fails, until it is renewed or over. */
  async #keep(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      if (this.signal.aborted) return;
      const leftMs = this.safeForMs;
      const asked = error instanceof BrigadeError ? error.rejection.retryAfterMs : undefined;
      const waitMs = Math.min(Math.max(leftMs * RETRY.share, RETRY.leastMs), asked ?? RETRY.mostMs, RETRY.mostMs);
      this.#arm(waitMs, () => void this.#keep());
    }
  }

  async #renewOnce(): Promise<void> {
    try {
      const renewed = await this.#door.renew(this.#refs, this.signal);
      // The belief may have ended while the answer was on its way.
      if (this.signal.aborted) throw this.#reason();
      const [refused] = renewed.refused;
      if (refused !== undefined) throw refusalOf(refused);
      this.#believe(renewed);
    } catch (error) {
      if (error instanceof BrigadeError && ENDED.has(error.code)) this.#end(error);
      throw error;
    }
  }

  #end(reason: BrigadeError): void {
    this.#disarm();
    if (this.signal.aborted) return;
    this.#ending.abort(reason);
    this.#onEnd(this);
  }

  #reason(): BrigadeError {
    const { reason } = this.signal as { readonly reason: unknown };
    return reason instanceof BrigadeError ? reason : lapsed(reason);
  }

  #arm(ms: number, run: () => void): void {
    this.#cancels.push(this.#door.time.after(Math.max(0, ms), run, { background: true }));
  }

  #disarm(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}

/** One of several that were renewed together ended: the whole cannot be believed in. */
function refusalOf({ resource, code, message }: Granted['refused'][number]): BrigadeError {
  return new BrigadeError({
    code,
    category: 'stale',
    message: `${resource}: ${message}`,
    next: 'Release the rest, and acquire anew what you need.',
    retry: 'never',
    details: { resource },
  });
}
