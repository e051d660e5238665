// The wait-for graph's nodes: every session that an edge begins or ends at.

import type { WaitsView } from '../../core/view/views.ts';

export function graphNodes({ edges, waiters }: Pick<WaitsView, 'edges' | 'waiters'>) {
  const presence = new Map(waiters.map((waiter) => [waiter.sessionId, waiter.presence]));
  const ends = edges.flatMap(({ from, to }) => [from, to]);
  const nodes = new Map(ends.map(({ sessionId, agentId }) => [sessionId, agentId]));
  return [...nodes].map(([sessionId, agentId]) => ({
    sessionId,
    agentId,
    isWaiting: presence.has(sessionId),
    alive: presence.get(sessionId) ?? null,
  }));
}
