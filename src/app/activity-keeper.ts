// Keeps sessions active while a call of theirs is parked or a command runs under their leases. What is recorded is one
// event per session and quarter TTL, more often while somebody waits for what it holds, decided by the core; here is only the timer that asks for it.
//
// It also remembers of each session that was heard of here when that was. Where it went unrecorded it is written down late, once
// somebody waits and before the session could be told to be silent, or when this process ends: `core/lease/silence.ts`.

import type { Command, Heard } from '../core/command.ts';
import type { EventOf, FleetEvent } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { Instant } from '../core/instant.ts';
import { conflictingLeases } from '../core/lease/conflict.ts';
import { activityDueAt, lateRecordAt } from '../core/lease/silence.ts';
import type { Answer } from '../core/reply.ts';
import { isActing } from '../core/session/presence.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import { systemCommand } from './system-command.ts';

export interface ActivityKeeperOptions {
  readonly log: FleetLog;
  readonly fleetClock: FleetClock;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly submit: (command: Command) => Promise<Answer>;
  /** Whoever is over in a moment records at once, and remembers nothing. */
  readonly stays: boolean;
}

/** Between two tries when the log did not take the activity. */
const RETRY_MS = 200;

export class ActivityKeeper {
  readonly #options: ActivityKeeperOptions;
  /** Session -> how many reasons there are to keep it active. */
  readonly #kept = new Map<string, number>();
  /** Session -> when it was last heard of, where the log does not have it. */
  readonly #heard = new Map<string, Instant>();
  #isClosed = false;
  #armedForMs = Number.POSITIVE_INFINITY;
  #cancel: Cancel | null = null;

