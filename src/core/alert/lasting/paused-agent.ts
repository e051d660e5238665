// An agent is paused. No pause lasts unseen.

import type { AgentRow, Pause } from '../../rows.ts';
import type { AlertCause } from '../alert.ts';
import type { LastingCause } from '../look.ts';
import { sentence } from '../wording.ts';

export const pausedAgent: LastingCause = {
  codes: ['paused_agent'],
  *find({ state }) {
    for (const agent of state.agents.in('paused', 'paused'))
      yield { code: 'paused_agent', subject: agent.agentId, cause: () => pauseCause(agent) };
  },
  isOver({ state }, { subject }) {
    const lifecycle = state.agents.get(subject)?.lifecycle ?? 'unknown';
    return lifecycle === 'paused' ? null : { why: `${subject} is ${lifecycle}.`, ended: true };
  },
};

export function pauseCause({ agentId, pause, change }: AgentRow): AlertCause {
  const by = pause?.by === 'operator' ? pause.actor : 'the policy';
  const why = (pause?.reason ?? change?.reason ?? '').replace(/\.$/, '');
  return {
    code: 'paused_agent',
    subject: agentId,
    agents: [agentId],
    resources: [],
    text: sentence(`${agentId} was paused by ${by}${why === '' ? '' : `: ${why}`}.`),
    next: `Look at what it did (brigade history ${agentId}). ${wayBack(agentId, pause)}`,
    evidence: { by: pause?.by ?? null, leases: pause?.leases ?? null },
  };
}

/** From the word of an operator only an operator brings it back. */
function wayBack(agentId: string, pause: Pause | null): string {
  const resume = `brigade resume ${agentId} --reason "..."`;
  return pause?.by === 'policy'
    ? `It comes back with its own reflection (recover), or an operator resumes it (${resume}).`
    : `Only an operator resumes it (${resume}).`;
}
