// Who gets into a log in Redis, with which rights, and what they are told who do not.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { EMPTY_HEAD, type EventStore } from '../../src/ports/event-store.ts';
import { mustAppend } from '../support/batches.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { storeFrom } from './store-config.ts';

let server: RedisServer;
let fleet: string;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(() => server.stop());

beforeEach(() => {
  fleet = `t-${randomUUID()}`;
});

function store(url = server.url, deadlineMs = 5_000): EventStore {
  const own = storeFrom({ kind: 'redis', url, fleet, deadlineMs, pollMs: 50 });
  onTestFinished(() => own.close());
  return own;
}

describe('who may come in', () => {
  it('is told when the password is wrong, without it', async () => {
    const guarded = await RedisServer.start({ password: 'right' });
    onTestFinished(() => guarded.stop());
    await store(guarded.url).open();
    const mistaken = guarded.url.replace('right', 'mistaken');
    const needless = server.url.replace('redis://', 'redis://:mistaken@');
    for (const url of [mistaken, guarded.url.replace(':right@', ''), needless]) {
      const refused = store(url).open();
      await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'none' } });
      await expect(refused).rejects.toThrow('does not take this user and password');
      await expect(refused).rejects.not.toThrow('mistaken');
    }
  });

  it('waits for a place where there are too many already', async () => {
    const guarded = await RedisServer.start({ password: 'right' });
    const first = createClient({ url: guarded.url });
    first.on('error', () => undefined);
    onTestFinished(async () => {
      first.destroy();
      await guarded.stop();
    });
    await first.connect();
    await first.sendCommand(['CONFIG', 'SET', 'maxclients', '1']);
    const own = store(guarded.url).open();
    const refusals = async (): Promise<number> =>
      Number(/rejected_connections:(\d+)/.exec(await first.sendCommand<string>(['INFO', 'stats']))?.[1]);
    await waitUntil('two tries', async () => (await refusals()) > 1);
    await first.sendCommand(['CONFIG', 'SET', 'maxclients', '100']);
    expect(await own).toEqual(EMPTY_HEAD);
  });

  it('is told which database there is not', async () => {
    const refused = store(`${server.url}/99`).open();
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(refused).rejects.toThrow('DB index is out of range');
  });

  it('needs no more than the keys and channels of its fleet', async () => {
    const rights = [`~{brigade:${fleet}}:*`, `&{brigade:${fleet}}:*`, '+@all', '-@dangerous', '+info', '+config|get'];
    await server.ask('ACL', 'SETUSER', 'least', 'on', '>secret', ...rights);
    onTestFinished(async () => void (await server.ask('ACL', 'DELUSER', 'least')));
    const url = server.url.replace('redis://', 'redis://least:secret@');
    const [own, other] = [store(url), store(url)];
    await other.open();
    const hinted = new Promise<unknown>(
      (resolve) => void other.onAppended((batch) => batch !== undefined && resolve(batch)),
    );
    let head = await own.open();
    while (head.seq < 40) {
      head = await mustAppend(own, head);
      if (await Promise.race([hinted, Promise.resolve(false)])) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await hinted;
    await own.saveSnapshot({ ...head, body: 'all' });
    expect(await own.truncate(head.seq + 1)).toBe(head.seq + 1);
    await own.beat({ placeId: 'a', bootId: 'b', counter: 1, wallAt: '2025-11-19T23:25:00.000Z' });
    expect(await own.caveats?.()).toEqual([]);
  });

  it('hears of appends by polling where it may not subscribe', async () => {
    await server.ask('ACL', 'SETUSER', 'deaf', 'on', '>secret', '~*', 'resetchannels', '+@all');
    onTestFinished(async () => void (await server.ask('ACL', 'DELUSER', 'deaf')));
    const url = server.url.replace('redis://', 'redis://deaf:secret@');
    const [own, other] = [store(url), store(url)];
    await other.open();
    let hints = 0;
    other.onAppended(() => {
      hints += 1;
    });
    const head = await mustAppend(own, await own.open());
    await waitUntil('a hint', () => hints > 0);
    const before = hints;
    await mustAppend(own, head);
    await waitUntil('another hint', () => hints > before);
    expect(await other.read(head.seq, 10)).toHaveLength(1);
    // On a new connection anything may have been missed.
    const known = hints;
    await server.ask('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitUntil('a hint after it was connected again', () => hints > known);
  });
});

it('without the package @redis/client says what to install', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const missing = Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
    registerHooks({ resolve: (name, context, next) => { if (name === '@redis/client') throw missing; return next(name, context); } });
    const at = (path) => new URL('../../src/adapters/' + path, '${import.meta.url}').href;
    const { createRedisStore } = await import(at('redis/redis-store.ts'));
    const { nodeHasher: hasher } = await import(at('system/node-hasher.ts'));
    const { systemClock: clock } = await import(at('system/system-clock.ts'));
    const store = createRedisStore({ url: '${server.url}', fleet: 'x', clock, hasher, random: Math.random });
    await store.open().catch((error) => console.log(error.code, error.message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toContain('STORE_UNAVAILABLE');
  expect(stdout).toContain('npm install @redis/client');
});
