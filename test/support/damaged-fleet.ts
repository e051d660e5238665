// A small fleet in a SQLite file, and what openers make of copies of it in which something was changed. A copy is opened as
// every process opens its log, by a coordinator with what its host remembers; then it is examined as `doctor` does.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSqliteDriver } from '../../src/adapters/sqlite/sqlite-driver.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { examineLog, flawOfLog } from '../../src/app/examine-log.ts';
import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import { snapshotBody } from '../../src/app/snapshot-body.ts';
import { exportState } from '../../src/core/fleet/state-image.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { type Cook, codeOf, FleetRig, seat, tokenOf } from './fleet-rig.ts';
import { TestHost } from './test-memory.ts';

/** By what is added to the name of the database: nothing, or `-wal`. */
export type Files = Readonly<Record<string, Buffer>>;

/** What openers came to. `wrong` must not be. */
export interface Verdict {
  /** `same`: nothing that counts was lost, or all of it was told; `refused`: it was noticed before anything was decided. */
  readonly kind: 'same' | 'refused' | 'wrong';
  readonly code: string;
  readonly message: string;
}

/** A fresh handle on the log that is looked at; `opensDamaged` as `doctor` opens a file. */
export type MakeStore = (opensDamaged?: boolean) => EventStore;

export interface SmallFleet {
  readonly files: Files;
  judge(changed: Files): Promise<Verdict>;
  close(): void;
}

const NAME = 'brigade.db';
/** The smallest there are, so that a small file has many of everything. */
const PAGE_BYTES = 512;

/** A fault that says what is the matter with a file; anything else would be a fault of ours. */
const HONEST = /^STORE_(DAMAGED|REGRESSED|VERSION|UNSAFE|UNAVAILABLE)$/;

