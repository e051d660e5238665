// The program of the thread that folds a log off the event loop, with a connection of its own.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { foldLog } from './app/fold-log.ts';
import { clock, createStore, type FoldOrder, hasher } from './compose.ts';

const { log, everyEvents } = workerData as FoldOrder;
const store = await createStore(log);
try {
  const report = await foldLog({ store, hasher, clock, nextTurn: () => nextTurn(), everyEvents });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
  parentPort?.postMessage(report);
} finally {
  await store.close();
}
