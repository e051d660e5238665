// What must always hold of messages to targets.

import type { FleetEvent } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import { broken, type Violation } from '../violation.ts';
import { targetsOf } from './target.ts';

export function* checkDeliveries(state: FleetState): Iterable<Violation | null> {
  const named = new Set(targetsOf(state).map(({ name }) => name));
  for (const { key, target } of state.deliveries.rows()) {
    if (!named.has(target)) yield broken('target_is_named', key);
  }
  for (const { name } of state.targets.rows()) {
    if (!named.has(name)) yield broken('target_is_named', name);
    const [open, dead] = [state.deliveries.countIn('open', name), state.deliveries.countIn('dead', name)];
    if (open > LIMITS.deliveriesPerTarget + LIMITS.deadPerTarget || dead > LIMITS.deadPerTarget)
      yield broken('bounds', `messages to ${name}`);
  }
  if (state.tellings.size > LIMITS.tellings) yield broken('bounds', 'who was told of what');
}

export function checkDeliveryStep(before: FleetState, event: FleetEvent): Violation | null {
  switch (event.type) {
    case 'delivery.claimed': {
      const claim = before.targets.get(event.target)?.claim ?? null;
      const isFree = claim === null || claim.until <= event.at || claim.worker.id === event.worker.id;
      return isFree || claim.worker.id === event.instead
        ? null
        : broken('one_sender', `${event.target} by ${event.worker.id} beside ${claim.worker.id}`);
    }
    case 'delivery.opened': {
      const late = event.opened.find(({ message }) => message >= event.seq);
      return late === undefined ? null : broken('told_what_was', `${late.message} at ${event.seq}`);
    }
    default:
      return null;
  }
}
