// What must always hold. Three kinds of checks:
//
//   of a draft   the rows a decision changed, before every append: a faulty command is not logged
//   of a state   everything, at open, at snapshots, in doctor and in simulation
//   of a step    before, event, after: a state alone misses a release by the wrong holder
//
// A violation folded from the log stops granting; reading, releasing and revoking go on.

import { checkAgent, checkAgentStep, checkAgents, checkConduct, isForEver } from './agent/invariants.ts';
import { checkAlert, checkAlerts } from './alert/invariants.ts';
import { type Cycle, cycleThrough } from './deadlock/wait-for.ts';
import { checkDeliveries, checkDeliveryStep } from './delivery/invariants.ts';
import type { FleetEvent } from './event.ts';
import { isGranting } from './fleet/granting.ts';
import { changesOf, type FleetState, TABLE_NAMES } from './fleet-state.ts';
import { checkIncident, checkIncidentStep, checkIncidents } from './incident/invariants.ts';
import { isAbsent } from './lease/absent.ts';
import { toldUntil } from './lease/belief.ts';
import { conflictingLeases, conflictingTickets, isInLine, namesSame, ticketsOn } from './lease/conflict.ts';
import { expiresAt } from './lease/expiry.ts';
import { hasPassed, isFree } from './lease/line.ts';
import { LIMITS } from './limits.ts';
import { EVERYBODY } from './message/mailbox.ts';
import type { LeaseRow, SessionRow, TicketRow } from './rows.ts';
import { sessionDueAt } from './session/silence.ts';
import type { Table } from './table.ts';
import { broken, type Violation } from './violation.ts';

export type { Violation } from './violation.ts';

/** The first violation among the rows that `draft` changed, or null. */
export function checkDraft(_parent: FleetState, draft: FleetState): Violation | null {
  for (const { after } of changesOf(draft, 'leases')) {
    const violation = after === undefined ? null : checkLease(draft, after);
    if (violation !== null) return violation;
  }
  for (const { after } of changesOf(draft, 'tickets')) {
    const violation = after === undefined ? null : checkTicket(draft, after);
    if (violation !== null) return violation;
  }
  for (const { after } of changesOf(draft, 'sessions')) {
    const violation = after === undefined ? null : checkSession(draft, after);
    if (violation !== null) return violation;
  }
  for (const { before, after } of changesOf(draft, 'agents')) {
    const violation = isForEver(before, after) ?? (after === undefined ? null : checkAgent(after));
    if (violation !== null) return violation;
  }
  for (const { after } of changesOf(draft, 'conduct')) {
    const violation = after === undefined ? null : checkConduct(after);
    if (violation !== null) return violation;
  }
  for (const { after } of changesOf(draft, 'alerts')) {
    const violation = after === undefined ? null : checkAlert(draft, after);
    if (violation !== null) return violation;
  }
  for (const { after } of changesOf(draft, 'incidents')) {
    const violation = after === undefined ? null : checkIncident(draft, after);
    if (violation !== null) return violation;
  }
  for (const { before, after } of changesOf(draft, 'entries')) {
    if (after !== undefined && after.version <= (before?.version ?? 0))
      return broken('version_counts', `${after.key} at ${after.version}`);
  }
  for (const { before, after } of changesOf(draft, 'mailboxes')) {
    if (before !== undefined && (after?.readUpTo ?? 0) < before.readUpTo)
      return broken('read_stays', `${before.agentId} at ${before.readUpTo}`);
  }
  return null;
}

