// Which targets are told of an alert: decided with the alert itself, in its group, so that no process that dies in between can
// lose a message, and a target that is named later hears only of what comes later.
//
// Of a silenced alert nobody is told. But whoever was told that something began is told that it is over, silenced or not:
// otherwise a pager would ring for ever.

import type { FleetEvent, OpenedDelivery } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import type { AlertRow } from '../rows.ts';
import { targetsOf, wants } from './target.ts';

interface Told extends Pick<OpenedDelivery, 'message' | 'subject' | 'code' | 'severity' | 'isLast'> {
  readonly isSilenced: boolean;
}

/** Opens deliveries of what the group about to be closed tells, by one event. Costs nothing where the policy names no target. */
export function openDeliveries(ledger: Ledger): void {
  if (targetsOf(ledger.state).length === 0) return;
  const opened = ledger.written.flatMap((event) => {
    const told = toldBy(ledger.state, event, ledger.at);
    return told === null ? [] : openedOf(ledger.state, told);
  });
  if (opened.length > 0) ledger.asBrigade(() => ledger.emit({ type: 'delivery.opened', opened }));
}

function openedOf(state: FleetState, told: Told): readonly OpenedDelivery[] {
  const { isSilenced: _, ...facts } = told;
  const names = hearers(state, told);
  const isFull = (target: string): boolean => state.deliveries.countIn('open', target) >= LIMITS.deliveriesPerTarget;
  if (names.length === 0) return [];
  return [{ ...facts, targets: names.filter((name) => !isFull(name)), full: names.filter(isFull) }];
}

function hearers(state: FleetState, told: Told): readonly string[] {
  const named = targetsOf(state);
  const before = new Set(state.tellings.get(told.subject)?.targets ?? []);
  if (told.isLast) return named.filter(({ name }) => before.has(name)).map(({ name }) => name);
  if (told.isSilenced) return [];
  return named.filter((target) => wants(target, told)).map(({ name }) => name);
}

function toldBy(state: FleetState, event: FleetEvent, at: Instant): Told | null {
  switch (event.type) {
    case 'alert.opened':
      return beginning(`alert ${event.seq}`, state.alerts.get(String(event.seq)), event.seq, at);
    case 'alert.repeated':
      return beginning(`alert ${event.alert}`, state.alerts.get(String(event.alert)), event.seq, at);
    case 'incident.opened':
      // It is as grave, and as silent, as the alert that it begins with.
      return beginning(`incident ${event.incident}`, state.alerts.get(String(event.alert)), event.seq, at);
    case 'alert.closed':
      return ending(`alert ${event.alert}`, state, event.seq);
    case 'incident.closed':
      return ending(`incident ${event.incident}`, state, event.seq);
    default:
      return null;
  }
}

function beginning(subject: string, alert: AlertRow | undefined, message: number, at: Instant): Told | null {
  if (alert === undefined) return null;
  const { code, severity, silenced } = alert;
  return { message, subject, code, severity, isLast: false, isSilenced: silenced !== null && silenced.until > at };
}

/** Null where nobody was told that it began. */
function ending(subject: string, state: FleetState, message: number): Told | null {
  const telling = state.tellings.get(subject);
  if (telling === undefined) return null;
  const { code, severity } = telling;
  return { message, subject, code, severity, isLast: true, isSilenced: false };
}
