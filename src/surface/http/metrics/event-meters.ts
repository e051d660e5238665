// What the log tells, as counters and histograms. They begin with the process and follow the live log: nothing is read again for
// them, so a lease that was granted, or a wait that was queued, before that is counted when it ends but not measured.
//
// No name of an agent or a resource is ever a label: labels come from the fixed words of the log.

import { Counter, Histogram, type Registry } from 'prom-client';
import type { FeedEvent } from '../../../app/coordinator.ts';
import type { Verdict } from '../../../core/governance/check-in.ts';
import { Beginnings } from './beginnings.ts';

/** From a moment to longer than most leases live. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];

/** Every outcome of every operation, so that each series is there before it first happens. */
const OUTCOMES = {
  acquire: ['granted', 'queued', 'refused'],
  wait: ['granted', 'withdrawn', 'timed_out', 'deadlock', 'session_ended', 'offered', 'offer_lapsed'],
  renew: ['renewed'],
  release: ['released', 'undelivered', 'quiet', 'turn'],
  hand_off: ['offered', 'accepted', 'declined', 'lapsed', 'lease_ended'],
} as const;

type Operation = keyof typeof OUTCOMES;
type OutcomeOf<O extends Operation> = (typeof OUTCOMES)[O][number];

const EXPIRY_CAUSES = ['ttl', 'session_lost', 'session_closed'] as const;
const REVOCATION_CAUSES = ['operator', 'policy'] as const;
const VERDICTS: readonly Verdict[] = ['proceed', 'guide', 'pause'];
const DELIVERIES = ['delivered', 'retried', 'given_up'] as const;

export class EventMeters {
  readonly #waits: Histogram;
  readonly #holds: Histogram;
  readonly #requests: Counter<'op' | 'outcome'>;
  readonly #expirations: Counter<'cause'>;
  readonly #revocations: Counter<'cause'>;
  readonly #stale: Counter;
  readonly #deadlocks: Counter;
  readonly #verdicts: Counter<'verdict'>;
  readonly #violations: Counter;
  readonly #deliveries: Counter<'outcome'>;
  /** When each lease was granted, by token. */
  readonly #granted = new Beginnings<number>();
  /** When each wait was queued, by ticket. */
  readonly #queued = new Beginnings<string>();

