// `brigade-guard/` in the git directory of a worktree, and git's own record of how HEAD moved.

import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Git } from '../../ports/git.ts';
import type { GuardNotes, GuardPlace, HeadMove, Pass } from '../../ports/guard-notes.ts';
import { errorCode } from './error-code.ts';
import { randomIds } from './random-ids.ts';

const PASSES_KEPT = 32;
/** Of a file that grows for ever only its end is read: some hundred moves. */
const MOVES_BYTES = 64 * 1024;
/** Whoever looks at commits is done long before, or gone. */
const ALONE_MS = 60_000;

/** Null where `git` is in no worktree. As a hook git says itself which one is meant. */
export async function openGuardPlace(git: Git, folder: string): Promise<GuardPlace | null> {
  const asked = ['rev-parse', '--show-toplevel', '--git-path', 'brigade-guard', '--git-path', 'logs/HEAD'];
  const { code, out } = await git.ask(asked);
  const [root, notes, moves] = out.toString('utf8').split(/\r?\n/);
  if (code !== 0 || root === undefined || root === '' || notes === undefined || moves === undefined) return null;
  return { root, notes: guardNotesIn(resolve(folder, notes), resolve(folder, moves)) };
}

function guardNotesIn(folder: string, movesFile: string): GuardNotes {
  const path = (name: string) => join(folder, name);
  const keep = (name: string, text: string | null) => put(folder, path(name), text);
  return {
    passes: async () => passesIn(await textOf(path('passes.json'))),
    keepPass: async (pass) => {
      const known = passesIn(await textOf(path('passes.json')));
      await keep('passes.json', `${JSON.stringify([...known, pass].slice(-PASSES_KEPT))}\n`);
      await keep('passed', `${pass.tree}\n`);
    },
    trailers: async () => (await textOf(path('trailers')))?.split('\n').filter((line) => line !== '') ?? null,
    keepTrailers: (lines) => keep('trailers', lines === null ? null : `${lines.join('\n')}\n`),
    onFault: async () => {
      const text = (await textOf(path('on-fault')))?.trim();
      return text === 'open' || text === 'closed' ? text : null;
    },
    keepOnFault: async (onFault) => {
      if ((await textOf(path('on-fault')))?.trim() !== onFault) await keep('on-fault', `${onFault}\n`);
    },
    moves: async () => movesIn(await tailOf(movesFile)),
    seen: async () => movesIn((await textOf(path('seen'))) ?? '').at(-1) ?? null,
    keepSeen: (move) => keep('seen', lineOf(move)),
    alone: (work) => alone(folder, path('looking'), work),
  };
}

async function put(folder: string, path: string, text: string | null): Promise<void> {
  if (text === null) return rm(path, { force: true });
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${randomIds.newId()}`;
  await writeFile(draft, text, { flag: 'wx' });
  await rename(draft, path);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

function passesIn(text: string | null): readonly Pass[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isPass) : [];
  } catch {
    return [];
  }
}

function isPass(value: unknown): value is Pass {
  const pass = value as Partial<Record<keyof Pass, unknown>> | null;
  return typeof pass === 'object' && typeof pass?.tree === 'string' && Array.isArray(pass.paths);
}

/** Whole lines at the end of the file. */
async function tailOf(path: string): Promise<string> {
  const file = await openOrNull(path);
  if (file === null) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MOVES_BYTES);
    const { buffer, bytesRead } = await file.read({ position: from, buffer: Buffer.alloc(size - from) });
    const text = buffer.toString('utf8', 0, bytesRead);
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

async function openOrNull(path: string) {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** `OLD NEW NAME <ADDRESS> SECONDS ZONE<tab>WHAT` */
const MOVE = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (.*) (\d+) [+-]\d{4}(?:\t(.*))?$/;

function movesIn(text: string): readonly HeadMove[] {
  return text.split('\n').flatMap((line) => {
    const [, from, to, who, seconds, what = ''] = MOVE.exec(line) ?? [];
    if (from === undefined || to === undefined || who === undefined) return [];
    return [{ from: /^0+$/.test(from) ? null : from, to, who, atSeconds: Number(seconds), what }];
  });
}

function lineOf({ from, to, who, atSeconds, what }: HeadMove): string {
  return `${from ?? to.replaceAll(/./g, '0')} ${to} ${who} ${atSeconds} +0000\t${what}\n`;
}

async function alone<T>(folder: string, path: string, work: () => Promise<T>): Promise<T | null> {
  if (!(await claimed(folder, path))) return null;
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function claimed(folder: string, path: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  for (const isLast of [false, true]) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: 'wx' });
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (isLast || !(await isLeft(path))) return false;
      await rm(path, { force: true });
    }
  }
  return false;
}

/** Its writer was killed. */
async function isLeft(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ALONE_MS;
  } catch {
    return true;
  }
}
