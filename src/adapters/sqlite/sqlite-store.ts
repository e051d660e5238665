// The EventStore on a SQLite file: the default, for all processes of one machine.
//
// The life of an append:
//   1. compare the head without a lock; a stale writer hears its conflict at once
//   2. in a transaction of microseconds: compare again, insert one row, commit; a busy file is tried again by timer
//   3. outside the lock, sync the WAL file in the thread pool, together with everybody who waits for the same
//   4. answer
// The event loop waits neither for the lock nor for the disk. What a reader is handed was synced too, but for who reads
// ahead, and has it synced before it is told to anybody.

import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';
import {
  type Appended,
  type Batch,
  type Beat,
  type Conflict,
  type EventStore,
  type LogHead,
  type ReadAhead,
  type Snapshot,
  type StoredBatch,
  StoreFault,
  type StoreTraits,
  type Unsubscribe,
} from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { placeBatch } from '../../ports/place-batch.ts';
import { snapshotChecksum } from '../../ports/snapshot-rules.ts';
import { within } from '../system/within.ts';
import { BootWatch } from './boot-watch.ts';
import { Checkpointer } from './checkpointer.ts';
import { copyDatabase } from './copy-database.ts';
import { type FileSystemType, fileSystemType } from './file-system-check.ts';
import { fileBytes, quickCheck, type SqliteInspection } from './inspect-database.ts';
import { LogFile } from './log-file.ts';
import { LogWatch, touchLog } from './log-watch.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { type Migration, migrations } from './schema.ts';
import { SideThread } from './side-thread.ts';
import type { SqliteConnection, SqliteDriver, SqliteDriverName } from './sqlite-driver.ts';
import { asStoreFault, isBusy, isStuck } from './sqlite-faults.ts';
import { StuckGuard } from './stuck-guard.ts';
import { type SyncFile, syncData } from './wal-file.ts';
import { whileBusy } from './while-busy.ts';
import { isWriteLocked } from './write-lock.ts';

export interface SqliteStoreOptions {
  /** Of the database file. Its folder is made, for its owner alone, where it is missing. */
  readonly path: string;
  /**
   * `host`: an acknowledged append survives a power loss. `process`: it survives the death of every process, and may be
   * lost with the power; nothing is synced.
   */
  readonly durability: 'host' | 'process';
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly driver?: SqliteDriverName;
  /** For whoever reads all of it and writes nothing: a damaged end does not keep it from being opened. */
  readonly opensDamaged?: boolean;
  /** How long a call tries before it answers STORE_UNAVAILABLE. */
  readonly deadlineMs?: number;
  /** How long an append by another process may go unseen where watching the file fails. */
  readonly pollMs?: number;
  /** A WAL with more than this in use is checkpointed; a WAL file above the other one is also cut. */
  readonly walLimitBytes?: number;
  readonly walCutBytes?: number;
  /** For tests: what stands between the store and the disk. */
  readonly seams?: {
    readonly syncFile?: SyncFile;
    readonly fileSystemType?: FileSystemType;
    readonly migrations?: readonly Migration[];
    readonly watchFiles?: boolean;
    readonly onConnect?: (connection: SqliteConnection) => void;
  };
}

export interface SqliteStore extends EventStore {
  /** Copies the log, as it is at this moment, to a file that must not exist yet. */
  backup(file: string): Promise<void>;
  /** Another process held the write lock whenever it was tried. */
  isWriteLocked(): Promise<boolean>;
  /** For doctor. Reads the whole file at once, so it belongs in a process that serves nobody. */
  inspect(): Promise<SqliteInspection>;
}

const defaults = {
  driver: 'better-sqlite3',
  opensDamaged: false,
  deadlineMs: 5_000,
  pollMs: 250,
  walLimitBytes: 8 * 1024 * 1024,
  walCutBytes: 64 * 1024 * 1024,
} as const;

/** The first event of an epoch carries the whole state: room for some 50,000 leases. Other batches stay far below. */
const batchLimits = { maxBatchEvents: 4096, maxBatchBytes: 16 * 1024 * 1024 } as const;

/** How often beats of other boots are looked for while the log is watched. */
const bootLookMs = 1_000;

/** A thousand times longer than anybody who runs holds the lock. */
const lockLookMs = 1_000;

