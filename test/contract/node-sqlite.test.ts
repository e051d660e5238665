// A file of its own, and so a process of its own: two SQLite libraries never meet in one.

import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { isSafeLibrary } from '../../src/adapters/sqlite/library-version.ts';
import { type ContractOptions, exerciseEventStore } from './event-store-contract.ts';
import { createSqliteLog } from './sqlite-log.ts';

const memory = new DatabaseSync(':memory:');
const { version } = memory.prepare('SELECT sqlite_version() AS version').get() as { readonly version: string };
memory.close();

const exercise = isSafeLibrary(version) ? exerciseEventStore : expectRefusal;

exercise({
  name: `sqlite (node:sqlite ${version})`,
  create: () => createSqliteLog('node:sqlite'),
  exceptions: [],
});

function expectRefusal({ name, create }: ContractOptions): void {
  describe(`event store contract: ${name}`, () => {
    it('is refused, because its library may corrupt a log', async () => {
      const log = await create();
      await expect(log.connect().open()).rejects.toMatchObject({ code: 'STORE_UNSAFE' });
      await log.remove();
    });
  });
}
