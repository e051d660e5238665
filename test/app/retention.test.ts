// Retention: what the policy no longer keeps is in an archive before it is cut off, wherever somebody dies on the way, and the
// chain goes through all archives into the log.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLog, type MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { createSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { openArchiveFolder } from '../../src/adapters/system/archive-folder.ts';
import { createArchiveThread } from '../../src/adapters/system/archive-thread.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { endBatch } from '../../src/app/move/log-end.ts';
import { archiveNext } from '../../src/app/retention/archive-log.ts';
import { archiveTask } from '../../src/app/retention/archive-task.ts';
import { cutArchived } from '../../src/app/retention/cut-archived.ts';
import { Retention, type RetentionOptions } from '../../src/app/retention/retention.ts';
import { verifyArchives } from '../../src/app/retention/verify-archives.ts';
import type { ArchivedSegment } from '../../src/core/event.ts';
import type { RetentionPolicy } from '../../src/core/governance/policy.ts';
import { isRejection, reject } from '../../src/core/rejection.ts';
import type { Alone } from '../../src/ports/alone.ts';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import type { LogKeeper } from '../../src/ports/log-keeper.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { countingIds, FleetRig, seat, silent } from '../support/fleet-rig.ts';
import { MARKS_BEGAN_MS, writeMarks } from '../support/marked-log.ts';
import { waitUntil } from '../support/wait-until.ts';

const FLEET = 'f_1';
const DAY_MS = 86_400_000;
const KEEP_20_000: RetentionPolicy = { keepMs: null, keepEvents: 20_000 };

let path = '';
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'brigade-archive-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

function archive(store: EventStore, policy: RetentionPolicy, { days = 30, awaited = null as number | null } = {}) {
  const keep = { ...policy, awaited };
  const nowWallAt = new Date(MARKS_BEGAN_MS + days * DAY_MS).toISOString();
  return archiveNext({
    store,
    folder: openArchiveFolder(path),
    hasher: nodeHasher,
    fleetId: FLEET,
    keep,
    nowWallAt,
  });
}

async function verified(store: EventStore) {
  const first = await firstBatch(store);
  const report = await verifyArchives(openArchiveFolder(path), nodeHasher, FLEET, first);
  return { ...report, logFrom: first.firstSeq };
}

async function firstBatch(store: EventStore) {
  const head = await store.open();
  for (let after = 0; ; ) {
    try {
      const [first] = await store.read(after, 1);
      if (first !== undefined) return first;
      throw new Error(`nothing after ${after} of ${head.seq}`);
    } catch (error) {
      const removed = (error as { details?: { removedUpTo?: number } }).details?.removedUpTo;
      if (removed === undefined) throw error;
      after = removed;
    }
  }
}

