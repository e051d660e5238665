import { playEveryTableOn } from './on-shared-store.ts';

playEveryTableOn('etcd');
