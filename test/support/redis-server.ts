// A real redis-server for tests, on a port of its own, with its files in a folder of its own. It can be killed, stopped,
// continued, and started again with its data or without; whatever was started here is ended by its pid.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertifiedBy } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { askRedis, type RedisReply } from './redis-ask.ts';
import { RedisProcess } from './redis-process.ts';
import { waitUntil } from './wait-until.ts';

export interface RedisServerOptions {
  /** The address at which it listens and is reached. */
  readonly host?: string;
  /** Lines of redis.conf that matter to a test; they win over what is set here. */
  readonly config?: Readonly<Record<string, string>>;
  readonly replicaOf?: RedisServer;
  readonly password?: string;
  /** With it the server speaks nothing but TLS. */
  readonly tls?: CertifiedBy;
}

export class RedisServer {
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #options: RedisServerOptions;
  readonly #process: RedisProcess;

  private constructor(folder: string, port: number, options: RedisServerOptions) {
    this.host = options.host ?? '127.0.0.1';
    this.port = port;
    this.#folder = folder;
    this.#options = options;
    this.#process = new RedisProcess('redis-server', folder);
  }

  /** Resolves once it answers. Every write is on the disk before it is acknowledged, unless `config` says otherwise. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const [port = 0] = await freePorts(1, options.host);
    const folder = await mkdtemp(join(tmpdir(), 'brigade-redis-'));
    const server = new RedisServer(folder, port, options);
    await server.restart({ withData: true });
    return server;
  }

  /** What Brigade is told, with the password where there is one. */
  get url(): string {
    const { password, tls } = this.#options;
    const who = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    const trust = tls === undefined ? '' : `?ca=${encodeURIComponent(tls.ca)}`;
    return `${tls === undefined ? 'redis' : 'rediss'}://${who}${this.host}:${this.port}${trust}`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  /** Sends one command by a connection of its own, as somebody would with a shell. Throws what the server refuses. */
  ask(...args: readonly string[]): Promise<RedisReply> {
    const { password, tls } = this.#options;
    return askRedis({ host: this.host, port: this.port, password, isTls: tls !== undefined }, args);
  }

  /** Closes its connections with whoever is at `address`: from now on nothing is on its way there. */
  async hangUpOn(address: string): Promise<void> {
    const clients = String(await this.ask('CLIENT', 'LIST'));
    const theirs = [...clients.matchAll(/ addr=(\S+)/g)].flatMap(([, client = '']) =>
      client.startsWith(`${address}:`) ? [client] : [],
    );
    for (const client of theirs) await this.ask('CLIENT', 'KILL', 'ADDR', client);
  }

  /** SIGSTOP: connections stand, and nothing is answered. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Kills it where it runs and starts it again, on the same files or on none. Resolves once it answers. */
  async restart({ withData }: { readonly withData: boolean }): Promise<void> {
    await this.kill();
    if (!withData) await rm(this.#dataFolder, { recursive: true, force: true });
    await mkdir(this.#dataFolder, { recursive: true });
    try {
      await this.#process.start(this.#arguments());
      await waitUntil('an answer of redis-server', async () => (await this.ask('PING')) === 'PONG');
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

  /** What it has logged. */
  said(): Promise<string> {
    return this.#process.said();
  }

  get #dataFolder(): string {
    return join(this.#folder, 'data');
  }

  #arguments(): string[] {
    const { config, replicaOf, password, tls } = this.#options;
    const lines: Record<string, string> = {
      bind: this.host,
      dir: this.#dataFolder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
      'repl-diskless-sync-delay': '0',
      ...(tls === undefined
        ? { port: String(this.port) }
        : {
            port: '0',
            'tls-port': String(this.port),
            'tls-ca-cert-file': tls.ca,
            'tls-cert-file': tls.cert,
            'tls-key-file': tls.key,
            'tls-auth-clients': 'no',
          }),
      ...(password === undefined ? {} : { requirepass: password, masterauth: password }),
      ...(replicaOf === undefined ? {} : { replicaof: `${replicaOf.host} ${replicaOf.port}` }),
      ...config,
    };
    return Object.entries(lines).flatMap(([name, value]) => [`--${name}`, value]);
  }
}