/** Every violation in the whole state. */
export function checkState(state: FleetState): readonly Violation[] {
  const found: Violation[] = [];
  const add = (violation: Violation | null): void => void (violation === null ? 0 : found.push(violation));
  for (const lease of state.leases.rows()) add(checkLease(state, lease));
  for (const session of state.sessions.rows()) add(checkSession(state, session));
  for (const ticket of state.tickets.rows()) {
    add(checkTicket(state, ticket));
    add(checkWaits(state, ticket));
  }
  for (const handoff of state.handoffs.rows()) {
    const lease = state.leases.get(String(handoff.token));
    if (lease?.offer !== handoff.offer) add(broken('handoff_has_lease', handoff.offer));
  }
  for (const row of state.notices.rows()) {
    if (row.notices.length > LIMITS.noticesPerSession) add(broken('bounds', `notices of ${row.sessionId}`));
  }
  for (const { agentId } of [...state.agents.rows(), { agentId: EVERYBODY }]) {
    if (state.messages.countIn('to', agentId) > LIMITS.messagesPerReader)
      add(broken('bounds', `messages to ${agentId}`));
  }
  if (state.messages.size > LIMITS.messagesKept) add(broken('bounds', 'messages'));
  for (const violation of checkAgents(state)) add(violation);
  for (const violation of checkAlerts(state)) add(violation);
  for (const violation of checkIncidents(state)) add(violation);
  for (const violation of checkDeliveries(state)) add(violation);
  for (const name of TABLE_NAMES) add(checkIndexes(state[name] as Table<object>));
  return found;
}

/** What `event` broke on the way from `before` to `after`, or null. */
export function checkStep(before: FleetState, event: FleetEvent, after: FleetState): Violation | null {
  const isNext = event.seq === before.position.seq + 1 || event.type === 'epoch.started';
  if (!isNext || event.at < before.position.at)
    return broken(
      'numbers_rise',
      `${event.type} ${event.seq} at ${event.at} after ${before.position.seq} at ${before.position.at}`,
    );
  return (
    checkAgentStep(before, event, after) ??
    checkIncidentStep(before, event) ??
    checkDeliveryStep(before, event) ??
    checkTypeStep(before, event, after)
  );
}

function checkTypeStep(before: FleetState, event: FleetEvent, after: FleetState): Violation | null {
  switch (event.type) {
    case 'lease.granted':
      return checkGrant(before, event, after);
    case 'lease.released': {
      const lease = before.leases.get(String(event.token));
      if (lease?.sessionId !== event.sessionId)
        return broken('holder_releases', `${event.token} by ${event.sessionId}`);
      return checkHookEnd(before, event, lease);
    }
    case 'lease.expired': {
      const lease = before.leases.get(String(event.token));
      if (lease === undefined || expiresAt(before, lease) > event.at)
        return broken('ends_when_due', `${event.token} at ${event.at}`);
      return null;
    }
    case 'lease.shortened':
      return checkShortened(before, event, after);
    case 'state.put':
      return checkPut(before, event);
    case 'wait.passed': {
      const ticket = before.tickets.get(event.ticket);
      if (ticket === undefined || cycleThrough(before, ticket) === null)
        return broken('pass_breaks_cycle', `${event.ticket} passes ${event.passed}`);
      return null;
    }
    default:
      return null;
  }
}

function checkGrant(
  before: FleetState,
  event: FleetEvent & { type: 'lease.granted' },
  after: FleetState,
): Violation | null {
  const lease = after.leases.get(String(event.seq));
  if (lease === undefined || event.token !== event.seq)
    return broken('token_is_number', `${event.token} at ${event.seq}`);
  if (!isGranting(before)) return broken('rests', `${lease.resource} to ${lease.agentId}`);
  const session = before.sessions.get(lease.sessionId);
  if (session?.state !== 'live' || before.agents.get(lease.agentId)?.lifecycle !== 'active')
    return broken('acts_alive', `${lease.agentId} is granted ${lease.resource}`);
  for (const other of conflictingLeases(before, lease)) {
    if (other.token !== event.replaces)
      return broken(
        'grant_excludes',
        `${lease.resource} to ${lease.agentId} beside token ${other.token} of ${other.agentId}`,
      );
  }
  const own = event.ticket === null ? undefined : before.tickets.get(event.ticket);
  for (const other of conflictingTickets(before, lease)) {
    if (other.state === 'offered')
      return broken('grant_excludes', `${lease.resource} to ${lease.agentId} beside the offer ${other.ticket}`);
    const isEarlier = other.queuedSeq < (own?.queuedSeq ?? Number.POSITIVE_INFINITY);
    // An offer stands, whoever comes back to the line before it is claimed.
    if (event.path === 'handoff' || own?.state === 'offered' || !isInLine(other)) continue;
    if (own !== undefined && hasPassed(other, own))
      return broken('first_come', `${lease.resource} to ${lease.agentId} before ${other.ticket}, which was let past`);
    if (!isEarlier) continue;
    if (own?.passes.includes(other.ticket) !== true)
      return broken('first_come', `${lease.resource} to ${lease.agentId} past ${other.ticket} of ${other.agentId}`);
  }
  return null;
}

