// Agents waited for each other in a circle, and the wait of one of them was ended.

import { cycleInWords } from '../../deadlock/wait-for.ts';
import type { EventOf } from '../../event.ts';
import type { AlertCause } from '../alert.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

/** Steps that the sentence tells one by one. */
const TOLD = 4;

/** The same agents are the same cause, whichever of them closed the circle. */
export function deadlockCause({ agentId = '', ticket, cycle }: EventOf<'wait.ended'>): AlertCause {
  const agents = listed([agentId, ...cycle.map((step) => step.agentId)]);
  const steps = cycle.map((step) => ({ ...step, resource: inWords(step.resource) }));
  const words = steps.length <= TOLD ? cycleInWords(steps) : `${named(agents)} wait for each other in a circle`;
  return {
    code: 'deadlock',
    subject: agents.toSorted().join(' '),
    agents,
    resources: listed(cycle.map(({ resource }) => resource)),
    text: sentence(`A deadlock was broken: ${words}. The wait of ${agentId} was ended.`),
    next: `Nothing stands still: ${agentId} was told. Where it happens again, let them take what they need together, or always in the same order.`,
    evidence: { ticket, agents: agents.length, steps: cycle.length },
  };
}
