// What a handle asks of etcd while it follows a log in which nothing happens: thousands of them may follow theirs there.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { mustAppend } from '../support/batches.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { storeFrom } from './store-config.ts';

let cluster: EtcdCluster;
beforeAll(async () => {
  cluster = await EtcdCluster.start();
});
afterAll(() => cluster.stop());

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://${cluster.members[0]?.address}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

it('a handle that watches what is written looks for it once a second', async () => {
  const store = storeFrom({ kind: 'etcd', url: cluster.url, fleet: 'kitchen' });
  try {
    await mustAppend(store, await store.open());
    store.onAppended(() => undefined);
    await waitUntil('a watch', async () => (await metric('etcd_debugging_mvcc_watcher_total')) === 1);
    const looks = (): Promise<number> => metric('etcd_debugging_mvcc_range_total');
    const [before, startedMs] = [await looks(), performance.now()];
    await waitUntil('some looks', async () => (await looks()) >= before + 3, { withinMs: 20_000 });
    // The first of them may come at once, and later than they should under load, but never sooner.
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
  } finally {
    await store.close();
  }
});
