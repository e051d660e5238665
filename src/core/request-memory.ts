// What was asked before. Every effect of a command is remembered with the id of its request, so that a repeat (a lost reply, a
// client that asks twice, another process after a crash) has the same outcome, tokens and ticket, and does nothing twice.
//
// The memory is a fold like everything else: the first event of a command's group carries the mark, the others name the
// request. Refusals leave no mark and are not remembered.

import type { FleetEvent } from './event.ts';
import type { FleetState } from './fleet-state.ts';
import type { RememberedCheckIn } from './governance/check-in-rules.ts';
import { LIMITS } from './limits.ts';
import { type Rejection, reject } from './rejection.ts';
import type { RequestRow } from './rows.ts';

/** What a registration was told, as its memory keeps it. */
export interface Registered {
  readonly resumed: boolean;
  readonly warnings: readonly string[];
}

/** The remembered effect of this request, null when it is new, or REQUEST_REUSED when its body was another. */
export function recall(
  state: FleetState,
  scope: string,
  requestId: string,
  bodyHash: string,
): RequestRow | Rejection | null {
  const row = state.requests.get(memoryKey(scope, requestId));
  if (row === undefined) return null;
  if (row.bodyHash === bodyHash) return row;
  return reject('REQUEST_REUSED', {
    message: `The requestId ${requestId.slice(0, 40)} was used before for another ${row.op} call.`,
    next: 'Use a new requestId for each new call, the same one only to repeat it.',
  });
}

/** Folds the mark or the name of a request. */
export function remember(state: FleetState, event: FleetEvent): void {
  if (event.requestId === undefined) return;
  if (event.request !== undefined) open(state, event, event.request);
  else extend(state, event);
}

/** The session that follows an ended one of its agent knows what that one asked: its process may have died before it heard. */
export function inheritRequests(state: FleetState, from: string | null, heir: string): void {
  if (from === null) return;
  for (const row of Array.from(state.requests.in('scope', from))) {
    state.requests.delete(row.key);
    state.requests.set({ ...row, key: memoryKey(heir, row.requestId), scope: heir });
  }
}

/** What a session asked is forgotten with it. */
export function forgetRequests(state: FleetState, sessionId: string): void {
  for (const row of Array.from(state.requests.in('scope', sessionId))) state.requests.delete(row.key);
}

/** Of an ended session only what may have been under way at its end is repeated by whoever comes after it. */
export function keepLastRequests(state: FleetState, sessionId: string): void {
  const surplus = state.requests.countIn('scope', sessionId) - LIMITS.requestsOfEnded;
  if (surplus <= 0) return;
  const forgotten = Array.from(state.requests.in('scope', sessionId)).slice(0, surplus);
  for (const { key } of forgotten) state.requests.delete(key);
}

/** What was asked so long ago that nobody repeats it is forgotten, whoever asked it; much at a time, and never all of much. */
export function forgetOldRequests(state: FleetState, at: number): void {
  const forgotten: string[] = [];
  for (const { key, at: askedAt } of state.requests.rows()) {
    if (askedAt + LIMITS.requestMs > at || forgotten.length >= OLD_AT_ONCE) break;
    forgotten.push(key);
  }
  for (const key of forgotten) state.requests.delete(key);
}

function open(state: FleetState, event: FleetEvent, mark: NonNullable<FleetEvent['request']>): void {
  const key = memoryKey(mark.scope, mark.id);
  const kept = (mark.kept ?? []).flatMap((token) => state.leases.get(String(token)) ?? []);
  state.requests.set({
    key,
    scope: mark.scope,
    requestId: mark.id,
    bodyHash: mark.bodyHash,
    op: mark.op,
    seq: event.seq,
    at: event.at,
    sessionId: sessionOfScope(mark.scope, event),
    leases: kept.map(({ resource, mode, token }) => ({ resource, mode, token })),
    // The first event is about the ticket where the request queued, joined, claimed or withdrew it.
    ticket: mark.ticket ?? ('ticket' in event ? event.ticket : null),
    outcome: null,
  });
  extend(state, event, key);
  forget(state, mark.scope, event.at);
}

/** Whose grants are the outcome. The first event may be about another session: who accepts a handoff ends the giver's offer. */
function sessionOfScope(scope: string, event: FleetEvent): string | null {
  if (scope === 'register') return null;
  return scope === 'operator' ? (event.sessionId ?? null) : scope;
}

/** Adds what this event says about the outcome to the memory of its request. */
function extend(state: FleetState, event: FleetEvent, openKey?: string): void {
  const key = openKey ?? memoryKey(scopeOf(event), event.requestId ?? '');
  const row = registrationOf(state, event) ?? state.requests.get(key);
  if (row === undefined) return;
  const change = outcomeOf(state, row, event);
  if (change !== null) state.requests.set({ ...row, ...change });
}

