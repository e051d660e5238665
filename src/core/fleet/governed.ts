// Since when the fold keeps what agents are judged by.

import { GOVERNED_FORMAT } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';

/** The log is in a format in which agents are judged. */
export function isGoverned({ fleet }: Pick<FleetState, 'fleet'>): boolean {
  return (fleet?.format ?? 0) >= GOVERNED_FORMAT;
}
