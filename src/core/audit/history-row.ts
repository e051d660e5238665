// One event as one row of the history that leaves Brigade as CSV. The columns are pinned: scripts and spreadsheets name them.
//
// A row tells what the event alone does not: how long somebody had waited and held, and how many stood in line. That is known
// from the fold just before the event, so whoever exports folds each event after its row was made; the state is bounded by what
// lives, however long the log is.

import type { EventOf, FleetEvent, Mode } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { ticketsOn } from '../lease/conflict.ts';
import type { LeaseRow, TicketRow } from '../rows.ts';
import { eventResources } from './event-resources.ts';

export const HISTORY_COLUMNS = [
  'seq',
  'at',
  'agent_id',
  'event',
  'resource',
  'mode',
  'token',
  'wait_ms',
  'hold_ms',
  'queue_depth',
  'verdict',
  'reason',
  'actor',
] as const;

export type HistoryColumn = (typeof HISTORY_COLUMNS)[number];

/** Null where the event has nothing to say in a column. */
export type HistoryRow = Readonly<Record<HistoryColumn, string | number | null>>;

/**
 * The row of `event`; `state` is the fold of everything before it.
 *
 * `at`: wall time, ISO 8601 in UTC. `agent_id`: whose history it belongs to; `actor`: who did it. `resource`: the stored key;
 * those of a wait for several are separated by tabs, which no key contains.
 * `wait_ms`: of a grant that had stood in line, and of a wait that ended: since it was queued.
 * `hold_ms`: of a lease that ends with this event, be it by its end, by a handoff that was accepted, or by the upgrade that
 * replaces it: since it was granted. Each lease that ends is told once.
 * `queue_depth`: of an event about a lease or a wait: how many waits for the same thing stand in line or have an offer once it
 * has happened. A wait that is queued counts, one that is granted or ends does not; a wait for several resources counts once.
 */
export function historyRow(state: FleetState, event: FleetEvent): HistoryRow {
  const ticket = ticketOf(state, event);
  const lease = event.token === undefined ? undefined : state.leases.get(String(event.token));
  const resources = resourcesOf(event, ticket);
  return {
    seq: event.seq,
    at: event.wallAt,
    agent_id: 'about' in event ? event.about : (event.agentId ?? null),
    event: event.type,
    resource: resources.length === 0 ? null : resources.join(SEPARATOR),
    mode: modeOf(event, lease, ticket),
    token: tokenOf(event),
    wait_ms: ticket !== undefined && endsWait(event) ? event.at - ticket.queuedAt : null,
    hold_ms: holdMsOf(state, event, lease),
    queue_depth: isInLine(event) ? queueDepth(state, event, resources) : null,
    verdict: event.type === 'checkin.recorded' ? event.verdict : null,
    reason: reasonOf(event),
    actor: event.actor,
  };
}

const SEPARATOR = '\t';

type TicketFacts = Pick<TicketRow, 'ticket' | 'queuedAt' | 'resources' | 'mode'>;

/** The wait that the event is about, as it was before it. An offer that was revived had ended. */
function ticketOf(state: FleetState, event: FleetEvent): TicketFacts | undefined {
  if (!('ticket' in event) || event.ticket === null || event.type === 'lease.queued') return undefined;
  return state.tickets.get(event.ticket) ?? state.endedTickets.get(event.ticket);
}

function resourcesOf(event: FleetEvent, ticket: TicketFacts | undefined): readonly string[] {
  const named = eventResources(event);
  return named.length === 0 ? (ticket?.resources ?? []) : named;
}

function modeOf(event: FleetEvent, lease: LeaseRow | undefined, ticket: TicketFacts | undefined): Mode | null {
  if (event.type === 'lease.granted' || event.type === 'lease.queued') return event.mode;
  return lease?.mode ?? ticket?.mode ?? null;
}

function tokenOf(event: FleetEvent): number | null {
  if (event.type === 'state.put') return event.guard;
  if (event.type === 'message.sent') return event.lease?.token ?? null;
  return event.token ?? null;
}

function endsWait({ type }: FleetEvent): boolean {
  return type === 'lease.granted' || type === 'wait.ended';
}

function holdMsOf(state: FleetState, event: FleetEvent, lease: LeaseRow | undefined): number | null {
  const ended = endedLease(state, event, lease);
  return ended === undefined ? null : event.at - ended.grantedAt;
}

function endedLease(state: FleetState, event: FleetEvent, lease: LeaseRow | undefined): LeaseRow | undefined {
  switch (event.type) {
    case 'lease.released':
    case 'lease.expired':
    case 'lease.revoked':
    case 'lease.dropped':
      return lease;
    case 'handoff.ended':
      return event.outcome === 'accepted' ? lease : undefined;
    case 'lease.granted':
      return event.path === 'upgrade' ? state.leases.get(String(event.replaces)) : undefined;
    default:
      return undefined;
  }
}

/** Events about a lease or a wait, which have a line. */
function isInLine({ type }: FleetEvent): boolean {
  return /^(lease|wait|offer)\./.test(type) || type === 'request.refused';
}

function queueDepth(state: FleetState, event: FleetEvent, resources: readonly string[]): number {
  const waits = new Set<string>();
  if (state.tickets.size > 0)
    for (const resource of resources) for (const { ticket } of ticketsOn(state, resource)) waits.add(ticket);
  if (event.type === 'lease.queued' || (event.type === 'lease.offered' && event.revived)) waits.add(event.ticket);
  if (endsWait(event) && 'ticket' in event && event.ticket !== null) waits.delete(event.ticket);
  return waits.size;
}

/** Why, in the words of whoever did it; where nobody gave any, how. */
function reasonOf(event: FleetEvent): string | null {
  switch (event.type) {
    case 'checkin.recorded':
      return textOrNull(event.reasons.map(({ code }) => code).join(' '));
    case 'outcome.recorded':
      return outcomeText(event);
    case 'lease.dropped':
      return event.ending;
    case 'session.lost':
    case 'session.detached':
      return textOrNull(event.evidence);
    case 'wait.ended':
    case 'handoff.ended':
      return event.outcome;
    case 'request.refused':
      return event.code;
    default:
      if ('reason' in event) return textOrNull(event.reason);
      return 'why' in event ? textOrNull(event.why) : null;
  }
}

function outcomeText({ kind, ok }: EventOf<'outcome.recorded'>): string {
  return `${kind} ${ok ? 'succeeded' : 'failed'}`;
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
