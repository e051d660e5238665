// What a handle asks of its server while it follows a log in which nothing happens: thousands of them may follow theirs there.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { storeFrom } from './store-config.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

async function looks(): Promise<number> {
  const [, calls = '0'] = /cmdstat_hget:calls=(\d+)/.exec(String(await server.ask('INFO', 'commandstats'))) ?? [];
  return Number(calls);
}

it('a handle that is told of what is written looks for it once a second', async () => {
  const store = storeFrom({ kind: 'redis', url: server.url, fleet: 'kitchen' });
  try {
    await store.open();
    store.onAppended(() => undefined);
    await waitUntil('a subscription', async () => String(await server.ask('PUBSUB', 'CHANNELS')).includes('kitchen'));
    const [before, startedMs] = [await looks(), performance.now()];
    await waitUntil('some looks', async () => (await looks()) >= before + 3, { withinMs: 20_000 });
    // The first of them may come at once, and later than they should under load, but never sooner.
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
  } finally {
    await store.close();
  }
});