/** `keepsWal`: all of it still stands in the write-ahead log, as while processes are at work. */
export async function makeSmallFleet({ keepsWal }: { readonly keepsWal: boolean }): Promise<SmallFleet> {
  const folder = mkdtempSync(join(tmpdir(), 'brigade-damage-'));
  const path = join(folder, NAME);
  await useSmallPages(path);
  const rig = rigOn(() => storeAt(path), new TestHost());
  const coordinator = await rig.coordinator('a');
  await work(coordinator, () => storeAt(path));
  const whileOpen = filesAt(path, ['', '-wal']);
  await rig.close();
  const files = keepsWal ? whileOpen : filesAt(path, ['']);
  const copies = new Copies(folder);
  const sound = await copies.with(files, (at) => lookAt(() => storeAt(at)));
  return {
    files,
    judge: (changed) => copies.with(changed, (at) => judge((opensDamaged) => storeAt(at, opensDamaged), sound)),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function useSmallPages(path: string): Promise<void> {
  const connection = (await loadSqliteDriver('better-sqlite3')).connect(path, { busyTimeoutMs: 5_000 });
  connection.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  connection.prepare('PRAGMA journal_mode = WAL').get();
  connection.close();
}

/** Something of everything: a snapshot with events behind it, a line, a message, governed state, a beat. */
export async function work(at: LocalCoordinator, makeStore: MakeStore): Promise<void> {
  const [ana, bo] = [await seat(at, 'ana'), await seat(at, 'bo')];
  tokenOf(await ana.acquire('task:stew'));
  const store = makeStore();
  await store.open();
  const { state, head } = at.replica;
  await store.saveSnapshot({ ...head, body: await snapshotBody(state) });
  void bo.acquire('task:stew', { waitMs: 5 });
  await ana.put('menu', { of: 'today' }, { ifVersion: 0 });
  await bo.send('ana', 'salt');
  await store.beat({ placeId: 'p_here', bootId: 'boot', counter: 1, wallAt: systemClock.wallAt() });
  await store.close();
}

function storeAt(path: string, opensDamaged = false): SqliteStore {
  return createSqliteStore({
    path,
    durability: 'process',
    clock: systemClock,
    hasher: nodeHasher,
    random: Math.random,
    opensDamaged,
    // A busy copy would be one that is damaged: nobody else has it open.
    deadlineMs: 500,
    seams: { watchFiles: false },
  });
}

export function rigOn(makeStore: MakeStore, host: TestHost): FleetRig<Clock> {
  return new FleetRig<Clock>({ clock: systemClock, makeStore: () => makeStore(), memoryOf: () => host });
}

function filesAt(path: string, suffixes: readonly string[]): Files {
  return Object.fromEntries(suffixes.map((suffix) => [suffix, readFileSync(`${path}${suffix}`)]));
}

/** Copies of the fleet's files, each in a folder of its own for as long as somebody looks at it. */
class Copies {
  readonly #folder: string;
  #made = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async with<T>(files: Files, look: (path: string) => Promise<T>): Promise<T> {
    this.#made += 1;
    const folder = join(this.#folder, `copy-${this.#made}`);
    mkdirSync(folder);
    try {
      for (const [suffix, bytes] of Object.entries(files)) writeFileSync(join(folder, `${NAME}${suffix}`), bytes);
      return await look(join(folder, NAME));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What the undamaged log comes to. */
export interface Sound {
  readonly host: TestHost;
  readonly state: string;
  readonly facts: string;
}

export async function lookAt(makeStore: MakeStore): Promise<Sound> {
  const host = new TestHost();
  const rig = rigOn(makeStore, host);
  const coordinator = await rig.coordinator('look');
  const { trouble } = coordinator.health();
  if (trouble !== null) throw new Error(`the fleet to be damaged is not sound: ${trouble.message}`);
  const sound = { host, state: stateOf(coordinator), facts: await factsOf(coordinator) };
  await rig.close();
  return sound;
}

function stateOf({ replica: { state, head } }: LocalCoordinator): string {
  return JSON.stringify([exportState(state), head]);
}

async function factsOf(coordinator: LocalCoordinator): Promise<string> {
  const facts: unknown[] = [];
  for await (const fact of coordinator.feed({ after: 0, once: true })) facts.push(fact);
  return JSON.stringify(facts);
}

/** What openers of the log make of it. */
export async function judge(makeStore: MakeStore, sound: Sound): Promise<Verdict> {
  const rig = rigOn(makeStore, sound.host.copy());
  try {
    const coordinator = await rig.coordinator('judge');
    const { trouble } = coordinator.health();
    if (trouble !== null) return await judgeRefusal(coordinator, trouble);
    if (stateOf(coordinator) !== sound.state) return wrong('another state is served as if it were sound');
    const read = await orFault(() => factsOf(coordinator));
    if (read instanceof StoreFault) return await judgeDoctor(makeStore, read);
    if (read !== sound.facts) return wrong('other facts are told as if they were sound');
    return await judgeAct(coordinator);
  } catch (error) {
    return wrong(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await rig.close();
  }
}

/** Noticed: the reason is one that says what to do, and nothing is granted. */
async function judgeRefusal(
  coordinator: LocalCoordinator,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<Verdict> {
  if (!HONEST.test(code)) return wrong(`refused with ${code}: ${message}`);
  const refusal = await actCode(coordinator);
  if (!HONEST.test(refusal)) return wrong(`${code} was noticed, and a call answered ${refusal}`);
  return { kind: 'refused', code, message };
}

/** What stands before a snapshot is damaged: the state is whole, who reads the past hears of it, and so does who examines. */
async function judgeDoctor(makeStore: MakeStore, fault: StoreFault): Promise<Verdict> {
  const store = makeStore(true);
  try {
    await store.open();
    const flaw = flawOfLog(await examineLog(store, { hasher: nodeHasher }));
    if (flaw === null) return wrong(`the past cannot be read (${fault.message}), and doctor finds nothing`);
    return { kind: 'same', code: fault.code, message: flaw };
  } finally {
    await store.close();
  }
}

/** What is taken for sound can be worked on. */
async function judgeAct(coordinator: LocalCoordinator): Promise<Verdict> {
  const code = await actCode(coordinator);
  if (code !== 'none' && !HONEST.test(code)) return wrong(`a call on a log taken for sound answered ${code}`);
  return { kind: 'same', code, message: '' };
}

/** The code of the first refusal on the way to a lease; `none` where it was granted. */
async function actCode(coordinator: LocalCoordinator): Promise<string> {
  let cook: Cook;
  try {
    cook = await seat(coordinator, 'dee');
  } catch (error) {
    return /^register: (\w+)/.exec((error as Error).message)?.[1] ?? String(error);
  }
  return codeOf(await cook.acquire('task:pie'));
}

async function orFault<T>(look: () => Promise<T>): Promise<T | StoreFault> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof StoreFault) return error;
    throw error;
  }
}

function wrong(message: string): Verdict {
  return { kind: 'wrong', code: '', message };
}
