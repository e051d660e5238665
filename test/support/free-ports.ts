// Ports for servers that must be told theirs before they start, because others have to know it too.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** As many different ports of `host` as asked for, on which nobody listens at this moment. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host));
  try {
    await Promise.all(servers.map((server) => once(server, 'listening')));
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  }
}
