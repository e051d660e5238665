// One command to a Redis server or a Sentinel, by a connection of its own.

import { createClient } from '@redis/client';

export type RedisReply = string | number | null | readonly RedisReply[];

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly password?: string | undefined;
  readonly isTls?: boolean;
}

/** Throws what the server refuses. */
export async function askRedis(at: RedisAddress, args: readonly string[]): Promise<RedisReply> {
  const { host, port, password, isTls = false } = at;
  const tls = isTls ? { tls: true as const, rejectUnauthorized: false } : {};
  const client = createClient({
    RESP: 2,
    socket: { host, port, reconnectStrategy: false, ...tls },
    ...(password === undefined ? {} : { password }),
  });
  // What goes wrong is in the answer of the call.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.sendCommand<RedisReply>([...args]);
  } finally {
    client.destroy();
  }
}
