// What callers parked in this process should look at again because of an event. An effect carries no decision: whoever is
// woken asks the state, so hearing one twice, or one too many, is harmless.

import type { FleetEvent } from './event.ts';

export type Effect =
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'session'; readonly sessionId: string }
  /** Somebody's place in this line may have changed. */
  | { readonly kind: 'line'; readonly resource: string }
  /** There is a message for this agent, or for everybody (`*`). */
  | { readonly kind: 'mail'; readonly to: string };

export function react(event: FleetEvent): readonly Effect[] {
  switch (event.type) {
    case 'lease.queued':
      return event.resources.map((resource) => ({ kind: 'line', resource }));
    case 'lease.offered':
    case 'offer.lapsed':
    case 'wait.ended':
    case 'wait.passed':
      return [{ kind: 'ticket', ticket: event.ticket }];
    case 'session.closed':
    case 'session.lost':
      return [{ kind: 'session', sessionId: event.sessionId ?? '' }];
    case 'lease.granted':
    case 'lease.released':
    case 'lease.expired':
    case 'lease.revoked':
    case 'lease.dropped':
      return event.resource === undefined ? [] : [{ kind: 'line', resource: event.resource }];
    case 'message.sent':
      return [{ kind: 'mail', to: event.to }];
    default:
      return [];
  }
}
