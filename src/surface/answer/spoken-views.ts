// Views as plain data for a caller: the published field names, and resources as the caller sees them.

import type { AgentView, FleetView, LockView, Presence, WaiterView, WaitsView } from '../../core/view/views.ts';
import { seenFrom } from './seen-names.ts';
import { spokenAsk } from './spoken-messages.ts';

export type SpokenLock = ReturnType<typeof spokenLock>;

export function spokenLock(lock: LockView, worktree: string) {
  return {
    resource: seenFrom(worktree).name(lock.resource),
    mode: lock.mode,
    holder: lock.holder,
    token: lock.token,
    heldForMs: lock.heldForMs,
    idleForMs: lock.idleForMs,
    expiresInMs: lock.expiresInMs,
    alive: lock.alive,
    guarded: lock.guarded,
    reason: lock.reason,
    reservedFor: lock.reservedFor,
    handoffTo: lock.handoffTo,
    waiters: lock.waiters.map((waiter) => spokenWaiter(waiter, worktree)),
    waiting: lock.waiting,
    asks: lock.asks.map(spokenAsk),
  };
}

function spokenWaiter(waiter: WaiterView, worktree: string) {
  const { name } = seenFrom(worktree);
  const { ticket, agentId, mode, resources, position, waitedMs, state, reason, presence } = waiter;
  return { ticket, agentId, mode, resources: resources.map(name), position, waitedMs, state, alive: presence, reason };
}

export function spokenWaits(view: WaitsView, worktree: string) {
  const names = seenFrom(worktree);
  return {
    waiters: view.waiters.map((waiter) => spokenWaiter(waiter, worktree)),
    edges: names.data(view.edges) as WaitsView['edges'],
    suspected: view.suspected,
    broken: names.data(view.broken) as WaitsView['broken'],
    leftOut: view.leftOut,
  };
}

/** One line about each agent; what it holds and waits for is in the other lists. */
function spokenAgent({
  agentId,
  client,
  purpose,
  lifecycle,
  change,
  conduct,
  idleForMs,
  liveSessions,
  leases,
  waits,
  sessions,
}: AgentView) {
  const why = change === null ? {} : { why: { by: change.by, reason: change.reason, sinceAt: change.sinceAt } };
  const lastVerdict = conduct?.lastVerdict ?? null;
  return {
    agentId,
    client,
    purpose,
    lifecycle,
    ...why,
    lastVerdict,
    alive: aliveIn(sessions),
    liveSessions,
    idleForMs,
    leases,
    waits,
  };
}

/** Of several sessions the one that is best off: an agent is stopped or gone when all of it is. */
function aliveIn(sessions: AgentView['sessions']): Presence {
  const order: readonly Presence[] = ['alive', 'stopped', 'unknown', 'gone'];
  return order.find((presence) => sessions.some((session) => session.presence === presence)) ?? 'gone';
}

export function spokenFleet(view: FleetView, worktree: string) {
  const { counts, leftOut, granting, longestWaitMs, head, alerts, incidents, plans } = view;
  return {
    agents: view.agents.map(spokenAgent),
    locks: view.locks.map((lock) => spokenLock(lock, worktree)),
    waits: view.waits.map((waiter) => spokenWaiter(waiter, worktree)),
    alerts: seenFrom(worktree).data(alerts),
    incidents: seenFrom(worktree).data(incidents),
    plans,
    counts,
    leftOut,
    granting,
    longestWaitMs,
    head,
  };
}
