// A Redis and an etcd for tests of what Brigade does with either, both behind a password that nothing may print.

import { EtcdCluster } from './etcd-server.ts';
import { RedisServer } from './redis-server.ts';
import type { Ran } from './scratch.ts';

export const PASSWORD = 'hunter2-of-the-store';

export class StoreServers {
  readonly redis: RedisServer;
  readonly etcd: EtcdCluster;
  #fleets = 0;

  private constructor(redis: RedisServer, etcd: EtcdCluster) {
    this.redis = redis;
    this.etcd = etcd;
  }

  static async start(): Promise<StoreServers> {
    const redis = await RedisServer.start({ password: PASSWORD });
    const etcd = await EtcdCluster.start();
    await etcd.enableAuth(PASSWORD);
    return new StoreServers(redis, etcd);
  }

  /** URL of a fleet that nobody had before. */
  fresh(kind: 'redis' | 'etcd'): string {
    this.#fleets += 1;
    return `${kind === 'redis' ? this.redis.url : this.etcd.url}#fleet-${this.#fleets}`;
  }

  /** Every key that is there, of every fleet. */
  async keys(kind: 'redis' | 'etcd'): Promise<readonly string[]> {
    if (kind === 'redis') return ((await this.redis.ask('KEYS', '*')) as readonly string[]).toSorted();
    const printed = await this.etcd.ctl('get', '--prefix', '/brigade', '--keys-only');
    return printed.split('\n').filter((line) => line !== '');
  }

  async stop(): Promise<void> {
    await this.redis.stop();
    await this.etcd.stop();
  }
}

/** What a command said, once it is sure that it gave the password away nowhere. */
export function withoutPassword(ran: Ran): Ran {
  if (`${ran.stdout}${ran.stderr}`.includes(PASSWORD))
    throw new Error(`the password was printed: ${ran.stdout}${ran.stderr}`);
  return ran;
}
