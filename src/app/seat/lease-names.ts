// From the names a caller writes to the keys the core compares. A resource that is asked for is looked up in the worktree
// (links, `.`, `..`, spelling); one that Brigade named in a reply is found again without a look at any file, because the
// file may have become something else since.

import type { LeaseRef } from '../../core/command.ts';
import { LIMITS } from '../../core/limits.ts';
import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import { keyFromDescription, type ResourceKey } from '../../core/resource/resource-key.ts';
import type { Coordinator } from '../coordinator.ts';
import type { Worktree } from './occupant.ts';

/** Reads one name as asked for: `src/a.ts`, `file:src/`, `task:review` ... */
export type ReadName = (name: string, worktree: Worktree) => Promise<ResourceKey | Rejection>;

/** Keys for `names`, each once, in the order of their first mention; or why there are none. */
export async function keysOf(
  names: readonly string[],
  worktree: Worktree,
  read: ReadName,
): Promise<readonly ResourceKey[] | Rejection> {
  if (names.length > LIMITS.resourcesPerAcquire) return tooMany(names.length);
  const keys = new Set<ResourceKey>();
  for (const name of names) {
    const key = await read(name, worktree);
    if (typeof key !== 'string') return key;
    keys.add(key);
  }
  return [...keys];
}

/**
 * The leases a caller names. Where the name as it stands and the name as the worktree reads it differ (the file has become
 * a link, or the caller repeats the spelling it asked with), the lease of that token decides which one was meant.
 */
export async function leaseRefsOf(
  refs: readonly LeaseRef[],
  worktree: Worktree,
  read: ReadName,
  coordinator: Coordinator,
): Promise<readonly LeaseRef[] | Rejection> {
  const found: LeaseRef[] = [];
  for (const ref of refs) {
    const key = await keyOfLease(ref, worktree, read, coordinator);
    if (typeof key !== 'string') return key;
    found.push({ resource: key, token: ref.token });
  }
  return found;
}

async function keyOfLease(
  ref: LeaseRef,
  worktree: Worktree,
  read: ReadName,
  coordinator: Coordinator,
): Promise<ResourceKey | Rejection> {
  const described = keyFromDescription(ref.resource, worktree.id, isWorktreeId);
  const asked = await read(ref.resource, worktree);
  if (isRejection(described) || described === asked) return asked;
  if (isRejection(asked)) return described;
  const holders = await coordinator.view({ kind: 'holder', resource: described });
  return holders.some((lock) => lock.token === ref.token) ? described : asked;
}

/**
 * True for what can only be the id of a worktree: ids are 22 random letters and digits, so a folder `@types` is none. Which
 * worktrees a fleet has is not asked, because a lease may outlive its worktree.
 */
export function isWorktreeId(text: string): boolean {
  return /^[0-9a-z]{22}$/.test(text);
}

function tooMany(count: number): Rejection {
  return reject('TOO_MANY_RESOURCES', {
    message: `${count} resources in one call; at most ${LIMITS.resourcesPerAcquire} are taken together.`,
    next: 'Name a folder such as file:src/ instead of its files, or acquire in several calls in a fixed order.',
    details: { count, most: LIMITS.resourcesPerAcquire },
  });
}
