// Plays every table of every scenario file on every stage.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
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

const STAGES: readonly StageKind[] = [{ name: 'the core', isCore: true, make: async () => new CoreStage() }];

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
