// Alerts: open ones first, the gravest and then the newest among them; behind them, where they are wanted, those that closed,
// lately closed ones first.

import type { AlertCode, Severity } from '../alert/alert.ts';
import { ALERT_CODES } from '../alert/alert.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { AlertRow } from '../rows.ts';
import { numberOfCursor, pageOf, rowLimit } from './page.ts';
import type { AlertView, Page, Query } from './views.ts';

export function alertsView(
  state: FleetState,
  at: Instant,
  { closed = false, code, cursor, limit }: Extract<Query, { kind: 'alerts' }>,
): Page<AlertView> {
  const all = closed ? state.alerts.rows() : state.alerts.in('open', 'open');
  const rows = [...all]
    .filter((row) => code === undefined || row.code === code)
    .toSorted((a, b) => rankOf(b) - rankOf(a));
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : numberOfCursor(cursor);
  return pageOf(rows, {
    limit: rowLimit(limit),
    total: rows.length,
    isAfter: (row) => rankOf(row) < before,
    cursorOf: (row) => String(rankOf(row)),
    itemOf: (row) => alertViewOf(at, row),
  });
}

/** How many are open, of every kind there is. */
export function openAlerts(state: FleetState): Readonly<Record<AlertCode, number>> {
  const counts = Object.fromEntries(ALERT_CODES.map((code) => [code, 0])) as Record<AlertCode, number>;
  for (const { code } of state.alerts.in('open', 'open')) counts[code] += 1;
  return counts;
}

function alertViewOf(at: Instant, row: AlertRow): AlertView {
  const { alert, code, severity, subject, text, next, agents, resources, evidence, told, incident, openedAt } = row;
  const { acknowledged, silenced, closed } = row;
  return {
    alert,
    code,
    severity,
    subject,
    text,
    next,
    agents,
    resources,
    evidence,
    openedAt: row.openedWallAt,
    openForMs: Math.max(0, (closed?.at ?? at) - openedAt),
    told,
    incident,
    acknowledged:
      acknowledged === null ? null : { by: acknowledged.by, at: acknowledged.wallAt, note: acknowledged.note },
    silenced:
      silenced === null || silenced.until <= at
        ? null
        : { by: silenced.by, forMs: silenced.until - at, note: silenced.note },
    closed: closed === null ? null : { at: closed.wallAt, why: closed.why },
  };
}

/** Of the rows of a list, the highest first; a cursor names one. The numbers of the log stay far below a step. */
function rankOf({ alert, severity, closed }: AlertRow): number {
  return closed === null ? (OPEN + GRAVITY[severity]) * STEP + alert : closed.seq;
}

const STEP = 1e15;
const OPEN = 4;
const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
