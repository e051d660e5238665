// What must always hold of alerts.

import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow } from '../rows.ts';
import { broken, type Violation } from '../violation.ts';
import { causeKey } from './alert.ts';
import { LISTED, TEXT_LENGTH } from './wording.ts';

export function checkAlert(state: FleetState, row: AlertRow): Violation | null {
  const { alert, agents, resources, text, closed, openedAt, toldAt, told, toldSeq } = row;
  if (closed === null && state.alerts.countIn('cause', causeKey(row)) > 1)
    return broken('one_alert', `${causeKey(row)}, of which ${alert} is one`);
  if (toldAt < openedAt || toldSeq < alert || told < 1 || (closed !== null && closed.seq < toldSeq))
    return broken('one_alert', `${alert} was told before it was opened, or after it was closed`);
  if (agents.length > LISTED || resources.length > LISTED || text.length > 2 * TEXT_LENGTH)
    return broken('bounds', `alert ${alert}`);
  return null;
}

export function* checkAlerts(state: FleetState): Iterable<Violation | null> {
  for (const row of state.alerts.rows()) yield checkAlert(state, row);
  if (state.alerts.size > LIMITS.alertsKept || state.alerts.countIn('open', 'open') > LIMITS.alertsOpen)
    yield broken('bounds', 'alerts');
}
