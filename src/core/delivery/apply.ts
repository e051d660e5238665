// Folds what becomes of messages to targets. What was delivered is forgotten; what was given up is kept, the newest, for people.

import type { EventAmong, EventHead, EventOf, OpenedDelivery } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { DeliveryRow, TargetRow } from '../rows.ts';
import { deliveryKey } from './due.ts';
import { targetsOf } from './target.ts';

export const DELIVERY_EVENTS = [
  'delivery.opened',
  'delivery.claimed',
  'delivery.done',
  'delivery.retrying',
  'delivery.dead',
  'delivery.disabled',
  'delivery.reopened',
] as const;

type DeliveryEvent = EventAmong<(typeof DELIVERY_EVENTS)[number]>;

export function applyDeliveryEvent(state: FleetState, event: DeliveryEvent): void {
  if (event.type === 'delivery.opened') {
    for (const opened of event.opened) applyOpened(state, event, opened);
    return;
  }
  const { target, wallAt } = event;
  const row = targetRow(state, target);
  switch (event.type) {
    case 'delivery.claimed':
      state.targets.set({ ...row, claim: { worker: event.worker, until: event.until } });
      break;
    case 'delivery.done': {
      for (const message of event.messages) state.deliveries.delete(deliveryKey(target, message));
      const message = event.messages.at(-1) ?? 0;
      state.targets.set({ ...row, done: row.done + event.messages.length, lastDone: { message, wallAt } });
      break;
    }
    case 'delivery.retrying': {
      const { message, attempt, nextAt, detail } = event;
      change(state, target, message, { attempts: attempt, nextAt, detail });
      state.targets.set({ ...row, lastFault: { message, wallAt, detail } });
      break;
    }
    case 'delivery.dead': {
      const { message, attempts, detail } = event;
      change(state, target, message, { state: 'dead', attempts, detail });
      state.targets.set({ ...row, dead: row.dead + 1, lastFault: { message, wallAt, detail } });
      forgetOldestDead(state, target);
      break;
    }
    case 'delivery.disabled':
      state.targets.set({ ...row, disabled: { wallAt, detail: event.detail } });
      break;
    case 'delivery.reopened':
      state.targets.set({ ...row, disabled: null });
      reopen(state, event);
      break;
  }
}

/** Whom the policy in force no longer names is sent nothing more, and nothing is kept for it. */
export function forgetUnnamedTargets(state: FleetState): void {
  const named = new Set(targetsOf(state).map(({ name }) => name));
  for (const { name } of Array.from(state.targets.rows())) if (!named.has(name)) state.targets.delete(name);
  for (const { key, target } of Array.from(state.deliveries.rows())) {
    if (!named.has(target)) state.deliveries.delete(key);
  }
  for (const row of Array.from(state.tellings.rows())) {
    const targets = row.targets.filter((name) => named.has(name));
    if (targets.length === 0) state.tellings.delete(row.subject);
    else if (targets.length < row.targets.length) state.tellings.set({ ...row, targets });
  }
}

function applyOpened(state: FleetState, { at, wallAt }: EventHead, opened: OpenedDelivery): void {
  const { message, subject, code, severity, targets, full } = opened;
  const facts = { message, subject, code, severity, attempts: 0, nextAt: at, openedAt: at, openedWallAt: wallAt };
  for (const target of targets) {
    const key = deliveryKey(target, message);
    state.deliveries.set({ ...facts, key, target, state: 'open', detail: null });
  }
  for (const target of full) {
    const key = deliveryKey(target, message);
    const detail = `More than ${LIMITS.deliveriesPerTarget} messages waited for it.`;
    state.deliveries.set({ ...facts, key, target, state: 'dead', detail });
    const row = targetRow(state, target);
    state.targets.set({ ...row, dead: row.dead + 1, lastFault: { message, wallAt, detail } });
    forgetOldestDead(state, target);
  }
  noteTelling(state, opened);
}

/** Who was told that something began, until it is over. */
function noteTelling(state: FleetState, { subject, code, severity, targets, full, isLast }: OpenedDelivery): void {
  const before = state.tellings.get(subject)?.targets ?? [];
  if (isLast) state.tellings.delete(subject);
  else state.tellings.set({ subject, code, severity, targets: [...new Set([...before, ...targets, ...full])] });
  if (state.tellings.size <= LIMITS.tellings) return;
  for (const row of state.tellings.rows()) {
    state.tellings.delete(row.subject);
    return;
  }
}

function reopen(state: FleetState, { target, messages, at }: EventOf<'delivery.reopened'>): void {
  for (const message of messages) change(state, target, message, { state: 'open', attempts: 0, nextAt: at });
  // What waits for its next try is tried now.
  for (const row of Array.from(state.deliveries.in('open', target))) state.deliveries.set({ ...row, nextAt: at });
}

function change(state: FleetState, target: string, message: number, changed: Partial<DeliveryRow>): void {
  const row = state.deliveries.get(deliveryKey(target, message));
  if (row !== undefined) state.deliveries.set({ ...row, ...changed });
}

function targetRow(state: FleetState, name: string): TargetRow {
  return (
    state.targets.get(name) ?? { name, claim: null, done: 0, dead: 0, lastDone: null, lastFault: null, disabled: null }
  );
}

function forgetOldestDead(state: FleetState, target: string): void {
  if (state.deliveries.countIn('dead', target) <= LIMITS.deadPerTarget) return;
  let oldest: DeliveryRow | null = null;
  for (const row of state.deliveries.in('dead', target)) {
    if (oldest === null || row.message < oldest.message) oldest = row;
  }
  if (oldest !== null) state.deliveries.delete(oldest.key);
}
