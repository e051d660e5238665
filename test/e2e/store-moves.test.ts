// A fleet that moves from store to store, with real servers and real processes.

import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEtcdStore } from '../../src/adapters/etcd/etcd-store.ts';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import { CLI_SHAPES, shapeOf } from '../pins/cli.ts';
import { brigadeBin } from '../support/brigade-bin.ts';
import { writeIncompressible } from '../support/marked-log.ts';
import { containing, matching } from '../support/matching.ts';
import { atTerminal } from '../support/pty.ts';
import { type Ran, Scratch } from '../support/scratch.ts';
import { StoreServers, withoutPassword } from '../support/store-servers.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Copied {
  readonly fleetId: string;
  readonly events: number;
  readonly digest: string;
  readonly done: boolean;
  readonly alreadyThere: number;
  readonly head: { readonly seq: number; readonly hash: string };
}

let servers: StoreServers;
let scratch: Scratch;
let operator: Readonly<Record<string, string>>;

beforeAll(async () => {
  servers = await StoreServers.start();
}, 60_000);
afterAll(() => servers.stop());
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.brigade(['acquire', 'task:first']);
  const { stdout } = await scratch.brigade(['token', 'operator', '--force']);
  operator = { BRIGADE_OPERATOR_TOKEN: stdout.trim() };
});
afterEach(() => scratch.close());

const sqlite = (name: string): string => `sqlite:${join(scratch.folder, name)}`;
const home = (): string => `sqlite:${join(scratch.root, '.brigade', 'brigade.db')}`;

/** `brigade ARGS` with its log at `store`. */
async function at(store: string, ...args: readonly string[]): Promise<Ran> {
  return withoutPassword(await scratch.brigade(args, { env: { ...operator, BRIGADE_STORE: store } }));
}

async function copy(from: string, to: string, ...args: readonly string[]): Promise<Ran> {
  return withoutPassword(await scratch.brigade(['store', 'copy', from, to, ...args], { env: operator }));
}

