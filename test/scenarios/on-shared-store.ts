// Every table on hosts that share a log: two coordinators, each on a host of its own, with a real server between them. Time is the
// table's, and does not pass while the server is asked. All mean the same as on one machine; only that hosts take turns shows,
// in the milliseconds by which a table may be late (`Stage.lateMs`).

import { afterAll, beforeAll } from 'vitest';
import { storeFrom } from '../contract/store-config.ts';
import { type SharedKind, type SharedServers, startServers } from '../support/shared-servers.ts';
import { CoordinatorStage } from './coordinator-stage.ts';
import { playEveryTable } from './every-table.ts';

/** One server for all of them, and on it a log for each. */
export function playEveryTableOn(kind: SharedKind): void {
  let servers: SharedServers;
  let tables = 0;

  beforeAll(async () => {
    servers = await startServers(kind, '127.0.0.1');
  });
  afterAll(() => servers.stop());

  playEveryTable({
    name: `two hosts with ${kind}`,
    isCore: false,
    make: () => {
      tables += 1;
      const config = { ...servers.config, fleet: `table-${tables}` };
      return CoordinatorStage.open({ coordinators: 2, areApart: true, makeStore: () => storeFrom(config) });
    },
  });
}
