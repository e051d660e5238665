// The servers that sections measure against, as they are started for it; null where one is not installed, which is said.

import { EtcdCluster } from '../../../test/support/etcd-server.ts';
import { RedisServer } from '../../../test/support/redis-server.ts';
import { Scratch } from '../../../test/support/scratch.ts';

export interface Place {
  readonly place: string;
  readonly close: () => Promise<void>;
}

export type Needs = 'folder' | 'redis' | 'etcd';

/** Each write is on its disk before it is answered. */
export async function startPlace(needs: Needs): Promise<Place | null> {
  try {
    return await STARTS[needs]();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${needs} could not be started, and its rows are left out: ${why}\n`);
    return null;
  }
}

const STARTS: Readonly<Record<Needs, () => Promise<Place>>> = {
  folder: () => {
    const scratch = new Scratch();
    return Promise.resolve({ place: scratch.folder, close: () => scratch.close() });
  },
  redis: async () => {
    const server = await RedisServer.start();
    return { place: server.url, close: () => server.stop() };
  },
  etcd: async () => {
    const cluster = await EtcdCluster.start({ members: 1 });
    return { place: cluster.url, close: () => cluster.stop() };
  },
};