describe('the next archive', () => {
  let log: MemoryLog;
  let store: EventStore;
  beforeEach(() => {
    log = createMemoryLog();
    store = createMemoryStore(log, nodeHasher);
  });

  it('holds what the policy does not keep, up to a snapshot, and the chain goes on in the log', async () => {
    await writeMarks(store, 60_000);
    const segment = await archive(store, KEEP_20_000);
    expect(segment).toMatchObject({ firstSeq: 1, hashBefore: '0'.repeat(64) });
    expect(segment?.lastSeq).toBeLessThanOrEqual(40_000);
    expect(segment?.lastSeq).toBeGreaterThan(30_000);
    expect(segment?.file).toBe(`f_1/0000000000000001-${String(segment?.lastSeq).padStart(16, '0')}.ndjson.gz`);
    // Nothing is cut before it was noted.
    expect(log.base.seq).toBe(0);
    await store.truncate((segment?.lastSeq ?? 0) + 1);
    expect(log.base.seq).toBe(segment?.lastSeq);
    expect(await verified(store)).toEqual({
      archives: 1,
      events: segment?.lastSeq,
      firstSeq: 1,
      problems: [],
      logFrom: (segment?.lastSeq ?? 0) + 1,
    });
    expect(await archive(store, KEEP_20_000)).toBeNull();
    await writeMarks(store, 30_000);
    const next = await archive(store, KEEP_20_000);
    expect(next).toMatchObject({ firstSeq: (segment?.lastSeq ?? 0) + 1, hashBefore: segment?.hashAfter });
    await store.truncate((next?.lastSeq ?? 0) + 1);
    expect(await verified(store)).toMatchObject({ archives: 2, problems: [] });
  });

  it('is made by the host that has the one before it, where several share the log', async () => {
    const shared = (): EventStore =>
      Object.assign(createMemoryStore(log, nodeHasher), {
        traits: { ...createMemoryStore(log, nodeHasher).traits, sharedAcrossHosts: true },
      });
    const there = openArchiveFolder(join(path, 'of-the-other-host'));
    const nowWallAt = new Date(MARKS_BEGAN_MS + 30 * DAY_MS).toISOString();
    const options = { hasher: nodeHasher, fleetId: FLEET, nowWallAt, keep: { ...KEEP_20_000, awaited: null } };
    const here = openArchiveFolder(join(path, 'of-this-host'));
    await writeMarks(store, 60_000);
    const segment = await archiveNext({ ...options, store: shared(), folder: here });
    await store.truncate((segment?.lastSeq ?? 0) + 1);
    await writeMarks(store, 30_000);
    expect(await archiveNext({ ...options, store: shared(), folder: there })).toBeNull();
    // One that nobody can read continues nothing.
    const name = join(path, 'of-this-host', segment?.file ?? '');
    const bytes = await readFile(name);
    await writeFile(name, 'torn');
    expect(await archiveNext({ ...options, store: shared(), folder: here })).toBeNull();
    await writeFile(name, bytes);
    const next = await archiveNext({ ...options, store: shared(), folder: here });
    expect(next).toMatchObject({ hashBefore: segment?.hashAfter });
    // Whoever is given the archives of a host that is gone goes on with them.
    await cp(join(path, 'of-this-host'), join(path, 'of-the-other-host'), { recursive: true });
    await store.truncate((next?.lastSeq ?? 0) + 1);
    await writeMarks(store, 30_000);
    expect(await archiveNext({ ...options, store: shared(), folder: there })).toMatchObject({
      hashBefore: next?.hashAfter,
    });
  });

  it('is of what was logged long ago, where that is what the policy says', async () => {
    await writeMarks(store, 60_000);
    // A thousand events an hour: the last ten hours.
    const keep = { keepMs: 10 * 3_600_000 + DAY_MS * 27.5, keepEvents: null };
    const segment = await archive(store, keep);
    expect(segment?.lastSeq).toBeLessThanOrEqual(50_000);
    expect(segment?.lastSeq).toBeGreaterThan(40_000);
    // What either of them keeps is kept.
    expect((await archive(store, { ...keep, keepEvents: 45_000 }))?.lastSeq ?? 0).toBeLessThanOrEqual(15_000);
  });

  it.each([
    ['keeps all', { keepMs: null, keepEvents: null }],
    ['keeps more than there is', { keepMs: null, keepEvents: 1_000_000 }],
    ['keeps longer than there is', { keepMs: 90 * DAY_MS, keepEvents: null }],
    ['leaves too little for a file', { keepMs: null, keepEvents: 55_000 }],
  ] as readonly [string, RetentionPolicy][])('is none where the policy %s', async (_what, keep) => {
    await writeMarks(store, 60_000);
    expect(await archive(store, keep)).toBeNull();
    expect(await readdir(path)).toEqual([]);
  });

  it('is none of an earlier epoch before this one is as long as what is kept', async () => {
    await writeMarks(store, 60_000);
    await writeMarks(store, 10_000, 1);
    expect(await archive(store, KEEP_20_000)).toBeNull();
    await writeMarks(store, 20_000, 1);
    expect(await archive(store, KEEP_20_000)).toMatchObject({ firstSeq: 1 });
  });

  it('is the same file with the same content when whoever wrote it died before it was noted', async () => {
    await writeMarks(store, 60_000);
    const first = await archive(store, KEEP_20_000);
    const bytes = await readFile(join(path, first?.file ?? ''));
    await writeMarks(store, 10_000);
    expect(await archive(store, KEEP_20_000)).toEqual(first);
    expect(await readFile(join(path, first?.file ?? ''))).toEqual(bytes);
    // Torn, it is written again.
    await writeFile(join(path, first?.file ?? ''), bytes.subarray(0, 200));
    const again = await archive(store, { ...KEEP_20_000, keepEvents: 30_000 });
    expect(again).toEqual(first);
    expect(await readFile(join(path, first?.file ?? ''))).toEqual(bytes);
  });

  it('is the one that is there, until it is cut off', async () => {
    await writeMarks(store, 60_000);
    const segment = await archive(store, KEEP_20_000);
    await writeMarks(store, 30_000);
    expect(await archive(store, KEEP_20_000)).toEqual(segment);
    await store.truncate((segment?.lastSeq ?? 0) + 1);
    expect((await archive(store, KEEP_20_000))?.firstSeq).toBe((segment?.lastSeq ?? 0) + 1);
  });

  it('waits for all that an archive has to be old enough, where the policy keeps more now', async () => {
    await writeMarks(store, 60_000);
    const first = await archive(store, KEEP_20_000);
    const keepMore = { keepMs: null, keepEvents: 40_000 };
    expect(await archive(store, keepMore)).toBeNull();
    await writeMarks(store, 25_000);
    expect(await archive(store, keepMore)).toEqual(first);
  });

  it('takes the place of one at whose end the log can no longer be cut', async () => {
    await writeMarks(store, 60_000);
    const first = await archive(store, KEEP_20_000);
    forgetSnapshotAt(first?.lastSeq ?? 0);
    // There is none between that one and what is kept.
    expect(await archive(store, { keepMs: null, keepEvents: 60_000 - (first?.lastSeq ?? 0) - 1 })).toBeNull();
    await writeMarks(store, 10_000);
    const next = await archive(store, KEEP_20_000);
    expect(next).toMatchObject({ firstSeq: 1, hashBefore: first?.hashBefore });
    expect(next?.lastSeq).toBeGreaterThan(first?.lastSeq ?? 0);
    if (next !== null) await cutArchived({ store, folder: openArchiveFolder(path), hasher: nodeHasher }, next);
    expect(await openArchiveFolder(path).names()).toEqual([next?.file]);
    expect(await verified(store)).toMatchObject({ archives: 1, events: next?.lastSeq, problems: [] });
  });

  it('is the one that is there, when only a part of it was cut off', async () => {
    await writeMarks(store, 60_000);
    const segment = await archive(store, KEEP_20_000);
    await store.truncate(15_000);
    expect(await verified(store)).toMatchObject({ logFrom: 10_001 });
    expect(await archive(store, KEEP_20_000)).toEqual(segment);
  });

  it('is the longest of those that are there and whole', async () => {
    await writeMarks(store, 60_000);
    const keepMore = { keepMs: null, keepEvents: 49_000 };
    const short = await archive(store, keepMore);
    const load = store.loadSnapshot.bind(store);
    forgetSnapshotAt(short?.lastSeq ?? 0);
    const long = await archive(store, KEEP_20_000);
    store.loadSnapshot = load;
    expect([short?.lastSeq, long?.lastSeq]).toEqual([10_000, 35_000]);
    expect(await archive(store, KEEP_20_000)).toEqual(long);
    await writeFile(join(path, long?.file ?? ''), 'torn');
    expect(await archive(store, KEEP_20_000)).toEqual(short);
  });

  it('is none of a log without events, and of one that has less than the archives that it had', async () => {
    await store.open();
    expect(await archive(store, KEEP_20_000)).toBeNull();
    await writeMarks(store, 60_000);
    await store.truncate(45_001);
    expect(log.base.seq).toBe(45_000);
    const lastHour = { keepMs: DAY_MS * 27.5 + 3_600_000, keepEvents: null };
    // All that is older than that was cut off before.
    expect(await archive(store, { keepMs: 90 * DAY_MS, keepEvents: null })).toBeNull();
    expect(await archive(store, lastHour)).toMatchObject({ firstSeq: 45_001 });
  });

  it('is not made where the log cannot be read, or ends while it is read', async () => {
    await writeMarks(store, 60_000);
    const read = store.read.bind(store);
    const fault = new StoreFault('STORE_UNAVAILABLE', 'the disk is gone');
    // From the second look on, which asks when something was logged.
    let looks = 0;
    store.read = (after, limit) => {
      looks += 1;
      return looks > 3 ? Promise.reject(fault) : read(after, limit);
    };
    await expect(archive(store, { keepMs: DAY_MS, keepEvents: null })).rejects.toBe(fault);
    store.read = (after, limit) => (after >= 20_000 && limit > 1 ? Promise.resolve([]) : read(after, limit));
    await expect(archive(store, KEEP_20_000)).rejects.toThrow('the log ends before 35000');
    expect(await openArchiveFolder(path).names()).toEqual([]);
  });

  it('leaves in the log what a message is still to tell', async () => {
    await writeMarks(store, 60_000);
    expect((await archive(store, KEEP_20_000, { awaited: 22_345 }))?.lastSeq).toBe(20_000);
    await store.truncate(20_001);
    expect(await archive(store, KEEP_20_000, { awaited: 22_345 })).toBeNull();
    expect(await archive(store, KEEP_20_000)).toMatchObject({ firstSeq: 20_001 });
  });

  it('that is cut off takes away no archive but those that it has all of, and the log still proves it', async () => {
    const folder = openArchiveFolder(path);
    const cut = async (segment: ArchivedSegment | null) => {
      if (segment === null) throw new Error('nothing to archive');
      await cutArchived({ store, folder, hasher: nodeHasher }, segment);
      return segment.file;
    };
    await writeMarks(store, 60_000);
    const short = await archive(store, { keepMs: null, keepEvents: 49_000 });
    forgetSnapshotAt(short?.lastSeq ?? 0);
    const long = await archive(store, KEEP_20_000);
    // Somebody cut off a part of it.
    await store.truncate(20_001);
    const first = await cut(long);
    expect((await folder.names()).toSorted()).toEqual([short?.file ?? '', first].toSorted());
    expect(await verified(store)).toMatchObject({ archives: 2, problems: [] });
    await writeMarks(store, 30_000);
    const second = await cut(await archive(store, KEEP_20_000));
    expect((await folder.names()).toSorted()).toEqual([short?.file ?? '', first, second].toSorted());
    expect(await verified(store)).toMatchObject({ archives: 3, problems: [] });
  });

  it('is not cut off where a shorter one cannot be looked at', async () => {
    await writeMarks(store, 60_000);
    const short = await archive(store, { keepMs: null, keepEvents: 49_000 });
    forgetSnapshotAt(short?.lastSeq ?? 0);
    const long = await archive(store, KEEP_20_000);
    if (long === null) throw new Error('nothing to archive');
    const fault = new StoreFault('STORE_UNAVAILABLE', 'the disk is gone');
    store.read = () => Promise.reject(fault);
    const options = { store, folder: openArchiveFolder(path), hasher: nodeHasher };
    await expect(cutArchived(options, long)).rejects.toBe(fault);
    expect(log.base.seq).toBe(0);
  });

  it('is cut off only where it is there', async () => {
    await writeMarks(store, 60_000);
    const segment = await archive(store, KEEP_20_000);
    if (segment === null) throw new Error('nothing to archive');
    await rm(join(path, segment.file));
    await cutArchived({ store, folder: openArchiveFolder(path), hasher: nodeHasher }, segment);
    expect(log.base.seq).toBe(0);
  });

  /** As if so many were saved since that this one went. */
  function forgetSnapshotAt(seq: number): void {
    const load = store.loadSnapshot.bind(store);
    store.loadSnapshot = async (atOrBefore) => {
      const found = await load(atOrBefore);
      return found?.seq === seq ? load(seq - 1) : found;
    };
  }

  it('leaves nothing behind where it cannot be written whole', async () => {
    await writeMarks(store, 60_000);
    const read = store.read.bind(store);
    store.read = (after, limit) =>
      after > 20_000 && limit > 1 ? Promise.reject(new Error('the disk is gone')) : read(after, limit);
    await expect(archive(store, KEEP_20_000)).rejects.toThrow('the disk is gone');
    expect(await openArchiveFolder(path).names()).toEqual([]);
    expect(await readdir(join(path, FLEET)).catch(() => [])).toEqual([]);
  });
});

