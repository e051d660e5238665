// Grant now, queue, or refuse.
//
// A request is granted when nothing stands in its way. Else, with a wait, it joins the line with one ticket for its set of
// resources and mode, and any cycle that its waiting closes is broken in the same decision. With `waitMs: 0` it is refused
// and leaves at most a retry edge.

import type { AcquireCommand } from '../command.ts';
import { resolveCycles } from '../deadlock/resolve.ts';
import { refuseGranting } from '../fleet/granting.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Ledger } from '../ledger.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { AcquireReply, Answer, Blocker } from '../reply.ts';
import type { SessionRow, TicketRow } from '../rows.ts';
import { checkAcquire, checkLine, checkRoom } from './acquire-limits.ts';
import { rejoin } from './await.ts';
import { grantSet } from './grant.ts';
import { factsOf } from './lease-facts.ts';
import { isFree, missing, ownLease, type Standing } from './line.ts';
import { settleOwnWaits } from './promote.ts';
import { noteRefusal } from './refusal.ts';
import { answerOfTicket, namedBlockers } from './ticket-answer.ts';

export function acquire(ledger: Ledger, command: AcquireCommand, session: SessionRow): Answer {
  const refused = checkAcquire(command);
  if (refused !== null) return refused;
  const resources = [...new Set(command.resources)];
  const standing: Standing = {
    sessionId: session.sessionId,
    resources,
    mode: command.mode,
    queuedSeq: Number.POSITIVE_INFINITY,
    passes: [],
  };
  const joined = sameTicket(ledger.state, session.sessionId, resources, command.mode);
  const resting = refuseGranting(ledger.state, ledger.at);
  // Who stands in line already keeps its place while granting rests.
  if (resting !== null) return joined === undefined ? resting : rejoin(ledger, joined, command.waitMs);
  const more = missing(ledger.state, standing).length;
  if (more === 0) return renewHeld(ledger, command, session, resources);
  if (joined !== undefined) return rejoin(ledger, joined, command.waitMs);
  const full = checkRoom(ledger.state, session, more);
  if (full !== null) return full;
  if (isFree(ledger.state, standing)) return grantNow(ledger, command, session, resources);
  return command.waitMs === 0 ? refuseHeld(ledger, session, standing) : queue(ledger, command, session, resources);
}

/** Everything is held already: renews its own use and keeps the tokens. */
function renewHeld(
  ledger: Ledger,
  command: AcquireCommand,
  session: SessionRow,
  resources: readonly string[],
): AcquireReply {
  return ledger.group(() => {
    const tokens: number[] = [];
    for (const resource of resources) {
      const own = ownLease(ledger.state, session.sessionId, resource);
      if (own === undefined) continue;
      ledger.emit({
        type: 'lease.renewed',
        agentId: own.agentId,
        sessionId: own.sessionId,
        resource,
        token: own.token,
        ttlMs: Math.max(own.ttlMs, command.ttlMs),
      });
      tokens.push(own.token);
    }
    return { ...GRANTED, status: 'renewed', leases: heldFacts(ledger, tokens) };
  });
}

function grantNow(
  ledger: Ledger,
  command: AcquireCommand,
  session: SessionRow,
  resources: readonly string[],
): AcquireReply {
  const isMissing = new Set(missing(ledger.state, { sessionId: session.sessionId, resources, mode: command.mode }));
  const kept = resources.filter((resource) => !isMissing.has(resource));
  const own = kept.flatMap((resource) => ownLease(ledger.state, session.sessionId, resource) ?? []);
  // What a hook took becomes the agent's own by an event, which says so to a repeat.
  ledger.keep(own.filter(({ hook }) => hook === undefined).map(({ token }) => token));
  return ledger.group(() => {
    const tokens = grantSet(ledger, {
      sessionId: session.sessionId,
      agentId: session.agentId,
      resources,
      mode: command.mode,
      ttlMs: command.ttlMs,
      reason: command.reason,
      path: 'free',
      ticket: null,
    });
    settleOwnWaits(ledger, session.sessionId);
    return { ...GRANTED, leases: heldFacts(ledger, tokens) };
  });
}

function queue(ledger: Ledger, command: AcquireCommand, session: SessionRow, resources: readonly string[]): Answer {
  const full = checkLine(ledger.state, session, resources);
  if (full !== null) return full;
  return ledger.group(() => {
    const ticket = `t${ledger.seq + 1}`;
    ledger.emit({
      type: 'lease.queued',
      agentId: session.agentId,
      sessionId: session.sessionId,
      ticket,
      resources,
      mode: command.mode,
      ttlMs: command.ttlMs,
      priority: command.priority,
      parkedUntil: ledger.at + command.waitMs,
      reason: command.reason,
    });
    resolveCycles(ledger, ticket);
    return answerOfTicket(ledger.state, ticket, ledger.at);
  });
}

function refuseHeld(ledger: Ledger, session: SessionRow, standing: Standing): Rejection {
  const blockers = namedBlockers(ledger.state, standing);
  const first = blockers[0] as Blocker;
  const refusal = { code: 'LEASE_HELD', resource: first.resource, blockers: blockers.map((each) => each.sessionId) };
  noteRefusal(ledger, session, refusal);
  const who =
    first.kind === 'waiter'
      ? `${first.agentId} stands in line for it`
      : first.kind === 'offer'
        ? `${first.agentId} has the offer of it`
        : `held by ${first.agentId}`;
  return reject('LEASE_HELD', {
    message: `${first.resource} is not free: ${who}.`,
    next: 'Ask again with waitMs to keep a place in line, or work on something else meanwhile.',
    details: { blockedBy: blockers },
  });
}

/** The session's ticket for the same set and mode: asking again joins it. */
export function sameTicket(
  state: FleetState,
  sessionId: string,
  resources: readonly string[],
  mode: string,
): TicketRow | undefined {
  for (const ticket of state.tickets.in('session', sessionId)) {
    if (ticket.mode !== mode || ticket.resources.length !== resources.length) continue;
    if (resources.every((resource) => ticket.resources.includes(resource))) return ticket;
  }
  return undefined;
}

function heldFacts(ledger: Ledger, tokens: readonly number[]): AcquireReply['leases'] {
  const granted = tokens.flatMap((token) => ledger.state.leases.get(String(token)) ?? []);
  return factsOf(ledger.state, granted, ledger.at);
}

const GRANTED: AcquireReply = {
  op: 'acquire',
  status: 'granted',
  leases: [],
  refused: [],
  ticket: null,
  position: null,
  blockedBy: [],
  parkedUntil: null,
  offeredUntil: null,
};
