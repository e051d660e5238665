// What befalls a round: begun at a moment of the seed's choice, ended at another one. What it did is told, so that a fault that
// hit nothing is seen.

import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { loadSqliteDriver } from '../../src/adapters/sqlite/sqlite-driver.ts';
import { isBlocked } from '../support/stopped-desk.ts';
import type { Kitchen, Setting } from './kitchen.ts';
import type { Post } from './post.ts';
import type { Befalling } from './round.ts';

export const FAULTS = [
  'none',
  'killed',
  'stopped',
  'resumed',
  'slow',
  'cut',
  'half-open',
  'full',
  'server-killed',
  'server-stopped',
  'clock-forward',
  'clock-back',
  'lost',
  'doubled',
  'old-format',
  'old-desk',
] as const;

export type Fault = (typeof FAULTS)[number];

export interface Scene extends Befalling {
  readonly kitchen: Kitchen;
}

export interface Hit {
  /** What happened, and to whom. */
  readonly what: string;
  /** It is over: all is as it was. */
  readonly end: () => Promise<void>;
  /** It goes on while the others come to rest, and ends then. */
  readonly outlastsWork?: boolean;
}

interface Kind {
  /** How long, in milliseconds: least and most. */
  readonly lastsMs: readonly [number, number];
  readonly begin: (scene: Scene) => Promise<Hit>;
  readonly setting?: Setting;
  /** What befalls callers, all the time. */
  readonly lossChance?: number;
  readonly doubleChance?: number;
  /** Each round needs a fleet that nobody has used. */
  readonly spoilsKitchen?: boolean;
}

const BRIEF = [300, 900] as const;
const HOUR_S = 3_600;

const nothing = (what: string): Promise<Hit> => Promise.resolve({ what, end: () => Promise.resolve() });

export const KINDS: Readonly<Record<Fault, Kind>> = {
  none: { lastsMs: BRIEF, begin: () => nothing('nothing') },
  killed: { lastsMs: BRIEF, begin: kill },
  stopped: { lastsMs: BRIEF, begin: (scene) => stop(scene, true) },
  resumed: { lastsMs: [200, 3_000], begin: (scene) => stop(scene, false) },
  slow: { lastsMs: [600, 1_500], begin: slowDown },
  cut: { lastsMs: BRIEF, begin: cutLine },
  'half-open': { lastsMs: [300, 1_500], begin: halfOpen },
  full: { lastsMs: BRIEF, begin: fill },
  'server-killed': { lastsMs: [0, 300], begin: killServer },
  'server-stopped': { lastsMs: [300, 2_500], begin: stopServer },
  'clock-forward': { lastsMs: BRIEF, begin: (scene) => setClocks(scene, 1), setting: { hasClocks: true } },
  'clock-back': { lastsMs: BRIEF, begin: (scene) => setClocks(scene, -1), setting: { hasClocks: true } },
  lost: { lastsMs: BRIEF, begin: () => nothing('answers that callers do not hear'), lossChance: 0.3 },
  doubled: { lastsMs: BRIEF, begin: () => nothing('requests that arrive twice'), doubleChance: 0.5 },
  'old-format': { lastsMs: BRIEF, begin: upgrade, setting: { old: 'format' }, spoilsKitchen: true },
  'old-desk': {
    lastsMs: BRIEF,
    begin: () => nothing('half of the processes speak to desks as an older version'),
    setting: { old: 'desk' },
  },
};

/** Any process; every other time one that serves others, where there is any. */
async function victimOf({ kitchen, random }: Scene): Promise<Post> {
  const any = random.pick(kitchen.posts);
  if (random.chance(0.5)) return any;
  const isDesk = await Promise.all(kitchen.posts.map((post) => post.isDesk()));
  const desks = kitchen.posts.filter((_, i) => isDesk[i]);
  return desks.length === 0 ? any : random.pick(desks);
}

async function kill(scene: Scene): Promise<Hit> {
  const { stage, seated } = scene;
  const post = await victimOf(scene);
  stage.cutOff(post, seated);
  await post.kill();
  return { what: `${post.name} killed`, end: () => post.restart() };
}

async function stop(scene: Scene, outlastsWork: boolean): Promise<Hit> {
  const { kitchen, stage, random } = scene;
  const post = await victimOf(scene);
  await post.stop();
  // Inside SQLite's short transaction it holds up every writer, as the guarantees say; that is looked at elsewhere.
  for (let tries = 0; tries < 20 && kitchen.server === null && (await isInside(kitchen)); tries += 1) {
    post.goOn();
    await stage.spend(random.below(20));
    await post.stop();
  }
  const end = (): Promise<void> => Promise.resolve(post.goOn());
  return { what: `${post.name} stopped`, end, outlastsWork };
}