/** The registration that this event is the outcome of: it names its session only now. */
function registrationOf(state: FleetState, event: FleetEvent): RequestRow | undefined {
  if (event.type !== 'session.opened' && event.type !== 'session.attached') return undefined;
  const row = state.requests.get(memoryKey('register', event.requestId ?? ''));
  return row?.sessionId === null ? row : undefined;
}

function outcomeOf(state: FleetState, row: RequestRow, event: FleetEvent): Partial<RequestRow> | null {
  // What a rescue changes is told by many events, of others too; what it was is told by its own.
  if (row.op === 'rescue') return event.type === 'rescue.done' ? { outcome: event.means } : null;
  switch (event.type) {
    case 'lease.granted':
      // What a ticket was granted is found by the ticket; a promotion of somebody else is not this request's outcome.
      if (event.sessionId !== row.sessionId || event.ticket !== null) return null;
      return { leases: [...row.leases, { resource: event.resource ?? '', mode: event.mode, token: event.seq }] };
    case 'lease.renewed':
    case 'lease.released':
    case 'lease.revoked': {
      if (row.op !== 'revoke' && event.sessionId !== row.sessionId) return null;
      const { resource = '', token = 0, agentId = '' } = event;
      const mode = state.leases.get(String(token))?.mode ?? 'exclusive';
      return { leases: [...row.leases, { resource, mode, token, ...(row.op === 'revoke' ? { agentId } : {}) }] };
    }
    case 'session.opened': {
      const told: Registered = { resumed: event.resumedFrom !== null, warnings: event.warnings };
      return { sessionId: event.sessionId ?? null, outcome: JSON.stringify(told) };
    }
    case 'session.attached': {
      const told: Registered = { resumed: true, warnings: [] };
      return row.op === 'register' ? { sessionId: event.sessionId ?? null, outcome: JSON.stringify(told) } : null;
    }
    case 'names.folded': {
      // Names a session only where a live one was resumed: perhaps nothing else is logged of that registration.
      const told: Registered = { resumed: true, warnings: [] };
      return event.sessionId === undefined ? null : { sessionId: event.sessionId, outcome: JSON.stringify(told) };
    }
    case 'state.put':
      return { outcome: String(event.valueVersion) };
    case 'checkin.recorded': {
      const { checkInId, verdict, reasons, next, estimator } = event;
      const updates = state.conduct.get(event.agentId ?? '')?.updates ?? 0;
      const told: RememberedCheckIn = { checkInId, verdict, reasons, next, updates, estimator };
      return row.op === 'check_in' ? { outcome: JSON.stringify(told) } : null;
    }
    case 'agent.paused':
    case 'agent.resumed':
    case 'agent.archived':
    case 'agent.restored':
    case 'agent.retired': {
      const was = 'was' in event ? event.was : event.type === 'agent.resumed' ? 'paused' : 'archived';
      const lifecycle = state.agents.get(event.agentId ?? '')?.lifecycle ?? was;
      return LIFECYCLE_OPS.has(row.op) ? { outcome: JSON.stringify({ was, lifecycle }) } : null;
    }
    case 'message.sent':
      return { outcome: event.messageId };
    case 'policy.adopted':
      return { outcome: JSON.stringify(event.diff) };
    case 'handoff.offered':
      return { outcome: event.offer };
    case 'handoff.ended':
      return { outcome: event.outcome };
    default:
      return null;
  }
}

function scopeOf(event: FleetEvent): string {
  return event.actor.startsWith('operator:') ? 'operator' : (event.sessionId ?? 'operator');
}

/** The last 256 of a session are kept, and none of those is forgotten in its first ten minutes for being old. */
function forget(state: FleetState, scope: string, at: number): void {
  const most = scope === 'register' || scope === 'operator' ? LIMITS.requestsPerRegistry : LIMITS.requestsPerSession;
  const surplus = state.requests.countIn('scope', scope) - most;
  const forgotten: string[] = [];
  for (const row of state.requests.in('scope', scope)) {
    if (forgotten.length >= FORGET_AT_ONCE) break;
    if (forgotten.length >= surplus && row.at + LIMITS.requestMs > at) break;
    forgotten.push(row.key);
  }
  for (const key of forgotten) state.requests.delete(key);
}

function memoryKey(scope: string, requestId: string): string {
  return `${scope} ${requestId}`;
}

const LIFECYCLE_OPS: ReadonlySet<string> = new Set(['pause', 'resume', 'archive', 'restore', 'retire']);
const FORGET_AT_ONCE = 4;
/** Twice what one session leaves. */
const OLD_AT_ONCE = 512;
