// Whom the waiting wait for: every session that holds what somebody stands in line for, with those directly behind it and all
// who wait one behind the other.

import type { FleetState } from '../fleet-state.ts';
import { conflictingTickets, isInLine, leasesOn } from '../lease/conflict.ts';
import type { LeaseRow, SessionRow, TicketRow } from '../rows.ts';

export interface Held {
  readonly lease: LeaseRow;
  /** Who stands first in line for it. */
  readonly front: TicketRow;
  /** Who stands in line for it, the first first. */
  readonly waiters: readonly TicketRow[];
}

export interface Holder {
  readonly sessionId: string;
  readonly agentId: string;
  readonly session: SessionRow | undefined;
  /** What somebody waits for of what it holds, the oldest grant first. */
  readonly held: readonly Held[];
  readonly oldest: Held;
  /** Each of those waits once, the longest first. */
  readonly waiters: readonly TicketRow[];
  /** It waits for somebody itself. */
  readonly isWaiting: boolean;
  /** Sessions that wait for it, or for one who does, however far. */
  readonly behind: ReadonlySet<string>;
  /** How many wait one behind the other, at most. */
  readonly depth: number;
}

/** Pairs of a lease and a waiter that are looked at; of a line before very many leases only the beginning. */
const PAIRS = 200_000;
const LEAST_PAIRS = 20;

export function holdersBefore(state: FleetState): readonly Holder[] {
  const bySession = new Map<string, { readonly oldest: Held; readonly held: Held[] }>();
  const waiting = new Set<string>();
  for (const each of wantedLeases(state).toSorted((a, b) => a.lease.token - b.lease.token)) {
    const known = bySession.get(each.lease.sessionId);
    if (known === undefined) bySession.set(each.lease.sessionId, { oldest: each, held: [each] });
    else known.held.push(each);
    for (const { sessionId } of each.waiters) waiting.add(sessionId);
  }
  const directly = new Map([...bySession].map(([sessionId, { held }]) => [sessionId, sessionsIn(held)]));
  return [...bySession].map(([sessionId, { oldest, held }]) => ({
    sessionId,
    agentId: oldest.lease.agentId,
    session: state.sessions.get(sessionId),
    held,
    oldest,
    waiters: waitersOf(held),
    isWaiting: waiting.has(sessionId),
    ...behindOf(directly, sessionId),
  }));
}

function wantedLeases(state: FleetState): readonly Held[] {
  const leases = new Set<LeaseRow>();
  for (const resource of wantedResources(state)) for (const lease of leasesOn(state, resource)) leases.add(lease);
  const most = Math.max(LEAST_PAIRS, Math.floor(PAIRS / Math.max(1, leases.size)));
  return [...leases].flatMap((lease) => {
    const waiters = firstWaiters(state, lease, most);
    const [front] = waiters;
    return front === undefined ? [] : [{ lease, front, waiters }];
  });
}

function wantedResources(state: FleetState): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const ticket of state.tickets.rows()) {
    if (isWaiting(ticket)) for (const resource of ticket.resources) wanted.add(resource);
  }
  return wanted;
}

function firstWaiters(state: FleetState, lease: LeaseRow, most: number): readonly TicketRow[] {
  const waiters: TicketRow[] = [];
  for (const ticket of conflictingTickets(state, lease)) {
    if (!isWaiting(ticket)) continue;
    waiters.push(ticket);
    if (waiters.length >= most) break;
  }
  return waiters;
}

function isWaiting(ticket: TicketRow): boolean {
  return ticket.state === 'waiting' && isInLine(ticket);
}

function sessionsIn(held: readonly Held[]): ReadonlySet<string> {
  return new Set(held.flatMap(({ waiters }) => waiters.map(({ sessionId }) => sessionId)));
}

function waitersOf(held: readonly Held[]): readonly TicketRow[] {
  const each = new Set(held.flatMap(({ waiters }) => waiters));
  return [...each].toSorted((a, b) => a.queuedSeq - b.queuedSeq);
}

function behindOf(directly: ReadonlyMap<string, ReadonlySet<string>>, start: string): Pick<Holder, 'behind' | 'depth'> {
  const behind = new Set<string>();
  let depth = 0;
  let frontier: readonly string[] = [start];
  for (;;) {
    const next: string[] = [];
    for (const sessionId of frontier) {
      for (const waiter of directly.get(sessionId) ?? []) {
        if (waiter === start || behind.has(waiter)) continue;
        behind.add(waiter);
        next.push(waiter);
      }
    }
    if (next.length === 0) return { behind, depth };
    depth += 1;
    frontier = next;
  }
}
