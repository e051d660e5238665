// The real servers that are measured, as they are started for it: on this machine, on ports of their own. Where they are not
// installed the benchmark says so, and goes on with the others.

import { EtcdCluster } from '../../test/support/etcd-server.ts';
import { RedisServer } from '../../test/support/redis-server.ts';
import type { StartedStore } from './measure-store.ts';
import { openStore } from './open-store.ts';

export interface Server extends StartedStore {
  readonly url: string;
  /** What it says of itself; zeros where it is not asked. */
  readonly facts: () => Promise<ServerFacts>;
  readonly stop: () => Promise<void>;
}

export interface ServerFacts {
  readonly memoryBytes: number;
  readonly connections: number;
  /** Since it was started; what scripts did is not counted again. */
  readonly calls: number;
}

export const SERVERS: readonly { readonly name: string; readonly start: () => Promise<Server> }[] = [
  { name: 'Redis, appendfsync always', start: () => startRedis('Redis, appendfsync always', 'always') },
  { name: 'Redis, appendfsync everysec', start: () => startRedis('Redis, appendfsync everysec', 'everysec') },
  { name: 'etcd, one member', start: () => startEtcd('etcd, one member', 1) },
  { name: 'etcd, three members', start: () => startEtcd('etcd, three members', 3) },
];

async function startRedis(name: string, appendfsync: 'always' | 'everysec'): Promise<Server> {
  const server = await RedisServer.start({ config: { appendfsync, maxclients: '20000' } });
  const { url, pid } = server;
  return {
    name,
    url,
    pids: [pid],
    isSingle: true,
    isSynced: appendfsync === 'always',
    open: (fleet) => openStore(url, fleet),
    facts: async () => factsIn(String(await server.ask('INFO', 'everything'))),
    stop: () => server.stop(),
  };
}

async function startEtcd(name: string, members: 1 | 3): Promise<Server> {
  const cluster = await EtcdCluster.start({ members });
  const { url } = cluster;
  return {
    name,
    url,
    pids: cluster.members.map(({ pid }) => pid),
    isSingle: false,
    isSynced: true,
    open: (fleet) => openStore(url, fleet),
    facts: () => Promise.resolve({ memoryBytes: 0, connections: 0, calls: 0 }),
    stop: () => cluster.stop(),
  };
}

/** What clients send, as far as adapters use it; the rest is called by scripts. */
const SENT = ['evalsha', 'eval', 'hget', 'hgetall', 'hvals', 'append', 'wait'];

function factsIn(info: string): ServerFacts {
  const numberOf = (name: string): number => Number(new RegExp(`^${name}:(?:calls=)?(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return {
    memoryBytes: numberOf('used_memory'),
    connections: numberOf('connected_clients'),
    calls: SENT.reduce((sum, command) => sum + numberOf(`cmdstat_${command}`), 0),
  };
}
