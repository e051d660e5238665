// What may be done about a finding instead of what it advises. Each is offered only where it would change something.
//
//   ask         the silent holder, which may hear of it with its next call
//   shorten     the TTL of leases that are far longer than they usually are, so that they end soon unless they are used
//   hand_over   what somebody cannot go on with, to one of those who wait for it whom an operator names
//   pause       an agent that causes the same again and again

import type { FleetState } from '../fleet-state.ts';
import { policyFor } from '../governance/policy.ts';
import { shorterEnd } from '../lease/shorten.ts';
import { provedSilentSince } from '../lease/silence.ts';
import type { LeaseRow, MessageRow, TicketRow } from '../rows.ts';
import { durationText } from '../view/duration-text.ts';
import { type Look, namesText } from './facts.ts';
import type { Action, Finding, FindingCode } from './finding.ts';
import type { Holder } from './holders-before.ts';

/** Agents that one rescue pauses; of more the rest is found again. */
const PAUSED_AT_ONCE = 16;
/** Leases lost lately that make a holder one that comes back again and again. */
const AGAIN = 2;

/** Holders that cannot go on, so that what they hold may go to another one. */
const STUCK: ReadonlySet<FindingCode> = new Set(['dead_holder', 'stopped_holder', 'silent_holder', 'paused_holder']);

/** `finding`, about this holder, with everything else that may be done about it. */
export function withOthers(look: Look, holder: Holder, finding: Finding): Finding {
  const isSilent = finding.code === 'silent_holder';
  return {
    ...finding,
    others: [
      ...(isSilent ? askInstead(look.state, holder) : []),
      ...(SHORTENED.has(finding.code) ? shortenOf(look, holder) : []),
      ...handOverOf(holder, finding),
      ...(isSilent ? pauseAgain(look, holder) : []),
    ],
  };
}

/** Holders that are there, whether or not they may go on. */
const SHORTENED: ReadonlySet<FindingCode> = new Set([
  'stopped_holder',
  'silent_holder',
  'paused_holder',
  'slow_holder',
]);

/**
 * What it holds ends soon unless it uses it. Nothing is taken from whoever works, so half of the silence that counts is enough
 * for any agent to have it done.
 */
function shortenOf({ state, at, silentAfterMs }: Look, { held, agentId }: Holder): readonly Action[] {
  const shorter = held
    .flatMap(({ lease }) => {
      const end = shorterEnd(state, lease, at);
      return end === null ? [] : [{ lease, end }];
    })
    .slice(0, AT_ONCE);
  if (shorter.length === 0) return [];
  const leases = shorter.map(({ lease }) => lease);
  const ends = Math.max(...shorter.map(({ end }) => end));
  const isQuiet = leases.every((lease) => at - (provedSilentSince(state, lease) ?? at) >= silentAfterMs / 2);
  const what = namesText(leases.map(({ resource }) => resource));
  const means = `let the lease of ${what} end within ${durationText(ends - at)} unless ${agentId} uses it`;
  return [{ kind: 'shorten', who: isQuiet ? 'agent' : 'operator', tokens: leases.map(({ token }) => token), means }];
}

/** Leases that one rescue shortens; of more the rest is found again. */
const AT_ONCE = 64;

export function askOf({ agentId, resource, token }: LeaseRow): Action {
  return { kind: 'ask', who: 'agent', token, means: `ask ${agentId} to let go of ${resource}` };
}

/** The last message that asks its holder to let go of it. */
export function askedOf(state: FleetState, { token }: LeaseRow): MessageRow | undefined {
  return [...state.messages.in('lease', String(token))].findLast(({ kind }) => kind === 'task');
}

/** Pauses those of the agents that are active, `which` do what is told; nothing where none is. */
export function pauseOf(
  state: FleetState,
  agents: readonly { readonly agentId: string }[],
  which: string,
): readonly Action[] {
  const agentIds = [...new Set(agents.map(({ agentId }) => agentId))]
    .filter((agentId) => state.agents.get(agentId)?.lifecycle === 'active')
    .slice(0, PAUSED_AT_ONCE);
  if (agentIds.length === 0) return [];
  const means = `pause ${namesText(agentIds)}, ${which}, until an operator resumes ${agentIds.length === 1 ? 'it' : 'them'}`;
  return [{ kind: 'pause', who: 'operator', agentIds, means }];
}

function askInstead(state: FleetState, { oldest: { lease } }: Holder): readonly Action[] {
  return askedOf(state, lease) === undefined ? [askOf(lease)] : [];
}

/** With one waiter alone it would be the same as taking it back. */
function handOverOf({ sessionId, agentId, held, waiters }: Holder, { code, action }: Finding): readonly Action[] {
  const waits = firstOfEach(waiters);
  if (!STUCK.has(code) || action === null || waits.length < 2) return [];
  const what = namesText(held.map(({ lease }) => lease.resource));
  const means = `hand ${what} over from ${agentId} to one of those who wait: ${namesText(waits.map((each) => each.agentId))}`;
  return [{ kind: 'hand_over', who: 'operator', whoFirst: action.who, sessionId, waits, means }];
}

/** Of each agent the wait that came first. */
function firstOfEach(waiters: readonly TicketRow[]): readonly TicketRow[] {
  const known = new Set<string>();
  return waiters.filter(({ agentId }) => known.size < known.add(agentId).size);
}

/** It lost leases before, so taking one back again would not end it. */
function pauseAgain({ state, at }: Look, { agentId }: Holder): readonly Action[] {
  const { lostLeasesMs } = policyFor(state.fleet?.policy?.content ?? null, agentId).evidence;
  const lost = (state.conduct.get(agentId)?.lost ?? []).filter((each) => each.at > at - lostLeasesMs);
  if (lost.length < AGAIN) return [];
  const which = `which lost ${lost.length} locks within ${durationText(lostLeasesMs)}`;
  return pauseOf(state, [{ agentId }], which);
}
