// The same waits as rows: who waits, for what, behind whom, how long, in which place.

import type { SpokenWaiter, SpokenWaits } from '../../data/types.ts';

export interface WaitRow {
  readonly key: string;
  readonly agentId: string;
  /** Null: nobody is in its way any more. */
  readonly sessionId: string | null;
  readonly resources: readonly string[];
  readonly behind: readonly string[];
  readonly ms: number;
  /** Null: it asks again and again, without standing in line. */
  readonly waiter: SpokenWaiter | null;
}

/** The longest first. */
export function waitRowsOf({ waiters, edges }: Pick<SpokenWaits, 'waiters' | 'edges'>): readonly WaitRow[] {
  const byTicket = new Map<string, (typeof edges)[number][]>();
  const rows: WaitRow[] = [];
  for (const edge of edges) {
    const { ticket, sessionId, agentId } = edge.from;
    if (ticket !== null) {
      const known = byTicket.get(ticket) ?? [];
      byTicket.set(ticket, known);
      known.push(edge);
    } else
      rows.push({
        key: `${sessionId} ${edge.to.sessionId} ${edge.resource}`,
        agentId,
        sessionId,
        resources: [edge.resource],
        behind: [edge.to.agentId],
        ms: edge.ageMs,
        waiter: null,
      });
  }
  for (const waiter of waiters) {
    const own = byTicket.get(waiter.ticket) ?? [];
    const holders = own.filter(({ kind }) => kind === 'hold');
    rows.push({
      key: waiter.ticket,
      agentId: waiter.agentId,
      sessionId: own[0]?.from.sessionId ?? null,
      resources: waiter.resources,
      behind: [...new Set((holders.length > 0 ? holders : own).map(({ to }) => to.agentId))],
      ms: waiter.waitedMs,
      waiter,
    });
  }
  return rows.toSorted((a, b) => b.ms - a.ms);
}

export function rowsMatching(rows: readonly WaitRow[], search: string): readonly WaitRow[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter(({ agentId, resources, behind }) =>
    [agentId, ...resources, ...behind].some((text) => text.toLowerCase().includes(wanted)),
  );
}
