// Folds check-ins, outcomes and policy, and what leases tell of an agent's conduct.

import { forgetUnnamedTargets } from '../delivery/apply.ts';
import type { EventAmong, EventOf, FleetEvent } from '../event.ts';
import { isGoverned } from '../fleet/governed.ts';
import type { FleetState } from '../fleet-state.ts';
import { LIMITS } from '../limits.ts';
import type { ConductRow, KnownCheckIn, LostLease } from '../rows.ts';
import { newConduct } from './check-in-rules.ts';
import { eisvAfter } from './eisv/judge-eisv.ts';

export const GOVERNANCE_EVENTS = ['checkin.recorded', 'outcome.recorded', 'policy.adopted'] as const;

export function applyGovernanceEvent(state: FleetState, event: EventAmong<(typeof GOVERNANCE_EVENTS)[number]>): void {
  switch (event.type) {
    case 'checkin.recorded':
      recordCheckIn(state, event);
      return;
    case 'outcome.recorded': {
      recordOutcome(state, event);
      return;
    }
    case 'policy.adopted':
      if (state.fleet !== null) {
        const { policy: content, seq, wallAt, actor: by, reason } = event;
        state.fleet = { ...state.fleet, policy: { content, seq, wallAt, by, reason } };
        forgetUnnamedTargets(state);
      }
  }
}

/** What any other event says of an agent's conduct: leases that it lost, waits that it gave up for others. */
export function noteConduct(state: FleetState, event: FleetEvent): void {
  if (!isGoverned(state)) return;
  switch (event.type) {
    case 'lease.expired':
      noteLost(state, event, 'expired');
      return;
    case 'lease.revoked':
      // A pause that releases is no new fault: it would keep itself up. Nor is what Brigade takes back because a log was lost.
      if (event.by !== 'brigade' && state.agents.get(event.agentId ?? '')?.lifecycle === 'active')
        noteLost(state, event, 'revoked');
      return;
    case 'wait.ended':
      if (event.outcome === 'deadlock') count(state, event.agentId ?? '', 'deadlocks');
      return;
    default:
  }
}

function recordCheckIn(state: FleetState, event: EventOf<'checkin.recorded'>): void {
  const { agentId = '', checkInId, seq, at, wallAt, digest, confidence, verdict, estimator, summary, plan } = event;
  const conduct = state.conduct.get(agentId) ?? newConduct(agentId);
  const outcomes = event.outcomes.map(({ kind, ok }) => ({ kind, ok }));
  state.conduct.set({
    ...conduct,
    updates: conduct.updates + 1,
    verdicts: { ...conduct.verdicts, [verdict]: conduct.verdicts[verdict] + 1 },
    last: { checkInId, verdict, at, wallAt },
    plan: plan === null ? conduct.plan : { ...plan, wallAt },
    recent: remembering(state, conduct.recent, { checkInId, seq, digest, confidence, outcomes }),
    eisv: estimator.name === 'eisv-v1' ? eisvAfter(conduct.eisv, estimator, summary) : conduct.eisv,
  });
  const agent = state.agents.get(agentId);
  if (agent !== undefined && !agent.hasCheckedIn) state.agents.set({ ...agent, hasCheckedIn: true });
  state.checkIns.set({ checkInId, agentId });
  if (state.checkIns.size > LIMITS.checkInsKept) forgetOldest(state);
}

/** The last ones with this one; whoever drops out can no longer be told its outcome. */
function remembering(state: FleetState, recent: readonly KnownCheckIn[], added: KnownCheckIn): readonly KnownCheckIn[] {
  if (recent.length < LIMITS.checkInsPerAgent) return [...recent, added];
  const [oldest] = recent;
  if (oldest !== undefined) state.checkIns.delete(oldest.checkInId);
  const kept = recent.slice(1);
  kept.push(added);
  return kept;
}

/** The oldest of all, which is the oldest of its agent too. */
function forgetOldest(state: FleetState): void {
  for (const { checkInId, agentId } of state.checkIns.rows()) {
    state.checkIns.delete(checkInId);
    const conduct = state.conduct.get(agentId);
    if (conduct !== undefined)
      state.conduct.set({ ...conduct, recent: conduct.recent.filter((each) => each.checkInId !== checkInId) });
    return;
  }
}

function recordOutcome(state: FleetState, { checkInId, about, kind, ok }: EventOf<'outcome.recorded'>): void {
  const conduct = state.conduct.get(about);
  if (conduct === undefined) return;
  const told = (known: KnownCheckIn): KnownCheckIn =>
    known.checkInId === checkInId
      ? { ...known, outcomes: [...known.outcomes.filter((each) => each.kind !== kind), { kind, ok }] }
      : known;
  state.conduct.set({ ...conduct, recent: conduct.recent.map(told) });
}

function noteLost(
  state: FleetState,
  event: EventOf<'lease.expired'> | EventOf<'lease.revoked'>,
  how: LostLease['how'],
): void {
  const { agentId = '', at, resource = '', token = 0 } = event;
  const conduct = count(state, agentId, how);
  if (conduct === null) return;
  state.conduct.set({ ...conduct, lost: [...conduct.lost, { at, how, resource, token }].slice(-LIMITS.lostLeases) });
}

function count(state: FleetState, agentId: string, what: keyof ConductRow['counts']): ConductRow | null {
  if (state.agents.get(agentId) === undefined) return null;
  const conduct = state.conduct.get(agentId) ?? newConduct(agentId);
  const counted = { ...conduct, counts: { ...conduct.counts, [what]: conduct.counts[what] + 1 } };
  state.conduct.set(counted);
  return counted;
}
