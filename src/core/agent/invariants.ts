// What must always hold of agents: what they become, what a pause keeps them from, and what is known of their conduct.

import { isNewToImport } from '../audit/apply.ts';
import type { FleetEvent, Lifecycle } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { AgentRow, ConductRow } from '../rows.ts';
import { broken, type Violation } from '../violation.ts';
import { AGENT_EVENTS } from './apply.ts';
import { agentDueAt } from './deadline.ts';

type AgentEvent = (typeof AGENT_EVENTS)[number];

/** From what to what each of them leads. Who is restored is what it was: active, or paused still. */
const MOVES: Readonly<Record<AgentEvent, { readonly from: readonly Lifecycle[]; readonly to: readonly Lifecycle[] }>> =
  {
    'agent.paused': { from: ['active', 'paused'], to: ['paused'] },
    'agent.resumed': { from: ['paused'], to: ['active'] },
    'agent.archived': { from: ['active', 'paused'], to: ['archived'] },
    'agent.restored': { from: ['archived'], to: ['active', 'paused'] },
    'agent.retired': { from: ['active', 'paused', 'archived'], to: ['retired'] },
  };

/** What `event` did to its agent, or let an agent do, that it must not. */
export function checkAgentStep(before: FleetState, event: FleetEvent, after: FleetState): Violation | null {
  const agent = before.agents.get(event.agentId ?? '');
  if (agent === undefined) return null;
  return (
    checkMove(before, agent, event, after) ?? checkBound(before, agent, event) ?? checkCounted(before, event, after)
  );
}

function checkMove(before: FleetState, was: AgentRow, event: FleetEvent, after: FleetState): Violation | null {
  const { agentId } = was;
  const is = after.agents.get(agentId);
  const told = `${agentId} from ${was.lifecycle} to ${is?.lifecycle} by ${event.type}`;
  if (is === undefined) return broken('lifecycle_moves', told);
  const move = isAgentEvent(event.type) ? MOVES[event.type] : null;
  if (move === null) {
    const isKept = is.lifecycle === was.lifecycle && is.pause === was.pause;
    const isImported = event.type === 'agent.imported' && isNewToImport(before, agentId);
    return isKept || isImported ? null : broken('lifecycle_moves', told);
  }
  const isRight = move.from.includes(was.lifecycle) && move.to.includes(is.lifecycle);
  const isKnown = !('was' in event) || event.was === was.lifecycle;
  return isRight && isKnown && isPauseKept(was, is, event) ? null : broken('lifecycle_moves', told);
}

/** A pause begins with the word that paused, ends with the one that resumes, and lasts through everything else. */
function isPauseKept(was: AgentRow, is: AgentRow, event: FleetEvent): boolean {
  switch (event.type) {
    case 'agent.paused':
      return is.pause?.seq === event.seq;
    case 'agent.resumed':
      return is.pause === null;
    case 'agent.restored':
      return is.pause === was.pause && (is.lifecycle === 'paused') === (was.pause !== null);
    default:
      return is.pause === was.pause;
  }
}

/** What an agent that is not active must not do. What it is granted is looked at with the grant. */
function checkBound(before: FleetState, { agentId, lifecycle }: AgentRow, event: FleetEvent): Violation | null {
  if (lifecycle === 'active') return null;
  // Activity renews by reference; that of a session which holds nothing renews nothing.
  if (event.type === 'session.active' && before.leases.countIn('session', event.sessionId ?? '') > 0)
    return broken('pause_binds', `activity of ${agentId}, ${lifecycle}`);
  if (event.type === 'checkin.recorded' && event.verdict !== 'pause')
    return broken('verdict_binds', `${agentId}, ${lifecycle}, hears ${event.verdict}`);
  return BOUND.has(event.type) ? broken('pause_binds', `${event.type} of ${agentId}, ${lifecycle}`) : null;
}

const BOUND: ReadonlySet<FleetEvent['type']> = new Set([
  'lease.renewed',
  'lease.queued',
  'wait.parked',
  'handoff.offered',
  'state.put',
  'message.sent',
]);

function checkCounted(before: FleetState, event: FleetEvent, after: FleetState): Violation | null {
  if (event.type !== 'checkin.recorded') return null;
  const { agentId = '', checkInId, verdict } = event;
  const [was, is] = [before.conduct.get(agentId), after.conduct.get(agentId)];
  const isOneMore = is?.updates === (was?.updates ?? 0) + 1;
  const isOfVerdict = is?.verdicts[verdict] === (was?.verdicts[verdict] ?? 0) + 1;
  return isOneMore && isOfVerdict && is.last?.checkInId === checkInId
    ? null
    : broken('check_ins_count', `${checkInId} of ${agentId} counts ${is?.updates} after ${was?.updates}`);
}

