// Facts that say only that somebody went on. A timeline tells many of them in one line.

import type { FleetEvent } from '../../event.ts';

const NOISE: ReadonlySet<FleetEvent['type']> = new Set([
  'session.active',
  'session.handle_renewed',
  'session.attached',
  'lease.renewed',
  'edit.began',
  'file.edited',
  'wait.parked',
  'wait.left',
  'notices.heard',
  'messages.read',
  'checkin.recorded',
  'outcome.recorded',
  'alert.repeated',
  'line.settled',
]);

export function isNoise({ type }: FleetEvent): boolean {
  return NOISE.has(type);
}
