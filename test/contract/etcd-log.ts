// A log of its own in an etcd that the tests of a file share, for the contract. What is done to it goes to etcd directly, as
// somebody with etcdctl would do it.

import { FleetKeys } from '../../src/adapters/etcd/keys.ts';
import { batchIn, headText } from '../../src/adapters/etcd/stored-values.ts';
import {
  afterPrefix,
  allUnder,
  base64,
  bytesOf,
  type RangeReply,
  type RangeRequest,
  textOf,
} from '../../src/adapters/etcd/wire.ts';
import { headAfter } from '../../src/ports/chain.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import type { EtcdCluster } from '../support/etcd-server.ts';
import type { LogUnderTest } from './event-store-contract.ts';
import { openRemoteStore, type RemoteStore } from './remote-store.ts';
import { type EtcdConfig, storeFrom } from './store-config.ts';

export interface EtcdLogUnderTest extends Required<Omit<LogUnderTest, 'block'>> {
  readonly config: EtcdConfig;
  readonly keys: FleetKeys;
  readonly raw: RawEtcd;
}

let logs = 0;

export function createEtcdLog(cluster: EtcdCluster): EtcdLogUnderTest {
  logs += 1;
  const config: EtcdConfig = { kind: 'etcd', url: cluster.url, fleet: `fleet ${process.pid}/${logs}` };
  const keys = new FleetKeys(config.fleet);
  const raw = rawEtcd(cluster);
  const stores: EventStore[] = [];
  const remotes: RemoteStore[] = [];
  return {
    config,
    keys,
    raw,
    connect: (extra) => {
      const store = storeFrom({ ...config, ...extra });
      stores.push(store);
      return store;
    },
    connectElsewhere: () => {
      const remote = openRemoteStore(config);
      remotes.push(remote);
      return remote;
    },
    damage: {
      tearSnapshot: (seq) => tearSnapshot(raw, keys, seq),
      changeBody: (lastSeq) => raw.change(keys.batch(lastSeq), (value) => Buffer.concat([value, Buffer.from(' ')])),
      rollBack: (seq) => rollBack(raw, keys, seq),
      wipe: () => raw.remove(allUnder(keys.head.slice(0, -'head'.length))),
    },
    silence: () => {
      for (const member of cluster.members) member.pause();
      return Promise.resolve(async () => {
        for (const member of cluster.members) member.resume();
        await cluster.healthy();
      });
    },
    remove: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all(remotes.map((remote) => remote.kill()));
    },
  };
}

/** Keys as they are, without Brigade. */
export interface RawEtcd {
  post<T>(path: string, body: object): Promise<T>;
  range(range: RangeRequest): Promise<NonNullable<RangeReply['kvs']>>;
  put(key: string, value: string | Buffer): Promise<void>;
  remove(range: { readonly key: string; readonly range_end?: string }): Promise<void>;
  /** Forgets everything but what is there now. */
  compact(): Promise<void>;
  change(key: string, how: (value: Buffer) => Buffer): Promise<void>;
}

function rawEtcd(cluster: EtcdCluster): RawEtcd {
  const post = async <T>(path: string, body: object): Promise<T> => {
    const address = cluster.members.find(({ isRunning }) => isRunning)?.address ?? '';
    const answer = await fetch(`http://${address}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as T;
  };
  const range = async (asked: RangeRequest): Promise<NonNullable<RangeReply['kvs']>> =>
    (await post<RangeReply>('/v3/kv/range', asked)).kvs ?? [];
  const put = async (key: string, value: string | Buffer): Promise<void> => {
    await post('/v3/kv/put', { key: base64(key), value: base64(value) });
  };
  return {
    post,
    range,
    put,
    remove: async (asked) => {
      await post('/v3/kv/deleterange', asked);
    },
    compact: async () => {
      const { header } = await post<RangeReply>('/v3/kv/range', { key: base64('any') });
      await post('/v3/kv/compaction', { revision: header.revision });
    },
    change: async (key, how) => {
      const [found] = await range({ key: base64(key) });
      await put(key, how(bytesOf(found?.value)));
    },
  };
}

/** Its last piece ends too early. */
async function tearSnapshot(raw: RawEtcd, keys: FleetKeys, seq: number): Promise<void> {
  const [manifest] = await raw.range({ key: base64(keys.manifest(seq)) });
  const { upload, pieces } = JSON.parse(textOf(manifest?.value)) as {
    readonly upload: string;
    readonly pieces: number;
  };
  await raw.change(keys.chunk(upload, pieces - 1), (value) => value.subarray(0, value.length / 2));
}

async function rollBack(raw: RawEtcd, keys: FleetKeys, seq: number): Promise<void> {
  await raw.remove({ key: base64(keys.batch(seq + 1)), range_end: base64(afterPrefix(keys.log)) });
  const last = (await raw.range(allUnder(keys.log))).at(-1);
  if (last === undefined) await raw.remove({ key: base64(keys.head) });
  else await raw.put(keys.head, headText(headAfter(await batchIn(last, ''))));
}
