// Coordinators on one SQLite file, with real time: what the memory store cannot show.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { openHostMemory } from '../../src/adapters/system/host-memory.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { EPOCH_STRIDE } from '../../src/ports/event-store.ts';
import { codeOf, FleetRig, leased, seat, silent, tokenOf } from '../support/fleet-rig.ts';
import { waitUntil } from '../support/wait-until.ts';

let folder: string;
let rig: FleetRig<Clock>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brigade-fleet-'));
  rig = new FleetRig<Clock>({
    clock: systemClock,
    makeStore: () =>
      createSqliteStore({
        path: join(folder, '.brigade', 'brigade.db'),
        durability: 'host',
        clock: systemClock,
        hasher: nodeHasher,
        random: Math.random,
      }),
    memoryOf: () =>
      openHostMemory({
        base: join(folder, 'state'),
        fleetFolder: join(folder, '.brigade'),
        location: `sqlite:${join(folder, '.brigade', 'brigade.db')}`,
        clock: systemClock,
        logger: silent,
      }),
  });
});

afterEach(async () => {
  await rig.close();
  await rm(folder, { recursive: true, force: true });
});

const rising = (a: number, b: number): number => a - b;

function remove(): Promise<void> {
  return rm(join(folder, '.brigade'), { recursive: true });
}

async function epochOf(coordinator: LocalCoordinator): Promise<number> {
  return (await coordinator.view({ kind: 'fleet' })).head.epoch;
}

describe('coordinators on one SQLite file', () => {
  it('share one line: each release is the next one’s grant', async () => {
    const coordinators = await Promise.all(['a', 'b', 'c', 'd'].map((name) => rig.coordinator(name)));
    const cooks = await Promise.all(coordinators.map((each, i) => seat(each, `cook${i}`)));
    const order: number[] = [];
    let inside = 0;
    await Promise.all(
      cooks.map(async (cook) => {
        for (let round = 0; round < 5; round += 1) {
          const token = tokenOf(await cook.acquire('task:knife', { waitMs: 60_000 }));
          inside += 1;
          expect(inside).toBe(1);
          order.push(token);
          inside -= 1;
          expect(codeOf(await cook.release([{ resource: 'task:knife', token }]))).toBe('none');
        }
      }),
    );
    expect(order).toEqual([...order].toSorted((x, y) => x - y));
    expect(order).toHaveLength(20);
  });

  it('are sorry for no acknowledged event after the folder was removed under three of them', async () => {
    const all = [await rig.coordinator('a'), await rig.coordinator('b'), await rig.coordinator('c')] as const;
    const cooks = [await seat(all[0], 'ana'), await seat(all[1], 'bo'), await seat(all[2], 'cy')] as const;
    const [ana, bo, cy] = cooks;
    const held = tokenOf(await ana.acquire('task:stew'));
    await remove();
    // Each hears of it, or is granted in the new epoch; nothing is granted on what is left of the old file.
    const asked = await Promise.all([bo.acquire('task:soup'), cy.acquire('task:salad')]);
    const heard = asked.map(codeOf);
    expect(heard.filter((code) => code !== 'none' && code !== 'STORE_REGRESSED')).toEqual([]);
    await waitUntil('all in the new epoch', async () =>
      (await Promise.all(all.map(epochOf))).every((epoch) => epoch >= 1),
    );
    const token = await waitUntil('a grant', async () => {
      const outcome = await bo.acquire('task:soup');
      return codeOf(outcome) === 'none' && tokenOf(outcome);
    });
    expect(token).toBeGreaterThan(EPOCH_STRIDE);
    // The log was read to its end before it was given up, so nothing rests.
    expect(codeOf(await cy.acquire('task:stew'))).toBe('LEASE_HELD');
    expect((await ana.check('task:stew', held)).answer).toMatchObject({ holds: true });
    const views = await Promise.all(all.map((each) => each.view({ kind: 'locks' })));
    const tokens = views.map((view) => view.items.map((lock) => Number(lock.token)).toSorted(rising));
    expect(tokens[1]).toEqual(tokens[0]);
    expect(tokens[2]).toEqual(tokens[0]);
  });

  it('know every grant that one of them was given in the moment of the removal', async () => {
    const [a, b] = [await rig.coordinator('a'), await rig.coordinator('b')];
    const [ana, bo] = [await seat(a, 'ana'), await seat(b, 'bo')];
    const acknowledged: number[] = [];
    const work = (async () => {
      for (let i = 0; ; i += 1) {
        const outcome = await ana.acquire(`task:${i}`);
        if (codeOf(outcome) !== 'none') return;
        acknowledged.push(tokenOf(outcome));
      }
    })();
    await waitUntil('some grants', () => acknowledged.length > 5);
    await remove();
    await b.view({ kind: 'fleet' });
    await work;
    await waitUntil('the new epoch', async () => (await epochOf(b)) >= 1);
    const { items } = await b.view({ kind: 'locks', limit: 1_000 });
    const known = new Set(items.map((lock) => lock.token));
    expect(acknowledged.filter((token) => !known.has(token))).toEqual([]);
    expect(codeOf(await bo.acquire('task:0'))).toBe('LEASE_HELD');
  });

  it('find a removed log again although none of them lives', async () => {
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    const token = tokenOf(await ana.acquire('task:stew'));
    await a.close();
    await remove();
    const b = await rig.coordinator('b');
    expect(b.health().trouble).toMatchObject({ code: 'STORE_REGRESSED' });
    const bo = await seat(b, 'bo');
    expect(codeOf(await bo.acquire('task:stew'))).toBe('STORE_REGRESSED');
    await b.submit({
      by: { kind: 'operator', name: 'chef', proof: 'terminal' },
      requestId: 'repair',
      bodyHash: '',
      op: 'resume_granting',
      reason: 'nobody lives',
    });
    const outcome = await bo.acquire('task:stew');
    expect(leased(outcome).status).toBe('granted');
    expect(tokenOf(outcome)).toBeGreaterThan(token);
  });
});
