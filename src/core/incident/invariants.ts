// What must always hold of incidents: how they are numbered, and how long they last.

import type { FleetEvent } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow, IncidentRow } from '../rows.ts';
import { broken, type Violation } from '../violation.ts';

/** What `event` did to an incident that it must not. */
export function checkIncidentStep(before: FleetState, event: FleetEvent): Violation | null {
  if (event.type === 'incident.opened') {
    const last = Math.max(0, ...Array.from(before.incidents.rows(), ({ incident }) => incident));
    return event.incident === last + 1 ? null : broken('incident_numbers', `${event.incident} after ${last}`);
  }
  if (event.type !== 'incident.closed' || event.how === 'operator') return null;
  const row = before.incidents.get(String(event.incident));
  const open = row === undefined ? undefined : openAlertsOf(before, row)[0];
  return open === undefined
    ? null
    : broken('incident_lasts', `${event.incident} is closed, and its alert ${open.alert} is open`);
}

/** Of one row and its alerts. */
export function checkIncident(state: FleetState, row: IncidentRow): Violation | null {
  const { incident, alerts, agents, resources, notes, quietSince, closed } = row;
  const parts = Math.max(alerts.length, agents.length, resources.length);
  if (parts > LIMITS.incidentParts || notes.length > LIMITS.incidentNotes)
    return broken('bounds', `incident ${incident}`);
  const isQuiet = openAlertsOf(state, row).length === 0;
  if (closed === null && isQuiet !== (quietSince !== null))
    return broken('incident_lasts', `${incident} is ${isQuiet ? 'quiet and does not know' : 'not quiet'}`);
  if (closed?.how === 'quiet' && !isQuiet)
    return broken('incident_lasts', `${incident} closed by itself, and one of its alerts is open`);
  return null;
}

/** Of all incidents of a state that stands between two groups. */
export function* checkIncidents(state: FleetState): Iterable<Violation | null> {
  for (const row of state.incidents.rows()) yield checkIncident(state, row);
  for (const { alert, incident } of state.alerts.rows()) {
    if (incident === null) continue;
    // It may have been forgotten since; a number that is still ahead was never given.
    const row = state.incidents.get(String(incident));
    if (row?.alerts.includes(alert) === false) yield broken('incident_lasts', `${incident} knows nothing of ${alert}`);
  }
  if (state.incidents.size > LIMITS.incidentsKept) yield broken('bounds', 'incidents');
}

function openAlertsOf(state: FleetState, { alerts }: IncidentRow): readonly AlertRow[] {
  return alerts.flatMap((alert) => {
    const row = state.alerts.get(String(alert));
    return row === undefined || row.closed !== null ? [] : [row];
  });
}