/** Only what a hook took ends with a turn, or because nobody edits it; and that not too soon. */
function checkHookEnd(
  before: FleetState,
  event: FleetEvent & { type: 'lease.released' },
  lease: LeaseRow | undefined,
): Violation | null {
  if (lease === undefined || (event.why !== 'quiet' && event.why !== 'turn')) return null;
  if (lease.hook === undefined) return broken('asked_for_lasts', `${lease.token} ended by ${event.why}`);
  return event.why === 'quiet' && expiresAt(before, lease) > event.at
    ? broken('ends_when_due', `${lease.token} at ${event.at}`)
    : null;
}

/** Its holder was told until when it may believe, and has the time to hear of it; and it is an end that comes earlier. */
function checkShortened(
  before: FleetState,
  event: FleetEvent & { type: 'lease.shortened' },
  after: FleetState,
): Violation | null {
  const was = before.leases.get(String(event.token));
  const is = after.leases.get(String(event.token));
  if (was === undefined || is === undefined) return broken('shortens_untold', `${event.token}, which does not hold`);
  const end = expiresAt(after, is);
  if (end < Math.max(toldUntil(before, was), event.at + LIMITS.shortenedMs))
    return broken('shortens_untold', `${event.token} to ${end}, told until ${toldUntil(before, was)}`);
  return end < expiresAt(before, was)
    ? null
    : broken('shortens_untold', `${event.token} to ${end}, which is no earlier`);
}

function checkPut(before: FleetState, event: FleetEvent & { type: 'state.put' }): Violation | null {
  if (event.valueVersion !== (before.entries.get(event.key)?.version ?? 0) + 1)
    return broken('version_counts', `${event.key} to ${event.valueVersion}`);
  const guard = event.guard === null ? undefined : before.leases.get(String(event.guard));
  if (event.guard !== null && guard?.sessionId !== event.sessionId)
    return broken('write_is_guarded', `${event.key} by token ${event.guard}`);
  for (const lease of conflictingLeases(before, {
    sessionId: event.sessionId ?? '',
    resource: `state:${event.key}`,
    mode: 'exclusive',
  })) {
    return broken('write_is_guarded', `${event.key} past token ${lease.token}`);
  }
  return null;
}

function checkLease(state: FleetState, lease: LeaseRow): Violation | null {
  if (lease.token > state.position.seq || !Number.isSafeInteger(lease.token))
    return broken('token_is_number', String(lease.token));
  if (state.sessions.get(lease.sessionId) === undefined) return broken('lease_has_session', `token ${lease.token}`);
  if (state.leases.countIn('session', lease.sessionId) > LIMITS.leasesPerSession)
    return broken('bounds', `leases of ${lease.sessionId}`);
  for (const other of conflictingLeases(state, lease)) {
    if (!isOlderThanFolding(state, lease, other))
      return broken('one_holder', `${lease.resource} (${lease.token}) and ${other.resource} (${other.token})`);
  }
  return null;
}

/** Two leases that only conflict since names are folded were both granted before. */
function isOlderThanFolding(state: FleetState, a: LeaseRow, b: LeaseRow): boolean {
  const since = state.fleet?.foldsCaseSince ?? null;
  return since !== null && Math.max(a.token, b.token) < since;
}

