// What docs/redis.md says that a user needs, on a real server: a store that may do no more than that does everything.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendAll, mustAppend } from '../support/batches.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { beatOf } from './event-store-contract.ts';
import { storeFrom } from './store-config.ts';

const page = readFileSync(new URL('../../docs/redis.md', import.meta.url), 'utf8');
const lines = Array.from(page.matchAll(/^ACL SETUSER brigade (.+)$/gm), ([, rights = '']) => rights);

let server: RedisServer;
let replica: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
  replica = await RedisServer.start({ replicaOf: server });
});
afterAll(async () => {
  await replica.stop();
  await server.stop();
});

it.each([0, 1])('the user of line %i', async (index) => {
  const fleet = `kitchen-${index}`;
  const rights = (lines[index] ?? '').replaceAll('kitchen', fleet).split(' ');
  await server.ask('ACL', 'SETUSER', 'brigade', 'reset', ...rights);
  const url = `${server.url.replace('redis://', 'redis://brigade:PASSWORD@')}?replicas=1`;
  const [own, other] = [storeFrom({ kind: 'redis', url, fleet }), storeFrom({ kind: 'redis', url, fleet })];
  try {
    let hints = 0;
    other.onAppended(() => {
      hints += 1;
    });
    await other.open();
    const start = await own.open();
    await waitUntil('a subscription', async () => String(await server.ask('PUBSUB', 'CHANNELS')).includes(fleet));
    const heads = await appendAll(own, start, [{}, {}, {}]);
    const head = heads.at(-1) ?? start;
    await waitUntil('hints', () => hints > 0);
    for (const each of heads.slice(1)) await own.saveSnapshot({ ...each, body: 'x'.repeat(1_000_000) });
    expect((await other.loadSnapshot())?.seq).toBe(head.seq);
    expect(await own.truncate(3)).toBe(3);
    await own.beat(beatOf('a', 1));
    expect(await other.beats()).toEqual([beatOf('a', 1)]);
    expect(await own.caveats?.()).toEqual([]);
    await mustAppend(own, head);
    const refused = await storeFrom({ kind: 'redis', url, fleet: 'elsewhere' })
      .open()
      .catch((error: { code: string }) => error.code);
    expect(refused).toBe('STORE_UNAVAILABLE');
  } finally {
    await Promise.all([own.close(), other.close()]);
  }
});
