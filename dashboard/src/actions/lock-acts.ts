// What an operator may do about a lock.

import type { SpokenLock } from '../data/types.ts';
import type { Act } from './act.ts';

/** Null where nobody holds it. */
export function revokeOf({ resource, holder, token }: SpokenLock): Act | null {
  if (holder === null || token === null) return null;
  return {
    title: `Revoke ${resource}, held by ${holder.agentId}`,
    means: `${holder.agentId} holds it no more and is told so; whoever is next in line has it at once. What it writes with its old token is refused.`,
    verb: 'Revoke',
    path: '/v1/locks/revoke',
    body: { resource, token },
    isGrave: true,
  };
}

/** Null where nobody holds it. */
export function askOf({ resource, holder }: SpokenLock): Act | null {
  if (holder === null) return null;
  return {
    title: `Ask ${holder.agentId} to let go of ${resource}`,
    means: `${holder.agentId} gets a task that names this lock, and reads it with its next call. It decides; nothing is taken from it.`,
    verb: 'Ask',
    path: '/v1/messages',
    body: { to: holder.agentId, type: 'task', resource },
    reasonMember: 'text',
    reasonTitle: 'What you write to it',
  };
}
