// One connection to one server, for as long as it stands. The library's own ways of going on (reconnecting, queues for times
// without a connection, handing a connection over) are all off: they send again what may have been done already.

import { readFile } from 'node:fs/promises';
import type { RedisClientOptions } from '@redis/client';
import type { Clock } from '../../ports/clock.ts';
import { errorCode } from '../system/error-code.ts';
import { inBackground, within } from '../system/within.ts';
import { InWords } from './in-words.ts';
import { LinkLost, NotInstalled, RedisRefusal } from './redis-faults.ts';
import type { RedisAddress, RedisLogin, RedisTls } from './redis-url.ts';

export type RedisReply = string | number | null | readonly RedisReply[];

export interface ConnectOptions {
  readonly address: RedisAddress;
  readonly login: RedisLogin | null;
  readonly tls: RedisTls | null;
  readonly database: number;
  readonly clock: Clock;
  readonly patienceMs: number;
  /** Called once, when the connection does not stand any more; whatever was under way has failed then. */
  readonly onLost: (cause: Error) => void;
}

export interface RedisConnection {
  readonly address: RedisAddress;
  /**
   * Rejects with `RedisRefusal` when the server refuses, and with `LinkLost` when no answer will come: then it may have been
   * done. Commands are answered in the order in which they were sent.
   */
  send(args: readonly (string | Buffer)[]): Promise<RedisReply>;
  /** The same for a command that answers one string, as the bytes that it is. */
  sendForBytes(args: readonly string[]): Promise<Buffer>;
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  /** Fails whatever is under way. Harmless to repeat. */
  destroy(): void;
}

/** Keeps no process alive. Rejects with `RedisRefusal`, `NotInstalled` or what the network says. */
export async function connectRedis(options: ConnectOptions): Promise<RedisConnection> {
  const { clock, patienceMs } = options;
  const { createClient, ErrorReply, RESP_TYPES } = await loadRedisClient();
  const client = createClient(await clientOptions(options));
  const asBytes = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

  const failure = (error: unknown): Error =>
    error instanceof ErrorReply ? new RedisRefusal(error.message) : new LinkLost(lostBy ?? error);
  async function told<T>(reply: Promise<T>): Promise<T> {
    try {
      return await reply;
    } catch (error) {
      throw failure(error);
    }
  }

  let isOver = false;
  let hasStood = false;
  /** What is said to whoever waits for a call or the connection: the library says only that it was told to end. */
  let lostBy: Error | null = null;
  const end = (cause: Error | null): void => {
    if (isOver) return;
    isOver = true;
    lostBy = cause;
    client.destroy();
    if (cause !== null && hasStood) options.onLost(cause);
  };
  // Whatever is wrong with a connection is its end.
  client.on('error', (error: Error) => end(error));
  client.unref();
  const connecting = client.connect();
  try {
    const tooLate = (): Error => new InWords(`no answer within ${patienceMs} ms`);
    await within(connecting, patienceMs, inBackground(clock), tooLate);
  } catch (error) {
    end(null);
    // One that is still on its way is not heeded by an end that comes before it.
    connecting.then(() => client.destroy(), ignore);
    const why = lostBy ?? error;
    throw why instanceof ErrorReply ? new RedisRefusal(why.message) : why;
  }
  hasStood = true;
  return {
    address: options.address,
    send: (args) => told(client.sendCommand<RedisReply>(args)),
    sendForBytes: (args) => told(client.sendCommand<Buffer>(args, asBytes)),
    subscribe: (channel, listener) => told(client.subscribe(channel, listener)),
    destroy: () => end(null),
  };
}

function ignore(): void {
  // It has failed already.
}

/** Throws `NotInstalled` without the package, which is the user's to install. */
export async function loadRedisClient(): Promise<typeof import('@redis/client')> {
  try {
    return await import('@redis/client');
  } catch (error) {
    throw errorCode(error) === 'ERR_MODULE_NOT_FOUND' ? new NotInstalled(error) : error;
  }
}

async function clientOptions({ address, login, tls, database, patienceMs }: ConnectOptions): Promise<Options> {
  const { host, port } = address;
  const socket = {
    host,
    port,
    connectTimeout: patienceMs,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    reconnectStrategy: false,
  } as const;
  return {
    RESP: 2,
    socket: tls === null ? socket : { ...socket, ...(await secrets(tls)), tls: true },
    database,
    ...(login === null ? {} : { password: login.password }),
    ...(login?.username == null ? {} : { username: login.username }),
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    clientInfoTag: 'brigade',
    // Whoever asks knows how long it may take.
    commandOptions: { timeout: 0 },
  };
}

type Options = RedisClientOptions<Record<string, never>, Record<string, never>, Record<string, never>, 2>;

/** After this long without a word the kernel asks whether the other side is still there. */
const KEEP_ALIVE_MS = 5_000;

async function secrets({ ca, cert, key, servername }: RedisTls): Promise<Record<string, Buffer | string>> {
  return {
    ...(ca === null ? {} : { ca: await readFile(ca) }),
    ...(cert === null ? {} : { cert: await readFile(cert) }),
    ...(key === null ? {} : { key: await readFile(key) }),
    ...(servername === null ? {} : { servername }),
  };
}
