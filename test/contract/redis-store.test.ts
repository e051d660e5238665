import { afterAll, beforeAll } from 'vitest';
import { RedisServer } from '../support/redis-server.ts';
import { exerciseEventStore } from './event-store-contract.ts';
import { createRedisLog } from './redis-log.ts';

let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(() => server.stop());

exerciseEventStore({
  name: 'redis',
  create: async () => createRedisLog(server),
  exceptions: [],
});
