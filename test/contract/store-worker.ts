// The other process of the contract suite: opens the store that its argument names and does what it is told over IPC.
// Besides the port's own methods it can append without end (to be killed half-way) and sit inside SQLite's lock (to be
// stopped there).

import { loadSqliteDriver } from '../../src/adapters/sqlite/sqlite-driver.ts';
import { type LogHead, StoreFault } from '../../src/ports/event-store.ts';
import { batchAfter } from '../support/batches.ts';
import type { WorkerMessage, WorkerRequest } from './remote-store.ts';
import { type StoreConfig, storeFrom } from './store-config.ts';

const config = JSON.parse(process.argv[2] ?? '') as StoreConfig;
const store = storeFrom(config);

process.on('message', (request: WorkerRequest) => void answer(request));
process.on('disconnect', () => process.exit());

async function answer(request: WorkerRequest): Promise<void> {
  try {
    tell({ kind: 'result', call: request.call, value: await perform(request) });
  } catch (error) {
    const code = error instanceof StoreFault ? error.code : null;
    tell({ kind: 'failure', call: request.call, code, message: String(error) });
  }
}

async function perform({ method, args }: WorkerRequest): Promise<unknown> {
  if (method === 'listen') return void store.onAppended(() => tell({ kind: 'hint' }));
  if (method === 'flood') return flood(args[0] as LogHead, args[1] as number);
  if (method === 'holdLock') return holdLock();
  return (store[method] as (...values: unknown[]) => unknown).apply(store, [...args]);
}

/**
 * Appends batches of `bytes` until it is killed, and tells of each that was acknowledged. One that was not (the disk of a
 * busy machine can take longer than the store waits) may be there or not; it goes on after it.
 */
async function flood(from: LogHead, bytes: number): Promise<never> {
  let head = from;
  for (;;) {
    const batch = batchAfter(head, { count: 3, body: 'x'.repeat(bytes) });
    try {
      const done = await store.append(head, batch);
      head = done.head;
      if (done.appended) tell({ kind: 'acknowledged', batchId: batch.id, lastSeq: head.seq });
    } catch (error) {
      if (!(error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE')) throw error;
      head = await store.open();
    }
  }
}

async function holdLock(): Promise<void> {
  if (config.kind !== 'sqlite') throw new Error('only writers of a file have a lock to hold');
  const driver = await loadSqliteDriver(config.driver);
  const connection = driver.connect(config.path, { busyTimeoutMs: 1_000 });
  connection.exec('BEGIN IMMEDIATE');
  // Never let go of: a collected connection would end its transaction.
  process.on('exit', () => connection.close());
}

function tell(message: WorkerMessage): void {
  process.send?.(message);
}
