// Plays every table of every scenario file on coordinators whose log is a SQLite file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { CoordinatorStage } from './coordinator-stage.ts';
import { playEveryTable } from './every-table.ts';
import type { Stage } from './stage.ts';

playEveryTable({ name: 'coordinators on a SQLite file', isCore: false, make: onSqlite });

/** Two handles on one file. Time is the table's; the store's own clock, which only its retries and hints use, is real. */
function onSqlite(): Promise<Stage> {
  const scratch = mkdtempSync(join(tmpdir(), 'brigade-scenario-'));
  return CoordinatorStage.open({
    coordinators: 2,
    makeStore: () =>
      createSqliteStore({
        path: join(scratch, '.brigade', 'brigade.db'),
        durability: 'process',
        clock: systemClock,
        hasher: nodeHasher,
        random: () => 0.5,
      }),
    cleanUp: () => Promise.resolve(rmSync(scratch, { recursive: true, force: true })),
  });
}
