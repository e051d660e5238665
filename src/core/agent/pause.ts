// What a pause keeps its agent from, and the leases that end by it where policy says so.

import type { FleetState } from '../fleet-state.ts';
import type { Ending } from '../lease/end.ts';
import type { LeaseRow, Pause } from '../rows.ts';

/** The pause that the agent is under. One that was archived keeps its pause for when it is restored, and is under none. */
export function pauseOf(state: FleetState, agentId: string): Pause | null {
  const agent = state.agents.get(agentId);
  return agent?.lifecycle === 'paused' ? agent.pause : null;
}

/** How the lease ends, null while it does not: its holder is active, or keeps what it holds. */
export function releasedBy(state: FleetState, { agentId }: LeaseRow): Ending | null {
  const pause = pauseOf(state, agentId);
  return pause?.leases === 'release' ? pauseEnding(pause) : null;
}

/** Taken back by whoever paused the agent. */
export function pauseEnding({ by, actor, reason }: Pause): Ending {
  return { how: 'revoked', by: by === 'policy' ? 'policy' : actor, reason: `Its holder is paused: ${reason}` };
}
