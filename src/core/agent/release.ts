// Leases that end because their holder is paused, where policy says so.

import type { FleetState } from '../fleet-state.ts';
import type { Ending } from '../lease/end.ts';
import type { AgentRow, LeaseRow } from '../rows.ts';

/** How the lease ends, null while it does not: its holder is active, or keeps what it holds. */
export function releasedBy(state: FleetState, lease: LeaseRow): Ending | null {
  const agent = state.agents.get(lease.agentId);
  return agent?.lifecycle === 'paused' && agent.pause?.leases === 'release' ? pauseEnding(agent) : null;
}

/** Taken back by whoever paused the agent. */
export function pauseEnding({ pause }: AgentRow): Ending {
  const by = pause === null || pause.by === 'policy' ? 'policy' : pause.actor;
  return { how: 'revoked', by, reason: `Its holder is paused: ${pause?.reason ?? ''}` };
}
