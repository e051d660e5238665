// An etcd that was restored from a backup, or begun anew: whoever saw more of the log notices, and writes nothing on it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_HEAD, type EventStore, type LogHead } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend, readAll } from '../support/batches.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createEtcdLog, type EtcdLogUnderTest } from './etcd-log.ts';

let cluster: EtcdCluster;
let folder: string;
let log: EtcdLogUnderTest;
let store: EventStore;
let head: LogHead;
const backup = (): string => join(folder, 'backup.db');

beforeEach(async () => {
  cluster = await EtcdCluster.start({ members: 3 });
  folder = await mkdtemp(join(tmpdir(), 'brigade-etcd-backup-'));
  log = createEtcdLog(cluster);
  store = log.connect();
  await store.open();
  head = await mustAppend(store, await mustAppend(store, EMPTY_HEAD));
  await cluster.backup(backup());
});
afterEach(async () => {
  await log.remove();
  await cluster.stop();
  await rm(folder, { recursive: true });
});

describe('S16 an etcd that was restored', () => {
  it('to before what this handle has seen is not written', async () => {
    const seen = await mustAppend(store, head);
    await cluster.restore(backup());
    await expect(store.append(seen, batchAfter(seen))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    // Not even where the log now ends.
    await expect(store.append(head, batchAfter(head))).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await expect(store.read(seen.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await expect(store.truncate(1)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    expect(await log.connect().open()).toEqual(head);
  });

  it('and has grown another way since is noticed when it is read', async () => {
    const seen = await mustAppend(store, head);
    await cluster.restore(backup());
    const stranger = log.connect();
    await stranger.open();
    const other = await mustAppend(stranger, await mustAppend(stranger, head));
    expect(await store.append(seen, batchAfter(seen))).toMatchObject({ appended: false, head: other });
    await expect(store.read(seen.seq, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
    await expect(store.read(0, 10)).rejects.toMatchObject({ code: 'STORE_REGRESSED' });
  });

  it('to what this handle has seen is gone on with, and listened to', async () => {
    let hints = 0;
    store.onAppended(() => {
      hints += 1;
    });
    await store.beat({ placeId: 'p', bootId: 'b', counter: 1, wallAt: '' });
    await cluster.restore(backup());
    const other = log.connect();
    await other.open();
    let at = head;
    await waitUntil('the watch', async () => {
      const before = hints;
      at = await mustAppend(other, at);
      return waitUntil('a hint', () => hints > before, { withinMs: 1_000 });
    });
    expect((await readAll(store)).at(-1)?.hash).toBe(at.hash);
    await mustAppend(store, at);
    await store.beat({ placeId: 'p', bootId: 'b', counter: 2, wallAt: '' });
    expect(await other.beats()).toMatchObject([{ counter: 2 }]);
  });
});
