// File systems to resolve names in: the real one of this host, and one in memory with either way to treat case.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodePathProber } from '../../src/adapters/system/node-path-prober.ts';
import { realDirectory } from '../../src/app/resource/canonical-resource.ts';
import type { PathProber } from '../../src/ports/path-prober.ts';
import { memoryPathProber } from './memory-path-prober.ts';

export interface NameWorld {
  readonly prober: PathProber;
  /** A real path, the folder all entries are in. */
  readonly top: string;
  readonly foldsCase: boolean;
  remove(): Promise<void>;
}

export interface NameWorldKind {
  readonly name: string;
  /** Entries as in `src/a.ts`, `src/` and `link -> target`; in a target, `TOP` stands for the folder all are in. */
  readonly open: (entries: readonly string[]) => Promise<NameWorld>;
}

const MEMORY_TOP = '/home/ana';

export const nameWorlds: readonly NameWorldKind[] = [
  { name: 'the file system of this host', open: openReal },
  { name: 'a file system in memory', open: (entries) => openMemory(entries, false) },
  { name: 'a file system in memory that folds case', open: (entries) => openMemory(entries, true) },
];

async function openReal(entries: readonly string[]): Promise<NameWorld> {
  const made = await mkdtemp(join(tmpdir(), 'Brigade-names-'));
  const top = (await realDirectory(made, nodePathProber)) ?? made;
  for (const entry of entries) await make(top, entry);
  const split = nodePathProber.splitAbsolute(top);
  const foldsCase = split !== null && (await nodePathProber.foldsCase(split));
  return { prober: nodePathProber, top, foldsCase, remove: () => rm(made, { recursive: true }) };
}

async function make(top: string, entry: string): Promise<void> {
  const [path = '', target] = entry.split(' -> ');
  await mkdir(join(top, path.endsWith('/') ? path : dirname(path)), { recursive: true });
  if (target !== undefined) await symlink(target.replace('TOP', top), join(top, path));
  else if (!path.endsWith('/')) await writeFile(join(top, path), '');
}

async function openMemory(entries: readonly string[], foldsCase: boolean): Promise<NameWorld> {
  const absolute = entries.map((entry) => `${MEMORY_TOP}/${entry.replace('TOP', MEMORY_TOP)}`);
  const prober = memoryPathProber([`${MEMORY_TOP}/`, ...absolute], { foldsCase });
  return { prober, top: MEMORY_TOP, foldsCase, remove: async () => undefined };
}
