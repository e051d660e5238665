// The programs of threads on a log that is on a server, each with a connection of its own: they fold, look back, archive and
// examine as on a file. What was cut off is copied and backed up from there on.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEtcdStore } from '../../src/adapters/etcd/etcd-store.ts';
import { createRedisStore } from '../../src/adapters/redis/redis-store.ts';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { createArchiveThread } from '../../src/adapters/system/archive-thread.ts';
import { createExamineThread } from '../../src/adapters/system/examine-thread.ts';
import { createFoldThread } from '../../src/adapters/system/fold-thread.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { createPastThread } from '../../src/adapters/system/past-thread.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { removedUpTo } from '../../src/app/log-base.ts';
import { type Move, performMove, surveyMove } from '../../src/app/move/move-fleet.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import type { KeptLog } from '../../src/ports/store-location.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { FleetRig, seat } from '../support/fleet-rig.ts';
import { writeMarks } from '../support/marked-log.ts';
import { RedisServer } from '../support/redis-server.ts';

const ports = { clock: systemClock, hasher: nodeHasher, random: Math.random };

let redis: RedisServer;
let etcd: EtcdCluster;
let folder: string;

beforeAll(async () => {
  redis = await RedisServer.start();
  etcd = await EtcdCluster.start();
  folder = await mkdtemp(join(tmpdir(), 'brigade-threads-'));
}, 60_000);
afterAll(async () => {
  await redis.stop();
  await etcd.stop();
  await rm(folder, { recursive: true, force: true });
});

const program = (name: string): URL => new URL(`../../src/${name}-worker.ts`, import.meta.url);

describe.each(['redis', 'etcd'] as const)('threads on %s', (kind) => {
  const url = (): string => (kind === 'redis' ? redis.url : etcd.url);
  const opened = (): EventStore =>
    kind === 'redis'
      ? createRedisStore({ url: url(), fleet: 'threads', ...ports })
      : createEtcdStore({ url: url(), fleet: 'threads', ...ports });
  const log = (): KeptLog => ({ location: { kind, url: url(), fleet: 'threads' }, durability: 'host' });

  it('fold, look back, archive and examine; and what is left is copied to a file', async () => {
    const rig = new FleetRig({ clock: systemClock, makeStore: opened });
    const a = await rig.coordinator('a');
    const ana = await seat(a, 'ana');
    await ana.acquire('task:x');
    const store = opened();
    await store.open();
    await writeMarks(store, 12_000, 0, a.replica.state);

    const fold = createFoldThread(program('fold'), log());
    const { seq: head } = await store.open();
    expect(await fold.run(10)).toEqual({ snapshotSeq: head, violations: [] });
    expect((await store.loadSnapshot())?.seq).toBe(head);

    const past = createPastThread(program('past'), log(), systemClock);
    const view = await past.view({ kind: 'locks' }, { seq: head });
    if (isRejection(view)) throw new Error(view.message);
    expect(view).toMatchObject({ view: { items: [{ resource: 'task:x' }] } });
    await past.close();

    const where = { log: log(), folder: join(folder, kind) };
    const archive = createArchiveThread(program('archive'), where);
    const fleetId = a.fleetId() ?? '';
    const segment = await archive.archive(fleetId, { keepMs: null, keepEvents: 1_000, awaited: null });
    if (segment === null) throw new Error('nothing was archived');
    await archive.cut(segment);
    expect(await removedUpTo(store)).toBe(segment.lastSeq);

    const examine = createExamineThread(program('examine'), where, systemClock);
    expect(await examine.examine(fleetId, () => undefined)).toMatchObject({ flaw: null, archives: 1, checkedTo: head });
    await rig.close();

    const target = createSqliteStore({ path: join(folder, `${kind}.db`), durability: 'process', ...ports });
    await target.open();
    const move = {
      from: { store, url: url() },
      to: { store: target, url: 'sqlite:there' },
      ports: { ...ports, nextTurn: () => nextTurn() },
      onProgress: () => undefined,
    } satisfies Move;
    const survey = await surveyMove(move);
    if (isRejection(survey)) throw new Error(survey.message);
    expect(survey.base.seq).toBe(segment.lastSeq);
    const end = { by: 'operator:root', batchId: 'b_end', placeId: 'p', bootId: 'b', wallAt: systemClock.wallAt() };
    const moved = await performMove(move, survey, end);
    expect(moved).toMatchObject({ endedAt: { seq: survey.head.seq + 1 } });
    expect(await removedUpTo(target)).toBe(segment.lastSeq);
    await Promise.all([store.close(), target.close()]);
  }, 60_000);
});
