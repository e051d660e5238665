// Folds what becomes of incidents: which alerts they gather, what people noted, when they were closed.

import type { Severity } from '../alert/alert.ts';
import type { EventAmong } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow, IncidentRow } from '../rows.ts';

export const INCIDENT_EVENTS = ['incident.opened', 'incident.joined', 'incident.noted', 'incident.closed'] as const;

type IncidentEvent = EventAmong<(typeof INCIDENT_EVENTS)[number]>;

export function applyIncidentEvent(state: FleetState, event: IncidentEvent): void {
  const { seq, at, wallAt, actor } = event;
  if (event.type === 'incident.opened') {
    const { incident, title, earlier } = event;
    const opened = { openedSeq: seq, openedAt: at, openedWallAt: wallAt };
    const parts = { alerts: [], agents: [], resources: [], earlier, beside: [], notes: [] };
    const row: IncidentRow = { incident, title, severity: 'info', ...opened, ...parts, quietSince: null, closed: null };
    join(state, row, event.alert);
    forgetOldest(state);
    return;
  }
  const row = state.incidents.get(String(event.incident));
  if (row === undefined) return;
  switch (event.type) {
    case 'incident.joined':
      join(state, row, event.alert);
      for (const other of event.beside) bringTogether(state, event.incident, other);
      break;
    case 'incident.noted':
      state.incidents.set({
        ...row,
        notes: [...row.notes, { seq, wallAt, by: actor, text: event.text }].slice(-LIMITS.incidentNotes),
      });
      break;
    case 'incident.closed': {
      const { how, text } = event;
      state.incidents.set({ ...row, closed: { at, seq, wallAt, by: actor, how, text } });
      break;
    }
  }
}

/** An alert of an incident was opened, repeated or closed: the incident grows, or comes to rest. */
export function noteAlert(state: FleetState, alert: AlertRow): void {
  const row = alert.incident === null ? undefined : state.incidents.get(String(alert.incident));
  if (row !== undefined) state.incidents.set(withParts(row, alert, quietSince(state, row)));
}

function join(state: FleetState, row: IncidentRow, alert: number): void {
  const joined = state.alerts.get(String(alert));
  if (joined === undefined) {
    state.incidents.set(row);
    return;
  }
  state.alerts.set({ ...joined, incident: row.incident });
  state.incidents.set(withParts({ ...row, alerts: [...row.alerts, alert] }, joined, null));
}

/** Each of two open incidents names the other. */
function bringTogether(state: FleetState, a: number, b: number): void {
  for (const [one, other] of [[a, b] as const, [b, a] as const]) {
    const row = state.incidents.get(String(one));
    if (row === undefined || row.beside.includes(other)) continue;
    state.incidents.set({ ...row, beside: [...row.beside, other].slice(-LIMITS.incidentsOpen) });
  }
}

function withParts(row: IncidentRow, { severity, agents, resources }: AlertRow, quiet: number | null): IncidentRow {
  return {
    ...row,
    severity: worse(row.severity, severity),
    agents: union(row.agents, agents),
    resources: union(row.resources, resources),
    quietSince: quiet,
  };
}

function quietSince(state: FleetState, { alerts }: IncidentRow): number | null {
  let last = 0;
  for (const alert of alerts) {
    const row = state.alerts.get(String(alert));
    if (row === undefined) continue;
    if (row.closed === null) return null;
    last = Math.max(last, row.closed.at);
  }
  return last;
}

const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

function worse(a: Severity, b: Severity): Severity {
  return GRAVITY[a] >= GRAVITY[b] ? a : b;
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].slice(0, LIMITS.incidentParts);
}

/** Closed ones go first, oldest first. */
function forgetOldest(state: FleetState): void {
  if (state.incidents.size <= LIMITS.incidentsKept) return;
  const [oldest] = [...state.incidents.rows()].filter(({ closed }) => closed !== null);
  if (oldest !== undefined) state.incidents.delete(String(oldest.incident));
}
