// What is told of Brigade itself, held against what it is.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpRig } from '../../../../test/support/http-rig.ts';
import { restRig } from '../../../../test/support/rest-rig.ts';

describe('GET /v1/system', () => {
  it('tells the process, the log and what it takes, and how long commits took', async () => {
    const { ask, register, fleet } = await restRig();
    for (const id of ['ana', 'bo', 'cy']) await register(id);
    const root = fleet.host.settings.root.value;
    const { status, body } = await ask('GET', '/v1/system');
    const { seq } = fleet.coordinator.health().head;
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: '0.0.0',
      node: process.version,
      pid: process.pid,
      root,
      store: {
        kind: 'sqlite',
        durability: 'process',
        head: { epoch: 0, seq },
        events: seq,
        oldestSeq: 1,
        archives: null,
        snapshot: null,
      },
      desk: { role: 'direct', pid: null, clients: null, trouble: null },
      granting: { ok: true },
      trouble: null,
      clock: { finding: null },
    });
    const { store, commit, startedAtMs, uptimeMs, clock } = body as unknown as Told;
    const file = join(root, '.brigade', 'brigade.db');
    expect([store.logBytes, store.walBytes]).toEqual([statSync(file).size, statSync(`${file}-wal`).size]);
    expect(Math.abs(startedAtMs + uptimeMs - Date.parse(clock.wallAt))).toBeLessThan(1_000);
    expect(Date.parse(clock.lastWallAt)).toBeLessThanOrEqual(Date.parse(clock.wallAt));
    expect(commit.count).toBeGreaterThanOrEqual(3);
    expect(commit.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(commit.count);
    expect(commit.buckets.at(-1)?.leMs).toBeNull();
    expect(commit.p50Ms).toBeLessThanOrEqual(commit.p99Ms);
    expect(commit.meanMs).toBeGreaterThan(0);
  });

  it('tells of a log in memory what there is to tell', async () => {
    const { app } = await httpRig();
    const answer = await app.request('http://127.0.0.1/v1/system', { headers: { host: '127.0.0.1' } });
    expect(await answer.json()).toMatchObject({
      store: { kind: 'memory', logBytes: null, walBytes: null, archives: null, events: 0, snapshot: null },
      commit: { count: 0, meanMs: null, p50Ms: null, p99Ms: null },
      clock: { lastWallAt: null },
    });
  });
});

interface Told {
  readonly startedAtMs: number;
  readonly uptimeMs: number;
  readonly store: { readonly logBytes: number; readonly walBytes: number };
  readonly clock: { readonly wallAt: string; readonly lastWallAt: string };
  readonly commit: {
    readonly count: number;
    readonly meanMs: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly buckets: readonly { readonly leMs: number | null; readonly count: number }[];
  };
}
