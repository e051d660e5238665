// The program of the thread that looks back, with a connection of its own. It lives until it is ended.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PastViewer } from './app/past/past-viewer.ts';
import { clock, createStore, hasher, type KeptLog, servePast } from './compose.ts';

const makeStore = () => createStore(workerData as KeptLog);
const viewer = new PastViewer({ makeStore, hasher, clock, nextTurn: () => nextTurn(), savesWaymarks: true });
if (parentPort !== null) await servePast(viewer, parentPort);
