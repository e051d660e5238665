// Agents that ask again and again, without standing in line, for what the next one of them holds: a circle of retry edges, which
// are a minute old at most. All sessions of one circle, however it winds, are one cause.

import { circlesIn } from '../../deadlock/circles.ts';
import { retriesOf, retryTargets } from '../../deadlock/retry.ts';
import type { FleetState } from '../../fleet-state.ts';
import type { Instant } from '../../instant.ts';
import type { AlertCause } from '../alert.ts';
import type { LastingCause } from '../look.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

export const suspectedDeadlock: LastingCause = {
  codes: ['suspected_deadlock'],
  *find({ state, at }) {
    for (const circle of retryCircles(state, at)) {
      const cause = causeOf(state, at, circle);
      yield { code: cause.code, subject: cause.subject, cause: () => cause };
    }
  },
  isOver() {
    return { why: 'They no longer ask each other in vain.', ended: false };
  },
};

/** Only who holds something can be in a circle. */
function retryCircles(state: FleetState, at: Instant): readonly (readonly string[])[] {
  if (state.refusals.size === 0) return [];
  const sessions = new Set<string>();
  for (const { sessionId } of state.refusals.rows())
    if (state.leases.countIn('session', sessionId) > 0) sessions.add(sessionId);
  return circlesIn(sessions, (sessionId) => retryTargets(state, sessionId, at));
}

function causeOf(state: FleetState, at: Instant, circle: readonly string[]): AlertCause {
  const agentOf = (sessionId: string): string => state.sessions.get(sessionId)?.agentId ?? sessionId;
  const agents = listed(circle.map(agentOf).toSorted());
  const members = new Set(circle);
  const asked = new Set<string>();
  for (const sessionId of circle)
    for (const { resource, blockers } of retriesOf(state, sessionId, at))
      if (blockers.some((each) => members.has(each))) asked.add(resource);
  const resources = listed(asked);
  return {
    code: 'suspected_deadlock',
    subject: agents.join(' '),
    agents,
    resources,
    text: sentence(
      `${named(agents)} ask in vain for what another one of them holds (${named(resources.map(inWords))}), and none stands in line.`,
    ),
    next: 'Ask with a wait (waitMs, brigade acquire --wait): then it is found whether it is a deadlock. Or let one of them release what it holds.',
    evidence: { sessions: circle.length },
  };
}
