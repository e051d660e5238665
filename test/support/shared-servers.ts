// The servers of a log that hosts share, as tests use either: one Redis, or a cluster of etcd.

import type { EtcdConfig, RedisConfig } from '../contract/store-config.ts';
import { EtcdCluster } from './etcd-server.ts';
import { RedisServer } from './redis-server.ts';
import { waitUntil } from './wait-until.ts';

export type SharedKind = 'redis' | 'etcd';

export const SHARED_KINDS: readonly SharedKind[] = ['redis', 'etcd'];

/** The fleet of every such test. */
export const FLEET = 'kitchen';

export interface SharedServers {
  readonly kind: SharedKind;
  /** What Brigade is told. */
  readonly url: string;
  /** The log of the fleet, for a test that looks into it. */
  readonly config: RedisConfig | EtcdConfig;
  /** Every server is stopped: connections stand, and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Every server is asked to end, and has ended. */
  shutDown(): Promise<void>;
  /** Starts them again, with what was acknowledged. Resolves once they answer. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Without a password Redis refuses whoever is not on its own host. */
const OPEN = { 'protected-mode': 'no' } as const;

/** Reached at `host`. */
export async function startServers(kind: SharedKind, host: string): Promise<SharedServers> {
  return kind === 'redis'
    ? redisServers(await RedisServer.start({ host, config: OPEN }))
    : etcdServers(await EtcdCluster.start({ host }));
}

function redisServers(server: RedisServer): SharedServers {
  return {
    kind: 'redis',
    url: server.url,
    config: { kind: 'redis', url: server.url, fleet: FLEET },
    pause: () => server.pause(),
    resume: () => server.resume(),
    shutDown: () => shutDown([server]),
    restart: () => server.restart({ withData: true }),
    stop: () => server.stop(),
  };
}

function etcdServers(cluster: EtcdCluster): SharedServers {
  const { members, url } = cluster;
  return {
    kind: 'etcd',
    url,
    config: { kind: 'etcd', url, fleet: FLEET },
    pause: () => {
      for (const member of members) member.pause();
    },
    resume: () => {
      for (const member of members) member.resume();
    },
    shutDown: () => shutDown(members),
    restart: async () => {
      await Promise.all(members.map((member) => member.restart()));
      await cluster.healthy();
    },
    stop: () => cluster.stop(),
  };
}

async function shutDown(servers: readonly { readonly pid: number; readonly isRunning: boolean }[]): Promise<void> {
  for (const { pid } of servers) process.kill(pid, 'SIGTERM');
  await waitUntil('the end of all servers', () => servers.every(({ isRunning }) => !isRunning));
}
