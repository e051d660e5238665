// What a target is to be sent now. Messages about one alert go out one after the other, each when the one before it was
// delivered or given up; those about different alerts do not wait for each other.

import type { FleetState } from '../fleet-state.ts';
import type { Instant } from '../instant.ts';
import { LIMITS } from '../limits.ts';
import type { DeliveryRow } from '../rows.ts';

export interface DueDeliveries {
  /** To be sent now, oldest first; at most one of each alert. */
  readonly ready: readonly DeliveryRow[];
  /** When the next one is to be tried that is not ready yet; null where none is. */
  readonly nextAt: Instant | null;
}

export function dueDeliveries(state: FleetState, target: string, at: Instant): DueDeliveries {
  const first = new Map<string, DeliveryRow>();
  for (const row of state.deliveries.in('open', target)) {
    const known = first.get(row.subject);
    if (known === undefined || row.message < known.message) first.set(row.subject, row);
  }
  const ready: DeliveryRow[] = [];
  let nextAt = Number.POSITIVE_INFINITY;
  for (const row of first.values()) {
    if (row.nextAt <= at) ready.push(row);
    else nextAt = Math.min(nextAt, row.nextAt);
  }
  ready.sort((a, b) => a.message - b.message);
  return { ready, nextAt: nextAt === Number.POSITIVE_INFINITY ? null : nextAt };
}

/**
 * Number of the oldest event that a message tells which still waits, and not for longer than `awaitedEventMs`; null where none
 * does. What was given up waits for nobody.
 */
export function oldestAwaited(state: FleetState, at: Instant): number | null {
  let oldest: number | null = null;
  for (const { state: is, message, openedAt } of state.deliveries.rows()) {
    if (is === 'open' && openedAt + LIMITS.awaitedEventMs > at && (oldest === null || message < oldest))
      oldest = message;
  }
  return oldest;
}

/** What a message to a target is known by, in the state and to the receiver: with the fleet's id it is never used twice. */
export function deliveryKey(target: string, message: number): string {
  return `${target}_${message}`;
}
