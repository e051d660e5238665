// Which resources an event is about, as far as it says so itself.

import type { FleetEvent } from '../event.ts';

/** Stored keys; empty where it names none. */
export function eventResources(event: FleetEvent): readonly string[] {
  if (event.resource !== undefined) return [event.resource];
  switch (event.type) {
    case 'lease.queued':
    case 'alert.opened':
    case 'alert.repeated':
      return event.resources;
    case 'state.put':
      return [`state:${event.key}`];
    case 'message.sent':
      return event.lease === null ? [] : [event.lease.resource];
    default:
      return [];
  }
}
