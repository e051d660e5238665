import type { EventAmong } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';

export const IMPORT_EVENTS = ['agent.imported', 'history.imported'] as const;

export function applyImportEvent(_state: FleetState, _event: EventAmong<(typeof IMPORT_EVENTS)[number]>): void {
  throw new Error('to be written');
}
