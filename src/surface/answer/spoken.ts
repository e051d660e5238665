// Answers of a seat as plain data, at the moment of speaking. Here instants of fleet time become durations; no surface
// sees an instant. The field names are the published ones.

import type { SeatOutcome } from '../../app/seat/seat-outcome.ts';
import type { Instant } from '../../core/instant.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type * as replies from '../../core/reply.ts';
import type { Presence } from '../../core/view/views.ts';
import { seenFrom } from './seen-names.ts';

/** An outcome whose answer is a reply. */
export type Replied<R extends replies.Reply> = Omit<SeatOutcome<R>, 'answer'> & { readonly answer: R };
/** Presence by session id, as far as it was looked up. */
export type Presences = ReadonlyMap<string, Presence>;

export interface SpokenLease {
  readonly resource: string;
  readonly mode: string;
  readonly token: number;
  readonly expiresInMs: number;
  readonly safeForMs: number;
  readonly guarded: boolean;
  readonly wanted: boolean;
}

export interface SpokenBlocker {
  readonly agentId: string;
  readonly resource: string;
  readonly kind: string;
  readonly heldForMs: number;
  readonly idleForMs: number;
  readonly alive: Presence;
  readonly reason: string;
}

export function spokenLease(lease: replies.LeaseFacts, outcome: Omit<SeatOutcome, 'answer'>): SpokenLease {
  const { mode, token, guarded, wanted } = lease;
  return {
    resource: seenFrom(outcome.worktree).name(lease.resource),
    mode,
    token,
    expiresInMs: until(lease.expiresAt, outcome.at),
    safeForMs: outcome.safeForMs[token] ?? 0,
    guarded,
    wanted,
  };
}

/** With the secret handle, which is null where only its first receiver has it. */
export function spokenRegistration(
  { agentId, sessionId, resumed, warnings }: replies.RegisterReply,
  session: string | null,
) {
  return { session, agentId, sessionId, resumed, warnings };
}

export function spokenAcquire(outcome: Replied<replies.AcquireReply>, presences: Presences) {
  const { answer } = outcome;
  const { name, text } = seenFrom(outcome.worktree);
  const isOffered = answer.offeredUntil !== null;
  return {
    status: answer.status,
    leases: answer.leases.map((lease) => spokenLease(lease, outcome)),
    waitedMs: outcome.waitedMs,
    refused: answer.refused.map((each) => ({ ...each, resource: name(each.resource), message: text(each.message) })),
    ticket: answer.ticket,
    position: answer.position,
    blockedBy: spokenBlockers(answer.blockedBy, outcome, presences),
    ...(isOffered ? { offeredForMs: until(answer.offeredUntil, outcome.at) } : {}),
  };
}

function spokenBlockers(
  blockers: readonly replies.Blocker[],
  { at, worktree }: { readonly at: Instant; readonly worktree: string },
  presences: Presences,
): readonly SpokenBlocker[] {
  const { name } = seenFrom(worktree);
  return blockers.map(({ agentId, sessionId, resource, kind, since, activeAt, reason }) => ({
    agentId,
    resource: name(resource),
    kind,
    heldForMs: until(at, since),
    idleForMs: until(at, activeAt),
    alive: presences.get(sessionId) ?? 'unknown',
    reason,
  }));
}

export function spokenRelease({ answer, worktree }: Replied<replies.ReleaseReply>) {
  const { name } = seenFrom(worktree);
  return {
    released: answer.released.map(({ resource, token }) => ({ resource: name(resource), token })),
    refused: answer.refused.map(({ resource, token, code }) => ({ resource: name(resource), token, code })),
    promoted: answer.promoted.map(({ agentId, resources, how }) => ({ agentId, resources: resources.map(name), how })),
  };
}

export function spokenCheck(outcome: Replied<replies.CheckReply>) {
  const { holds, holder, currentToken, lease } = outcome.answer;
  const facts = lease === null ? null : spokenLease(lease, outcome);
  return {
    holds,
    holder,
    currentToken,
    ...(facts === null ? {} : { expiresInMs: facts.expiresInMs, safeForMs: facts.safeForMs, wanted: facts.wanted }),
  };
}

export function spokenWithdraw({ answer, worktree }: Replied<replies.WithdrawReply>) {
  const { name } = seenFrom(worktree);
  const released = answer.released.map(({ resource, token }) => ({ resource: name(resource), token }));
  return { withdrawn: answer.withdrawn, released };
}

export function spokenOffer({ answer, at }: Replied<replies.HandOffReply>) {
  const { offer, to, until: lapsesAt } = answer;
  return { offer, to, lapsesInMs: until(lapsesAt, at) };
}

export function spokenOfferAnswer(outcome: Replied<replies.AnswerHandoffReply>) {
  const { offer, accepted, lease } = outcome.answer;
  return { offer, accepted, lease: lease === null ? null : spokenLease(lease, outcome) };
}

/** What an operator took back, and who has it now. */
export function spokenRevoke(answer: replies.RevokeReply, worktree: string) {
  const { name } = seenFrom(worktree);
  return {
    revoked: answer.revoked.map((each) => ({ ...each, resource: name(each.resource) })),
    promoted: answer.promoted.map(({ agentId, resources, how }) => ({ agentId, resources: resources.map(name), how })),
  };
}

/** A rejection as its caller hears it. `blockedBy` in its details is spoken as in any other answer. */
export function spokenRejection(
  rejection: Rejection,
  outcome: { readonly at: Instant; readonly worktree: string },
  presences: Presences = new Map(),
): Rejection {
  const names = seenFrom(outcome.worktree);
  const { message, next, details } = rejection;
  const blockers = blockersIn(rejection);
  const plain = names.data(details) as Rejection['details'];
  return {
    ...rejection,
    message: names.text(message),
    next: names.text(next),
    details: blockers.length === 0 ? plain : { ...plain, blockedBy: spokenBlockers(blockers, outcome, presences) },
  };
}

/** Who is in the way, by an answer: sessions whose presence its reader would like to know. */
export function blockersOf({ answer }: Pick<SeatOutcome, 'answer'>): readonly replies.Blocker[] {
  if (isRejection(answer)) return blockersIn(answer);
  return answer.op === 'acquire' ? answer.blockedBy : [];
}

/** Who is in the way, where a rejection tells it. */
export function blockersIn({ details }: Rejection): readonly replies.Blocker[] {
  return Array.isArray(details.blockedBy) ? (details.blockedBy as readonly replies.Blocker[]) : [];
}

export function spokenNotices({ notices, worktree }: Pick<SeatOutcome, 'notices' | 'worktree'>) {
  const { name, text } = seenFrom(worktree);
  return notices.map(({ wallAt, resource, ...notice }) => ({
    ...notice,
    at: wallAt,
    text: text(notice.text),
    ...(resource === undefined ? {} : { resource: name(resource) }),
  }));
}

/** Milliseconds from `from` to `to`, never negative. */
function until(to: Instant, from: Instant): number {
  return Math.max(0, Math.floor(to - from));
}
