// How long each agent waited, as it felt it: from asking to having the lock in hand, whatever the log says. And how long it
// held, from the log.

import type { FleetEvent } from '../../../../core/event.ts';
import type { JournalLine } from '../journal.ts';

export interface Wait {
  readonly agentId: string;
  readonly askedMs: number;
  readonly waitedMs: number;
  readonly resources: readonly string[];
  /** Who was in its way when it last looked; null when it never had to look. */
  readonly behind: string | null;
}

/** Waits that ended in a grant, in the order of asking. */
export function waitsOf(agentId: string, journal: readonly JournalLine[]): readonly Wait[] {
  const waits: Wait[] = [];
  let asked: { readonly atMs: number; readonly resources: readonly string[] } | null = null;
  let behind: string | null = null;
  for (const line of journal) {
    if (line.what === 'asked') {
      asked = line;
      behind = null;
    }
    if (line.what === 'queued') behind ??= line.behind[0]?.agentId ?? null;
    if (line.what !== 'granted' || asked === null) continue;
    waits.push({ agentId, askedMs: asked.atMs, waitedMs: line.atMs - asked.atMs, resources: asked.resources, behind });
    asked = null;
  }
  return waits;
}

export function longestOf(waits: readonly Wait[]): Wait | null {
  return waits.reduce<Wait | null>(
    (longest, wait) => (wait.waitedMs > (longest?.waitedMs ?? -1) ? wait : longest),
    null,
  );
}

const ENDS: ReadonlySet<FleetEvent['type']> = new Set([
  'lease.released',
  'lease.expired',
  'lease.revoked',
  'lease.dropped',
]);

/** Milliseconds of fleet time that each agent held leases, added up. */
export function heldMs(events: readonly FleetEvent[]): ReadonlyMap<string, number> {
  const open = new Map<number, { readonly agentId: string; readonly at: number }>();
  const held = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'lease.granted') open.set(event.seq, { agentId: event.agentId ?? '', at: event.at });
    if (!ENDS.has(event.type) || event.token === undefined) continue;
    const lease = open.get(event.token);
    if (lease === undefined) continue;
    open.delete(event.token);
    held.set(lease.agentId, (held.get(lease.agentId) ?? 0) + event.at - lease.at);
  }
  return held;
}
