// The program of the thread that moves the beginning of a log into an archive, with a connection of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { archiveTask } from './app/retention/archive-task.ts';
import { type ArchiveOrder, archivesAlone, clock, createStore, hasher, openArchives } from './compose.ts';

const { log, folder: folderPath, task } = workerData as ArchiveOrder;
const [folder, alone] = [await openArchives(folderPath), await archivesAlone(folderPath)];
const store = await createStore(log);
try {
  const archived = await archiveTask({ store, folder, hasher, alone, nowWallAt: clock.wallAt() }, task);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
  parentPort?.postMessage(archived);
} finally {
  await store.close();
}
