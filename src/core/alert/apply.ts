// Folds what becomes of alerts. Closed ones stay for a while, so that whoever comes late still finds them.

import type { EventAmong, EventOf } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { noteAlert } from '../incident/apply.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow } from '../rows.ts';
import { noteAffected } from './notices.ts';

export const ALERT_EVENTS = [
  'alert.opened',
  'alert.repeated',
  'alert.closed',
  'alert.acknowledged',
  'alert.unacknowledged',
  'alert.silenced',
] as const;

type AlertEvent = EventAmong<(typeof ALERT_EVENTS)[number]>;

export function applyAlertEvent(state: FleetState, event: AlertEvent): void {
  if (event.type === 'alert.opened') {
    const row = opened(event);
    state.alerts.set(row);
    noteAffected(state, row, event);
    forgetOldest(state);
    return;
  }
  const row = state.alerts.get(String(event.alert));
  if (row === undefined) return;
  const changed = { ...row, ...changeOf(row, event) };
  state.alerts.set(changed);
  if (event.type === 'alert.repeated') noteAffected(state, changed, event);
  noteAlert(state, changed);
}

function opened(event: EventOf<'alert.opened'>): AlertRow {
  const { seq, at, wallAt, code, severity, subject, agents, resources, text, next, evidence } = event;
  const cause = { code, severity, subject, agents, resources, text, next, evidence };
  const told = { openedAt: at, openedWallAt: wallAt, toldAt: at, toldSeq: seq, told: 1 };
  return { ...cause, ...told, alert: seq, acknowledged: null, silenced: null, incident: null, closed: null };
}

function changeOf(row: AlertRow, event: Exclude<AlertEvent, EventOf<'alert.opened'>>): Partial<AlertRow> {
  const { seq, at, wallAt, actor } = event;
  switch (event.type) {
    case 'alert.repeated': {
      const { severity, agents, resources, text, evidence } = event;
      return { severity, agents, resources, text, evidence, toldAt: at, toldSeq: seq, told: row.told + 1 };
    }
    case 'alert.closed':
      return { closed: { at, seq, wallAt, why: event.why } };
    case 'alert.acknowledged':
      return { acknowledged: { by: actor, wallAt, note: event.note } };
    case 'alert.unacknowledged':
      return { acknowledged: null };
    case 'alert.silenced':
      return { silenced: event.until === null ? null : { by: actor, until: event.until, note: event.note } };
  }
}

/** One opened, so one goes that is too many: the oldest that has closed. */
function forgetOldest(state: FleetState): void {
  if (state.alerts.size <= LIMITS.alertsKept) return;
  for (const { alert, closed } of state.alerts.rows()) {
    if (closed === null) continue;
    state.alerts.delete(String(alert));
    return;
  }
}