describe('the check of archives', () => {
  let store: EventStore;
  let files: string[] = [];
  beforeEach(async () => {
    store = createMemoryStore(createMemoryLog(), nodeHasher);
    files = [];
    await writeMarks(store, 60_000);
    for (let i = 0; i < 3; i += 1) {
      const segment = await archive(store, KEEP_20_000);
      if (segment === null) throw new Error('nothing to archive');
      await store.truncate(segment.lastSeq + 1);
      files.push(join(path, segment.file));
      await writeMarks(store, 15_000);
    }
  });

  async function problems(): Promise<readonly string[]> {
    return (await verified(store)).problems.map(({ problem }) => problem);
  }

  it('finds a chain that goes through', async () => {
    expect(await verified(store)).toMatchObject({ archives: 3, firstSeq: 1, problems: [] });
  });

  it('finds one that is missing', async () => {
    await rm(files[1] ?? '');
    expect(await problems()).toEqual([expect.stringContaining('is missing')]);
  });

  it('finds the last one missing', async () => {
    await rm(files[2] ?? '');
    expect(await problems()).toEqual([expect.stringContaining('the log does not continue it')]);
  });

  it.each([
    ['a changed event', (text: string) => text.replace('"label\\":\\"4000\\"', '"label\\":\\"4001\\"'), 'hash'],
    ['a missing batch', (text: string) => text.split('\n').toSpliced(3, 1).join('\n'), 'follows hash'],
    ['a missing end', (text: string) => text.split('\n').slice(0, -3).join('\n'), 'ends before'],
    [
      'another beginning',
      (text: string) => text.replace('"firstSeq":1,', '"firstSeq":2,'),
      'it begins at 1, and says 2',
    ],
    ['another version', (text: string) => text.replace('"archive":1', '"archive":9'), 'version 9'],
    ['what is no archive', () => 'hello', 'JSON'],
  ] as readonly [string, (text: string) => string, string][])('finds %s', async (_what, change, says) => {
    const file = files[0] ?? '';
    const text = gunzipSync(await readFile(file)).toString();
    expect(change(text)).not.toBe(text);
    await writeFile(file, gzipSync(change(text)));
    expect((await problems()).join('; ')).toContain(says);
  });

  it('finds one that was torn', async () => {
    const bytes = await readFile(files[0] ?? '');
    await writeFile(files[0] ?? '', bytes.subarray(0, bytes.length / 2));
    expect((await problems()).length).toBeGreaterThan(0);
  });
});

