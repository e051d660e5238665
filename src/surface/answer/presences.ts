// Is the process of whoever is in the way still there? Looked up for the few sessions that an answer names.

import type { Seat } from '../../app/seat/seat.ts';
import { isRejection } from '../../core/rejection.ts';
import type { Presence } from '../../core/view/views.ts';

/** Presence of the sessions named, as far as this host can tell. Sessions it cannot tell of are absent. */
export async function presencesOf(
  seat: Seat,
  named: readonly { readonly agentId: string; readonly sessionId: string }[],
): Promise<ReadonlyMap<string, Presence>> {
  const agentIds = [...new Set(named.map(({ agentId }) => agentId))];
  const pages = await Promise.all(agentIds.map((agentId) => seat.look({ kind: 'agents', agentId })));
  const sessions = pages.flatMap((page) => (isRejection(page) ? [] : page.items.flatMap((agent) => agent.sessions)));
  return new Map(sessions.map(({ sessionId, presence }) => [sessionId, presence]));
}
