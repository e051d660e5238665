// SQLite's locks belong to the process, and a library knows only its own: with two libraries on one file in one process,
// one that closes drops the locks of the other, and a second writer enters a running transaction.

import { StoreFault } from '../../ports/event-store.ts';
import type { SqliteDriverName } from './sqlite-driver.ts';

const openFiles = new Map<string, { readonly driver: SqliteDriverName; handles: number }>();

/** Notes that `file` is opened with `driver`; the answer takes the note back. Throws STORE_UNSAFE beside another one. */
export function claimForLibrary(file: string, driver: SqliteDriverName): () => void {
  const entry = openFiles.get(file) ?? { driver, handles: 0 };
  if (entry.driver !== driver) {
    throw new StoreFault(
      'STORE_UNSAFE',
      `${file} is already open in this process with ${entry.driver}. Two SQLite libraries on one file in one process ` +
        "drop each other's locks; use one of them.",
      { details: { file, driver, openWith: entry.driver } },
    );
  }
  entry.handles += 1;
  openFiles.set(file, entry);
  return () => {
    entry.handles -= 1;
    if (entry.handles === 0) openFiles.delete(file);
  };
}
