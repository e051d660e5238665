// What one look at the fleet sees, for all causes that last.

import type { FleetState } from '../fleet-state.ts';
import { type EffectivePolicy, fleetPolicy } from '../governance/policy.ts';
import type { Instant } from '../instant.ts';
import type { AlertRow } from '../rows.ts';
import type { AlertCause, AlertCode } from './alert.ts';
import { type Waits, waitsIn } from './waits.ts';

export interface Look {
  readonly state: FleetState;
  readonly at: Instant;
  readonly policy: Pick<EffectivePolicy, 'alerts' | 'silentHolder'>;
  readonly waits: Waits;
}

/** Something that there is to tell. Most of what is found is told already, so its words are made when they are needed. */
export interface Found {
  readonly code: AlertCode;
  readonly subject: string;
  /** Null where there is nothing to it, looked at closely. */
  readonly cause: () => AlertCause | null;
}

/** A kind of cause that lasts as long as it can be seen. */
export interface LastingCause {
  readonly codes: readonly AlertCode[];
  readonly find: (look: Look) => Iterable<Found>;
  /**
   * Why the cause of this open alert, which is not found now, is gone; null while it may come back any moment. `ended`: its
   * subject is no more, so it cannot come back.
   */
  readonly isOver: (look: Look, row: AlertRow) => Over | null;
}

export interface Over {
  readonly why: string;
  readonly ended: boolean;
}

export function lookAt(state: FleetState, at: Instant): Look {
  return { state, at, policy: fleetPolicy(state.fleet?.policy?.content ?? null), waits: waitsIn(state) };
}
