// What goes on where a stretch begins: what is held and waited for, who is there, who is paused, which alerts are open. A stretch
// begins with it, and so does a new epoch of the log.

import { isNewToImport } from '../audit/apply.ts';
import type { FleetState } from '../fleet-state.ts';
import type { TicketRow } from '../rows.ts';
import type { Span, SpanKind } from './span.ts';

/** A span as it begins. */
export type Begun = Pick<Span, 'kind' | 'agentId' | 'fromMs' | 'fromSeq'> & Partial<Span>;
export type Since = Pick<Span, 'fromMs' | 'fromSeq'> & { readonly isUndated?: boolean };
/** What a ticket waits for. */
export type Wait = Pick<TicketRow, 'agentId' | 'resources' | 'mode'>;

export interface Standing {
  /** Spans that go on: those of one lease, ticket, offer, session or pause under one key. */
  readonly spans: ReadonlyMap<string, readonly Begun[]>;
  /** Open alerts, and since when. */
  readonly alerts: ReadonlyMap<number, number>;
  readonly waits: ReadonlyMap<string, Wait>;
  /** As many as the state remembers: an offer may revive one. */
  readonly endedWaits: ReadonlyMap<string, Wait>;
  /** Who is paused again when it is restored. */
  readonly pausedInArchive: ReadonlySet<string>;
  /** Of these another system's record changes nothing any more. */
  readonly agents: ReadonlySet<string>;
  readonly foldsCase: boolean;
}

export function standingOf(state: FleetState): Standing {
  const { position } = state;
  const unknown = { fromMs: Date.parse(position.wallAt), fromSeq: position.seq, isUndated: true };
  const spans = new Map<string, readonly Begun[]>();
  for (const { sessionId, agentId, openedSeq: fromSeq, openedWallAt } of state.sessions.in('live', 'live'))
    spans.set(sessionKey(sessionId), [{ kind: 'live', agentId, fromSeq, fromMs: Date.parse(openedWallAt) }]);
  for (const { token, agentId, resource, mode, ticket, grantedWallAt } of state.leases.rows()) {
    const about = { agentId, resource, mode, token, ticket };
    spans.set(leaseKey(token), [{ kind: 'held', ...about, fromSeq: token, fromMs: Date.parse(grantedWallAt) }]);
  }
  for (const row of state.tickets.rows()) {
    const asked = { fromSeq: row.queuedSeq, fromMs: Date.parse(row.queuedWallAt) };
    spans.set(waitKey(row.ticket), ticketSpans('waited', row.ticket, row, row.revived ? unknown : asked));
    if (row.state === 'offered') spans.set(offerKey(row.ticket), ticketSpans('offered', row.ticket, row, unknown));
  }
  for (const { offer, to: agentId, resource, token } of state.handoffs.rows())
    spans.set(offerKey(offer), [{ kind: 'offered', agentId, resource, token, ...unknown }]);
  for (const { agentId, lifecycle, change } of state.agents.rows()) {
    if (lifecycle !== 'paused' || change === null) continue;
    spans.set(pauseKey(agentId), [{ kind: 'paused', agentId, fromSeq: change.seq, fromMs: Date.parse(change.wallAt) }]);
  }
  return { spans, ...besides(state) };
}

function besides(state: FleetState): Omit<Standing, 'spans'> {
  const agents = [...state.agents.rows()];
  const inArchive = agents.filter((row) => row.lifecycle === 'archived' && row.pause !== null);
  const open = [...state.alerts.in('open', 'open')];
  return {
    alerts: new Map(open.map(({ alert, openedWallAt }) => [alert, Date.parse(openedWallAt)])),
    waits: new Map([...state.tickets.rows()].map((row) => [row.ticket, row])),
    endedWaits: new Map([...state.endedTickets.rows()].map((row) => [row.ticket, row])),
    pausedInArchive: new Set(inArchive.map(({ agentId }) => agentId)),
    agents: new Set(agents.filter((row) => !isNewToImport(state, row.agentId)).map(({ agentId }) => agentId)),
    foldsCase: (state.fleet?.foldsCaseSince ?? null) !== null,
  };
}

/** One for each resource of a ticket. */
export function ticketSpans(
  kind: SpanKind,
  ticket: string,
  { agentId, resources, mode }: Wait,
  since: Since,
): readonly Begun[] {
  return resources.map((resource) => ({ kind, agentId, resource, mode, ticket, ...since }));
}

export const leaseKey = (token: number): string => `lease ${token}`;
export const waitKey = (ticket: string): string => `wait ${ticket}`;
export const offerKey = (offer: string): string => `offer ${offer}`;
export const sessionKey = (sessionId: string): string => `session ${sessionId}`;
export const pauseKey = (agentId: string): string => `pause ${agentId}`;
