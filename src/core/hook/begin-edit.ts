// A client is about to edit. What it will change is leased to its session, all or none; else it keeps a place in line, and
// whoever asked hears who is in the way.
//
// Nobody waits in this call. The place in line is that of any waiter: when its turn comes it is offered, and the same edit
// tried again claims it. A lease that the agent asked for by itself stays what it is, and is used by the edit.

import type { BeginEditCommand } from '../command.ts';
import { refuseGranting } from '../fleet/granting.ts';
import type { FleetState } from '../fleet-state.ts';
import { fleetPolicy } from '../governance/policy.ts';
import { sameTicket } from '../lease/acquire.ts';
import { checkLine, checkResources, checkRoom } from '../lease/acquire-limits.ts';
import { rejoin } from '../lease/await.ts';
import { leasesOn } from '../lease/conflict.ts';
import { grantSet } from '../lease/grant.ts';
import { factsOf } from '../lease/lease-facts.ts';
import { covers, isFree, missing, ownLease, type Standing } from '../lease/line.ts';
import { settleOwnWaits } from '../lease/promote.ts';
import { useIfDue } from '../lease/renew.ts';
import { answerOfTicket } from '../lease/ticket-answer.ts';
import { endWait } from '../lease/wait.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection } from '../rejection.ts';
import type { AcquireReply, Answer } from '../reply.ts';
import type { LeaseRow, SessionRow, TicketRow } from '../rows.ts';

export function beginEdit(ledger: Ledger, command: BeginEditCommand, session: SessionRow): Answer {
  const resources = [...new Set(command.resources)];
  const refused = checkResources({ ...command, resources }) ?? refuseGranting(ledger.state, ledger.at);
  if (refused !== null) return refused;
  const edit: Edit = { command, session, resources, asked: askedFor(ledger.state, session, resources) };
  return ledger.group(() => take(ledger, edit));
}

interface Edit {
  readonly command: BeginEditCommand;
  readonly session: SessionRow;
  readonly resources: readonly string[];
  /** Of these the session has a lease that it asked for. */
  readonly asked: ReadonlySet<string>;
}

function take(ledger: Ledger, edit: Edit): Answer {
  const { session, resources } = edit;
  const { sessionId } = session;
  const standing: Standing = {
    sessionId,
    resources,
    mode: 'exclusive',
    queuedSeq: Number.POSITIVE_INFINITY,
    passes: [],
  };
  const more = missing(ledger.state, standing).length;
  if (more === 0) return began(ledger, edit, 'renewed');
  const ticket = sameTicket(ledger.state, sessionId, resources, 'exclusive');
  if (ticket !== undefined) return goOnWaiting(ledger, edit, ticket);
  const full = checkRoom(ledger.state, session, more);
  if (full !== null) return full;
  if (!isFree(ledger.state, standing)) return standInLine(ledger, edit);
  grantSet(ledger, { ...requestOf(edit), path: 'free', ticket: null, isEdit: true });
  settleOwnWaits(ledger, sessionId);
  return began(ledger, edit, 'granted');
}

/** An earlier try of the same edit stands in line. One that its agent stands in by itself is the agent's to wait for. */
function goOnWaiting(ledger: Ledger, edit: Edit, ticket: TicketRow): Answer {
  const answer = rejoin(ledger, ticket, 0, () => stayInLine(ledger, edit, ticket));
  if (isRejection(answer) || answer.op !== 'acquire' || answer.status === 'queued') return answer;
  const asked = ticket.hook === undefined ? new Set(edit.resources) : edit.asked;
  return began(ledger, { ...edit, asked }, 'granted');
}

/** Still. What made its place last longer took it for a call that waits. */
function stayInLine(ledger: Ledger, { command, session }: Edit, before: TicketRow): void {
  const { ticket, hook, parked } = ledger.state.tickets.get(before.ticket) ?? before;
  const { agentId, sessionId } = session;
  const { tool, label } = command;
  if (before.hook !== undefined && (hook === undefined || parked || hook.label !== label))
    ledger.emit({ type: 'edit.denied', agentId, sessionId, ticket, tool, label });
}

function standInLine(ledger: Ledger, edit: Edit): Answer {
  const { command, session, resources } = edit;
  const full = checkLine(ledger.state, session, resources);
  if (full !== null) return full;
  const { agentId, sessionId } = session;
  const ticket = `t${ledger.seq + 1}`;
  const { mode, ttlMs, reason } = requestOf(edit);
  const wait = { ticket, resources, mode, ttlMs, reason, priority: 0, parkedUntil: ledger.at };
  ledger.emit({ type: 'lease.queued', agentId, sessionId, ...wait });
  ledger.emit({ type: 'edit.denied', agentId, sessionId, ticket, tool: command.tool, label: command.label });
  return answerOfTicket(ledger.state, ticket, ledger.at);
}

/** Everything is held: by the hook, unless its agent asked for it. */
function began(ledger: Ledger, edit: Edit, status: 'granted' | 'renewed'): AcquireReply {
  const { command, session, resources, asked } = edit;
  const { agentId, sessionId } = session;
  const { tool, label } = command;
  const { quietMs } = fleetPolicy(ledger.state.fleet?.policy?.content ?? null).hooks;
  for (const resource of resources) {
    const own = ownLease(ledger.state, sessionId, resource);
    if (own !== undefined && !asked.has(resource))
      ledger.emit({ type: 'edit.began', agentId, sessionId, resource, token: own.token, tool, label, quietMs });
    for (const lease of askedAround(ledger.state, session, resource)) useIfDue(ledger, lease);
  }
  endNeedlessWaits(ledger, session);
  return { ...HELD, status, leases: factsOf(ledger.state, held(ledger.state, session, resources), ledger.at) };
}

/** What its agent asked for and what covers the resource: that of a folder is used by an edit in it. */
function askedAround(state: FleetState, { sessionId }: SessionRow, resource: string): readonly LeaseRow[] {
  return [...leasesOn(state, resource)].filter((lease) => lease.sessionId === sessionId && lease.hook === undefined);
}

/** Earlier edits that were denied and whose files are all held now keep nobody else waiting. */
function endNeedlessWaits(ledger: Ledger, { sessionId }: SessionRow): void {
  for (const ticket of Array.from(ledger.state.tickets.in('session', sessionId))) {
    const isNeedless = ticket.hook !== undefined && missing(ledger.state, ticket).length === 0;
    if (isNeedless && ledger.state.tickets.get(ticket.ticket) !== undefined) endWait(ledger, ticket, 'withdrawn');
  }
}

function askedFor(state: FleetState, { sessionId }: SessionRow, resources: readonly string[]): ReadonlySet<string> {
  return new Set(
    resources.filter((resource) => {
      const own = ownLease(state, sessionId, resource);
      return own !== undefined && own.hook === undefined;
    }),
  );
}

function held(state: FleetState, { sessionId }: SessionRow, resources: readonly string[]): readonly LeaseRow[] {
  return resources
    .flatMap((resource) => ownLease(state, sessionId, resource) ?? [])
    .filter((lease) => covers(lease.mode, 'exclusive'));
}

function requestOf({ command, session, resources }: Edit) {
  const { agentId, sessionId } = session;
  return {
    agentId,
    sessionId,
    resources,
    mode: 'exclusive',
    ttlMs: LIMITS.ttlMs,
    reason: command.reason,
  } as const;
}

const HELD = {
  op: 'acquire',
  refused: [],
  ticket: null,
  position: null,
  blockedBy: [],
  parkedUntil: null,
  offeredUntil: null,
} as const;
