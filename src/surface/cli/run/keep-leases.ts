// Keeps leases alive while a command runs, and says when they are lost.
//
//   believed   the last answer still covers this moment: request sent + waitedMs + safeForMs, on our own clock
//   asking     a renewal is on its way, or failed in a way that may pass (store busy, agent paused); belief runs on
//   lost       the log says that a lease ended, a renewal was refused, or belief ran out before one succeeded. For good.
//
// What was granted with nothing to believe in is lost before the constructor returns: nothing is begun under it. Losing is told once. Belief always ends before another session can be granted, so whoever stops at once is never second.

import type { SeatOutcome } from '../../../app/seat/seat-outcome.ts';
import type { LeaseRef } from '../../../core/command.ts';
import type { FleetEvent } from '../../../core/event.ts';
import { isRejection, type Rejection } from '../../../core/rejection.ts';
import type { AcquireReply } from '../../../core/reply.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';

/** A lease as granted, and how long it lasts without use. */
export interface KeptLease extends LeaseRef {
  readonly ttlMs: number;
}

export interface KeepPorts {
  readonly clock: Clock;
  readonly renew: (leases: readonly LeaseRef[]) => Promise<SeatOutcome<AcquireReply>>;
  /** Facts from now on, until the signal. */
  readonly events: (signal: AbortSignal) => AsyncIterable<FleetEvent>;
}

export interface Loss {
  /** The lease that was lost first; null when belief in all of them ran out. */
  readonly lease: LeaseRef | null;
  /** One plain sentence's end: `it was revoked ...`. */
  readonly why: string;
}

/** What an answer lets the holder believe. */
export interface Belief {
  /** Monotonic milliseconds when the request was sent. */
  readonly sentMonoMs: number;
  readonly waitedMs: number;
  readonly safeForMs: Readonly<Record<number, number>>;
}

const RETRY_MS = 500;
/** Belief is asked for again when half of it is gone, and the lease is used each quarter of its TTL. */
const BELIEF_SHARE = 2;
const TTL_SHARE = 4;

export class LeaseKeeper {
  readonly #ports: KeepPorts;
  readonly #leases: readonly KeptLease[];
  readonly #onLost: (loss: Loss) => void;
  readonly #stop = new AbortController();
  #believedUntil = Number.NEGATIVE_INFINITY;
  #nextRenewal: Cancel = () => undefined;
  #endOfBelief: Cancel = () => undefined;
  #trouble: string | null = null;
  #over = false;

  constructor(ports: KeepPorts, leases: readonly KeptLease[], belief: Belief, onLost: (loss: Loss) => void) {
    this.#ports = ports;
    this.#leases = leases;
    this.#onLost = onLost;
    this.#believe(belief);
    if (this.#isBelieved) void this.#listen();
    else this.#lose({ lease: null, why: 'it came with no time for which it was sure to hold' });
  }

  /** Ends renewing. Nothing is told afterwards. */
  stop(): void {
    this.#over = true;
    this.#nextRenewal();
    this.#endOfBelief();
    this.#stop.abort();
  }

  get #isBelieved(): boolean {
    return this.#believedUntil > this.#ports.clock.monotonicMs();
  }

  #believe({ sentMonoMs, waitedMs, safeForMs }: Belief): void {
    const safe = Math.min(...this.#leases.map((lease) => safeForMs[lease.token] ?? 0));
    this.#believedUntil = sentMonoMs + waitedMs + safe;
    const now = this.#ports.clock.monotonicMs();
    this.#endOfBelief();
    this.#endOfBelief = this.#ports.clock.after(this.#believedUntil - now, () => this.#beliefEnds());
    const step = Math.min(...this.#leases.map((lease) => lease.ttlMs / TTL_SHARE), safe / BELIEF_SHARE);
    this.#askAfter(Math.max(RETRY_MS, Math.floor(step)));
  }

  #askAfter(ms: number): void {
    this.#nextRenewal();
    if (!this.#over) this.#nextRenewal = this.#ports.clock.after(ms, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const sentMonoMs = this.#ports.clock.monotonicMs();
    const outcome = await this.#ports.renew(this.#leases.map(({ resource, token }) => ({ resource, token })));
    if (this.#over) return;
    const { answer } = outcome;
    const lost = lostIn(answer);
    if (lost !== null) {
      this.#lose(lost);
    } else if (isRejection(answer)) {
      this.#trouble = `${answer.code}: ${answer.message}`;
      this.#askAfter(RETRY_MS);
    } else {
      this.#trouble = null;
      this.#believe({ sentMonoMs, waitedMs: outcome.waitedMs, safeForMs: outcome.safeForMs });
    }
  }

  /** The log tells sooner than the next renewal would. */
  async #listen(): Promise<void> {
    try {
      for await (const event of this.#ports.events(this.#stop.signal)) {
        const lease = this.#leases.find((each) => each.token === event.token);
        const why = lease === undefined ? null : endInWords(event);
        if (lease !== undefined && why !== null) this.#lose({ lease, why });
      }
    } catch (error) {
      // The feed is a shortcut: without it, renewals and the end of belief still tell.
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
  }

  #beliefEnds(): void {
    const because = this.#trouble === null ? 'no renewal was answered' : `no renewal succeeded (${this.#trouble})`;
    this.#lose({ lease: null, why: `${because} before the time ran out for which it was sure to hold` });
  }

  #lose(loss: Loss): void {
    if (this.#over) return;
    this.stop();
    this.#onLost(loss);
  }
}

/** Refusals after which a lease is gone for good; others may pass. */
const FINAL = new Set(['TOKEN_STALE', 'NOT_HOLDER', 'CREDENTIAL_WRONG', 'CREDENTIAL_REQUIRED', 'STORE_REGRESSED']);

function lostIn(answer: AcquireReply | Rejection): Loss | null {
  if (isRejection(answer)) return FINAL.has(answer.code) ? { lease: null, why: answer.message } : null;
  const [refused] = answer.refused;
  return refused === undefined ? null : { lease: refused, why: refused.message };
}

/** How the event ended the lease it names; null when it did not. */
function endInWords(event: FleetEvent): string | null {
  switch (event.type) {
    case 'lease.revoked':
      return `it was revoked by ${event.by}: ${event.reason}`;
    case 'lease.expired':
      return 'it expired';
    case 'lease.released':
      return 'it was released';
    case 'lease.dropped':
      return 'its session ended';
    default:
      return null;
  }
}