async function isInside(kitchen: Kitchen): Promise<boolean> {
  const driver = await loadSqliteDriver('better-sqlite3');
  const probe = driver.connect(kitchen.databaseFile, { busyTimeoutMs: 0 });
  try {
    return isBlocked(probe);
  } finally {
    probe.close();
  }
}

/** The line of one host, or of all of them. */
function linesOf({ kitchen, random }: Scene) {
  const lines = kitchen.hosts.flatMap(({ line, name }) => (line === null ? [] : [{ line, name }]));
  return random.chance(0.6) ? [random.pick(lines)] : lines;
}

function namesOf(lines: readonly { readonly name: string }[]): string {
  return lines.map(({ name }) => name).join(' and ');
}

function slowDown(scene: Scene): Promise<Hit> {
  const lines = linesOf(scene);
  const delayMs = scene.random.between(20, 250);
  for (const { line } of lines) line.delayMs = delayMs;
  const end = (): Promise<void> => {
    for (const { line } of lines) line.delayMs = 0;
    return Promise.resolve();
  };
  return Promise.resolve({ what: `${delayMs} ms each way for ${namesOf(lines)}`, end });
}

function cutLine(scene: Scene): Promise<Hit> {
  const lines = linesOf(scene);
  for (const { line } of lines) line.mode = 'down';
  const end = (): Promise<void> => {
    for (const { line } of lines) line.mode = 'pass';
    return Promise.resolve();
  };
  return Promise.resolve({ what: `the line of ${namesOf(lines)} cut`, end });
}

/** Connections stand, and are dead for good; what is opened after the end lives. */
function halfOpen(scene: Scene): Promise<Hit> {
  const lines = linesOf(scene);
  const mode = scene.random.pick(['silent', 'noReply'] as const);
  for (const { line } of lines) line.mode = mode;
  const end = (): Promise<void> => {
    for (const { line } of lines) {
      line.forget();
      line.mode = 'pass';
    }
    return Promise.resolve();
  };
  return Promise.resolve({ what: `${mode === 'silent' ? 'half-open' : 'deaf'} lines of ${namesOf(lines)}`, end });
}

async function fill({ kitchen }: Scene): Promise<Hit> {
  const { server } = kitchen;
  if (server !== null) {
    await server.fill();
    return { what: 'the server is full', end: () => server.makeRoom() };
  }
  // The kernel lets no file of theirs grow beyond what the log is now.
  limitFiles(kitchen, String(statSync(kitchen.walFile).size));
  return { what: 'the disk is full', end: () => Promise.resolve(limitFiles(kitchen, 'unlimited')) };
}

function limitFiles({ posts }: Kitchen, most: string): void {
  for (const { pid, isOver } of posts) if (!isOver) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${most}:`]);
}

async function killServer({ kitchen: { server } }: Scene): Promise<Hit> {
  await server?.kill();
  return { what: 'the server killed', end: async () => server?.restart() };
}

function stopServer({ kitchen: { server } }: Scene): Promise<Hit> {
  server?.pause();
  return Promise.resolve({ what: 'the server stopped', end: () => Promise.resolve(server?.resume()) });
}

/** Of one process or of one host, by an hour or up to a week. */
function setClocks({ kitchen, random }: Scene, sign: 1 | -1): Promise<Hit> {
  const aheadS = sign * random.pick([HOUR_S, 24 * HOUR_S, 7 * 24 * HOUR_S]);
  const post = random.pick(kitchen.posts);
  const posts = random.chance(0.5) ? [post] : kitchen.postsOf(kitchen.hostOf(post));
  for (const each of posts) kitchen.setClock(each, aheadS);
  const end = (): Promise<void> => {
    for (const each of posts) kitchen.setClock(each, 0);
    return Promise.resolve();
  };
  return Promise.resolve({ what: `clocks of ${namesOf(posts)} set by ${aheadS} s`, end });
}

/** The new version begins to work beside the old one, whose log it moves to its own format; then the old one is ended. */
async function upgrade({ kitchen, stage, seated, recruit }: Scene): Promise<Hit> {
  const older = kitchen.posts.filter((post) => kitchen.isOlder(post));
  await recruit(kitchen.posts.filter((post) => !older.includes(post)));
  const end = async (): Promise<void> => {
    for (const post of older) stage.cutOff(post, seated);
    await Promise.all(older.map((post) => post.close()));
  };
  return { what: `the log is moved to a newer format under ${namesOf(older)}`, end };
}
