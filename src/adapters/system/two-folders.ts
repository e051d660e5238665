// A folder for secrets, and another one for when the first cannot be written (a read-only home, a sandbox). Both are
// read, so what one process had to write into the second is found by the others; new things go to the first that works.

import { join } from 'node:path';
import { errorCode } from './error-code.ts';
import { ensurePrivateFolder } from './private-files.ts';

/** What a folder answers that this process may not write, or cannot make. A full disk is not among them. */
const UNWRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

export interface TwoFolders {
  readonly primary: string;
  readonly fallback: string;
  /** The same pair, one level deeper. */
  below(name: string): TwoFolders;
  /** Every folder that may hold something, the first first. */
  paths(): readonly string[];
  /** Runs `write` with a folder that exists, is private and can be written; the second where the first cannot. */
  write<T>(write: (folder: string) => Promise<T>): Promise<T>;
  /** Why the second folder was used; null while the first one works. */
  readonly warning: () => string | null;
}

export function openTwoFolders(primary: string, fallback: string): TwoFolders {
  const found = { warning: null as string | null };
  return pair(primary, fallback, found);
}

function pair(primary: string, fallback: string, found: { warning: string | null }): TwoFolders {
  return {
    primary,
    fallback,
    below: (name) => pair(join(primary, name), join(fallback, name), found),
    paths: () => [primary, fallback],
    warning: () => found.warning,
    write: async (write) => {
      try {
        await ensurePrivateFolder(primary);
        return await write(primary);
      } catch (error) {
        if (!UNWRITABLE.has(errorCode(error))) throw error;
        found.warning = `${primary} cannot be written (${errorCode(error)}), so secrets are kept in ${fallback}, inside the workspace.`;
      }
      await ensurePrivateFolder(fallback);
      return write(fallback);
    },
  };
}

/** Runs `change` and lets it be where the folder cannot be written: what stays there is not in the way. */
export async function whereWritable(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!UNWRITABLE.has(errorCode(error))) throw error;
  }
}
