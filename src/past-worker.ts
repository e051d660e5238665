// The program of the thread that looks back, with a connection of its own. It lives until it is ended.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PastViewer } from './app/past/past-viewer.ts';
import { clock, createSqlite, hasher, type PastLocation, servePast } from './compose.ts';

const { path, durability } = workerData as PastLocation;
const makeStore = () => createSqlite(path, durability);
const viewer = new PastViewer({ makeStore, hasher, clock, nextTurn: () => nextTurn(), savesWaymarks: true });
if (parentPort !== null) await servePast(viewer, parentPort);
