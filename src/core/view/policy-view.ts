// The policy in force, as its adoption in the log tells it.

import type { FleetState } from '../fleet-state.ts';
import type { PolicyView } from './views.ts';

export function policyView({ fleet }: FleetState): PolicyView {
  const fleetId = fleet?.fleetId ?? null;
  const row = fleet?.policy ?? null;
  if (row === null) return { fleetId, adopted: null };
  const { content, seq, wallAt: adoptedAt, by, reason } = row;
  return { fleetId, adopted: { content, seq, adoptedAt, by, reason } };
}
