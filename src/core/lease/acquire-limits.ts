// What an acquire may ask for. Everything is bounded, so that a decision fits a group and a line stays walkable.

import type { AcquireCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import { type Rejection, reject } from '../rejection.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { SessionRow } from '../rows.ts';
import { lookUp } from './conflict-index.ts';

/** Why the request is out of bounds, or null. */
export function checkAcquire(command: AcquireCommand): Rejection | null {
  return checkResources(command) ?? checkNumbers(command);
}

/** Why so many, such long or no names cannot be taken together, or null. */
export function checkResources({ resources, reason }: Pick<AcquireCommand, 'resources' | 'reason'>): Rejection | null {
  if (resources.length === 0) {
    return reject('INVALID_ARGUMENT', {
      message: 'No resource was named.',
      next: 'Name at least one, as in file:src/a.ts.',
    });
  }
  if (resources.length > LIMITS.resourcesPerAcquire) {
    return reject('TOO_MANY_RESOURCES', {
      message: `${resources.length} resources in one call; at most ${LIMITS.resourcesPerAcquire} are taken together.`,
      next: 'Take a tree (file:src/) or a glob instead, or several calls.',
    });
  }
  const bytes = resources.reduce((sum, resource) => sum + utf8Bytes(resource), 0);
  if (bytes > LIMITS.resourceBytesPerAcquire) {
    return reject('TOO_LARGE', {
      message: `The names are ${bytes} bytes together; at most ${LIMITS.resourceBytesPerAcquire} fit one call.`,
      next: 'Take a tree or a glob instead, or several calls.',
    });
  }
  if (utf8Bytes(reason) > LIMITS.textBytes) {
    return reject('TOO_LARGE', {
      message: `The reason is longer than ${LIMITS.textBytes} bytes.`,
      next: 'Shorten it.',
    });
  }
  return null;
}

function checkNumbers({ ttlMs, waitMs, priority }: AcquireCommand): Rejection | null {
  return (
    checkRange('ttlMs', ttlMs, LIMITS.ttlMinMs, LIMITS.ttlMaxMs) ??
    checkRange('waitMs', waitMs, 0, LIMITS.waitMaxMs) ??
    checkRange('priority', priority, LIMITS.priorityMin, LIMITS.priorityMax)
  );
}

/** INVALID_ARGUMENT unless `value` is a whole number within the bounds. */
export function checkRange(name: string, value: number, least: number, most: number): Rejection | null {
  if (Number.isInteger(value) && value >= least && value <= most) return null;
  return reject('INVALID_ARGUMENT', {
    message: `${name} is ${value}; it is a whole number from ${least} to ${most}.`,
    next: `Give ${name} within these bounds, or leave it out.`,
  });
}

/** Bounds what the fleet and the session would hold with `more` leases; what the session waits for counts as held. */
export function checkRoom(state: FleetState, session: SessionRow, more: number): Rejection | null {
  if (state.leases.size + more > LIMITS.leasesPerFleet) {
    return full(`The fleet holds ${state.leases.size} leases, the most it may.`);
  }
  let claimed = state.leases.countIn('session', session.sessionId) + more;
  for (const ticket of state.tickets.in('session', session.sessionId)) claimed += ticket.resources.length;
  if (claimed <= LIMITS.leasesPerSession) return null;
  return full(`This session would hold and wait for more than ${LIMITS.leasesPerSession} leases.`);
}

/** Bounds the waits of the session and the line before each resource. */
export function checkLine(state: FleetState, session: SessionRow, resources: readonly string[]): Rejection | null {
  if (state.tickets.countIn('session', session.sessionId) >= LIMITS.ticketsPerSession) {
    return full(`This session waits with ${LIMITS.ticketsPerSession} tickets already.`);
  }
  for (const resource of resources) {
    const { exact } = lookUp(state.tickets, resource);
    const waiting = state.tickets.countIn('exact', exact) + state.tickets.countIn('wide', exact);
    if (waiting >= LIMITS.waitersPerResource) return full(`${waiting} wait for ${resource} already.`);
  }
  return null;
}

function full(message: string): Rejection {
  return reject('QUEUE_FULL', {
    message,
    next: 'Release or withdraw what is not needed, then ask again.',
    retryAfterMs: 1_000,
  });
}