async function copied(from: string, to: string, ...args: readonly string[]): Promise<Copied> {
  const { code, stdout, stderr } = await copy(from, to, '--json', ...args);
  if (code !== 0) throw new Error(`the copy ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Copied;
}

async function granted(store: string, resource: string): Promise<number> {
  const { stdout, stderr } = await at(store, 'acquire', resource, '--json');
  const { leases } = JSON.parse(stdout === '' ? stderr : stdout) as { leases: readonly { token: number }[] };
  return leases[0]?.token ?? 0;
}

/** The log of the workspace itself, for a test that writes what no command would. */
function storeAtHome(): EventStore {
  const path = join(scratch.root, '.brigade', 'brigade.db');
  return createSqliteStore({
    path,
    durability: 'process',
    clock: systemClock,
    hasher: nodeHasher,
    random: Math.random,
  });
}

async function inHome<T>(work: (store: EventStore) => Promise<T>): Promise<T> {
  const store = storeAtHome();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

describe('a fleet that moves', () => {
  it('goes through all stores as one fleet, in all directions, and leaves none of them open behind it', async () => {
    const stores = [
      home(),
      servers.fresh('redis'),
      servers.fresh('etcd'),
      servers.fresh('redis'),
      sqlite('back.db'),
      servers.fresh('etcd'),
      sqlite('end.db'),
    ] as const;
    const tokens: number[] = [];
    const fleets = new Set<string>();
    for (const [i, from] of stores.slice(0, -1).entries()) {
      const to = stores[i + 1] ?? '';
      tokens.push(await granted(from, `task:at-${i}`));
      await at(from, 'state', 'put', 'stop', String(i), '--if-version', String(i));
      const { fleetId, done, alreadyThere } = await copied(from, to);
      expect({ done, alreadyThere }).toEqual({ done: true, alreadyThere: 0 });
      fleets.add(fleetId);
      const refused = await at(from, 'acquire', 'task:late');
      expect(refused).toMatchObject({ code: 8, stderr: containing('(STORE_MOVED)') });
      expect(refused.stderr).toContain(to.replace(/\/\/.*@/, '//'));
    }
    const end = stores.at(-1) ?? '';
    tokens.push(await granted(end, 'task:at-the-end'));
    expect(fleets.size).toBe(1);
    expect(tokens.toSorted((a, b) => a - b)).toEqual(tokens);
    expect((await at(end, 'state', 'get', 'stop')).stdout).toContain('5');
    const { stdout } = await at(end, 'watch', '--json', '--once', '--from', '1');
    const seen = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { seq: number; type: string });
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, i) => i + 1));
    expect(seen.some(({ type }) => type === 'fleet.moved')).toBe(false);
    expect(await at(end, 'doctor')).toMatchObject({ code: 0 });
  });

  it('tells a program what it did', async () => {
    expect(shapeOf(await copied(home(), servers.fresh('etcd')))).toEqual(CLI_SHAPES.copy);
  });

  it('says first what it would do, and makes nothing by that', async () => {
    const to = servers.fresh('redis');
    const dry = await copied(home(), to, '--dry-run');
    expect(dry).toMatchObject({ done: false, alreadyThere: 0 });
    expect(await copied(home(), sqlite('none.db'), '--dry-run')).toMatchObject({ done: false });
    expect(existsSync(join(scratch.folder, 'none.db'))).toBe(false);
    expect((await servers.keys('redis')).filter((key) => key.includes(to.split('#')[1] ?? ''))).toEqual([]);
    expect(await at(home(), 'acquire', 'task:still-here')).toMatchObject({ code: 0 });
  });

  it('needs an operator, and nobody at work', async () => {
    const to = servers.fresh('etcd');
    expect(await scratch.brigade(['store', 'copy', home(), to])).toMatchObject({
      code: 3,
      stderr: containing('OPERATOR_REQUIRED'),
    });
    const [ana] = await scratch.agents(['ana']);
    expect(await copy(home(), to)).toMatchObject({ code: 3, stderr: matching(/attached.*ana/s) });
    await ana?.close();
    await waitUntil('ana to have left', async () => !(await at(home(), 'agents')).stdout.includes('ana  '), {
      withinMs: 20_000,
    });
    expect(await copy(home(), to)).toMatchObject({ code: 0 });
  });

  it('tells a process that has the log open where the fleet has gone', async () => {
    const to = servers.fresh('redis');
    const agent = await scratch.agent();
    await agent.call('list_locks', {});
    await copied(home(), to);
    const refused = await agent.call('acquire_lock', { resources: ['task:x'], waitMs: 0 });
    expect(refused.told).toMatchObject({ code: 'STORE_MOVED', details: { to: matching(/^redis:\/\/127/) } });
    expect((await agent.call('diagnose', {})).text).toContain('has moved to');
    expect((await at(home(), 'status')).stdout).toMatch(/This log has ended \(STORE_MOVED\)/);
    expect(await at(home(), 'doctor')).toMatchObject({ code: 1, stdout: containing('STORE_MOVED') });
  });

  it('refuses a place that is taken, itself, and one that is none', async () => {
    const other = servers.fresh('etcd');
    await granted(other, 'task:of-others');
    expect(await copy(home(), other)).toMatchObject({ code: 3, stderr: matching(/not empty.*no beginning/) });
    expect(await copy(home(), home())).toMatchObject({ code: 2, stderr: containing('the same') });
    expect(await copy(home(), 'memory:')).toMatchObject({ code: 2 });
    const other2 = servers.fresh('redis');
    await copied(home(), other2);
    const again = other2.replace('127.0.0.1', 'localhost');
    expect(await copy(other2, again)).toMatchObject({ code: 2, stderr: containing('one store under two names') });
    expect(await at(other2, 'acquire', 'task:still-here')).toMatchObject({ code: 0 });
    expect(await copy(sqlite('nowhere.db'), other)).toMatchObject({ code: 2, stderr: containing('no log at') });
    expect(await copy(servers.fresh('redis'), servers.fresh('redis'))).toMatchObject({
      code: 2,
      stderr: containing('no log at'),
    });
    expect(existsSync(join(scratch.folder, 'nowhere.db'))).toBe(false);
  });
});

describe('a copy that is killed', () => {
  const BATCHES = 3_000;

  /** So many batches of one event. */
  async function longLog(): Promise<void> {
    const store = storeAtHome();
    let head = await store.open();
    const wallAt = systemClock.wallAt();
    for (let i = 0; i < BATCHES; i += 1) {
      const seq = head.seq + 1;
      const event = {
        type: 'drill.marked',
        seq,
        at: seq,
        wallAt,
        version: 1,
        actor: 'brigade',
        label: `${i}`,
        note: '',
      } as const;
      const parts = {
        id: `mark-${i}`,
        at: seq,
        wallAt,
        placeId: 'p',
        epoch: 0,
        format: head.format,
        hasher: nodeHasher,
      };
      head = (await store.append(head, encodeBatch(head, [encodeEvent(event)], parts))).head;
    }
    await store.close();
  }

  function begun(to: string): ChildProcess {
    return spawn(process.execPath, [brigadeBin, 'store', 'copy', home(), to], {
      cwd: scratch.root,
      env: { PATH: process.env.PATH ?? '', ...scratch.env, ...operator },
      stdio: 'ignore',
    });
  }

  it('is gone on from, more than once, and ends as any other', async () => {
    await longLog();
    const to = servers.fresh('etcd');
    const [url = '', fleet = ''] = to.split('#');
    const watched = createEtcdStore({ url, fleet, clock: systemClock, hasher: nodeHasher, random: Math.random });
    const reached: number[] = [];
    for (const enough of [200, 1_000]) {
      const child = begun(to);
      const ended = new Promise((resolve) => void child.once('exit', resolve));
      await waitUntil(`${enough} events to be copied`, async () => (await watched.open()).seq >= enough, {
        withinMs: 60_000,
        everyMs: 20,
      });
      child.kill('SIGKILL');
      await ended;
      reached.push((await watched.open()).seq);
    }
    await watched.close();
    expect(reached[0]).toBeLessThan(reached[1] ?? 0);
    expect(reached[1]).toBeLessThan(BATCHES);
    expect(await at(home(), 'acquire', 'task:still-here')).toMatchObject({ code: 0 });
    const done = await copied(home(), to);
    expect(done.alreadyThere).toBe(reached[1]);
    expect(await at(to, 'doctor')).toMatchObject({ code: 0, stdout: containing(done.head.hash) });
    expect(await at(home(), 'acquire', 'task:late')).toMatchObject({ code: 8 });
    expect(await copied(home(), to)).toMatchObject({ done: true });
  });
});

describe('a batch that etcd does not take', () => {
  it('is found before anything is copied, with what to do; and the fleet is where it was', async () => {
    const large = await inHome((store) => writeIncompressible(store, 3_000_000));
    const to = servers.fresh('etcd');
    const expected = { code: 2, stderr: containing('(TOO_LARGE)') };
    for (const more of [['--dry-run'], []]) expect(await copy(home(), to, ...more)).toMatchObject(expected);
    const { stderr } = await copy(home(), to);
    expect(stderr).toMatch(new RegExp(`up to number ${large}, is more than etcd://.* takes at once: .* compressed`));
    expect(stderr).toMatch(/Copy it to another kind of store\..*retention/s);
    expect((await servers.keys('etcd')).filter((key) => key.includes(`/${to.split('#')[1]}/`))).toEqual([]);
    expect(await at(home(), 'acquire', 'task:still-here')).toMatchObject({ code: 0 });
    const file = join(scratch.folder, 'backup.db');
    expect(await at(home(), 'store', 'backup', file)).toMatchObject({ code: 0 });
    const restored = await atTerminal(scratch, ['store', 'restore', file], { env: { BRIGADE_STORE: to } });
    expect(restored).toMatchObject({ code: 2, shown: containing('TOO_LARGE') });
    expect(await copied(home(), servers.fresh('redis'))).toMatchObject({ done: true });
  });
});

