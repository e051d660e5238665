// What two things have in common, as far as incidents are concerned: an agent, or a resource that can be the same thing.

import type { FleetState } from '../fleet-state.ts';
import { namesSame } from '../lease/conflict.ts';

export interface Involved {
  readonly agents: readonly string[];
  readonly resources: readonly string[];
}

export function meets(state: FleetState, a: Involved, b: Involved): boolean {
  if (b.agents.some((agent) => a.agents.includes(agent))) return true;
  return b.resources.some((resource) => a.resources.some((each) => namesSame(state, each, resource)));
}
