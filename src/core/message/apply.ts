import type { EventAmong } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';

export const MESSAGE_EVENTS = ['message.sent', 'messages.read'] as const;

export function applyMessageEvent(_state: FleetState, _event: EventAmong<(typeof MESSAGE_EVENTS)[number]>): void {
  throw new Error('to be written');
}
