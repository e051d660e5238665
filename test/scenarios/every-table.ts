// Every table of this folder, on one kind of stage.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTables } from './language/table.ts';
import { playTable } from './play.ts';
import type { Stage } from './stage.ts';

export interface StageKind {
  readonly name: string;
  readonly isCore: boolean;
  /** With nobody and nothing on it. */
  readonly make: () => Promise<Stage>;
}

const folder = dirname(fileURLToPath(import.meta.url));

/** Leaves out, where the stage is not the core, what is written for the core alone. */
export function playEveryTable({ name, isCore, make }: StageKind): void {
  const files = readdirSync(folder).filter((file) => file.endsWith('.scenario'));
  describe.each(files.toSorted())(`%s on ${name}`, (file) => {
    const tables = readTables(readFileSync(join(folder, file), 'utf8'));
    for (const table of tables.filter((each) => isCore || each.coreOnly === null)) {
      it(`goes as written: ${table.title}`, async () => {
        expect(await playTable(table, await make())).toBe(table.rows.length);
      });
    }
  });
}
