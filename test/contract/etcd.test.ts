import { afterAll, beforeAll } from 'vitest';
import { EtcdCluster } from '../support/etcd-server.ts';
import { createEtcdLog } from './etcd-log.ts';
import { exerciseEventStore } from './event-store-contract.ts';

let cluster: EtcdCluster;
beforeAll(async () => {
  cluster = await EtcdCluster.start();
});
afterAll(() => cluster.stop());

exerciseEventStore({
  name: 'etcd (one member)',
  create: () => Promise.resolve(createEtcdLog(cluster)),
  exceptions: [],
});
