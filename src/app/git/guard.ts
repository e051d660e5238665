// What a guard asks the fleet, and what it answers git.

import { fleetPolicy, type HooksPolicy } from '../../core/governance/policy.ts';
import { VIEW_LIMITS } from '../../core/view/page.ts';
import type { HeldView, Query, SessionView, ViewOf } from '../../core/view/views.ts';
import type { ProcessTable } from '../../ports/process-table.ts';
import { type Committer, findCommitter } from './committer.ts';
import { type Judgement, judgeChanges } from './judge-changes.ts';
import { keyOfGitPath } from './path-key.ts';
import type { Change } from './staged-changes.ts';

/** The fleet as a guard sees it. */
export interface GuardedFleet {
  readonly view: <Q extends Query>(query: Q) => Promise<ViewOf<Q>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly handleHash: (handle: string) => string;
  readonly placeId: string;
  readonly processes: Pick<ProcessTable, 'ancestorsOf'>;
  readonly pid: number;
  /** Id of the worktree whose files are meant; `-` where it has none, and nobody has locked a file in it. */
  readonly worktree: string;
}

export interface Guarded extends Judgement {
  readonly committer: Committer;
  readonly policy: HooksPolicy;
}

/** Looks whether `changes` may be made by whoever runs this process. */
export async function guardChanges(fleet: GuardedFleet, changes: readonly Change[]): Promise<Guarded> {
  const policy = await hooksPolicyOf(fleet);
  const committer = await committerOf(fleet);
  const keyed = changes.map((change) => ({ change, key: keyOfGitPath(change.path, fleet.worktree) }));
  const held = await heldOf(
    fleet,
    keyed.map(({ key }) => key),
  );
  return { ...judgeChanges({ committer, changes: keyed, held, policy }), committer, policy };
}

export async function hooksPolicyOf({ view }: Pick<GuardedFleet, 'view'>): Promise<HooksPolicy> {
  const { adopted } = await view({ kind: 'policy' });
  return fleetPolicy(adopted?.content ?? null).hooks;
}

export async function committerOf(fleet: GuardedFleet): Promise<Committer> {
  const { env, placeId, processes, pid, view } = fleet;
  const handle = env.BRIGADE_SESSION ?? '';
  const shown = handle === '' ? {} : { shown: await view({ kind: 'session', handleHash: fleet.handleHash(handle) }) };
  return findCommitter({ env, placeId, processes, pid, live: await liveSessions(fleet), ...shown });
}

/** Leases on any of the keys. Where nobody holds anything, the keys are not sent around. */
export async function heldOf(
  { view }: Pick<GuardedFleet, 'view'>,
  keys: readonly string[],
): Promise<readonly HeldView[]> {
  const { leases } = await view({ kind: 'counts' });
  if (leases === 0) return [];
  const held: HeldView[] = [];
  for (let from = 0; from < keys.length; from += VIEW_LIMITS.rowsMax)
    held.push(...(await view({ kind: 'held', resources: keys.slice(from, from + VIEW_LIMITS.rowsMax) })));
  return held;
}

async function liveSessions({ view }: Pick<GuardedFleet, 'view'>): Promise<readonly SessionView[]> {
  const sessions: SessionView[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: ViewOf<{ kind: 'sessions' }> = await view({ kind: 'sessions', cursor, limit: VIEW_LIMITS.rowsMax });
    sessions.push(...page.items);
    ({ cursor } = page);
  }
  return sessions;
}
