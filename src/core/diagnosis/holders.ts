// Findings about those who hold what others wait for. Of one holder there is one finding, the first that applies:
//
//   dead      its process is proved gone, or its session is over
//   stopped   its process is there and does not run
//   paused    it may do nothing until it recovers
//   silent    nothing was heard of it for as long as policy allows
//   slow      it works, and holds for long
//
// and beside it, that those behind it stand in a chain.

import { pauseOf } from '../agent/pause.ts';
import type { Instant } from '../instant.ts';
import { expiresAt } from '../lease/expiry.ts';
import { provedSilentSince, silentSince } from '../lease/silence.ts';
import type { SessionRow } from '../rows.ts';
import { durationText } from '../view/duration-text.ts';
import { heardText, type Look, longestWait, namesText, processesText, waitersText } from './facts.ts';
import { type Action, type Finding, findingId } from './finding.ts';
import type { Held, Holder } from './holders-before.ts';
import { askedOf, askOf, withOthers } from './other-actions.ts';

/** Leases that one rescue takes back; of more the rest is found again. */
const LEASES_AT_ONCE = 64;

export function holderFindings(look: Look): readonly Finding[] {
  return look.holders.flatMap((holder) => {
    const fault = deadHolder(look, holder) ?? stoppedHolder(look, holder) ?? pausedHolder(look, holder);
    const own = fault ?? silentHolder(look, holder) ?? slowHolder(look, holder);
    const chain = chainBehind(look, holder, own);
    return [own === null ? null : withOthers(look, holder, own), chain].filter((finding) => finding !== null);
  });
}

/** Since when nothing was heard of a holder for too long; null when it is not silent. */
function silentHolderSince(
  { state, at, silentAfterMs }: Pick<Look, 'state' | 'at' | 'silentAfterMs'>,
  { held }: Holder,
): Instant | null {
  let since = Number.NEGATIVE_INFINITY;
  for (const { lease } of held) since = Math.max(since, silentSince(state, lease, at) ?? at);
  return at - since >= silentAfterMs ? since : null;
}

/** In how long its silence is proved, whoever knew more of it than the log; 0 or less when it is. */
function provedInMs({ state, at, silentAfterMs }: Look, { held }: Holder): number {
  let since = Number.NEGATIVE_INFINITY;
  for (const { lease } of held) since = Math.max(since, provedSilentSince(state, lease) ?? at);
  return since + silentAfterMs - at;
}

function deadHolder(look: Look, holder: Holder): Finding | null {
  const { session, agentId } = holder;
  const { at } = look;
  if (session?.state !== 'live') {
    return about(look, holder, 'dead_holder', {
      message: `${agentId} is gone, and ${waitersText(holder.waiters, at)} for ${whatOf(holder)}, which it held.`,
      evidence: [`Its session is over: ${session?.endedWhy ?? 'nothing is known of it any more'}.`],
      action: null,
      next: 'Its leases end with the next thing that is decided; any call does that.',
      since: session?.endedAt ?? null,
    });
  }
  if (look.presence(session.sessionId) !== 'gone') return null;
  return about(look, holder, 'dead_holder', {
    message: `${agentId} holds ${whatOf(holder)} and its process is gone; ${waitersText(holder.waiters, at)}.`,
    evidence: [goneText(session), heardSentence(session, at)],
    action: { kind: 'close_session', who: 'agent', sessionId: session.sessionId, means: closeMeans(session) },
    next: 'Close its session: everything it held goes to whoever is next.',
    since: session.activeAt,
  });
}

function stoppedHolder(look: Look, holder: Holder): Finding | null {
  const { session, agentId } = holder;
  if (session === undefined || look.presence(session.sessionId) !== 'stopped') return null;
  const pids = session.attachments.map(({ pid }) => pid).join(' ');
  return about(look, holder, 'stopped_holder', {
    message: `${agentId} holds ${whatOf(holder)} and its process is stopped; ${waitersText(holder.waiters, look.at)}.`,
    evidence: [`Stopped: ${processesText(session)}.`, heardSentence(session, look.at)],
    action: { ...revokeOf(holder), who: 'operator' },
    next: `A stopped process may go on, so only an operator takes its locks back. Whoever stopped it can let it go on: kill -CONT ${pids}`,
    since: session.activeAt,
  });
}

