// Which alerts are one incident: those that share an agent or a resource with one that is not over. Alerts of the fleet as a
// whole (no agent, no resource) join whatever is open, because everything is touched by them.

import type { Ledger } from '../ledger.ts';
import type { AlertRow, IncidentRow } from '../rows.ts';

/** Puts the alert, just opened, into the incident it belongs to, or opens one. */
export function gather(ledger: Ledger, alert: AlertRow): void {
  const known = openIncidentOf(ledger, alert);
  if (known !== null) {
    ledger.emit({ type: 'incident.joined', incident: known.incident, alert: alert.alert });
    return;
  }
  ledger.emit({ type: 'incident.opened', incident: nextNumber(ledger), alert: alert.alert, title: alert.text });
}

function openIncidentOf({ state }: Ledger, { agents, resources }: AlertRow): IncidentRow | null {
  const isOfAll = agents.length === 0 && resources.length === 0;
  for (const row of state.incidents.in('open', 'open')) {
    if (isOfAll || shares(row.agents, agents) || shares(row.resources, resources)) return row;
  }
  return null;
}

function shares(a: readonly string[], b: readonly string[]): boolean {
  return b.some((each) => a.includes(each));
}

/** Incidents are numbered from 1, and a number is never given twice: the newest is never forgotten first. */
function nextNumber({ state }: Ledger): number {
  let last = 0;
  for (const { incident } of state.incidents.rows()) last = Math.max(last, incident);
  return last + 1;
}
