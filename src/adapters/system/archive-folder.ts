// Archives as compressed files in folders of their owner's alone. A file is written beside its place, synced, and renamed, so
// that what has the name of an archive is one.

import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { ArchiveFolder } from '../../ports/archive-folder.ts';
import { errorCode } from './error-code.ts';

export function openArchiveFolder(path: string): ArchiveFolder {
  return {
    names: () => namesIn(path),
    write: (name, lines) => writeWhole(path, name, lines),
    lines: (name) => linesIn(join(path, name)),
    remove: (name) => rm(join(path, name), { force: true }),
    removeUnfinished: (fleetId) => removeUnfinished(join(path, fleetId)),
  };
}

async function namesIn(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const fleet of await entriesOf(path)) {
    for (const file of await entriesOf(join(path, fleet))) if (file.endsWith('.gz')) names.push(`${fleet}/${file}`);
  }
  return names;
}

async function entriesOf(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

const UNFINISHED = '.new';

async function removeUnfinished(folder: string): Promise<void> {
  for (const file of await entriesOf(folder)) {
    if (file.endsWith(UNFINISHED)) await rm(join(folder, file), { force: true });
  }
}

async function writeWhole(path: string, name: string, lines: AsyncIterable<string>): Promise<void> {
  const file = join(path, name);
  const folder = dirname(file);
  const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = `${file}.${randomBytes(6).toString('hex')}${UNFINISHED}`;
  try {
    await pipeline(Readable.from(ended(lines)), createGzip(), createWriteStream(beside, { mode: 0o600, flush: true }));
    await rename(beside, file);
    await syncNames(folder, [path, firstMade ?? path]);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function* ended(lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) yield `${line}\n`;
}

/**
 * The names must outlive a power loss, because what the file stands for is removed next: its own, and those of the folders that
 * lead to it, made just now or by somebody who died before they were synced.
 */
async function syncNames(folder: string, made: readonly string[]): Promise<void> {
  const top = Math.min(...made.map((each) => dirname(resolve(each)).length));
  for (let each = resolve(folder); each.length >= top; each = dirname(each)) {
    await syncFolder(each);
    if (each === dirname(each)) return;
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* linesIn(file: string): AsyncIterable<string> {
  const source = createReadStream(file);
  const text = createGunzip();
  source.on('error', (error) => text.destroy(error));
  source.pipe(text).setEncoding('utf8');
  try {
    // A line may be as long as the largest batch: it is put together once, when it has ended.
    let begun: string[] = [];
    for await (const chunk of text as AsyncIterable<string>) {
      const [end = '', ...lines] = chunk.split('\n');
      begun.push(end);
      for (const next of lines) {
        yield begun.join('');
        begun = [next];
      }
    }
    const rest = begun.join('');
    if (rest !== '') yield rest;
  } finally {
    source.destroy();
  }
}