describe('a step of retention', () => {
  it('archives, or cuts off what was archived, and does nothing where somebody else of this host is at it', async () => {
    const log = createMemoryLog();
    const store = createMemoryStore(log, nodeHasher);
    await writeMarks(store, 60_000);
    const nowWallAt = new Date(MARKS_BEGAN_MS + 30 * DAY_MS).toISOString();
    const parts = { store, folder: openArchiveFolder(path), hasher: nodeHasher, nowWallAt };
    const toArchive = { do: 'archive', fleetId: FLEET, keep: { ...KEEP_20_000, awaited: null } } as const;
    expect(await archiveTask({ ...parts, alone: () => Promise.resolve(null) }, toArchive)).toBeNull();
    expect(await parts.folder.names()).toEqual([]);
    const alone: Alone = (work) => work();
    const segment = await archiveTask({ ...parts, alone }, toArchive);
    if (segment === null) throw new Error('nothing to archive');
    expect(log.base.seq).toBe(0);
    expect(await archiveTask({ ...parts, alone }, { do: 'cut', segment })).toBeNull();
    expect(log.base.seq).toBe(segment.lastSeq);
  });
});

describe('a coordinator', () => {
  it('has the log archived, notes it and has it cut', async () => {
    const done: string[] = [];
    const segment = { firstSeq: 1, lastSeq: 3, hashBefore: '0', hashAfter: 'f', file: 'f/1-3.ndjson.gz' };
    const answers: (ArchivedSegment | null)[] = [segment];
    const keeper: LogKeeper = {
      archive: (_fleetId, keep) => {
        done.push(`archive ${JSON.stringify(keep)}`);
        return Promise.resolve(answers.shift() ?? null);
      },
      cut: ({ lastSeq }) => {
        done.push(`cut ${lastSeq}`);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    const rig = FleetRig.onFakeClock({ keeper, foundingPolicyOf: () => ({ retention: { keepEvents: 10_000 } }) });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    await rig.clock.advance(130_000);
    const keep = '{"keepMs":null,"keepEvents":10000,"awaited":null}';
    expect(done.slice(0, 2)).toEqual([`archive ${keep}`, 'cut 3']);
    expect(a.replica.state.fleet?.archived).toEqual(segment);
    answers.push(segment);
    await rig.clock.advance(130_000);
    // What is noted already is not noted again.
    expect(done.filter((each) => each === 'cut 3')).toHaveLength(2);
    expect(rig.log.batches.filter(({ body }) => body.includes('log.archived'))).toHaveLength(1);
    await rig.close();
  });

  it('has what a message is still to tell left in the log', async () => {
    const asked: (number | null)[] = [];
    const keeper: LogKeeper = {
      archive: (_fleetId, { awaited }) => {
        asked.push(awaited);
        return Promise.resolve(null);
      },
      cut: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const deliver = [{ name: 'ops', kind: 'webhook', url: 'https://ops.example/alerts' }] as const;
    const policy = { retention: { keepEvents: 10_000 }, alerts: { deliver } };
    const rig = FleetRig.onFakeClock({ keeper, foundingPolicyOf: () => policy });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    const by = { kind: 'operator', name: 'kim', proof: 'terminal' } as const;
    await a.submit({ op: 'pause', agentId: 'ana', reason: 'a test', by, requestId: 'p', bodyHash: '' });
    await rig.clock.advance(130_000);
    const [waiting] = a.replica.state.deliveries.in('open', 'ops');
    expect(asked[0]).toBe(waiting?.message);
    expect(waiting?.message).toBeGreaterThan(0);
    await rig.close();
  });

  it('cuts nothing that the log did not take, and rests after a fault', async () => {
    const segment = { firstSeq: 1, lastSeq: 3, hashBefore: '0', hashAfter: 'f', file: 'f/1-3.ndjson.gz' };
    const seen = { asked: 0, cut: 0 };
    const keeper: LogKeeper = {
      archive: () => {
        seen.asked += 1;
        return seen.asked === 3 ? Promise.reject(new Error('the disk is full')) : Promise.resolve(segment);
      },
      cut: () => {
        seen.cut += 1;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    const rig = FleetRig.onFakeClock({ foundingPolicyOf: () => ({ retention: { keepEvents: 10_000 } }) });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    const refuses = () => Promise.resolve(reject('STORE_UNAVAILABLE', { message: 'no', next: 'no' }));
    const log = a.replica as unknown as RetentionOptions['log'];
    const fleetClock = { now: () => 0 } as unknown as RetentionOptions['fleetClock'];
    const parts = { log, fleetClock, keeper, clock: rig.clock, ids: countingIds('r'), logger: silent, submit: refuses };
    const retention = new Retention(parts);
    retention.start();
    await rig.clock.advance(150_000);
    expect(seen).toEqual({ asked: 3, cut: 0 });
    await rig.clock.advance(500_000);
    expect(seen.asked).toBe(3);
    await retention.close();
    await rig.close();
  });

  it('that closes while it archives waits for that, looks no more, and says nothing of what failed by it', async () => {
    const warnings: string[] = [];
    const seen = { asked: 0, isOver: false };
    const { promise: gone, reject: goAway } = Promise.withResolvers<null>();
    const keeper: LogKeeper = {
      archive: async () => {
        seen.asked += 1;
        return gone.finally(() => {
          seen.isOver = true;
        });
      },
      cut: () => Promise.resolve(),
      close: () => {
        goAway(new Error('the thread was ended'));
        return Promise.resolve();
      },
    };
    const rig = FleetRig.onFakeClock({ foundingPolicyOf: () => ({ retention: { keepEvents: 10_000 } }) });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    const log = a.replica as unknown as RetentionOptions['log'];
    const fleetClock = { now: () => 0 } as unknown as RetentionOptions['fleetClock'];
    const logger: Logger = { ...silent, warn: (_fields, message) => void warnings.push(message) };
    const submit = () => Promise.reject(new Error('nothing is noted'));
    const ids = countingIds('r');
    const retention = new Retention({ log, fleetClock, keeper, clock: rig.clock, ids, logger, submit });
    retention.start();
    await rig.clock.advance(130_000);
    await retention.close();
    expect(seen).toEqual({ asked: 1, isOver: true });
    await rig.clock.advance(3_600_000);
    expect([seen.asked, warnings]).toEqual([1, []]);
    await rig.close();
  });

  it.each([
    ['the policy keeps all', {}, false],
    ['the fleet has moved elsewhere', { retention: { keepEvents: 10_000 } }, true],
  ])('archives nothing where %s', async (_what, policy, hasMoved) => {
    let asked = 0;
    const keeper: LogKeeper = {
      archive: () => {
        asked += 1;
        return Promise.resolve(null);
      },
      cut: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const rig = FleetRig.onFakeClock({ keeper, foundingPolicyOf: () => policy });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    if (hasMoved) {
      const { state, head } = a.replica;
      const end = {
        to: 'etcd://h:2379',
        by: 'operator:root',
        batchId: 'b_end',
        placeId: 'p',
        wallAt: '2025-11-20T08:00:00Z',
      };
      const store = rig.store();
      await store.open();
      await store.append(head, endBatch(head, state, { ...end, hasher: nodeHasher }));
    }
    await rig.clock.advance(600_000);
    expect(asked).toBe(0);
    await rig.close();
  });

  it('says where the past is that was cut off', async () => {
    const file = join(path, 'brigade.db');
    const open = (): EventStore =>
      createSqliteStore({
        path: file,
        durability: 'process',
        clock: systemClock,
        hasher: nodeHasher,
        random: Math.random,
      });
    const store = open();
    await writeMarks(store, 40_000);
    const program = new URL('../../src/archive-worker.ts', import.meta.url);
    const thread = createArchiveThread(program, {
      log: { location: { kind: 'sqlite', path: file }, durability: 'process' },
      folder: join(path, 'archive'),
    });
    const segment = await thread.archive(FLEET, { ...KEEP_20_000, awaited: null });
    if (segment !== null) await thread.cut(segment);
    expect(await store.truncate(0)).toBe((segment?.lastSeq ?? 0) + 1);
    await thread.close();
    await store.close();
    const rig = new FleetRig({ clock: systemClock, makeStore: open });
    const a = await rig.coordinator('a');
    await seat(a, 'ana');
    if (segment !== null)
      await a.submit({
        op: 'note_archived',
        by: { kind: 'system', name: 'test' },
        requestId: 'n',
        bodyHash: '',
        segment,
      });
    const answer = await a.viewAt({ kind: 'fleet' }, { seq: 5 });
    expect(isRejection(answer) && answer).toMatchObject({
      code: 'HISTORY_TRUNCATED',
      next: expect.stringContaining(segment?.file ?? '?') as string,
      details: { archivedUpTo: segment?.lastSeq, archive: segment?.file },
    });
    const feed = a.feed({ after: 0, once: true })[Symbol.asyncIterator]();
    await expect(feed.next()).rejects.toMatchObject({
      code: 'HISTORY_TRUNCATED',
      details: { archivedUpTo: segment?.lastSeq, archive: segment?.file },
    });
    await waitUntil('the archive to be whole', async () => {
      const { archives, problems } = await verifyArchives(openArchiveFolder(join(path, 'archive')), nodeHasher, FLEET, {
        firstSeq: (segment?.lastSeq ?? 0) + 1,
        prevHash: segment?.hashAfter ?? '',
      });
      return archives === 1 && problems.length === 0;
    });
    await rig.close();
  });
});
