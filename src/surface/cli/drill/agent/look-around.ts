// What the rescue agent does that night's rescue did with a process list and a folder of lock files: it asks, and is told.

import { counted } from '../../../../core/view/count-text.ts';
import type { Desk } from './updates.ts';

interface FleetStatus {
  readonly agents: readonly { readonly agentId: string; readonly alive: string; readonly leases: number }[];
  readonly counts: { readonly leases: number; readonly waits: number };
}

interface LocksList {
  readonly locks: readonly {
    readonly resource: string;
    readonly holder: { readonly agentId: string } | null;
    readonly token: number | null;
    readonly alive: string;
    readonly waiting: number;
  }[];
}

/** Looks at the fleet and its locks, and says in sentences what it sees. */
export async function lookAround({ calls, notebook, agentId }: Desk): Promise<readonly string[]> {
  const sentMs = notebook.now();
  const status = await calls.call<FleetStatus>('fleet_status', {});
  const list = await calls.call<LocksList>('list_locks', {});
  const tookMs = notebook.now() - sentMs;
  const sentences = [
    ...(status.ok ? agentsSeen(status.reply, agentId) : []),
    ...(list.ok ? locksSeen(list.reply) : []),
  ];
  notebook.note('saw', { sentences, tookMs });
  return sentences;
}

function agentsSeen({ agents, counts }: FleetStatus, self: string): readonly string[] {
  const all = `${counted(agents.length, 'agent is', 'agents are')} here; ${counted(counts.leases, 'lock')} held, ${counts.waits} waiting.`;
  const stopped = agents.filter(({ agentId, alive }) => agentId !== self && alive === 'stopped');
  return [
    all,
    ...stopped.map(({ agentId, leases }) => `The process of ${agentId} is stopped; it ${holdsText(leases)}.`),
  ];
}

function locksSeen({ locks }: LocksList): readonly string[] {
  if (locks.length === 0) return ['Nothing is locked at this moment, and nobody waits: there is nothing to repair.'];
  return locks.map(({ resource, holder, token, alive, waiting }) => {
    const line = waiting === 0 ? 'nobody waits' : `${waiting} waiting`;
    if (holder === null) return `${resource} is kept for the first in line; ${line}.`;
    return `${resource} is held by ${holder.agentId} (token ${token ?? '?'}, process ${alive}); ${line}.`;
  });
}

function holdsText(leases: number): string {
  return leases === 0 ? 'holds nothing any more' : `holds ${counted(leases, 'lock')}`;
}