function pausedHolder(look: Look, holder: Holder): Finding | null {
  const { agentId } = holder;
  const pause = pauseOf(look.state, agentId);
  if (pause === null) return null;
  const by = pause.by === 'operator' ? pause.actor : 'policy';
  return about(look, holder, 'paused_holder', {
    message: `${agentId} is paused and holds ${whatOf(holder)}; ${waitersText(holder.waiters, look.at)}.`,
    evidence: [`Paused by ${by} for ${durationText(look.at - pause.at)}: ${pause.reason}`],
    action: { ...revokeOf(holder), who: 'operator' },
    next: `An operator resumes it (brigade resume ${agentId}) or takes back what it holds; it may release it itself.`,
    since: pause.at,
  });
}

function silentHolder(look: Look, holder: Holder): Finding | null {
  const { session, agentId } = holder;
  const since = silentHolderSince(look, holder);
  if (since === null || session === undefined) return null;
  const { at, silentAfterMs } = look;
  const provedMs = provedInMs(look, holder);
  const isProved = provedMs <= 0;
  return about(look, holder, 'silent_holder', {
    message: `${agentId} holds ${whatOf(holder)} and was not heard of for ${durationText(at - since)}; ${waitersText(holder.waiters, at)}.`,
    evidence: [
      `Policy counts ${durationText(silentAfterMs)} of silence while somebody waits (silentHolder.afterMs).`,
      heardSentence(session, at),
      presenceText(look, session),
      endText(look, holder),
    ],
    action: { ...revokeOf(holder), who: isProved ? 'agent' : 'operator' },
    next: isProved
      ? 'Take it back: whoever is next goes on, and its holder hears of it with its next call.'
      : `Any agent may take it back in ${durationText(provedMs)}: until then whoever serves it may know of something that is not written down.`,
    since,
  });
}

/** Only of who waits for nobody: whoever is kept waiting cannot be faster. */
function slowHolder(look: Look, holder: Holder): Finding | null {
  const { session, agentId, isWaiting } = holder;
  const { at, limits, state } = look;
  const slow = isWaiting ? undefined : slowest(look, holder);
  if (slow === undefined || session === undefined) return null;
  const { lease } = slow;
  const asked = askedOf(state, lease);
  const evidence = [
    `It holds ${lease.resource} for ${durationText(at - lease.grantedAt)}${lease.reason === '' ? '' : `: ${lease.reason}`}.`,
    `${slow.waiters.length} in line; a wait of ${durationText(limits.waitMs)} or more than ${limits.queueLength} in line is worth a look (alerts.waitMs, alerts.queueLength).`,
    `It is at work: ${heardText(session, at)}.`,
    endText(look, holder),
  ];
  if (asked !== undefined)
    evidence.push(`${asked.from} asked it ${durationText(at - asked.at)} ago to let go${answerText(asked.answered)}.`);
  return {
    ...about(look, holder, 'slow_holder', {
      message: `${agentId} works on ${lease.resource} for ${durationText(at - lease.grantedAt)}; ${waitersText(slow.waiters, at)}.`,
      evidence,
      action: asked === undefined ? askOf(lease) : null,
      next: asked === undefined ? 'Ask it to let go.' : 'It was asked: wait for its answer, or work on something else.',
      since: lease.grantedAt,
    }),
    id: findingId({ code: 'slow_holder', subject: lease.resource, ref: lease.token }),
  };
}

function slowest({ at, limits }: Look, { held }: Holder): Held | undefined {
  const slow = held.filter(({ lease, front, waiters }) => {
    const isMuch = at - front.queuedAt >= limits.waitMs || waiters.length > limits.queueLength;
    return isMuch && at - lease.grantedAt >= limits.waitMs;
  });
  return slow.toSorted((a, b) => b.waiters.length - a.waiters.length || a.lease.token - b.lease.token)[0];
}

/** Told where its length matters: somebody waits for long, or its root will not go on by itself. */
function chainBehind(look: Look, holder: Holder, own: Finding | null): Finding | null {
  const { isWaiting, behind, depth, agentId, oldest } = holder;
  const { at, limits } = look;
  if (isWaiting || depth < 2) return null;
  const longest = look.holders
    .filter(({ sessionId }) => sessionId === holder.sessionId || behind.has(sessionId))
    .reduce((most, { waiters }) => Math.max(most, longestWait(waiters, at)), 0);
  if (own === null && longest < limits.waitMs) return null;
  const path = pathFrom(look, holder);
  return {
    ...about(look, holder, 'chain', {
      message: `${behind.size} wait one behind the other, ${depth} deep, and in the end all of them for ${agentId}, who holds ${whatOf(holder)} and waits for nobody.`,
      evidence: [`In order: ${path.join(', for whom waits ')}.`, `The longest has waited ${durationText(longest)}.`],
      action: null,
      next:
        own === null
          ? `Look at what ${agentId} does: brigade history ${agentId}`
          : `See to ${own.id}: the others follow by themselves.`,
      since: oldest.front.queuedAt,
    }),
    severity: 'info',
  };
}