  constructor(options: ActivityKeeperOptions) {
    this.#options = options;
    options.log.folded.listen((batch) => {
      if (this.#kept.size + this.#heard.size > 0) for (const event of batch.events) this.#saw(event);
    });
    options.log.replaced.listen(() => this.#arm(this.#known()));
  }

  /** Until the answer is called, which does no harm twice. */
  keep(sessionId: string): () => void {
    this.#kept.set(sessionId, (this.#kept.get(sessionId) ?? 0) + 1);
    this.#arm([sessionId]);
    let isKept = true;
    return () => {
      if (isKept) this.#drop(sessionId);
      isKept = false;
    };
  }

  /** A call of the session was answered. */
  heard(sessionId: string): void {
    const { log, fleetClock, stays } = this.#options;
    const at = fleetClock.now(log.state);
    if (!stays || this.#isClosed || !isNews(log.state, sessionId, at)) {
      this.#forget(sessionId);
      return;
    }
    // Of one that is remembered already the log says when it falls due: who waits arms.
    const isKnown = this.#heard.has(sessionId);
    this.#heard.set(sessionId, at);
    if (!isKnown) this.#arm([sessionId]);
  }

  /** Writes down what nobody will know once this process has ended. */
  async close(): Promise<void> {
    const { log } = this.#options;
    this.#isClosed = true;
    this.#kept.clear();
    this.#disarm();
    const left = [...this.#heard].flatMap(([sessionId, at]) =>
      isNews(log.state, sessionId, at) ? [{ sessionId, at }] : [],
    );
    this.#heard.clear();
    if (left.length > 0) await this.#record([], left);
  }

  #saw(event: FleetEvent): void {
    const { sessionId = '' } = event;
    switch (event.type) {
      // A shorter TTL and somebody who waits make activity due earlier, and whoever was paused is active again.
      case 'lease.granted':
        this.#arm([sessionId]);
        return;
      case 'lease.queued':
        this.#arm(this.#holdersBefore(event));
        return;
      case 'agent.resumed':
      case 'agent.restored':
      case 'policy.adopted':
      case 'names.folded':
        this.#arm(this.#known());
        return;
      case 'session.closed':
      case 'session.lost':
        this.#forget(sessionId);
        return;
      default:
    }
  }

  #drop(sessionId: string): void {
    const left = (this.#kept.get(sessionId) ?? 0) - 1;
    if (left > 0) this.#kept.set(sessionId, left);
    else this.#kept.delete(sessionId);
    // It was there until now.
    this.heard(sessionId);
  }

  #forget(sessionId: string): void {
    this.#heard.delete(sessionId);
    if (this.#kept.size + this.#heard.size === 0) this.#disarm();
  }

  #arm(sessionIds: Iterable<string>, atLeastMs = 0): void {
    if (this.#isClosed) return;
    const { log, fleetClock, clock } = this.#options;
    const at = fleetClock.now(log.state);
    let inMs = Number.POSITIVE_INFINITY;
    for (const sessionId of sessionIds) inMs = Math.min(inMs, this.#dueAt(sessionId) - at);
    if (inMs === Number.POSITIVE_INFINITY) return;
    const dueMs = clock.monotonicMs() + Math.max(inMs, atLeastMs);
    if (dueMs >= this.#armedForMs) return;
    this.#disarm();
    this.#armedForMs = dueMs;
    this.#cancel = clock.after(Math.max(inMs, atLeastMs), () => void this.#touch(), { background: true });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#armedForMs = Number.POSITIVE_INFINITY;
  }

  *#known(): Iterable<string> {
    yield* this.#kept.keys();
    yield* this.#heard.keys();
  }

  /** Those known here that hold what this waiter waits for. */
  *#holdersBefore({ sessionId = '', resources, mode }: EventOf<'lease.queued'>): Iterable<string> {
    for (const resource of resources) {
      for (const lease of conflictingLeases(this.#options.log.state, { sessionId, resource, mode }))
        if (this.#kept.has(lease.sessionId) || this.#heard.has(lease.sessionId)) yield lease.sessionId;
    }
  }

  async #touch(): Promise<void> {
    const { log, fleetClock } = this.#options;
    this.#disarm();
    const at = fleetClock.now(log.state);
    const sessionIds = [...this.#kept.keys()].filter((sessionId) => this.#keptDueAt(sessionId) <= at);
    const late: Heard[] = [];
    for (const [sessionId, heardAt] of this.#heard) {
      if (!isNews(log.state, sessionId, heardAt)) this.#heard.delete(sessionId);
      else if (this.#lateAt(sessionId) <= at) late.push({ sessionId, at: heardAt });
    }
    if (sessionIds.length + late.length > 0) await this.#record(sessionIds, late);
    this.#arm(this.#known(), RETRY_MS);
  }

  async #record(sessionIds: readonly string[], heard: readonly Heard[]): Promise<void> {
    const { ids, submit } = this.#options;
    await submit({ ...systemCommand(ids, 'activity'), op: 'touch', sessionIds, heard });
  }

  #dueAt(sessionId: string): number {
    return Math.min(this.#keptDueAt(sessionId), this.#lateAt(sessionId));
  }

  /** Infinity for a session that is not live, or whose agent is paused. */
  #keptDueAt(sessionId: string): number {
    const { state } = this.#options.log;
    const session = state.sessions.get(sessionId);
    const isKept = this.#kept.has(sessionId) && session !== undefined && isActing(state, session);
    return isKept ? activityDueAt(state, session) : Number.POSITIVE_INFINITY;
  }

  #lateAt(sessionId: string): number {
    const { state } = this.#options.log;
    const session = state.sessions.get(sessionId);
    const heardAt = this.#heard.get(sessionId);
    const isKnown = heardAt !== undefined && session !== undefined && isActing(state, session);
    return isKnown ? lateRecordAt(state, session, heardAt) : Number.POSITIVE_INFINITY;
  }
}

/** The log does not have it, and it matters to whoever waits or comes to wait. */
function isNews(state: FleetState, sessionId: string, heardAt: Instant): boolean {
  const session = state.sessions.get(sessionId);
  const isHolding = session?.state === 'live' && state.leases.countIn('session', sessionId) > 0;
  return isHolding && session.activeAt < heardAt;
}
