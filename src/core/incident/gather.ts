// Which alerts are one incident.
//
// An alert joins the oldest open incident that shares an agent with it, or a resource: a file and its folder are shared too,
// by the rule by which leases conflict. An alert about the fleet as a whole (no agent, no resource) joins the oldest open one,
// because everything is touched by it. One that touches several open incidents joins the oldest and says which others there
// are: they stay apart, because what was written down about each stays true.

import { incidentsOn } from '../lease/conflict.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow, IncidentRow } from '../rows.ts';
import { meets } from './meets.ts';

/** Puts the alert, just opened, into the incident it belongs to, or opens one. */
export function gather(ledger: Ledger, alert: AlertRow): void {
  const [known, ...others] = touched(ledger, alert).filter(hasRoom);
  if (known !== undefined) {
    const beside = others.map(({ incident }) => incident);
    ledger.emit({ type: 'incident.joined', incident: known.incident, alert: alert.alert, beside });
    return;
  }
  const [incident, earlier] = [lastNumber(ledger) + 1, earlierOf(ledger, alert)];
  ledger.emit({ type: 'incident.opened', incident, alert: alert.alert, title: alert.text, earlier });
}

/** Open incidents that the alert is part of, oldest first. */
function touched({ state }: Ledger, { agents, resources }: AlertRow): readonly IncidentRow[] {
  const open = [...state.incidents.in('open', 'open')];
  const isOfAll = agents.length === 0 && resources.length === 0;
  const found = new Set<IncidentRow>(isOfAll ? open.slice(0, 1) : []);
  for (const agent of agents) for (const row of state.incidents.in('agent', agent)) found.add(row);
  for (const resource of resources) for (const row of incidentsOn(state, resource)) found.add(row);
  if (found.size === 0 && open.length >= LIMITS.incidentsOpen) return open.slice(-1);
  return [...found].toSorted((a, b) => a.incident - b.incident);
}

function hasRoom({ alerts }: IncidentRow): boolean {
  return alerts.length < LIMITS.incidentParts;
}

/** The newest incident with the same agents or resources that is full, or was closed lately. */
function earlierOf({ state, at }: Ledger, alert: AlertRow): number | null {
  const isLate = ({ closed }: IncidentRow): boolean => closed !== null && at - closed.at > LIMITS.incidentEarlierMs;
  const rows = [...state.incidents.rows()].toReversed();
  return rows.find((row) => !isLate(row) && meets(state, row, alert))?.incident ?? null;
}

/** Incidents are numbered from 1, and a number is never given twice: closed ones are forgotten oldest first. */
function lastNumber({ state }: Ledger): number {
  let last = 0;
  for (const { incident } of state.incidents.rows()) last = Math.max(last, incident);
  return last;
}
