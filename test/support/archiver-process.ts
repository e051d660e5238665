// A process of its own that does what retention does, step by step, and names each step on its output before it does it. At the
// one it is told it dies as by kill -9, or waits until a file is there.

import { existsSync, writeSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { aloneBy } from '../../src/adapters/sqlite/alone.ts';
import type { SqliteConnection } from '../../src/adapters/sqlite/sqlite-driver.ts';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { openArchiveFolder } from '../../src/adapters/system/archive-folder.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { archiveTask } from '../../src/app/retention/archive-task.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import type { ArchiveTask } from '../../src/ports/log-keeper.ts';
import { FleetRig } from './fleet-rig.ts';

export interface ArchiverOrder {
  readonly path: string;
  readonly folder: string;
  readonly keepEvents: number;
  /** Number of the step before which it dies, or before which it waits for `file`. */
  readonly dieAt?: number;
  readonly waitAt?: { readonly step: string; readonly file: string };
}

const order = JSON.parse(process.argv[2] ?? '') as ArchiverOrder;
let steps = 0;
let hasWaited = false;

function step(name: string): void {
  writeSync(1, `${name}\n`);
  if (steps === order.dieAt) process.kill(process.pid, 'SIGKILL');
  steps += 1;
  if (order.waitAt === undefined || hasWaited || name !== order.waitAt.step) return;
  hasWaited = true;
  const { file } = order.waitAt;
  while (!existsSync(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}

for (const name of ['rename', 'rm'] as const) {
  const real = files[name] as (...args: unknown[]) => Promise<void>;
  const stepped = async (...args: unknown[]): Promise<void> => {
    step(name);
    await real(...args);
    step(`${name}, done`);
  };
  Object.assign(files, { [name]: stepped });
}
syncBuiltinESMExports();

/** Around each commit. */
function onConnect(connection: SqliteConnection): void {
  const prepare = connection.prepare.bind(connection);
  connection.prepare = (sql) => {
    const statement = prepare(sql);
    if (sql !== 'COMMIT') return statement;
    const run: typeof statement.run = (...values) => {
      step('commit');
      const result = statement.run(...values);
      step('commit, done');
      return result;
    };
    return { run, get: statement.get.bind(statement), iterate: statement.iterate.bind(statement) };
  };
}

function open(seams: { readonly onConnect?: typeof onConnect } = {}): EventStore {
  const { path } = order;
  const ports = { clock: systemClock, hasher: nodeHasher, random: Math.random };
  return createSqliteStore({ path, durability: 'process', ...ports, seams });
}

async function perform(task: ArchiveTask) {
  const store = open({ onConnect });
  const read = store.read.bind(store);
  store.read = (after, limit) => {
    step(limit === 1 ? 'read one' : 'read');
    return read(after, limit);
  };
  const alone = aloneBy(join(order.folder, 'archiving.lock'));
  const parts = { store, folder: openArchiveFolder(order.folder), hasher: nodeHasher, alone };
  try {
    return await archiveTask({ ...parts, nowWallAt: systemClock.wallAt() }, task);
  } finally {
    await store.close();
  }
}

const rig = new FleetRig({ clock: systemClock, makeStore: () => open() });
const coordinator = await rig.coordinator(`archiver-${process.pid}`);
const fleetId = coordinator.fleetId() ?? '';
const keep = { keepMs: null, keepEvents: order.keepEvents, awaited: null };
for (;;) {
  const segment = await perform({ do: 'archive', fleetId, keep });
  if (segment === null) break;
  step('note');
  const by = { kind: 'system', name: 'retention' } as const;
  const { answer } = await coordinator.submit({ op: 'note_archived', by, requestId: 'n', bodyHash: '', segment });
  if (isRejection(answer)) throw new Error(answer.message);
  step('noted');
  await perform({ do: 'cut', segment });
  step('cut');
}
await rig.close();
