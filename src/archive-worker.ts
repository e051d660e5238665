// The program of the thread that moves the beginning of a log into an archive, with a connection of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { archiveNext } from './app/retention/archive-log.ts';
import { type ArchiveOrder, clock, createSqlite, hasher, openArchives } from './compose.ts';

const { path, durability, folder, task } = workerData as ArchiveOrder;
const store = await createSqlite(path, durability);
try {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
  parentPort?.postMessage(await work());
} finally {
  await store.close();
}

async function work() {
  if (task.do === 'archive') {
    const { fleetId, keep } = task;
    const nowWallAt = clock.wallAt();
    return archiveNext({ store, folder: await openArchives(folder), hasher, fleetId, keep, nowWallAt });
  }
  await store.open();
  await store.truncate(task.lastSeq + 1);
  return null;
}
