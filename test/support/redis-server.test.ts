import { expect, it } from 'vitest';
import { RedisFailover } from './redis-failover.ts';
import { RedisServer } from './redis-server.ts';

it('a server keeps its data when it was killed, or loses it where that is asked for', async () => {
  const server = await RedisServer.start({ password: 'a secret' });
  try {
    await server.ask('SET', 'key', 'value');
    await server.restart({ withData: true });
    expect(await server.ask('GET', 'key')).toBe('value');
    await server.restart({ withData: false });
    expect(await server.ask('GET', 'key')).toBeNull();
  } finally {
    await server.stop();
  }
  expect(server.isRunning).toBe(false);
});

it('a replica that lagged takes the place of its master without what it was not sent', async () => {
  const rig = await RedisFailover.start();
  try {
    await rig.master.ask('SET', 'key', 'early');
    await rig.inSync();
    await rig.lag();
    await rig.master.ask('SET', 'key', 'late');
    const promoted = await rig.failOver();
    expect(rig.replicas).toContain(promoted);
    expect(await promoted.ask('GET', 'key')).toBe('early');
    await rig.master.restart({ withData: true });
    expect(await rig.current()).toBe(promoted);
  } finally {
    await rig.stop();
  }
});
