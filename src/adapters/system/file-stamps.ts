// Stamps of files in a folder, a few at a time, so that a large tree does not hold everything else up.

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStamp, FileStamps } from '../../ports/file-stamps.ts';

const AT_ONCE = 32;

export function fileStampsIn(root: string): FileStamps {
  return {
    of: async (paths) => {
      const stamps: (FileStamp | null)[] = [];
      for (let from = 0; from < paths.length; from += AT_ONCE)
        stamps.push(...(await Promise.all(paths.slice(from, from + AT_ONCE).map((path) => stampOf(join(root, path))))));
      return stamps;
    },
  };
}

/** Links are files of their own. What cannot be looked at is not there. */
async function stampOf(path: string): Promise<FileStamp | null> {
  try {
    const stats = await lstat(path);
    if (stats.isDirectory()) return null;
    return { changedMs: stats.mtimeMs, size: stats.size, inode: stats.ino };
  } catch {
    return null;
  }
}
