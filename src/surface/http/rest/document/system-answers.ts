// What views of Brigade itself answer; see `answers.ts`.

import type { Described } from './answers.ts';
import * as schemas from './system-schemas.ts';

const ETAG = { ETag: 'of this content, for If-None-Match' };
const system = {
  version: '1.0.0',
  node: 'v24.21.0',
  pid: 4711,
  startedAtMs: 1_763_590_000_000,
  uptimeMs: 4_607_118,
  root: '/home/ana/shop',
  store: {
    kind: 'sqlite',
    location: 'sqlite:/home/ana/shop/.brigade/brigade.db',
    durability: 'host',
    format: 3,
    head: { epoch: 0, seq: 10_061 },
    logBytes: 4_194_304,
    walBytes: 524_288,
    archives: null,
    events: 10_061,
    oldestSeq: 1,
    snapshot: { seq: 10_000, ageMs: 61_000 },
    caveats: [],
  },
  desk: { role: 'desk', pid: 4711, clients: 3, trouble: null },
  granting: { ok: true },
  trouble: null,
  limits: { waitMaxMs: 600_000, resourcesPerAcquire: 256 },
  commit: {
    count: 3,
    meanMs: 2.1,
    p50Ms: 1.8,
    p99Ms: 4.6,
    buckets: [
      { leMs: 2, count: 2 },
      { leMs: 5, count: 1 },
      { leMs: null, count: 0 },
    ],
  },
  clock: { wallAt: '2026-11-19T23:25:07.118Z', lastWallAt: '2026-11-19T23:25:01.002Z', finding: null },
};

const chain = {
  state: 'whole',
  checkedTo: 10_061,
  head: 'f'.repeat(64),
  atMs: 1_763_594_607_118,
  events: 10_061,
  batches: 7_204,
  archives: 0,
  brokenAt: null,
  message: 'Up to number 10061 it is whole.',
};

export const SYSTEM_ANSWERS: Readonly<Record<string, Described>> = {
  checkChain: {
    status: 200,
    description: 'What was found, or how far it is',
    content: { 'application/json': { schema: schemas.Chain, example: chain } },
    refusals: [],
  },
  getSystem: {
    status: 200,
    description: 'How it is',
    content: { 'application/json': { schema: schemas.System, example: system } },
    refusals: [],
    headers: ETAG,
    isView: true,
  },
};
