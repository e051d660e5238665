// A log that has ended because its fleet goes on elsewhere. Whoever still opens it may read it and is told where the fleet is;
// nothing is decided on it any more, by nobody, or there would be two fleets of one name.

import type { FleetState } from '../fleet-state.ts';
import { type Rejection, reject } from '../rejection.ts';
import type { FleetRow } from '../rows.ts';
import { oneLine } from '../view/one-line.ts';

/** Where the fleet of this log has gone; null while it is here. */
export function movedFrom({ fleet }: Pick<FleetState, 'fleet'>): NonNullable<FleetRow['moved']> | null {
  return fleet?.moved ?? null;
}

/** Why nothing is decided here; null while the fleet is here. */
export function refuseMoved(state: Pick<FleetState, 'fleet'>): Rejection | null {
  const moved = movedFrom(state);
  if (moved === null) return null;
  return reject('STORE_MOVED', {
    message: `${movedText(moved)}. Nothing is decided in the log that it left.`,
    next: movedAdvice(moved),
    details: { to: moved.to, since: moved.sinceWallAt },
  });
}

/** Without a full stop. */
export function movedText({ to, sinceWallAt }: NonNullable<FleetRow['moved']>): string {
  return `This fleet has moved to ${oneLine(to, 500)} (${sinceWallAt})`;
}

export function movedAdvice({ to }: Pick<NonNullable<FleetRow['moved']>, 'to'>): string {
  return `Set BRIGADE_STORE=${oneLine(to, 500)} (or "store" in .brigade/config.json; a password is added by whoever knows it) and start again. \`brigade config\` tells where the old one is set.`;
}

/** The fleet as it goes on here after all. */
export function returned(state: FleetState): FleetState {
  if (state.fleet === null) return state;
  const { moved: _, ...fleet } = state.fleet;
  return { ...state, fleet };
}
