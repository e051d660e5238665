// Keeps sessions active while a call of theirs is parked or a command runs under their leases. What is recorded is one
// event per session and quarter TTL, more often while somebody waits for what it holds, decided by the core; here is only the timer that asks for it.

import type { Command } from '../core/command.ts';
import type { EventOf } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import { conflictingLeases } from '../core/lease/conflict.ts';
import { activityDueAt } from '../core/lease/silence.ts';
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
}

/** Between two tries when the log did not take the activity. */
const RETRY_MS = 200;

export class ActivityKeeper {
  readonly #options: ActivityKeeperOptions;
  /** Session -> how many reasons there are to keep it active. */
  readonly #kept = new Map<string, number>();
  #armedForMs = Number.POSITIVE_INFINITY;
  #cancel: Cancel | null = null;

  constructor(options: ActivityKeeperOptions) {
    this.#options = options;
    options.log.folded.listen((batch) => {
      if (this.#kept.size === 0) return;
      for (const event of batch.events) {
        // A shorter TTL and somebody who waits make activity due earlier, and whoever was paused is active again.
        if (event.type === 'lease.granted' && this.#kept.has(event.sessionId ?? '')) this.#arm([event.sessionId ?? '']);
        else if (event.type === 'lease.queued') this.#arm(this.#holdersBefore(event));
        else if (event.type === 'agent.resumed' || event.type === 'agent.restored') this.#arm(this.#kept.keys());
      }
    });
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

  close(): void {
    this.#kept.clear();
    this.#disarm();
  }

  #drop(sessionId: string): void {
    const left = (this.#kept.get(sessionId) ?? 0) - 1;
    if (left > 0) this.#kept.set(sessionId, left);
    else this.#kept.delete(sessionId);
    if (this.#kept.size === 0) this.#disarm();
  }

  #arm(sessionIds: Iterable<string>, atLeastMs = 0): void {
    const { log, fleetClock, clock } = this.#options;
    const at = fleetClock.now(log.state);
    let inMs = Number.POSITIVE_INFINITY;
    for (const sessionId of sessionIds) inMs = Math.min(inMs, dueAt(log.state, sessionId) - at);
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

  /** Those kept here that hold what this waiter waits for. */
  *#holdersBefore({ sessionId = '', resources, mode }: EventOf<'lease.queued'>): Iterable<string> {
    for (const resource of resources) {
      for (const lease of conflictingLeases(this.#options.log.state, { sessionId, resource, mode }))
        if (this.#kept.has(lease.sessionId)) yield lease.sessionId;
    }
  }

  async #touch(): Promise<void> {
    const { log, fleetClock, ids, submit } = this.#options;
    this.#disarm();
    const at = fleetClock.now(log.state);
    const sessionIds = [...this.#kept.keys()].filter((sessionId) => dueAt(log.state, sessionId) <= at);
    if (sessionIds.length > 0) await submit({ ...systemCommand(ids, 'activity'), op: 'touch', sessionIds });
    this.#arm(this.#kept.keys(), RETRY_MS);
  }
}

/** Infinity for a session that is not live, or whose agent is paused. */
function dueAt(state: FleetState, sessionId: string): number {
  const session = state.sessions.get(sessionId);
  return session !== undefined && isActing(state, session) ? activityDueAt(state, session) : Number.POSITIVE_INFINITY;
}
