// The witness of a fleet on this host: a largest-value register that any number of processes raise without a lock.
//
// A value is an empty file, and its name is the value: `<epoch>-<seq>-<hash>`. So a value is there whole or not at all, also
// after a power loss, and two processes that saw the same head make the same file. Raising makes the file of the new
// value first and only then removes values below it; a value is removed only where a larger one exists, so the
// largest is never removed by anybody and the witness never falls. The reader takes the largest name it finds. A few values
// below the largest are left, because a listing that runs beside a raise may miss the newest name and must not miss them
// all; one step behind is still a true witness.
//
// Names are not synced to the disk: a power loss may take the latest ones, and then the witness knows a little less.

import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Witness, WitnessedHead } from '../../ports/witness.ts';
import { errorCode } from './error-code.ts';
import { type TwoFolders, whereWritable } from './two-folders.ts';

const NAME = /^(\d{1,9})-(\d{1,16})-([0-9a-f]{64})$/;
const KEPT_BELOW = 2;

/** The largest value found in either folder; null when there is none. */
export async function readWitness(folders: TwoFolders, fleetId: string): Promise<Witness | null> {
  const found = await Promise.all(folders.paths().map(largestIn));
  const [largest] = found.filter((value) => value !== null).toSorted(largestFirst);
  return largest === undefined ? null : { fleetId, ...largest };
}

/** Makes the witness at least `head`; it never falls. Of two hashes at one number the first stays. */
export async function raiseWitness(folders: TwoFolders, head: WitnessedHead): Promise<void> {
  const name = `${head.epoch}-${head.seq}-${head.hash}`;
  if (!NAME.test(name)) throw new TypeError(`not a head: ${name.slice(0, 120)}`);
  await folders.write(async (folder) => {
    const values = await valuesIn(folder);
    const [largest] = values;
    if (largest !== undefined && compareHeads(largest, head) >= 0) return;
    await createEmpty(join(folder, name));
    const below = values.slice(KEPT_BELOW).map((value) => join(folder, nameOf(value)));
    await Promise.all(below.map((path) => whereWritable(() => rm(path, { force: true }))));
  });
}

/** Negative when `a` is the smaller claim. Hashes are not compared: they tell claims apart, not which is larger. */
export function compareHeads(a: WitnessedHead, b: WitnessedHead): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}

function largestFirst(a: WitnessedHead, b: WitnessedHead): number {
  return compareHeads(b, a) || (a.hash < b.hash ? -1 : 1);
}

async function largestIn(folder: string): Promise<Omit<Witness, 'fleetId'> | null> {
  const [largest] = await valuesIn(folder);
  if (largest === undefined) return null;
  return { ...largest, wallAt: await writtenAt(join(folder, nameOf(largest))) };
}

async function valuesIn(folder: string): Promise<readonly WitnessedHead[]> {
  const names = await namesIn(folder);
  return names
    .map(parseName)
    .filter((value) => value !== null)
    .toSorted(largestFirst);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function parseName(name: string): WitnessedHead | null {
  const [, epoch, seq, hash] = NAME.exec(name) ?? [];
  return hash === undefined ? null : { epoch: Number(epoch), seq: Number(seq), hash };
}

function nameOf(value: WitnessedHead): string {
  return `${value.epoch}-${value.seq}-${value.hash}`;
}

async function createEmpty(path: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.close();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** A larger value may take this file away meanwhile; when it was written is for people only. */
async function writtenAt(path: string): Promise<string> {
  try {
    return (await stat(path)).mtime.toISOString();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Date(0).toISOString();
    throw error;
  }
}