type Settings = Required<Omit<SqliteStoreOptions, 'seams'>> & Pick<SqliteStoreOptions, 'seams'>;

/** A store that is not open yet. */
export function createSqliteStore(options: SqliteStoreOptions): SqliteStore {
  return new FileStore({ ...defaults, ...options });
}

/** What exists between open and close. */
interface Opened {
  readonly database: OpenDatabase;
  readonly file: LogFile;
  readonly watch: LogWatch;
  readonly stuck: StuckGuard;
  readonly thread: SideThread;
  /** Null on a file of a newer schema, which is not written. */
  readonly checkpointer: Checkpointer | null;
}

class FileStore implements SqliteStore {
  readonly traits: StoreTraits;
  readonly ahead: ReadAhead = {
    read: (after, limit) => this.#readAhead(after, limit),
    confirm: (seq) => this.#makeDurable(seq, this.#deadline()),
  };
  readonly #settings: Settings;
  readonly #bootWatch = new BootWatch();
  readonly #hints = new Set<() => void>();
  #opening: Promise<Opened> | null = null;
  #opened: Opened | null = null;
  #closing: Promise<void> | null = null;
  /** Everything up to here is known to be on the disk. */
  #durableSeq = 0;
  #bootsSeenAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.traits = {
      kind: 'sqlite',
      sharedAcrossHosts: false,
      pushesHints: true,
      survives: settings.durability,
      ...batchLimits,
      location: `sqlite:${resolve(settings.path)}`,
    };
  }

  async open(): Promise<LogHead> {
    if (this.#closing !== null) throw notOpen(this.traits.location);
    this.#opening ??= this.#openOnce();
    try {
      this.#opened = await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
    const untilMs = this.#deadline();
    const head = await this.#step(untilMs, (file) => file.head());
    await this.#makeDurable(head.seq, untilMs);
    return head;
  }

  async read(after: number, limit: number): Promise<readonly StoredBatch[]> {
    const found = await this.#readAhead(after, limit);
    await this.#makeDurable(found.at(-1)?.lastSeq ?? 0, this.#deadline());
    return found;
  }

  async #readAhead(after: number, limit: number): Promise<readonly StoredBatch[]> {
    const found: StoredBatch[] = [];
    let from = after;
    let left = limit;
    for (;;) {
      const previous = found.at(-1) ?? null;
      const step = await this.#step(this.#deadline(), (file) => file.read(from, left, previous));
      found.push(...step.batches);
      left -= step.batches.reduce((events, batch) => events + batch.count, 0);
      from = found.at(-1)?.lastSeq ?? after;
      if (step.isComplete) return found;
      await nextTurn();
    }
  }

  /**
   * Whoever was acknowledged an append had found the file in place after the commit, so it was committed before the file
   * went away, and is among what is still open here.
   */
  async readRemains(after: number, limit: number): Promise<readonly StoredBatch[]> {
    return this.#step(this.#deadline(), (file) => file.readRemains(after, limit));
  }

  async append(expected: LogHead, batch: Batch): Promise<Appended | Conflict> {
    const untilMs = this.#deadline();
    const placed = placeBatch(this.#settings.hasher, expected, batch, batchLimits);
    const answer = await this.#step(untilMs, (file) => {
      this.#bootWatch.expectAlone(this.#settings.clock.monotonicMs());
      return file.append(expected, placed);
    });
    if (!answer.appended) return answer;
    const durable = this.#makeDurable(placed.lastSeq, untilMs);
    // Whoever is woken takes the processor; the disk is at work meanwhile.
    touchLog(this.#expectOpened().database.file, this.#settings.clock.wallAt());
    this.#considerCheckpoint();
    // Nobody may starve the rest of the process by appending in a circle, not even where nothing is synced.
    if (this.#settings.durability === 'process') await nextTurn();
    await durable;
    // Whoever hears of a grant must be able to find it where everybody looks.
    this.#expectOpened().file.expectInPlace();
    return answer;
  }

  onAppended(hint: () => void): Unsubscribe {
    const own = (): void => hint();
    this.#hints.add(own);
    this.#opened?.watch.start();
    return () => {
      this.#hints.delete(own);
      if (this.#hints.size === 0) this.#opened?.watch.stop();
    };
  }

  async loadSnapshot(atOrBefore = Number.MAX_SAFE_INTEGER): Promise<Snapshot | null> {
    return this.#step(this.#deadline(), (file) => file.newestSnapshot(atOrBefore));
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    const untilMs = this.#deadline();
    const checksum = snapshotChecksum(this.#settings.hasher, snapshot);
    await this.#step(untilMs, (file) => file.saveSnapshot(snapshot, checksum));
    this.#considerCheckpoint();
    await this.#sync(untilMs);
  }

  async truncate(before: number): Promise<number> {
    const point = await this.#step(this.#deadline(), (file) => file.truncationPoint(before));
    if (point !== null) {
      while (!(await this.#step(this.#deadline(), (file) => file.truncateSome(point)))) {
        this.#considerCheckpoint();
        await nextTurn();
      }
    }
    await this.#sync(this.#deadline());
    return this.#step(this.#deadline(), (file) => file.firstSeq());
  }

  async beginBehind(base: LogHead): Promise<Appended | Conflict> {
    const answer = await this.#step(this.#deadline(), (file) => file.beginBehind(base));
    await this.#sync(this.#deadline());
    return answer;
  }

  async beat(beat: Beat): Promise<void> {
    this.#bootWatch.knowSelf(beat.bootId);
    const beats = await this.#step(this.#deadline(), (file) => {
      file.beat(beat);
      return file.beats();
    });
    this.#bootWatch.observe(beats, this.#settings.clock.monotonicMs());
  }

  async beats(): Promise<readonly Beat[]> {
    return this.#step(this.#deadline(), (file) => file.beats());
  }

  async backup(file: string): Promise<void> {
    const { database } = this.#expectOpened();
    try {
      await copyDatabase(database.driver, database.file, resolve(file));
    } catch (error) {
      throw asStoreFault(database.driver, database.file, error);
    }
  }

  isWriteLocked(): Promise<boolean> {
    const { database } = this.#expectOpened();
    return isWriteLocked(database.connection, this.#patience(database.driver, lockLookMs));
  }

  async inspect(): Promise<SqliteInspection> {
    const { database, checkpointer } = this.#expectOpened();
    return {
      file: database.file,
      driver: database.driver.name,
      libraryVersion: database.libraryVersion,
      schemaVersion: database.schema.version,
      durability: this.#settings.durability,
      fileBytes: fileBytes(database.file),
      walBytes: fileBytes(database.wal.path),
      checkpointTrouble: checkpointer?.trouble ?? null,
      isWriteLocked: await this.isWriteLocked(),
      findings: await this.#step(this.#deadline(), () => quickCheck(database.connection)),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeOnce();
    return this.#closing;
  }

  async #openOnce(): Promise<Opened> {
    const settings = this.#settings;
    const database = await openDatabase({
      path: settings.path,
      driver: settings.driver,
      durability: settings.durability,
      syncFile: settings.seams?.syncFile ?? syncData,
      fileSystemType: settings.seams?.fileSystemType ?? fileSystemType,
      migrations: settings.seams?.migrations ?? migrations,
      whileBusy: (driver, attempt) => this.#whileBusy(driver, this.#deadline(), attempt),
    });
    try {
      settings.seams?.onConnect?.(database.connection);
      return await this.#readFirst(database);
    } catch (error) {
      await database.close();
      throw asStoreFault(database.driver, database.file, error);
    }
  }

  async #readFirst(database: OpenDatabase): Promise<Opened> {
    const { clock, hasher, pollMs, walLimitBytes, walCutBytes, opensDamaged } = this.#settings;
    const { driver, wal, schema } = database;
    const watchFiles = this.#settings.seams?.watchFiles ?? true;
    const file = await this.#whileBusy(driver, this.#deadline(), () => {
      const opened = new LogFile(database, hasher);
      opened.begin({ checksEnd: !opensDamaged });
      return opened;
    });
    const watch = new LogWatch({ file: database.file, clock, pollMs, watchFiles, look: (pace) => this.#look(pace) });
    if (this.#hints.size > 0) watch.start();
    const limits = { walLimitBytes, walCutBytes };
    const thread = new SideThread({ file: database.file, walPath: wal.path, driver: driver.name, limits }, clock);
    const checkpointer = schema.kind === 'newer' ? null : new Checkpointer(thread, clock, walLimitBytes);
    const stuck = new StuckGuard({
      clock,
      location: this.traits.location,
      tryReading: async () => (await thread.ask('read')).isDone,
      onFree: () => this.#hint(),
    });
    return { database, file, watch, stuck, thread, checkpointer };
  }

  async #closeOnce(): Promise<void> {
    const [opened] = await Promise.allSettled([this.#opening]);
    this.#opened = null;
    this.#hints.clear();
    if (opened.status === 'rejected' || opened.value === null) return;
    const { database, watch, stuck, thread } = opened.value;
    watch.stop();
    stuck.close();
    await thread.close();
    await database.close();
  }

  /** The log may have grown. Must not throw: what is wrong is told to whoever reads next. */
  #look(pace: 'quick' | 'slow'): void {
    if (this.#opened === null || this.#opened.stuck.isStuck) return;
    const { database, file, stuck } = this.#opened;
    try {
      if (!file.hasChanged() && (pace === 'quick' || file.isInPlace())) return;
      this.#considerCheckpoint();
      this.#lookAtBoots(file);
    } catch (error) {
      if (isStuck(database.driver, error)) stuck.stick(error);
      if (isBusy(database.driver, error)) return;
    }
    this.#hint();
  }

  #hint(): void {
    for (const hint of this.#hints) hint();
  }

  #lookAtBoots(file: LogFile): void {
    const nowMs = this.#settings.clock.monotonicMs();
    if (nowMs - this.#bootsSeenAtMs < bootLookMs) return;
    this.#bootsSeenAtMs = nowMs;
    this.#bootWatch.observe(file.beats(), nowMs);
  }

  #considerCheckpoint(): void {
    if (this.#opened === null) return;
    const { checkpointer, database } = this.#opened;
    checkpointer?.consider(database.wal.sizeBytes());
  }

  async #makeDurable(seq: number, untilMs: number): Promise<void> {
    if (seq <= this.#durableSeq) return;
    await this.#sync(untilMs);
    this.#durableSeq = Math.max(this.#durableSeq, seq);
  }

  /** Makes durable what was committed before. Nothing to do where only the death of processes must be survived. */
  async #sync(untilMs: number): Promise<void> {
    const { clock, durability, deadlineMs } = this.#settings;
    if (durability === 'process') return;
    const { wal } = this.#expectOpened().database;
    await within(wal.sync(), Math.max(untilMs - clock.monotonicMs(), 0), clock, () => {
      const message = `The disk did not confirm ${wal.path} within ${deadlineMs} ms. What was written may or may not stay.`;
      return new StoreFault('STORE_UNAVAILABLE', message, { details: { file: wal.path, outcome: 'unknown' } });
    });
  }

  async #step<T>(untilMs: number, attempt: (file: LogFile) => T): Promise<T> {
    const { database, stuck } = this.#expectOpened();
    const { driver, file } = database;
    try {
      return await this.#whileBusy(driver, untilMs, () => {
        if (stuck.isStuck) throw stuck.fault();
        return attempt(this.#expectOpened().file);
      });
    } catch (error) {
      throw isStuck(driver, error) ? stuck.stick(error) : asStoreFault(driver, file, error);
    }
  }

  #whileBusy<T>(driver: SqliteDriver, untilMs: number, attempt: () => T): Promise<T> {
    const { clock, random, deadlineMs } = this.#settings;
    return whileBusy(attempt, {
      clock,
      random,
      untilMs,
      isBusy: (error) => isBusy(driver, error),
      onLate: (cause) => {
        const message =
          `${this.traits.location} was locked for ${deadlineMs} ms. Another process may have been stopped while it ` +
          'wrote; writing goes on when that one continues or ends. Reading still works.';
        return new StoreFault('STORE_UNAVAILABLE', message, { cause, details: { location: this.traits.location } });
      },
    });
  }

  #patience(driver: SqliteDriver, patienceMs: number) {
    const { clock, random } = this.#settings;
    return {
      clock,
      random,
      untilMs: clock.monotonicMs() + patienceMs,
      isBusy: (error: unknown) => isBusy(driver, error),
    };
  }

  #deadline(): number {
    return this.#settings.clock.monotonicMs() + this.#settings.deadlineMs;
  }

  #expectOpened(): Opened {
    if (this.#opened === null) throw notOpen(this.traits.location);
    return this.#opened;
  }
}

function notOpen(location: string): StoreFault {
  return new StoreFault('STORE_UNAVAILABLE', `${location} is not open.`, { details: { location } });
}