function checkTicket(state: FleetState, ticket: TicketRow): Violation | null {
  if (state.sessions.get(ticket.sessionId) === undefined) return broken('lease_has_session', ticket.ticket);
  if (ticket.resources.length === 0 || ticket.livesUntil < ticket.parkedUntil)
    return broken('ticket_is_sane', ticket.ticket);
  if ((ticket.absent === true) !== isAbsent(state, ticket)) return broken('absence_is_known', ticket.ticket);
  if (ticket.state !== 'offered') return null;
  for (const resource of ticket.resources) {
    const claim = { sessionId: ticket.sessionId, resource, mode: ticket.mode };
    for (const lease of conflictingLeases(state, claim))
      return broken('offer_excludes', `${ticket.ticket} and token ${lease.token}`);
    for (const other of conflictingTickets(state, claim)) {
      if (other.state === 'offered') return broken('offer_excludes', `${ticket.ticket} and ${other.ticket}`);
    }
  }
  return null;
}

function checkWaits(state: FleetState, ticket: TicketRow): Violation | null {
  if (ticket.state !== 'waiting' || !isInLine(ticket)) return null;
  if (isGranting(state) && isFree(state, ticket) && !isDue(state, ticket))
    return broken('free_and_wanted', ticket.ticket);
  const cycle = cycleThrough(state, ticket);
  return cycle === null || isDueToBreak(state, cycle) ? null : broken('no_cycle', ticket.ticket);
}

/** Whoever stands in line again after a pause is looked at as a due item, which may be the next append. */
function isDueToBreak(state: FleetState, cycle: Cycle): boolean {
  const due = new Set(Array.from(state.lines.rows(), ({ sessionId }) => sessionId));
  return cycle.some((edge) => due.has(edge.ticket.sessionId));
}

function isDue(state: FleetState, ticket: TicketRow): boolean {
  for (const line of state.lines.rows()) {
    if (line.sessionId === ticket.sessionId) return true;
    if (line.resources.some((freed) => ticket.resources.some((resource) => namesSame(state, resource, freed))))
      return true;
  }
  return isBehindEnded(state, ticket);
}

/**
 * The waits of an ended session stand in nobody's way, and each of them is a due item whose end looks at its line. Until
 * then, which may be the next append when one was cut between groups, whoever stood behind it is due with it.
 */
function isBehindEnded(state: FleetState, ticket: TicketRow): boolean {
  for (const resource of ticket.resources) {
    for (const { sessionId } of ticketsOn(state, resource)) {
      const session = state.sessions.get(sessionId);
      if (session === undefined || session.state === 'live') continue;
      if (sessionDueAt(state, session) <= state.position.at) return true;
    }
  }
  return false;
}

function checkSession(state: FleetState, session: SessionRow): Violation | null {
  if (state.agents.get(session.agentId) === undefined) return broken('session_has_agent', session.sessionId);
  if (session.attachments.length > LIMITS.attachmentsPerSession)
    return broken('bounds', `attachments of ${session.sessionId}`);
  if (state.requests.countIn('scope', session.sessionId) > LIMITS.requestsPerSession + 8)
    return broken('bounds', `requests of ${session.sessionId}`);
  return null;
}

function checkIndexes(table: Table<object>): Violation | null {
  const weights: Record<string, number> = {};
  // Read once: a bucket may hold thousands of rows.
  const members = new Map<string, ReadonlySet<object>>();
  const membersOf = (index: string, bucket: string): ReadonlySet<object> => {
    const key = `${index} ${bucket}`;
    const known = members.get(key);
    if (known !== undefined) return known;
    const found = new Set(table.in(index, bucket));
    members.set(key, found);
    return found;
  };
  let rows = 0;
  for (const row of table.rows()) {
    rows += 1;
    const key = table.spec.keyOf(row);
    if (table.get(key) !== row) return broken('indexed', `${table.spec.name} ${key}`);
    for (const [index, keysOf] of Object.entries(table.spec.indexes)) {
      const buckets = new Set(keysOf(row));
      weights[index] = (weights[index] ?? 0) + buckets.size;
      for (const bucket of buckets)
        if (!membersOf(index, bucket).has(row)) return broken('indexed', `${table.spec.name} ${key} in ${index}`);
    }
  }
  if (rows !== table.size) return broken('indexed', `${table.spec.name} counts ${table.size}, has ${rows}`);
  for (const index of Object.keys(table.spec.indexes)) {
    if ((weights[index] ?? 0) !== table.weight(index))
      return broken('indexed', `${table.spec.name} weight of ${index}`);
  }
  return null;
}
