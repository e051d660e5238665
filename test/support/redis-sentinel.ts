// A real redis-sentinel for tests: it watches a master and, with others, puts a replica in its place.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertifiedBy } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { askRedis, type RedisReply } from './redis-ask.ts';
import { RedisProcess } from './redis-process.ts';
import type { RedisServer } from './redis-server.ts';
import { waitUntil } from './wait-until.ts';

/** What all Sentinels call their master. */
export const MASTER_NAME = 'fleet';

export interface RedisSentinelOptions {
  readonly quorum: number;
  readonly downAfterMs: number;
  /** Of the servers. */
  readonly password?: string;
  /** Its own, and that of the others. */
  readonly ownPassword?: string;
  /** With it, it speaks nothing but TLS, to the servers too. */
  readonly tls?: CertifiedBy;
}

export class RedisSentinel {
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #options: RedisSentinelOptions;
  readonly #process: RedisProcess;

  private constructor(host: string, port: number, folder: string, options: RedisSentinelOptions) {
    this.host = host;
    this.port = port;
    this.#folder = folder;
    this.#options = options;
    this.#process = new RedisProcess('redis-sentinel', folder);
  }

  static async start(master: RedisServer, options: RedisSentinelOptions): Promise<RedisSentinel> {
    const { quorum, downAfterMs, password, ownPassword, tls } = options;
    const [port = 0] = await freePorts(1, master.host);
    const folder = await mkdtemp(join(tmpdir(), 'brigade-sentinel-'));
    const sentinel = new RedisSentinel(master.host, port, folder, options);
    const lines = [
      ...(tls === undefined
        ? [`port ${port}`]
        : ['port 0', `tls-port ${port}`, 'tls-replication yes', 'tls-auth-clients no', ...filesOf(tls)]),
      `bind ${master.host}`,
      `dir ${folder}`,
      `sentinel monitor ${MASTER_NAME} ${master.host} ${master.port} ${quorum}`,
      `sentinel down-after-milliseconds ${MASTER_NAME} ${downAfterMs}`,
      `sentinel failover-timeout ${MASTER_NAME} 3000`,
      ...(password === undefined ? [] : [`sentinel auth-pass ${MASTER_NAME} "${password}"`]),
      ...(ownPassword === undefined ? [] : [`requirepass "${ownPassword}"`, `sentinel sentinel-pass "${ownPassword}"`]),
    ];
    await writeFile(join(folder, 'sentinel.conf'), `${lines.join('\n')}\n`);
    await sentinel.restart();
    return sentinel;
  }

  /** Of the server that it takes for the master. */
  async masterPort(): Promise<number> {
    const [, port] = (await this.#ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME)) as readonly string[];
    return Number(port);
  }

  /** How many replicas and other Sentinels it has met. */
  async knows(): Promise<{ readonly replicas: number; readonly sentinels: number }> {
    const said = (await this.#ask('SENTINEL', 'MASTER', MASTER_NAME)) as readonly string[];
    const of = (name: string): number => Number(said[said.indexOf(name) + 1]);
    return { replicas: of('num-slaves'), sentinels: of('num-other-sentinels') };
  }

  /** Takes this server for the master from now on, alone; the other one is not told. */
  async watch({ host, port }: RedisServer): Promise<void> {
    await this.#ask('SENTINEL', 'REMOVE', MASTER_NAME);
    await this.#ask('SENTINEL', 'MONITOR', MASTER_NAME, host, String(port), '1');
  }

  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Kills it where it runs and starts it with what it knew. Resolves once it answers. */
  async restart(): Promise<void> {
    await this.kill();
    try {
      await this.#process.start([join(this.#folder, 'sentinel.conf')]);
      await waitUntil('an answer of redis-sentinel', async () => (await this.#ask('PING')) === 'PONG');
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends it and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #ask(...args: readonly string[]): Promise<RedisReply> {
    const { ownPassword: password, tls } = this.#options;
    return askRedis({ host: this.host, port: this.port, password, isTls: tls !== undefined }, args);
  }
}

function filesOf({ ca, cert, key }: CertifiedBy): string[] {
  return [`tls-ca-cert-file ${ca}`, `tls-cert-file ${cert}`, `tls-key-file ${key}`];
}
