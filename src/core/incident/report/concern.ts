// Which facts concern an incident: those about its alerts, its agents, its resources, whatever conflicts with these, the
// tickets that wait for them, and the fleet as a whole.

import { concerns } from '../../audit/concerns.ts';
import { eventResources } from '../../audit/event-resources.ts';
import type { FleetEvent } from '../../event.ts';
import { parsed } from '../../lease/parsed.ts';
import { keysConflict } from '../../resource/conflict.ts';
import type { IncidentView } from '../../view/incident-views.ts';

/** They change what every agent may do. */
const OF_ALL: ReadonlySet<FleetEvent['type']> = new Set([
  'epoch.started',
  'granting.suspended',
  'granting.resumed',
  'invariant.broken',
  'policy.adopted',
  'drill.marked',
  'names.folded',
]);

export class Concern {
  readonly #incident: number;
  readonly #alerts: ReadonlySet<number>;
  readonly #agents: readonly string[];
  readonly #resources: readonly string[];
  readonly #tickets = new Set<string>();
  readonly #known = new Map<string, boolean>();

  constructor({ row, tickets }: IncidentView) {
    this.#incident = row.incident;
    this.#alerts = new Set(row.alerts);
    this.#agents = row.agents;
    this.#resources = row.resources;
    for (const { ticket } of tickets) this.#tickets.add(ticket);
  }

  includes(event: FleetEvent): boolean {
    const isPart = this.#isPart(event);
    if (isPart && event.type === 'lease.queued') this.#tickets.add(event.ticket);
    return isPart;
  }

  /** A resource of the incident, or one in conflict with it. */
  isAbout(resource: string): boolean {
    const known = this.#known.get(resource);
    if (known !== undefined) return known;
    const found = this.#resources.some((each) => conflicts(each, resource));
    this.#known.set(resource, found);
    return found;
  }

  #isPart(event: FleetEvent): boolean {
    if (OF_ALL.has(event.type)) return true;
    if ('incident' in event) return event.incident === this.#incident;
    if ('alert' in event && typeof event.alert === 'number' && this.#alerts.has(event.alert)) return true;
    if (event.type === 'alert.opened' && this.#alerts.has(event.seq)) return true;
    if ('ticket' in event && event.ticket !== null && this.#tickets.has(event.ticket)) return true;
    if (this.#agents.some((agentId) => concerns(event, agentId))) return true;
    return eventResources(event).some((resource) => this.isAbout(resource));
  }
}

/** Without regard to case: rather one too many than one that is missing. */
export function conflicts(a: string, b: string): boolean {
  return a === b || keysConflict(parsed(a), parsed(b), true);
}