/** Of a row as it was and as it is, whatever lies between. */
export function isForEver(before: AgentRow | undefined, after: AgentRow | undefined): Violation | null {
  if (before?.lifecycle !== 'retired' || after?.lifecycle === 'retired') return null;
  return broken('lifecycle_moves', `${before.agentId}, which was retired, is ${after?.lifecycle}`);
}

/** Of one row alone. */
export function checkAgent({ agentId, lifecycle, pause, change }: AgentRow): Violation | null {
  const hasPause = pause !== null;
  const isWhole =
    (lifecycle !== 'paused' || hasPause) &&
    (lifecycle !== 'active' || !hasPause) &&
    (lifecycle === 'active' || change !== null);
  return isWhole ? null : broken('agent_is_whole', `${agentId} is ${lifecycle}`);
}

/** Of one row alone. */
export function checkConduct({ agentId, updates, verdicts, recent, lost }: ConductRow): Violation | null {
  if (recent.length > LIMITS.checkInsPerAgent || lost.length > LIMITS.lostLeases)
    return broken('bounds', `conduct of ${agentId}`);
  const counted = verdicts.proceed + verdicts.guide + verdicts.pause;
  return counted === updates && recent.length <= updates
    ? null
    : broken('check_ins_count', `${agentId} has ${updates} check-ins and ${counted} verdicts`);
}

/** Of all agents and check-ins of a state that stands between two groups. */
export function* checkAgents(state: FleetState): Iterable<Violation | null> {
  for (const agent of state.agents.rows()) {
    yield checkAgent(agent);
    yield checkVerdict(state, agent);
    yield checkOffers(state, agent);
  }
  if (state.checkIns.size > LIMITS.checkInsKept) yield broken('bounds', 'check-ins');
  let known = 0;
  for (const conduct of state.conduct.rows()) {
    yield checkConduct(conduct);
    known += conduct.recent.length;
    for (const { checkInId, outcomes } of conduct.recent) {
      if (state.checkIns.get(checkInId)?.agentId !== conduct.agentId)
        yield broken('check_ins_count', `${checkInId} of ${conduct.agentId} is known by half`);
      const kinds = new Set(outcomes.map(({ kind }) => kind));
      if (kinds.size < outcomes.length || kinds.size > LIMITS.outcomesPerCheckIn)
        yield broken('check_ins_count', `outcomes of ${checkInId}`);
    }
  }
  if (known !== state.checkIns.size)
    yield broken('check_ins_count', `${state.checkIns.size} check-ins are known and ${known} of agents`);
}

/** Whoever was told to pause last is not active, unless it was resumed since. */
function checkVerdict(state: FleetState, { agentId, lifecycle, change, hasCheckedIn }: AgentRow): Violation | null {
  const conduct = state.conduct.get(agentId);
  if (conduct === undefined) return null;
  if (conduct.updates > 0 && !hasCheckedIn) return broken('check_ins_count', `${agentId} has checked in`);
  const { last, recent } = conduct;
  if (lifecycle !== 'active' || last?.verdict !== 'pause') return null;
  const newest = recent.at(-1);
  const toldAt = newest?.checkInId === last.checkInId ? newest.seq : 0;
  const isResumed = change !== null && change.seq > toldAt && change.at >= last.at;
  return isResumed ? null : broken('verdict_binds', `${agentId} was told to pause and is active`);
}

/** What it was offered is kept from the others no longer than until the next append. */
function checkOffers(state: FleetState, agent: AgentRow): Violation | null {
  if (agent.lifecycle === 'active' || agentDueAt(state, agent) <= state.position.at) return null;
  for (const { sessionId } of state.sessions.in('liveAgent', agent.agentId)) {
    for (const { ticket, state: turn } of state.tickets.in('session', sessionId))
      if (turn === 'offered')
        return broken('pause_binds', `${ticket} is offered to ${agent.agentId}, ${agent.lifecycle}`);
  }
  return null;
}

function isAgentEvent(type: FleetEvent['type']): type is AgentEvent {
  return (AGENT_EVENTS as readonly string[]).includes(type);
}
