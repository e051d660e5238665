// Who is told of alerts outside the fleet, how that goes, and what was given up.

import { isDisabled } from '../delivery/rules.ts';
import { type DeliveryTarget, targetsOf } from '../delivery/target.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { DeliveryRow } from '../rows.ts';
import type { DeadLetterView, DeliveriesView, TargetView } from './delivery-views.ts';

/** Newest first; the log has the rest. */
const DEAD_SHOWN = 50;

export function deliveriesView(state: FleetState, at: Instant): DeliveriesView {
  const dead = [...state.deliveries.rows()].filter((row) => row.state === 'dead').toSorted(newestFirst);
  return {
    targets: targetsOf(state).map((target) => targetView(state, target, at)),
    dead: dead.slice(0, DEAD_SHOWN).map(deadLetter),
    deadLeftOut: Math.max(0, dead.length - DEAD_SHOWN),
  };
}

function targetView(state: FleetState, target: DeliveryTarget, at: Instant): TargetView {
  const { name, kind } = target;
  const row = state.targets.get(name);
  const open = [...state.deliveries.in('open', name)];
  const isClaimed = row?.claim != null && row.claim.until > at;
  const { placeId, pid } = row?.claim?.worker ?? { placeId: '', pid: 0 };
  return {
    name,
    kind,
    host: target.kind === 'webhook' ? originOf(target.url) : null,
    codes: target.codes ?? null,
    minSeverity: target.minSeverity ?? 'info',
    state: isDisabled(state, name) ? 'disabled' : open.some(({ attempts }) => attempts > 0) ? 'failing' : 'working',
    waiting: open.length,
    nextInMs: open.length === 0 ? null : Math.max(0, Math.min(...open.map(({ nextAt }) => nextAt)) - at),
    delivered: row?.done ?? 0,
    dead: state.deliveries.countIn('dead', name),
    sender: isClaimed ? { placeId, pid } : null,
    lastDeliveredAt: row?.lastDone?.wallAt ?? null,
    lastFault: row?.lastFault == null ? null : { at: row.lastFault.wallAt, detail: row.lastFault.detail },
    disabled: row?.disabled == null ? null : { at: row.disabled.wallAt, detail: row.disabled.detail },
  };
}

/** Without the path: what stands there may be meant for the receiver alone. */
function originOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]+/i.exec(url)?.[0] ?? '';
}

function deadLetter({ target, message, subject, code, attempts, detail, openedWallAt }: DeliveryRow): DeadLetterView {
  return { target, number: message, subject, code, attempts, detail: detail ?? '', at: openedWallAt };
}

function newestFirst(a: DeliveryRow, b: DeliveryRow): number {
  return b.message - a.message;
}
