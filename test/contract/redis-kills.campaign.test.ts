// S5 and S8 on Redis, again and again: writers killed half-way, and the server killed under two writers that append without end.

import { describe, expect, it, onTestFinished } from 'vitest';
import { EMPTY_HEAD } from '../../src/ports/event-store.ts';
import { readAll } from '../support/batches.ts';
import { campaignCount } from '../support/campaign.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { expectWholeAfterKills } from './killed-writers.ts';
import { createRedisLog } from './redis-log.ts';

const writerKills = campaignCount(100, { atLeast: 4 });
const serverKills = campaignCount(50, { atLeast: 3 });

describe('a log in Redis', () => {
  // oxlint-disable-next-line vitest/expect-expect -- expectWholeAfterKills asserts
  it('is whole after its writers were killed half-way', async () => {
    const server = await RedisServer.start();
    const log = createRedisLog(server);
    onTestFinished(() => server.stop());
    onTestFinished(() => log.remove());
    await expectWholeAfterKills({
      rounds: writerKills,
      open: async () => {
        const store = log.connect();
        await store.open();
        return store;
      },
      openElsewhere: async () => {
        const store = log.connectElsewhere();
        await store.open();
        return store;
      },
    });
  });

  it('has everything that a server acknowledged before it was killed', async () => {
    const server = await RedisServer.start();
    const log = createRedisLog(server);
    onTestFinished(() => server.stop());
    onTestFinished(() => log.remove());
    const writers = [log.connectElsewhere(), log.connectElsewhere()];
    await Promise.all(writers.map((writer) => writer.open()));
    for (const writer of writers) writer.flood(EMPTY_HEAD, 2_000);
    for (let kill = 0; kill < serverKills; kill += 1) {
      // Whoever comes back last wins little before the next kill, so only one of them is waited for.
      await Promise.race(writers.map((writer) => writer.nextAcknowledged()));
      await server.restart({ withData: true });
    }
    await Promise.all(writers.map((writer) => writer.kill()));
    const reader = log.connect();
    await waitUntil('the server', () => reader.open());
    const ids = new Set((await readAll(reader)).map(({ id }) => id));
    const acknowledged = writers.flatMap((writer) => [...writer.acknowledged]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(serverKills);
    expect(acknowledged.filter(({ batchId }) => !ids.has(batchId))).toEqual([]);
  });
});
