// The key of the user's desks: 32 random bytes in a file that only its owner can read. It is made once; of processes that
// race for it one makes it and all read the same. Where the state folder cannot be written it is kept in the fleet folder.

import { join } from 'node:path';
import { DeskFault } from '../../ports/desk-door.ts';
import type { IdSource } from '../../ports/id-source.ts';
import { errorCode } from '../system/error-code.ts';
import { createPrivateFile, readPrivateFile, removePrivateFile } from '../system/private-files.ts';
import { openTwoFolders } from '../system/two-folders.ts';
import { faultOf } from './faults.ts';

const NAME = 'desk-key';
const KEY = /^[0-9a-f]{64}$/;

export interface DeskKeyOptions {
  readonly stateBase: string;
  readonly fleetFolder: string;
  readonly ids: IdSource;
}

/** The key, 64 hexadecimal digits. Throws `DeskFault` `unusable`. */
export async function deskKey({ stateBase, fleetFolder, ids }: DeskKeyOptions): Promise<string> {
  const folders = openTwoFolders(stateBase, join(fleetFolder, 'state'));
  try {
    const kept = await readKey(folders.paths());
    if (kept !== null) return kept;
    await folders.write(async (folder) => {
      const file = join(folder, NAME);
      // Cut short by a lost disk: nobody can have used it.
      await removePrivateFile(file, (text) => !KEY.test(text));
      await createPrivateFile(file, freshKey(ids));
    });
    const made = await readKey(folders.paths());
    if (made !== null) return made;
  } catch (error) {
    throw faultOf('The key of the desk cannot be kept', error);
  }
  throw new DeskFault('unusable', 'The key of the desk was removed while it was made.');
}

/** The first folder's goes before the second's, whoever wrote which when. */
async function readKey(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const text = await readUnlessClosed(join(folder, NAME));
    if (text !== null && KEY.test(text)) return text;
  }
  return null;
}

async function readUnlessClosed(path: string): Promise<string | null> {
  try {
    return await readPrivateFile(path);
  } catch (error) {
    // A folder of the user's that a sandbox does not show: the other one serves.
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM') return null;
    throw error;
  }
}

function freshKey(ids: IdSource): string {
  return Buffer.from(ids.newSecret(), 'base64url').toString('hex');
}
