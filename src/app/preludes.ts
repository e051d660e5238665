// What a place must say before anything else is decided on a state: that there is a fleet, in which
// format its log goes on, and how this place's monotonic
// clock stands to fleet time. It goes into the same append as the first thing decided.

import type { Command } from '../core/command.ts';
import { FORMAT } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { Policy } from '../core/governance/policy.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Place } from '../ports/place.ts';
import type { FleetClock } from './fleet-clock.ts';
import { systemCommand } from './system-command.ts';

export interface PreludeParts {
  readonly state: FleetState;
  readonly foundingPolicy: FoundingPolicy;
  readonly fleetClock: FleetClock;
  readonly place: Place;
  readonly ids: IdSource;
  /** Others may have counted this place as gone, and the log does not say yet that it is back. */
  readonly isBack: () => boolean;
}

/** The policy that a fleet which is founded now begins with; null leaves it with the defaults. */
export type FoundingPolicy = () => Policy | null;

/** Ask on caught-up state. Empty when all is said. */
export function preludesFor({
  state,
  foundingPolicy,
  fleetClock,
  place,
  ids,
  isBack,
}: PreludeParts): readonly Command[] {
  const preludes: Command[] = [];
  if (state.fleet === null) preludes.push(foundCommand(ids, foundingPolicy()));
  else if (state.fleet.format < FORMAT) preludes.push({ ...systemCommand(ids, 'upgrade'), op: 'move_format' });
  const anchor = fleetClock.neededAnchor(state) ?? signOfLife({ state, fleetClock, place, isBack });
  if (anchor !== null) {
    const { placeId, bootId, timeNamespace, machineId, hostName: host } = place;
    const names = { placeId, bootId, timeNamespace, machineId, host };
    preludes.push({ ...systemCommand(ids, 'clock'), op: 'anchor', ...names, ...anchor });
  }
  return preludes;
}

/** What others must find in the log before this place tells anybody to believe in anything. */
function signOfLife({ state, fleetClock, place, isBack }: Omit<PreludeParts, 'ids' | 'foundingPolicy'>) {
  if (isBack()) return fleetClock.anchorAsBefore(state, 'this place was silent for long and is back');
  const isNamed = state.places.get(place.placeId)?.machineId === place.machineId;
  return isNamed ? null : fleetClock.anchorAsBefore(state, 'an older version spoke for this place before');
}

function foundCommand(ids: IdSource, policy: Policy | null): Command {
  const command = { ...systemCommand(ids, 'founding'), op: 'found', fleetId: ids.newId('f') } as const;
  return policy === null ? command : { ...command, policy };
}
