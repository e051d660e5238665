// The thread that looks back: the same answers, bounded, replaced when it fails, gone when nobody asks; and a desk asks its
// own for its guests.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { createPastThread } from '../../src/adapters/system/past-thread.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import type { PastViews } from '../../src/ports/past-views.ts';
import type { KeptLog } from '../../src/ports/store-location.ts';
import { DeskRig } from '../support/desk-rig.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { FleetRig, seat } from '../support/fleet-rig.ts';

let folder = '';
let thread: PastViews | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brigade-past-'));
});
afterEach(async () => {
  await thread?.close();
  thread = null;
  await rm(folder, { recursive: true, force: true });
});

const COUNTS = { kind: 'counts' } as const;

/** A thread whose program is `text`; says how many were started. */
async function threadOf(text: string, clock = createFakeClock()) {
  const program = join(folder, 'program.mjs');
  const starts = join(folder, 'starts');
  const counted = `import { appendFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    appendFileSync(${JSON.stringify(starts)}, '.');
    ${text}`;
  await writeFile(program, counted);
  await writeFile(starts, '');
  const views = createPastThread(pathToFileURL(program), logAt('/nowhere'), clock);
  thread = views;
  return { thread: views, clock, started: async () => (await readFile(starts, 'utf8')).length };
}

function logAt(path: string): KeptLog {
  return { location: { kind: 'sqlite', path }, durability: 'process' };
}

const ANSWERS = `const answer = { asOf: {}, view: 'seen' };
  parentPort.on('message', ({ id, moment }) => {
    if (moment.seq === 13) throw new Error('thirteen');
    if (moment.seq !== 99) parentPort.postMessage({ id, answer });
  });`;

describe('the thread that looks back', () => {
  it('answers as this process would, from a connection of its own', async () => {
    const path = join(folder, 'brigade.db');
    const open = (): EventStore =>
      createSqliteStore({ path, durability: 'process', clock: systemClock, hasher: nodeHasher, random: Math.random });
    const rig = new FleetRig({ clock: systemClock, makeStore: open });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    for (let i = 0; i < 20; i += 1) await ana.acquire(`task:${i}`);
    const program = new URL('../../src/past-worker.ts', import.meta.url);
    thread = createPastThread(program, logAt(path), systemClock);
    const { seq: head } = a.health().head;
    for (const seq of [head, 5, 12]) {
      const query = { kind: 'locks' } as const;
      expect(await thread.view(query, { seq })).toEqual(await a.viewAt(query, { seq }));
    }
    expect(await thread.view(COUNTS, { seq: head + 1 })).toMatchObject({ code: 'INVALID_ARGUMENT' });
    // Another log in its place has another past.
    for (const end of ['', '-wal', '-shm']) await rm(`${path}${end}`, { force: true });
    expect(await thread.view(COUNTS, { seq: 5 })).toMatchObject({
      message: expect.stringContaining('Nothing was logged') as string,
    });
    await rig.close();
  });

  it('that fails says so to whoever waits, and the next one is answered by another', async () => {
    const { thread: views, started } = await threadOf(ANSWERS);
    const [failed, beside] = await Promise.all([views.view(COUNTS, { seq: 13 }), views.view(COUNTS, { seq: 99 })]);
    for (const answer of [failed, beside])
      expect(answer).toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('thirteen') as string,
        retryAfterMs: 1_000,
      });
    expect(await views.view(COUNTS, { seq: 1 })).toMatchObject({ view: 'seen' });
    expect(await started()).toBe(2);
  });

  it('that says nothing for a minute is ended', async () => {
    const { thread: views, clock, started } = await threadOf(ANSWERS);
    await views.view(COUNTS, { seq: 1 });
    const stuck = views.view(COUNTS, { seq: 99 });
    await clock.advance(60_000);
    expect(await stuck).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('minute') as string,
    });
    expect(await views.view(COUNTS, { seq: 1 })).toMatchObject({ view: 'seen' });
    expect(await started()).toBe(2);
  });

  it('ends when nobody has asked for a minute', async () => {
    const { thread: views, clock, started } = await threadOf(ANSWERS);
    await views.view(COUNTS, { seq: 1 });
    await clock.advance(59_000);
    await views.view(COUNTS, { seq: 1 });
    await clock.advance(59_000);
    await views.view(COUNTS, { seq: 1 });
    expect(await started()).toBe(1);
    await clock.advance(60_000);
    await views.view(COUNTS, { seq: 1 });
    expect(await started()).toBe(2);
  });

  it('is asked so much at once and no more', async () => {
    const { thread: views } = await threadOf(ANSWERS);
    const asked = Array.from({ length: 20 }, () => views.view(COUNTS, { seq: 99 }));
    const refused = await Promise.all(asked.slice(16));
    expect(refused.map((answer) => isRejection(answer) && answer.code)).toEqual(Array(4).fill('BUSY'));
    await views.close();
    const left = await Promise.all(asked.slice(0, 16));
    expect(left.every((answer) => isRejection(answer))).toBe(true);
    expect(await views.view(COUNTS, { seq: 1 })).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('a desk', () => {
  it('looks back for its guests, who fold nothing', async () => {
    const rig = new DeskRig();
    const [a, b] = [await rig.start('a'), await rig.start('b')];
    const ana = await rig.clock.advanceUntil(seat(a.coordinator, 'ana', { pid: a.pid }));
    await ana.acquire('task:stew');
    const { seq } = a.coordinator.health().head;
    await ana.release('all');
    const then = await b.coordinator.viewAt({ kind: 'locks' }, { seq });
    expect(then).toMatchObject({ asOf: { seq }, view: { items: [{ resource: 'task:stew' }] } });
    expect(await b.coordinator.viewAt({ kind: 'locks' }, { seq: 99_999 })).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(b.opened).toEqual([]);
    await rig.close();
  });
});
