// Plays every table of every scenario file on every stage.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { CoordinatorStage } from './coordinator-stage.ts';
import { CoreStage } from './core-stage.ts';
import { readTables } from './language/table.ts';
import { playTable } from './play.ts';
import type { Stage } from './stage.ts';

const folder = dirname(fileURLToPath(import.meta.url));

interface StageKind {
  readonly name: string;
  readonly isCore: boolean;
  readonly make: () => Promise<Stage>;
}

const STAGES: readonly StageKind[] = [
  { name: 'the core', isCore: true, make: async () => new CoreStage() },
  { name: 'coordinators in memory', isCore: false, make: () => CoordinatorStage.open({ coordinators: 3 }) },
  { name: 'coordinators on a SQLite file', isCore: false, make: onSqlite },
];

const files = readdirSync(folder).filter((name) => name.endsWith('.scenario'));

for (const file of files.toSorted()) {
  const tables = readTables(readFileSync(join(folder, file), 'utf8'));
  for (const stage of STAGES) {
    describe(`${file} on ${stage.name}`, () => {
      for (const table of tables.filter((each) => stage.isCore || each.coreOnly === null)) {
        it(`goes as written: ${table.title}`, async () => {
          expect(await playTable(table, await stage.make())).toBe(table.rows.length);
        });
      }
    });
  }
}

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
