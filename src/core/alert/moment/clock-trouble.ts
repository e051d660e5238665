// The clock of a host jumped, or the host stood still. Nothing expires by it: fleet time counts a few seconds at most.

import type { EventOf } from '../../event.ts';
import type { FleetState } from '../../fleet-state.ts';
import { durationText } from '../../view/duration-text.ts';
import type { AlertCause } from '../alert.ts';
import { sentence } from '../wording.ts';

export interface ClockJump {
  readonly placeId: string;
  readonly host: string;
  readonly jumpMs: number;
}

/** Null where the place is new, was started anew, or reads its clock as before. `before`: the state before it was anchored. */
export function clockCause(
  before: FleetState,
  { placeId, bootId, host, why, goesOn }: EventOf<'place.anchored'>,
): AlertCause | null {
  if (goesOn === true || before.places.get(placeId)?.bootId !== bootId) return null;
  return causeOf(placeId, `The clock of ${host} was read anew: ${why.replace(/\.$/, '')}.`, { host, why });
}

/** Its wall clock went `jumpMs` farther than its monotonic one. */
export function wallJumpCause({ placeId, host, jumpMs }: ClockJump): AlertCause {
  const how = jumpMs < 0 ? 'back' : 'ahead';
  const text = `The wall clock of ${host} went ${durationText(Math.abs(jumpMs))} ${how}: it was set, or the host was asleep.`;
  return causeOf(placeId, text, { host, jumpMs });
}

function causeOf(placeId: string, text: string, evidence: AlertCause['evidence']): AlertCause {
  return {
    code: 'clock_trouble',
    subject: placeId,
    agents: [],
    resources: [],
    text: sentence(`${text} Nothing expired by it.`),
    next: 'Nothing need be done for the fleet. Times of day in the log may be wrong around it; where it happens again, look after the time service of the host.',
    evidence,
  };
}
