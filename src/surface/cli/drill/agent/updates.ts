// One update, as every agent makes it: take the lock, write governed state under its token, change a real file, give the lock
// back. The governed write is refused to an old token; a file cannot refuse, so before it is touched the agent asks itself
// whether it may still believe in its lock.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlannedUpdate } from '../protocol.ts';
import { METADATA_FILE, STATE_KEY, withEdit } from '../workspace-files.ts';
import { acquire, type Held, release } from './locks.ts';
import type { Notebook } from './notebook.ts';
import { replaceFile } from './replace-file.ts';
import type { ToolCalls } from './tool-calls.ts';

export interface Desk {
  readonly calls: ToolCalls;
  readonly notebook: Notebook;
  readonly agentId: string;
  readonly workspace: string;
}

const METADATA = `file:${METADATA_FILE}`;

/** Makes an update, from the start as often as its lock was lost on the way. */
export async function makeUpdate(desk: Desk, planned: PlannedUpdate): Promise<void> {
  await pause(planned.pauseMs);
  for (;;) {
    const held = await takeLock(desk, planned.update);
    if (await writeUnder(desk, held, planned)) return;
  }
}

export async function takeLock({ calls, notebook }: Desk, update: number): Promise<Held> {
  const wanted = { resources: [METADATA], reason: `update ${update}`, update };
  const held = await acquire(calls, notebook, wanted);
  if ('aborted' in held) throw new Error(`a wait for one lock was ended as a deadlock: ${held.aborted}`);
  return held;
}

/** Everything of an update but taking the lock. False when the lock had ended before it was done. */
export async function writeUnder(desk: Desk, held: Held, planned: PlannedUpdate): Promise<boolean> {
  const { calls, notebook } = desk;
  const isWritten = (await putState(desk, held, planned.update)) && (await editMetadata(desk, held, planned));
  await release(calls, notebook, held);
  return isWritten;
}

/** Counts the update in governed state: reads, adds one, writes under the token. False when it was refused. */
async function putState({ calls, notebook, agentId }: Desk, held: Held, update: number): Promise<boolean> {
  const [lease] = held.leases;
  if (lease === undefined) return false;
  const { resource, token } = lease;
  const found = await calls.call<{ readonly entries: readonly { readonly value: { readonly count: number } }[] }>(
    'get_state',
    {
      prefix: STATE_KEY,
    },
  );
  const count = (found.ok ? (found.reply.entries[0]?.value.count ?? 0) : 0) + 1;
  const value = { count, agent: agentId, update };
  const heard = await calls.call<{ readonly version: number }>(
    'put_state',
    { key: STATE_KEY, value, resource, token },
    { token },
  );
  if (heard.ok) notebook.note('put', { key: STATE_KEY, version: heard.reply.version, token, update });
  return heard.ok;
}

/** Changes the file that everybody shares. False, and nothing touched, when the lock cannot be believed in any more. */
async function editMetadata(desk: Desk, held: Held, planned: PlannedUpdate): Promise<boolean> {
  const token = held.leases[0]?.token ?? 0;
  const { agentId, notebook } = desk;
  const { update } = planned;
  const change = (text: string): string => withEdit(text, { agent: agentId, update, token });
  const isDone = await editFile(desk, held, { file: METADATA_FILE, token, dwellMs: planned.dwellMs, change });
  if (isDone) notebook.note('edited', { file: METADATA_FILE, token, update });
  return isDone;
}

export interface FileChange {
  readonly file: string;
  readonly token: number;
  readonly dwellMs: number;
  readonly change: (text: string) => string;
}

/** Reads a file, thinks, writes it whole. False when belief in the lock does not last that long. */
export async function editFile(
  { notebook, workspace }: Desk,
  { believedUntilMs }: Pick<Held, 'believedUntilMs'>,
  { file, token, dwellMs, change }: FileChange,
): Promise<boolean> {
  if (notebook.now() + dwellMs >= believedUntilMs) {
    notebook.note('doubted', { token });
    return false;
  }
  const path = join(workspace, file);
  notebook.note('entered', { file, token });
  const text = await readFile(path, 'utf8');
  await pause(dwellMs);
  await replaceFile(path, change(text));
  notebook.note('left', { file, token });
  return true;
}
