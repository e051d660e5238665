// What this host remembers of fleets apart from their logs, so that a log which was wiped or rolled back is noticed also
// by a process that never saw it before.

import type { Witness, WitnessKeeper } from '../ports/witness.ts';

export interface HostMemory {
  /** The fleet known to live where this log is; null for a place never seen. */
  fleetId(): Promise<string | null>;
  remember(fleetId: string): Promise<void>;
  witness(fleetId: string): Promise<Witness | null>;
  keepWitness(fleetId: string): WitnessKeeper;
}

/** For a log that is gone with its process: nothing outlives it, so nothing is remembered. */
export const NO_MEMORY: HostMemory = {
  fleetId: () => Promise.resolve(null),
  remember: () => Promise.resolve(),
  witness: () => Promise.resolve(null),
  keepWitness: () => ({
    raise: () => undefined,
    flush: () => Promise.resolve(),
    trouble: () => null,
    close: () => Promise.resolve(),
  }),
};