/** One of the longest ways through the chain. */
function pathFrom({ holders }: Look, root: Holder): readonly string[] {
  const bySession = new Map(holders.map((holder) => [holder.sessionId, holder]));
  const path = [root.agentId];
  const seen = new Set([root.sessionId]);
  for (let at: Holder | undefined = root; at !== undefined && path.length <= PATH; ) {
    const next = at.waiters
      .filter(({ sessionId }) => !seen.has(sessionId))
      .toSorted((a, b) => (bySession.get(b.sessionId)?.depth ?? 0) - (bySession.get(a.sessionId)?.depth ?? 0))[0];
    if (next === undefined) break;
    seen.add(next.sessionId);
    path.push(next.agentId);
    at = bySession.get(next.sessionId);
  }
  return path.length > PATH ? [...path.slice(0, PATH), '…'] : path;
}

const PATH = 8;

function about(
  look: Look,
  holder: Holder,
  code: Finding['code'],
  facts: Pick<Finding, 'message' | 'evidence' | 'action' | 'next' | 'since'>,
): Finding {
  const { held, oldest, sessionId, agentId, waiters, behind } = holder;
  return {
    ...facts,
    id: findingId({ code, subject: oldest.lease.resource, ref: oldest.lease.token }),
    code,
    others: [],
    severity: code === 'slow_holder' ? 'warning' : 'critical',
    agents: [...new Set([agentId, ...waiters.map((waiter) => waiter.agentId)])],
    resources: held.map(({ lease }) => lease.resource),
    sessions: [...new Set([sessionId, ...behind])],
    behind: behind.size,
    refs: refsOf(look, holder),
  };
}

/** Every lease of the session names the same cause. */
function refsOf({ state }: Look, { sessionId }: Holder): readonly string[] {
  const tokens: string[] = [];
  for (const { token } of state.leases.in('session', sessionId)) tokens.push(String(token));
  return tokens;
}

function revokeOf({ held, agentId }: Holder): Extract<Action, { kind: 'revoke' }> {
  const leases = held.slice(0, LEASES_AT_ONCE).map(({ lease }) => lease);
  const names = namesText(leases.map(({ resource }) => resource));
  const tokens = leases.map(({ token }) => token);
  return { kind: 'revoke', who: 'agent', tokens, means: `take ${names} back from ${agentId}` };
}

export function closeMeans({ agentId }: SessionRow): string {
  return `close the session of ${agentId}, whose process is gone`;
}

export function goneText(session: SessionRow): string {
  const many = session.attachments.length > 1;
  return `Gone: ${processesText(session)}; ${many ? 'none of them is' : 'no such process is'} there any more.`;
}

export function heardSentence(session: SessionRow, at: Instant): string {
  const heard = heardText(session, at);
  return `${heard.charAt(0).toUpperCase()}${heard.slice(1)}.`;
}

function presenceText(look: Look, session: SessionRow): string {
  return look.presence(session.sessionId) === 'alive'
    ? `Its process is there: ${processesText(session)}.`
    : unseenText(look, session);
}

/** Of a session whose processes cannot be judged from here: where they are, and how it ends. */
export function unseenText({ state }: Look, session: SessionRow): string {
  const { attachments } = session;
  if (attachments.length === 0) return 'It came over HTTP, so there is no process to look at.';
  const hosts = attachments.flatMap(({ placeId }) => state.places.get(placeId)?.host ?? []);
  const where = hosts.length === 0 ? '' : ` on ${namesText(hosts)}, in another container, start or machine`;
  const ends = attachments.every(({ kind }) => kind === 'cli') ? '' : ' It ends some minutes after that falls silent.';
  return `Its process cannot be seen from here: ${processesText(session)}${where}.${where === '' ? '' : ends}`;
}

function endText({ state, at }: Look, { oldest: { lease } }: Holder): string {
  const ends = expiresAt(state, lease);
  return ends <= at
    ? `Its lease of ${lease.resource} ends now.`
    : `Its lease of ${lease.resource} ends by itself in ${durationText(ends - at)}, unless it is used.`;
}

function answerText(answered: 'confirm' | 'dismiss' | null): string {
  if (answered === null) return '; no answer yet';
  return answered === 'confirm' ? '; it will' : '; it will not';
}

function whatOf({ held }: Holder): string {
  return namesText(held.map(({ lease }) => lease.resource));
}
