import { afterAll, beforeAll } from 'vitest';
import { EtcdCluster } from '../support/etcd-server.ts';
import { createEtcdLog } from './etcd-log.ts';
import { exerciseEventStore } from './event-store-contract.ts';

let cluster: EtcdCluster;
beforeAll(async () => {
  cluster = await EtcdCluster.start({ members: 3 });
});
afterAll(() => cluster.stop());

exerciseEventStore({
  name: 'etcd (three members)',
  create: () => Promise.resolve(createEtcdLog(cluster)),
  exceptions: [],
});
