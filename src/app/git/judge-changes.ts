// May these changes become a commit? Pure: it is told who commits, what changes, who holds what, and what the policy says.

import type { HooksPolicy } from '../../core/governance/policy.ts';
import type { HeldView } from '../../core/view/views.ts';
import type { Committer, CommittingSession } from './committer.ts';
import { isFleetPath } from './path-key.ts';
import type { Change } from './staged-changes.ts';

/** A change of what somebody else holds. */
export interface HeldChange {
  readonly change: Change;
  /** The oldest of them. */
  readonly lease: HeldView;
}

export interface Judgement {
  readonly verdict: 'pass' | 'warn' | 'refuse';
  readonly held: readonly HeldChange[];
  /** Changes of the fleet's own files. */
  readonly ofFleet: readonly Change[];
  /** Leases of whoever commits on what changes. */
  readonly own: readonly HeldView[];
}

export interface Judged {
  readonly committer: Committer;
  readonly changes: readonly { readonly change: Change; readonly key: string }[];
  readonly held: readonly HeldView[];
  readonly policy: HooksPolicy;
}

export function judgeChanges({ committer, changes, held, policy }: Judged): Judgement {
  const ofKey = Map.groupBy(held, ({ asked }) => asked);
  const inTheWay = changes.flatMap(({ change, key }) => {
    const lease = ofKey.get(key)?.find((each) => each.alive !== 'gone' && !isOwn(committer, each));
    return lease === undefined ? [] : [{ change, lease }];
  });
  const ofFleet = changes.map(({ change }) => change).filter(({ path }) => isFleetPath(path));
  return {
    verdict: verdictOf(committer, policy, { isHeld: inTheWay.length > 0, isOfFleet: ofFleet.length > 0 }),
    held: inTheWay,
    ofFleet,
    own: firstOfEach(held.filter((each) => isOwn(committer, each))),
  };
}

/** What people keep there they may commit; an agent that does would write its own policy. */
function verdictOf(
  { kind }: Committer,
  { git }: HooksPolicy,
  { isHeld, isOfFleet }: { readonly isHeld: boolean; readonly isOfFleet: boolean },
): Judgement['verdict'] {
  if (!isHeld && !isOfFleet) return 'pass';
  if (kind === 'person') return git.onPerson;
  if (isOfFleet) return 'refuse';
  return git.onHeld;
}

/** One of several agents that may have made the change counts as each of them: nobody is refused what may be its own. */
function isOwn(committer: Committer, lease: HeldView): boolean {
  return committer.kind === 'agent' && committer.sessions.some((session) => isSame(session, lease));
}

/** Sub-agents with sessions of their own run git in the same client session, and cannot be told apart there. */
function isSame(session: CommittingSession, lease: HeldView): boolean {
  if (session.sessionId === lease.sessionId || session.agentId === lease.agentId) return true;
  return session.clientSession !== null && session.clientSession === lease.clientSession;
}

function firstOfEach(leases: readonly HeldView[]): readonly HeldView[] {
  return [...new Map(leases.map((lease) => [lease.token, lease])).values()];
}
