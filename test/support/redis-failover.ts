// Redis as it is run to survive the loss of a server: a master, its replicas, and Sentinels that put one in place of the
// other. What a replica has not been sent yet is lost with its master, and a test can arrange that.

import { MASTER_NAME, RedisSentinel } from './redis-sentinel.ts';
import { RedisServer, type RedisServerOptions } from './redis-server.ts';
import { waitUntil } from './wait-until.ts';

export interface RedisFailoverOptions {
  readonly replicas?: number;
  readonly sentinels?: number;
  /** After this long without an answer a Sentinel counts a server as down. */
  readonly downAfterMs?: number;
  /** Of the servers. */
  readonly server?: Pick<RedisServerOptions, 'config' | 'password' | 'host' | 'tls'>;
  readonly sentinelPassword?: string;
}

export class RedisFailover {
  /** The server that was the master first, and the others. */
  readonly master: RedisServer;
  readonly replicas: readonly RedisServer[];
  readonly sentinels: readonly RedisSentinel[];
  readonly #options: RedisFailoverOptions;

  private constructor(
    servers: readonly RedisServer[],
    sentinels: readonly RedisSentinel[],
    options: RedisFailoverOptions,
  ) {
    const [master, ...replicas] = servers;
    if (master === undefined) throw new Error('no server was started');
    this.master = master;
    this.replicas = replicas;
    this.sentinels = sentinels;
    this.#options = options;
  }

  /** Resolves once the replicas are in sync and the Sentinels know them and each other. */
  static async start(options: RedisFailoverOptions = {}): Promise<RedisFailover> {
    const { replicas = 1, sentinels = 3, downAfterMs = 500, sentinelPassword } = options;
    const server = withReplication(options.server ?? {});
    const servers = [await RedisServer.start(server)];
    const started: RedisSentinel[] = [];
    try {
      for (let i = 0; i < replicas; i += 1) {
        servers.push(await RedisServer.start({ ...server, ...(servers[0] && { replicaOf: servers[0] }) }));
      }
      const rig = new RedisFailover(servers, started, options);
      await rig.inSync();
      for (let i = 0; i < sentinels; i += 1) {
        const own = sentinelPassword === undefined ? {} : { ownPassword: sentinelPassword };
        const quorum = Math.floor(sentinels / 2) + 1;
        started.push(await RedisSentinel.start(rig.master, { quorum, downAfterMs, ...server, ...own }));
      }
      await rig.#known();
      return rig;
    } catch (error) {
      await Promise.all([...started, ...servers].map((each) => each.stop()));
      throw error;
    }
  }

  /** What Brigade is told, with passwords where there are any. */
  get url(): string {
    const { server: { password, tls } = {}, sentinelPassword } = this.#options;
    const who = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    const addresses = this.sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
    const parameters = new URLSearchParams({
      ...(tls === undefined ? {} : { tls: 'true', ca: tls.ca }),
      ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    });
    const query = parameters.size === 0 ? '' : `?${parameters.toString()}`;
    return `redis+sentinel://${who}${addresses}/${MASTER_NAME}${query}`;
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

type ServerOptions = Omit<RedisServerOptions, 'replicaOf'>;

/** Replicas speak to their master as everybody does. */
function withReplication(server: ServerOptions): ServerOptions {
  return server.tls === undefined ? server : { ...server, config: { 'tls-replication': 'yes', ...server.config } };
}
