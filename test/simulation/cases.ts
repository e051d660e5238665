// Cases of governance that a campaign must have met, named by an event and the state before it.

import { parseFindingId } from '../../src/core/diagnosis/finding.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { isWanted } from '../../src/core/lease/conflict.ts';

/** What `event` is a case of. */
export function casesOf(before: FleetState, event: FleetEvent): readonly string[] {
  const lifecycle = before.agents.get(event.agentId ?? '')?.lifecycle;
  switch (event.type) {
    case 'agent.paused': {
      const over = lifecycle === 'paused' ? ' over a pause' : '';
      const wanted = isHoldingWanted(before, event.agentId ?? '') ? `, ${event.leases} what others wait for` : '';
      return [`paused by ${event.by}${over}`, ...(wanted === '' ? [] : [`paused by ${event.by}${wanted}`])];
    }
    case 'agent.resumed':
      return [`resumed by ${event.by}`];
    case 'agent.archived':
      return [`archived by ${event.by}${lifecycle === 'paused' ? ' while paused' : ''}`];
    case 'agent.restored': {
      const isPaused = before.agents.get(event.agentId ?? '')?.pause !== null;
      return [`restored by ${event.by}${isPaused ? ', paused still' : ''}`];
    }
    case 'checkin.recorded': {
      const whilePaused = lifecycle === 'paused' ? ' while paused' : '';
      const codes = event.reasons.map(({ code }) => `reason ${code}`);
      return [`${event.estimator.name}: ${event.verdict}${whilePaused}`, ...codes];
    }
    case 'outcome.recorded':
      return [event.agentId === event.about ? 'outcome of its own work' : "outcome of another's work"];
    case 'message.sent': {
      const about = event.lease === null ? '' : ' about a lease';
      return [`message to ${event.to === '*' ? 'all' : 'one'}${about}${event.replyTo === null ? '' : ' in reply'}`];
    }
    case 'rescue.done': {
      const who =
        event.actor === 'brigade' ? 'policy' : event.actor.startsWith('operator:') ? 'an operator' : 'an agent';
      return [`rescue by ${who}: ${event.action} for ${parseFindingId(event.finding)?.code}`];
    }
    default:
      return [];
  }
}

/** The names that a campaign of some length must have met. */
/** What was heard of a holder is written down before it could be told to be silent. */
export const LATE = 'activity written down late';

export const CASES = [
  LATE,
  'paused by policy',
  'paused by policy, release what others wait for',
  'paused by policy, keep what others wait for',
  'paused by operator',
  'paused by operator over a pause',
  'paused by operator, release what others wait for',
  'paused by operator, keep what others wait for',
  'resumed by recover',
  'resumed by operator',
  'archived by operator',
  'archived by operator while paused',
  'archived by policy',
  'restored by operator',
  'restored by operator, paused still',
  'restored by return',
  'evidence: proceed',
  'evidence: guide',
  'evidence: pause',
  'evidence: pause while paused',
  'eisv-v1: proceed',
  'eisv-v1: pause while paused',
  'reason TOO_EARLY',
  'reason PAUSED',
  'reason CALIBRATION_OFF',
  'reason FAILURES_IN_A_ROW',
  'reason REPEATING',
  'reason LEASES_LOST',
  'outcome of its own work',
  "outcome of another's work",
  'message to one',
  'message to all',
  'message to one about a lease',
  'message to one in reply',
  'message shown',
  'message shown again',
  'found silent_holder',
  'found paused_holder',
  'found slow_holder',
  'found chain',
  'found dead_waiter',
  'found leftover_session',
  'found granting_rests',
  'rescue by an agent: revoke for silent_holder',
  'rescue by an agent: close_session for leftover_session',
  'rescue by an agent: ask for slow_holder',
  'rescue by an agent: shorten for silent_holder',
  'rescue by an agent: shorten for slow_holder',
  'rescue by an operator: revoke for silent_holder',
  'rescue by an operator: shorten for slow_holder',
  'rescue by an operator: hand_over for silent_holder',
  'rescue by an operator: pause for lapsed_offers',
  'rescue by policy: revoke for silent_holder',
] as const;

function isHoldingWanted(state: FleetState, agentId: string): boolean {
  for (const { sessionId } of state.sessions.in('liveAgent', agentId)) {
    for (const lease of state.leases.in('session', sessionId)) if (isWanted(state, lease)) return true;
  }
  return false;
}