  constructor(register: Registry) {
    const registers = [register];
    this.#waits = new Histogram({
      name: 'brigade_lock_wait_seconds',
      help: 'How long acquires waited until they were granted; 0 for those granted at once. Once for a set of resources.',
      buckets: SECONDS,
      registers,
    });
    this.#holds = new Histogram({
      name: 'brigade_lock_hold_seconds',
      help: 'How long leases were held, told when they end. Those granted before this process began are left out.',
      buckets: SECONDS,
      registers,
    });
    this.#requests = new Counter({
      name: 'brigade_lock_requests_total',
      help:
        'What was asked of leases and came of it, as the log tells it, of the whole fleet. Acquires and waits count once for a ' +
        'set, renewals and releases once for a lease; refusals at most once a minute for a session, a resource and a code.',
      labelNames: ['op', 'outcome'],
      registers,
    });
    this.#expirations = new Counter({
      name: 'brigade_lock_expirations_total',
      help: 'Leases that ended without being released or revoked: their time passed, or their session ended.',
      labelNames: ['cause'],
      registers,
    });
    this.#revocations = new Counter({
      name: 'brigade_lock_revocations_total',
      help: 'Leases that were taken back by authority.',
      labelNames: ['cause'],
      registers,
    });
    this.#stale = new Counter({
      name: 'brigade_stale_token_rejections_total',
      help: 'Calls refused because the token that they showed holds no longer; at most one a minute for a session and a resource.',
      registers,
    });
    this.#deadlocks = new Counter({
      name: 'brigade_deadlocks_total',
      help: 'Waits that were ended to break a deadlock.',
      registers,
    });
    this.#verdicts = new Counter({
      name: 'brigade_verdicts_total',
      help: 'What agents that checked in heard.',
      labelNames: ['verdict'],
      registers,
    });
    this.#violations = new Counter({
      name: 'brigade_invariant_violations_total',
      help: 'Invariants that were found broken in the log. Granting rests until somebody has looked.',
      registers,
    });
    this.#deliveries = new Counter({
      name: 'brigade_alert_deliveries_total',
      help: 'What became of messages about alerts to targets outside the fleet, of the whole fleet; retried: a try that failed.',
      labelNames: ['outcome'],
      registers,
    });
    this.#begin();
  }

  hear(event: FeedEvent): void {
    switch (event.type) {
      case 'lease.granted':
        this.#grant(event);
        break;
      case 'lease.queued':
        this.#count('acquire', 'queued');
        this.#queued.begin(event.ticket, event.at);
        break;
      case 'request.refused':
        if (event.code === 'LEASE_HELD') this.#count('acquire', 'refused');
        if (event.code === 'TOKEN_STALE') this.#stale.inc();
        break;
      case 'lease.offered':
        this.#count('wait', 'offered');
        break;
      case 'offer.lapsed':
        this.#count('wait', 'offer_lapsed');
        break;
      case 'wait.ended':
        this.#count('wait', event.outcome);
        this.#queued.forget(event.ticket);
        if (event.outcome === 'deadlock') this.#deadlocks.inc();
        break;
      case 'lease.renewed':
        this.#count('renew', 'renewed');
        break;
      case 'lease.released':
        this.#count('release', event.why);
        this.#end(event);
        break;
      case 'lease.expired':
        this.#expirations.inc({ cause: 'ttl' });
        this.#end(event);
        break;
      case 'lease.dropped':
        this.#expirations.inc({ cause: event.ending });
        this.#end(event);
        break;
      case 'lease.revoked':
        this.#revocations.inc({ cause: event.by === 'policy' ? 'policy' : 'operator' });
        this.#end(event);
        break;
      case 'handoff.offered':
        this.#count('hand_off', 'offered');
        break;
      case 'handoff.ended':
        this.#count('hand_off', event.outcome);
        break;
      case 'checkin.recorded':
        this.#verdicts.inc({ verdict: event.verdict });
        break;
      case 'invariant.broken':
        this.#violations.inc();
        break;
      case 'delivery.done':
        this.#deliveries.inc({ outcome: 'delivered' }, event.messages.length);
        break;
      case 'delivery.retrying':
        this.#deliveries.inc({ outcome: 'retried' });
        break;
      case 'delivery.dead':
        this.#deliveries.inc({ outcome: 'given_up' });
        break;
      case 'delivery.opened':
        this.#deliveries.inc({ outcome: 'given_up' }, event.opened.flatMap(({ full }) => full).length);
        break;
      default:
        break;
    }
  }

  #grant(event: Extract<FeedEvent, { type: 'lease.granted' }>): void {
    const { at, ticket, replaces, path } = event;
    // What an upgrade or a handoff replaces ends with it.
    if (replaces !== null) this.#endOf(replaces, at);
    this.#granted.begin(event.token ?? event.seq, at);
    const isFirstOfSet = event.firstToken === null;
    if (!isFirstOfSet || path === 'handoff') return;
    if (ticket === null) {
      this.#count('acquire', 'granted');
      this.#waits.observe(0);
      return;
    }
    const queuedAt = this.#queued.at(ticket);
    if (queuedAt !== undefined) this.#waits.observe(seconds(at - queuedAt));
  }

  #end(event: FeedEvent): void {
    if (event.token !== undefined) this.#endOf(event.token, event.at);
  }

  #endOf(token: number, at: number): void {
    const grantedAt = this.#granted.at(token);
    if (grantedAt === undefined) return;
    this.#granted.forget(token);
    this.#holds.observe(seconds(at - grantedAt));
  }

  #count<O extends Operation>(op: O, outcome: OutcomeOf<O>): void {
    this.#requests.inc({ op, outcome });
  }

  /** A series that appears only with its first event hides that event from `increase` and `rate`. */
  #begin(): void {
    for (const [op, outcomes] of Object.entries(OUTCOMES))
      for (const outcome of outcomes) this.#requests.inc({ op, outcome }, 0);
    for (const cause of EXPIRY_CAUSES) this.#expirations.inc({ cause }, 0);
    for (const cause of REVOCATION_CAUSES) this.#revocations.inc({ cause }, 0);
    for (const verdict of VERDICTS) this.#verdicts.inc({ verdict }, 0);
    for (const outcome of DELIVERIES) this.#deliveries.inc({ outcome }, 0);
  }
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
