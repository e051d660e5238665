// Somebody waits for a lease, and its holder is silent for long. Since when is told in lease/silence.ts: a holder that works is
// never taken for a silent one. The evidence says beside it for how long that is proved, whoever served the holder.

import { isWanted } from '../../lease/conflict.ts';
import { provedSilentSince, silentSince } from '../../lease/silence.ts';
import type { LeaseRow } from '../../rows.ts';
import { durationText } from '../../view/duration-text.ts';
import { shellWord } from '../../view/shell-word.ts';
import type { AlertCause } from '../alert.ts';
import type { LastingCause, Look } from '../look.ts';
import { holdersBefore, isHeldAgainst, type Line, waitsSince } from '../waits.ts';
import { inWords, listed, named, sentence } from '../wording.ts';

export const silentHolder: LastingCause = {
  codes: ['silent_holder'],
  *find(look) {
    const looked = new Set<number>();
    for (const line of look.waits.lines.values()) {
      for (const lease of holdersBefore(look.state, line)) {
        if (looked.has(lease.token)) continue;
        looked.add(lease.token);
        const silentMs = silentFor(look, lease);
        if (silentMs < look.policy.silentHolder.afterMs) continue;
        yield {
          code: 'silent_holder',
          subject: String(lease.token),
          cause: () => causeOf(look, line, lease, silentMs),
        };
      }
    }
  },
  isOver(look, { subject }) {
    const { state } = look;
    const lease = state.leases.get(subject);
    if (lease === undefined) return { why: 'The lease has ended.', ended: true };
    if (state.sessions.get(lease.sessionId)?.state !== 'live') return { why: 'The session has ended.', ended: true };
    if (!isWanted(state, lease)) return { why: 'Nobody waits for it any more.', ended: false };
    if (silentFor(look, lease) >= look.policy.silentHolder.afterMs) return null;
    return { why: `${lease.agentId} was heard of again.`, ended: false };
  },
};

function silentFor({ state, at }: Look, lease: LeaseRow): number {
  if (state.sessions.get(lease.sessionId)?.state !== 'live') return Number.NEGATIVE_INFINITY;
  const since = silentSince(state, lease, at);
  return since === null ? Number.NEGATIVE_INFINITY : at - since;
}

function causeOf({ state, at }: Look, { tickets }: Line, lease: LeaseRow, silentMs: number): AlertCause {
  const { agentId, sessionId, resource, token } = lease;
  const waiting = tickets.filter((ticket) => isHeldAgainst(state, lease, ticket));
  const waitedMs = Math.max(0, ...waiting.map((ticket) => at - waitsSince(state, ticket)));
  const waiters = listed(waiting.map((ticket) => ticket.agentId));
  const where = inWords(resource);
  const word = shellWord(where);
  const who = `${named(waiters)} ${waiters.length === 1 ? 'waits' : 'wait'} for it`;
  const how = `nothing was heard of it for ${durationText(silentMs)}`;
  return {
    code: 'silent_holder',
    subject: String(token),
    agents: listed([agentId, ...waiters]),
    resources: [resource],
    text: sentence(
      `${agentId} holds ${where} (token ${token}) and ${how}; ${who}, the longest for ${durationText(waitedMs)}.`,
    ),
    next: `Ask it to let go (brigade ask ${word} "${waiters[0]} waits for it"); brigade diagnose ${word} says whether it is safe to take it back.`,
    evidence: {
      token,
      sessionId,
      silentMs,
      provedMs: at - (provedSilentSince(state, lease) ?? at),
      waiting: waiting.length,
      waitedMs,
    },
  };
}
