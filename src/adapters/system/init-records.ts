// Keeps what `brigade init` remembers in the user's state folder, one file for each file it wrote into:
//
//   <state base>/init/<digest of the path>.json

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { InitRecords } from '../../ports/init-records.ts';
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from './private-files.ts';

export function openInitRecords(stateBase: string): InitRecords {
  const folder = join(stateBase, 'init');
  const fileOf = (path: string) => join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.json`);
  return {
    read: async (path) => {
      const text = await readPrivateFile(fileOf(path));
      return text === null ? null : parsed(text);
    },
    keep: async (path, record) => {
      await ensurePrivateFolder(folder);
      await writePrivateFile(fileOf(path), `${JSON.stringify({ path, ...record })}\n`);
    },
    forget: (path) => rm(fileOf(path), { force: true }),
  };
}

/** A record that cannot be read is none: what it would have told is guessed instead. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
