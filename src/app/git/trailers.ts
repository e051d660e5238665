// What the message of a commit says of the agent that made it: its name, and the leases under which it changed what it changed.

import { describeKey, type ResourceKey } from '../../core/resource/resource-key.ts';
import { oneLine } from '../../core/view/one-line.ts';
import type { HeldView } from '../../core/view/views.ts';
import type { Committer } from './committer.ts';

export const AGENT_TRAILER = 'Brigade-Agent';
export const LEASE_TRAILER = 'Brigade-Lease';
/** More than a person reads. */
const LEASES = 20;
/** No path is longer. */
const NAME_LENGTH = 4_096;

/** Lines such as `Brigade-Agent: ana`; null for a person, and where it is not known which of several agents it is. */
export function trailersOf(committer: Committer, own: readonly HeldView[], worktree: string): readonly string[] | null {
  if (committer.kind === 'person') return null;
  const [agent, ...others] = new Set(committer.sessions.map(({ agentId }) => agentId));
  if (agent === undefined || others.length > 0) return null;
  const leases = own.slice(0, LEASES).map(({ resource, token }) => {
    return `${LEASE_TRAILER}: ${oneLine(describeKey(resource as ResourceKey, worktree), NAME_LENGTH)}=${token}`;
  });
  return [`${AGENT_TRAILER}: ${agent}`, ...leases];
}
