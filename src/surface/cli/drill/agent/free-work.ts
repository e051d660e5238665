// What agents of an incident do, each on its own order: one call, a lock, the same call in a circle, steady writing. What is
// acknowledged is noted at once, so that the journal can be held against the log.

import { setTimeout as pause } from 'node:timers/promises';
import type { LeaseRef, OrderResult, Told, ToolArguments } from '../protocol.ts';
import { acquire } from './locks.ts';
import type { Notebook } from './notebook.ts';
import type { ToolCalls } from './tool-calls.ts';

interface Means {
  readonly calls: ToolCalls;
  readonly notebook: Notebook;
}

type Fields = Readonly<Record<string, unknown>>;

/** Refused, an agent that writes rests this long before it tries again. */
const RETRY_MS = 100;
/** Nobody looks at the clock here: long enough for the slowest machine. */
const TTL_MS = 60_000;

/** One call; what it acknowledges is noted. */
export async function callOnce({ calls, notebook }: Means, tool: string, args: ToolArguments): Promise<OrderResult> {
  const heard = await calls.call<Fields>(tool, args, { waits: true });
  if (!heard.ok) return { told: { ok: false, code: heard.code, message: heard.message, next: heard.next } };
  noteAcknowledged(notebook, tool, args, heard.reply);
  return { told: { ok: true, reply: heard.reply } };
}

/** Waits for locks as long as it takes. */
export async function waitFor(
  { calls, notebook }: Means,
  wanted: { readonly resources: readonly string[]; readonly reason: string; readonly ttlMs: number },
): Promise<OrderResult> {
  const held = await acquire(calls, notebook, { ...wanted, update: null });
  return 'aborted' in held ? { aborted: held.aborted } : { leases: held.leases };
}

/** Calls without a rest until `isOver`, or until it is granted what it asks for. Answers what it heard last, and how often it was refused. */
export async function hammer(
  { calls, notebook }: Means,
  { tool, args }: { readonly tool: string; readonly args: ToolArguments },
  isOver: () => boolean,
): Promise<OrderResult> {
  let refused = 0;
  let told: Told | undefined;
  while (!isOver()) {
    const heard = await calls.call<Fields>(tool, args, { waits: true, isQuiet: refused > 0 });
    if (heard.ok) {
      noteAcknowledged(notebook, tool, args, heard.reply);
      return { told: { ok: true, reply: heard.reply }, refused };
    }
    refused += 1;
    told = { ok: false, code: heard.code, message: heard.message, next: heard.next };
  }
  return told === undefined ? { refused } : { told, refused };
}

/** Writes until `isOver`; refused, it tries again. Answers how often it was refused. */
export async function load(
  { calls, notebook }: Means,
  work: { readonly key: string; readonly pauseMs: number; readonly bytes: number },
  isOver: () => boolean,
): Promise<OrderResult> {
  const resource = `task:${work.key}`;
  let lastMs = notebook.now();
  let refused = 0;
  for (let count = 1; !isOver(); count += 1) {
    const version = await writeOnce(calls, notebook, { ...work, resource, count });
    if (version === null) refused += 1;
    else notebook.note('wrote', { key: work.key, version, sinceLastMs: notebook.now() - lastMs });
    if (version !== null) lastMs = notebook.now();
    await pause(version === null ? RETRY_MS : work.pauseMs);
  }
  return { refused };
}

/** The version that was acknowledged; null when something was refused. */
async function writeOnce(
  calls: ToolCalls,
  notebook: Notebook,
  { key, bytes, resource, count }: { key: string; bytes: number; resource: string; count: number },
): Promise<number | null> {
  const ask = { resources: [resource], waitMs: 0, ttlMs: TTL_MS, reason: `write ${count}` };
  const granted = await calls.call<Fields>('acquire_lock', ask);
  if (!granted.ok) return null;
  noteAcknowledged(notebook, 'acquire_lock', ask, granted.reply);
  const token = leasesIn(granted.reply)[0]?.token ?? 0;
  const value = { count, text: 'x'.repeat(bytes) };
  const put = await calls.call<{ readonly version: number }>('put_state', { key, value, resource, token }, { token });
  const released = await calls.call('release_lock', { leases: [{ resource, token }] }, { token });
  if (released.ok) notebook.note('released', { resources: [resource] });
  return put.ok ? put.reply.version : null;
}

function noteAcknowledged(notebook: Notebook, tool: string, args: ToolArguments, reply: Fields): void {
  if (tool === 'acquire_lock' && reply.status === 'granted') {
    const tokens = Object.fromEntries(leasesIn(reply).map(({ resource, token }) => [resource, token]));
    notebook.note('granted', { tokens, update: null });
  }
  if (tool === 'put_state') {
    notebook.note('wrote', { key: String(args.key), version: Number(reply.version), sinceLastMs: 0 });
  }
}

function leasesIn({ leases }: Fields): readonly LeaseRef[] {
  return Array.isArray(leases) ? (leases as readonly LeaseRef[]) : [];
}