describe('what this host remembers of a move', () => {
  it('is that the fleet is at the new place: wiped before anybody used it, it is no place for a new fleet', async () => {
    const redis = servers.fresh('redis');
    await copied(home(), redis);
    for (const key of await servers.keys('redis'))
      if (key.includes(redis.split('#')[1] ?? '')) await servers.redis.ask('DEL', key);
    expect(await at(redis, 'acquire', 'task:x')).toMatchObject({ code: 8, stderr: containing('(STORE_REGRESSED)') });
  });

  it('and that the old log has ended: one that is put back as it was is not taken for it', async () => {
    const file = join(scratch.folder, 'before.db');
    await scratch.brigade(['store', 'backup', file]);
    await copied(home(), servers.fresh('etcd'));
    const restored = await scratch.brigade(['store', 'restore', file], { env: operator });
    expect(restored).toMatchObject({
      code: 8,
      stderr: matching(/has moved to.*A backup belongs there.*\(STORE_MOVED\)/),
    });
    const path = join(scratch.root, '.brigade', 'brigade.db');
    for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
    copyFileSync(file, path);
    expect(await at(home(), 'acquire', 'task:x')).toMatchObject({ code: 8, stderr: containing('(STORE_REGRESSED)') });
  });
});

describe('a fleet whose new store is lost', () => {
  it('is not copied over it again, and goes on from where it left by an operator’s word, with larger tokens', async () => {
    const redis = servers.fresh('redis');
    await copied(home(), redis);
    const last = await granted(redis, 'task:over-there');
    for (const key of await servers.keys('redis'))
      if (key.includes(redis.split('#')[1] ?? '')) await servers.redis.ask('DEL', key);
    expect(await copy(home(), redis)).toMatchObject({ code: 3, stderr: containing('repair --force') });
    const repair = (...more: readonly string[]) =>
      atTerminal(scratch, ['store', 'repair', '--reason', 'flushed', ...more]);
    expect((await repair()).shown).toMatch(/makes two fleets/);
    expect(await repair('--force')).toMatchObject({ code: 0, shown: containing('goes on here') });
    expect(await at(home(), 'acquire', 'task:rests')).toMatchObject({
      code: 8,
      stderr: containing('(STORE_REGRESSED)'),
    });
    expect(await repair()).toMatchObject({ code: 0, shown: containing('Granting goes on') });
    expect(await granted(home(), 'task:again')).toBeGreaterThan(last);
    expect(await at(home(), 'doctor')).toMatchObject({ code: 0 });
  });
});
