// First come, first served, read from the log: nobody is granted while somebody who asked earlier for the same thing waits.

import type { FleetEvent } from '../../../../core/event.ts';

export interface OutOfTurn {
  readonly agentId: string;
  readonly token: number;
  /** Who stood before it. */
  readonly before: string;
}

interface Waiter {
  readonly ticket: string;
  readonly agentId: string;
  readonly resources: readonly string[];
  /** Its offer lapsed: the turn passes on until it asks again. */
  isPassedOver: boolean;
}

/** Grants that went past an earlier waiter. One that must be passed to break a wait of its own is no such grant. */
export function grantsOutOfTurn(events: readonly FleetEvent[]): readonly OutOfTurn[] {
  const line = new Map<string, Waiter>();
  const found: OutOfTurn[] = [];
  for (const event of events) {
    if (event.type === 'lease.queued') {
      const { ticket, resources, agentId = '' } = event;
      line.set(ticket, { ticket, agentId, resources, isPassedOver: false });
    }
    if (event.type === 'wait.ended') line.delete(event.ticket);
    if (event.type === 'offer.lapsed') passOver(line.get(event.ticket), true);
    if (event.type === 'wait.parked') passOver(line.get(event.ticket), false);
    if (event.type === 'lease.granted' && event.path !== 'passed') {
      const before = firstBefore(line, event.ticket, event.resource ?? '');
      if (before !== null) found.push({ agentId: event.agentId ?? '', token: event.seq, before: before.agentId });
    }
  }
  return found;
}

function passOver(waiter: Waiter | undefined, isPassedOver: boolean): void {
  if (waiter !== undefined) waiter.isPassedOver = isPassedOver;
}

function firstBefore(line: ReadonlyMap<string, Waiter>, ticket: string | null, resource: string): Waiter | null {
  for (const waiter of line.values()) {
    if (waiter.ticket === ticket) return null;
    if (!waiter.isPassedOver && waiter.resources.includes(resource)) return waiter;
  }
  return null;
}
