// Notes of conversations as files in the state folder of their fleet, `conversations/<digest of the id>`, the owner's alone.

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conversations } from '../../ports/conversations.ts';
import { nodeHasher } from './node-hasher.ts';
import { readPrivateFile, writePrivateFile } from './private-files.ts';
import { type StateFolderOptions, stateFoldersOf } from './state-folder.ts';
import type { TwoFolders } from './two-folders.ts';

/** Beyond this many the oldest go. */
const NOTES_MAX = 10_000;
/** Well below what a private file may have. */
const NOTE_BYTES_MAX = 48 * 1024;
/** How many notes are made between two looks whether there are too many. */
const NOTES_BETWEEN = 500;

/** Opens without touching the disk. */
export function openConversationFiles(options: StateFolderOptions, max = NOTES_MAX): Conversations {
  const folders = stateFoldersOf(options).below('conversations');
  let sinceLook = Number.POSITIVE_INFINITY;
  return {
    noteBytesMax: NOTE_BYTES_MAX,
    noteOf: (id) => newest(folders, id),
    async note(id, text) {
      if (Buffer.byteLength(text) > NOTE_BYTES_MAX) throw new RangeError('the note is too long');
      await folders.write(async (folder) => {
        await writePrivateFile(fileOf(folder, id), text);
        sinceLook += 1;
        if (sinceLook < Math.min(NOTES_BETWEEN, max)) return;
        sinceLook = 0;
        await dropOldest(folder, max);
      });
    },
    async forget(id) {
      for (const folder of folders.paths()) await rm(fileOf(folder, id), { force: true });
    },
  };
}

/** The second folder has one only where the first could not be written, and then the first has an earlier one at most. */
async function newest(folders: TwoFolders, id: string): Promise<string | null> {
  for (const folder of folders.paths().toReversed()) {
    const text = await readPrivateFile(fileOf(folder, id));
    if (text !== null) return text;
  }
  return null;
}

function fileOf(folder: string, id: string): string {
  return join(folder, nodeHasher.sha256Hex(id).slice(0, 40));
}

async function dropOldest(folder: string, max: number): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= max) return;
  const aged = await Promise.all(names.map((name) => agedFile(join(folder, name))));
  const oldestFirst = aged.toSorted((a, b) => a.noted - b.noted);
  // Room for those that come before the next look, so that not every one of them pays for a look.
  const surplus = names.length - max + Math.min(NOTES_BETWEEN, Math.floor(max / 2));
  for (const { path } of oldestFirst.slice(0, surplus)) await rm(path, { force: true });
}

async function agedFile(path: string): Promise<{ readonly path: string; readonly noted: number }> {
  // Another server may have dropped it meanwhile.
  const stats = await stat(path).catch(/* Gone is as old as can be. */ () => null);
  return { path, noted: stats?.mtimeMs ?? 0 };
}
