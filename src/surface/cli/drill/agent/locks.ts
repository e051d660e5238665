// Taking and giving back locks as a careful agent does: it looks who is in its way when it has to wait, keeps each token, and
// knows until when it may believe in what it was granted.

import type { Behind } from '../journal.ts';
import { SCALE } from '../scale.ts';
import type { Notebook } from './notebook.ts';
import type { ToolCalls } from './tool-calls.ts';

export interface Wanted {
  readonly resources: readonly string[];
  readonly reason: string;
  readonly update: number | null;
  readonly ttlMs?: number;
}

/** What was granted. */
export interface Held {
  readonly leases: readonly { readonly resource: string; readonly token: number }[];
  /** On this host's monotonic clock: from request sent, what it waited and what it is safe for. */
  readonly believedUntilMs: number;
}

/** The request would have closed a circle. */
export interface Aborted {
  readonly aborted: string;
}

interface AcquireReply {
  readonly status: 'granted' | 'queued' | 'renewed';
  readonly leases: readonly { readonly resource: string; readonly token: number; readonly safeForMs: number }[];
  readonly waitedMs: number;
  readonly ticket: string | null;
  readonly position: number | null;
  readonly blockedBy: readonly Behind[];
}

/** Waits until the locks are granted, however long that takes, or until Brigade ends the wait to break a deadlock. */
export async function acquire(calls: ToolCalls, notebook: Notebook, wanted: Wanted): Promise<Held | Aborted> {
  const { resources, reason, update, ttlMs = SCALE.ttlMs } = wanted;
  const fresh = { resources, reason, ttlMs };
  notebook.note('asked', { resources, update });
  for (let ask: Readonly<Record<string, unknown>> = { ...fresh, waitMs: SCALE.firstWaitMs }; ; ) {
    const heard = await calls.call<AcquireReply>('acquire_lock', ask, { waits: true });
    if (!heard.ok) {
      if (heard.code === 'WAIT_ABORTED_DEADLOCK') return { aborted: heard.message };
      if (heard.code !== 'WAIT_TIMED_OUT') throw new Error(`acquire_lock answered ${heard.code}: ${heard.message}`);
      ask = { ...fresh, waitMs: SCALE.firstWaitMs };
      continue;
    }
    const { status, leases, waitedMs, ticket, position, blockedBy } = heard.reply;
    if (status === 'queued') {
      notebook.note('queued', { behind: blockedBy.map(behind), position, update });
      ask = { ticket, waitMs: SCALE.waitMs };
      continue;
    }
    const tokens = Object.fromEntries(leases.map(({ resource, token }) => [resource, token]));
    notebook.note('granted', { tokens, update });
    const safeForMs = Math.min(...leases.map((lease) => lease.safeForMs));
    return { leases, believedUntilMs: heard.sentMs + waitedMs + safeForMs };
  }
}

/** Gives them back. That a lease has ended meanwhile is in the journal, and nothing more can be done about it. */
export async function release(calls: ToolCalls, notebook: Notebook, { leases }: Pick<Held, 'leases'>): Promise<void> {
  const refs = leases.map(({ resource, token }) => ({ resource, token }));
  const token = refs[0]?.token ?? 0;
  const heard = await calls.call('release_lock', { leases: refs }, { token });
  if (heard.ok) notebook.note('released', { resources: refs.map(({ resource }) => resource) });
}

function behind({ agentId, kind, alive, heldForMs, idleForMs }: Behind): Behind {
  return { agentId, kind, alive, heldForMs, idleForMs };
}
