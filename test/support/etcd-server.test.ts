import { expect, it } from 'vitest';
import { EtcdCluster } from './etcd-server.ts';
import { waitUntil } from './wait-until.ts';

it('a cluster of three outlives its leader, and the leader comes back with what was written meanwhile', async () => {
  const cluster = await EtcdCluster.start({ members: 3 });
  try {
    const leader = await cluster.leader();
    await leader.kill();
    expect(leader.isRunning).toBe(false);
    await waitUntil('another leader', () => cluster.leader());
    const [next] = cluster.members.filter((member) => member !== leader);
    await next?.ctl('put', 'key', 'value');
    await leader.restart();
    await cluster.healthy();
    expect(await leader.ctl('get', 'key', '--print-value-only')).toBe('value');
  } finally {
    await cluster.stop();
  }
  expect(cluster.members.map((member) => member.isRunning)).toEqual([false, false, false]);
});

it('a member that was stopped answers nothing until it goes on', async () => {
  const cluster = await EtcdCluster.start();
  const [member] = cluster.members;
  try {
    expect(await member?.isLeader()).toBe(true);
    member?.pause();
    await expect(member?.ctl('--command-timeout=300ms', 'get', 'key')).rejects.toThrow('Command failed');
    member?.resume();
    await cluster.healthy();
  } finally {
    await cluster.stop();
  }
});
