// The fault that the drill must not overlook: an agent that writes without asking. Only a test turns it on, to see that the
// report says so.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlannedUpdate } from '../protocol.ts';
import { METADATA_FILE, withEdit } from '../workspace-files.ts';
import { replaceFile } from './replace-file.ts';
import type { Desk } from './updates.ts';

const POLL_MS = 5;
const PATIENCE_MS = 5_000;

/** Reads the shared file, lets somebody else change it, and writes what it had read, with its own edit on top. */
export async function writeWithoutLock(
  { notebook, agentId, workspace }: Desk,
  { update }: PlannedUpdate,
): Promise<void> {
  const path = join(workspace, METADATA_FILE);
  notebook.note('entered', { file: METADATA_FILE, token: 0 });
  const text = await readFile(path, 'utf8');
  const giveUpMs = notebook.now() + PATIENCE_MS;
  while ((await readFile(path, 'utf8')) === text && notebook.now() < giveUpMs) await pause(POLL_MS);
  await replaceFile(path, withEdit(text, { agent: agentId, update, token: 0 }));
  notebook.note('left', { file: METADATA_FILE, token: 0 });
  notebook.note('edited', { file: METADATA_FILE, token: 0, update });
}
