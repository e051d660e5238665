// Redis as it is run to survive the loss of a server: a master, its replicas, and Sentinels that put one in place of the
// other. What a replica has not been sent yet is lost with its master, and a test can arrange that.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { askRedis, type RedisReply } from './redis-ask.ts';
import { RedisProcess } from './redis-process.ts';
import { RedisServer, type RedisServerOptions } from './redis-server.ts';
import { waitUntil } from './wait-until.ts';

/** What the Sentinels call their master. */
const masterName = 'fleet';

export interface RedisFailoverOptions {
  readonly replicas?: number;
  readonly sentinels?: number;
  /** After this long without an answer a Sentinel counts a server as down. */
  readonly downAfterMs?: number;
  /** Of the servers. */
  readonly server?: Pick<RedisServerOptions, 'config' | 'password' | 'host'>;
}

export class RedisFailover {
  /** The server that was the master first, and the others. */
  readonly master: RedisServer;
  readonly replicas: readonly RedisServer[];
  readonly sentinels: readonly RedisSentinel[];
  readonly #password: string | undefined;

  private constructor(servers: readonly RedisServer[], sentinels: readonly RedisSentinel[], password?: string) {
    const [master, ...replicas] = servers;
    if (master === undefined) throw new Error('no server was started');
    this.master = master;
    this.replicas = replicas;
    this.sentinels = sentinels;
    this.#password = password;
  }

  /** Resolves once the replicas are in sync and the Sentinels know them and each other. */
  static async start(options: RedisFailoverOptions = {}): Promise<RedisFailover> {
    const { replicas = 1, sentinels = 3, downAfterMs = 500, server = {} } = options;
    const servers = [await RedisServer.start(server)];
    const started: RedisSentinel[] = [];
    try {
      for (let i = 0; i < replicas; i += 1) {
        servers.push(await RedisServer.start({ ...server, ...(servers[0] && { replicaOf: servers[0] }) }));
      }
      const rig = new RedisFailover(servers, started, server.password);
      await rig.inSync();
      for (let i = 0; i < sentinels; i += 1) {
        started.push(
          await RedisSentinel.start(rig.master, { quorum: Math.floor(sentinels / 2) + 1, downAfterMs, ...server }),
        );
      }
      await rig.#known();
      return rig;
    } catch (error) {
      await Promise.all([...started, ...servers].map((each) => each.stop()));
      throw error;
    }
  }

  /** What Brigade is told. */
  get url(): string {
    const who = this.#password === undefined ? '' : `:${encodeURIComponent(this.#password)}@`;
    const addresses = this.sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
    return `redis+sentinel://${who}${addresses}/${masterName}`;
  }

  /** Resolves once every replica has what the master has. */
  async inSync(): Promise<void> {
    await waitUntil('replicas in sync', async () => {
      const info = String(await this.master.ask('INFO', 'replication'));
      const masterOffset = /master_repl_offset:(\d+)/.exec(info)?.[1];
      const offsets = [...info.matchAll(/state=online,offset=(\d+)/g)].map(([, offset]) => offset);
      return offsets.length === this.replicas.length && offsets.every((offset) => offset === masterOffset);
    });
  }

  /** The server that the Sentinels name now. */
  async current(): Promise<RedisServer> {
    const [sentinel] = this.sentinels;
    const port = Number(await sentinel?.masterPort());
    const found = [this.master, ...this.replicas].find((server) => server.port === port);
    if (found === undefined) throw new Error(`no server of this test listens at port ${port}`);
    return found;
  }

  /** From now on replicas hear nothing of what is written; they stand still until one of them is promoted. */
  async lag(): Promise<void> {
    for (const replica of this.replicas) replica.pause();
    await this.master.ask('CLIENT', 'KILL', 'TYPE', 'replica');
  }

  /** Kills the master, lets the replicas go on, and resolves once one of them is the master for every Sentinel. */
  async failOver(): Promise<RedisServer> {
    await this.master.kill();
    for (const replica of this.replicas) replica.resume();
    return this.#promoted();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, this.master, ...this.replicas].map((each) => each.stop()));
  }

  async #promoted(): Promise<RedisServer> {
    const ports = new Set(this.replicas.map(({ port }) => port));
    return waitUntil(
      'a replica in the place of its master',
      async () => {
        const named = await Promise.all(this.sentinels.map((sentinel) => sentinel.masterPort()));
        const [port] = named;
        if (port === undefined || !ports.has(port) || named.some((each) => each !== port)) return null;
        const promoted = await this.current();
        return String(await promoted.ask('INFO', 'replication')).includes('role:master') ? promoted : null;
      },
      { withinMs: 30_000, everyMs: 50 },
    );
  }

  async #known(): Promise<void> {
    await waitUntil('Sentinels that know each other', async () => {
      const all = await Promise.all(this.sentinels.map((sentinel) => sentinel.knows()));
      const isKnown = ({ replicas, sentinels }: { replicas: number; sentinels: number }): boolean =>
        replicas === this.replicas.length && sentinels === this.sentinels.length - 1;
      return all.every(isKnown);
    });
  }
}

export class RedisSentinel {
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #process: RedisProcess;

  private constructor(host: string, port: number, folder: string) {
    this.host = host;
    this.port = port;
    this.#folder = folder;
    this.#process = new RedisProcess('redis-sentinel', folder);
  }

  static async start(
    master: RedisServer,
    {
      quorum,
      downAfterMs,
      password,
    }: { readonly quorum: number; readonly downAfterMs: number; readonly password?: string },
  ): Promise<RedisSentinel> {
    const [port = 0] = await freePorts(1, master.host);
    const folder = await mkdtemp(join(tmpdir(), 'brigade-sentinel-'));
    const sentinel = new RedisSentinel(master.host, port, folder);
    const lines = [
      `port ${port}`,
      `bind ${master.host}`,
      `dir ${folder}`,
      `sentinel monitor ${masterName} ${master.host} ${master.port} ${quorum}`,
      `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
      `sentinel failover-timeout ${masterName} 3000`,
      ...(password === undefined ? [] : [`sentinel auth-pass ${masterName} ${password}`]),
    ];
    await writeFile(join(folder, 'sentinel.conf'), `${lines.join('\n')}\n`);
    await sentinel.restart();
    return sentinel;
  }

  /** Of the server that it takes for the master. */
  async masterPort(): Promise<number> {
    const [, port] = (await this.#ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName)) as readonly string[];
    return Number(port);
  }

  /** How many replicas and other Sentinels it has met. */
  async knows(): Promise<{ readonly replicas: number; readonly sentinels: number }> {
    const said = (await this.#ask('SENTINEL', 'MASTER', masterName)) as readonly string[];
    const of = (name: string): number => Number(said[said.indexOf(name) + 1]);
    return { replicas: of('num-slaves'), sentinels: of('num-other-sentinels') };
  }

  /** Takes this server for the master from now on, alone; the other one is not told. */
  async watch({ host, port }: RedisServer): Promise<void> {
    await this.#ask('SENTINEL', 'REMOVE', masterName);
    await this.#ask('SENTINEL', 'MONITOR', masterName, host, String(port), '1');
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
    return askRedis({ host: this.host, port: this.port }, args);
  }
}
