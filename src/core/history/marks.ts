// Which facts are marked on a timeline, each with the sentence that says it everywhere. Reasons are in it; what agents write to
// each other never is.

import { eventResources } from '../audit/event-resources.ts';
import type { FleetEvent } from '../event.ts';
import { sentenceOf } from '../view/sentence.ts';
import type { Mark, MarkKind } from './span.ts';

/** `waitedFor`: resources of the ticket that the event names. Null for a fact that is not marked. */
export function markOf(event: FleetEvent, atMs: number, waitedFor: readonly string[]): Mark | null {
  const kind = kindOf(event);
  if (kind === null) return null;
  const named = eventResources(event);
  return {
    kind,
    atMs,
    seq: event.seq,
    agents: agentsOf(event),
    resources: named.length > 0 ? named : waitedFor,
    text: sentenceOf(event),
    verdict: event.type === 'checkin.recorded' ? event.verdict : null,
    isFleetwide: FLEETWIDE.has(kind),
  };
}

const FLEETWIDE: ReadonlySet<MarkKind> = new Set([
  'alert',
  'incident',
  'drill',
  'granting',
  'log_lost',
  'invariant',
  'policy',
  'rescue',
]);

function kindOf(event: FleetEvent): MarkKind | null {
  if (event.type === 'wait.ended') return event.outcome === 'deadlock' ? 'deadlock' : null;
  return KINDS[event.type] ?? null;
}

const KINDS: Readonly<Partial<Record<FleetEvent['type'], MarkKind>>> = {
  'checkin.recorded': 'check_in',
  'lease.expired': 'expired',
  'lease.revoked': 'revoked',
  'request.refused': 'refused',
  'deadlock.suspected': 'deadlock',
  'offer.lapsed': 'lapsed',
  'session.lost': 'lost',
  'agent.paused': 'paused',
  'agent.resumed': 'resumed',
  'agent.archived': 'archived',
  'agent.restored': 'restored',
  'agent.retired': 'retired',
  'rescue.done': 'rescue',
  'alert.opened': 'alert',
  'alert.closed': 'alert',
  'incident.opened': 'incident',
  'incident.closed': 'incident',
  'drill.marked': 'drill',
  'granting.suspended': 'granting',
  'granting.resumed': 'granting',
  'epoch.started': 'log_lost',
  'invariant.broken': 'invariant',
  'policy.adopted': 'policy',
};

function agentsOf(event: FleetEvent): readonly string[] {
  if (event.type === 'alert.opened' || event.type === 'deadlock.suspected') return event.agents;
  return event.agentId === undefined ? [] : [event.agentId];
}
