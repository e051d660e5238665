// What becomes of one file: planned, and the way back proved, before anything is written.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { FileWish } from './file-wish.ts';
import type { ConfigFormat } from './merge/config-file.ts';
import { ConfigFlaw } from './merge/config-flaw.ts';
import { type FileRecord, parseRecord } from './record.ts';
import { readTarget, refuseToWrite, type TargetFile } from './target-file.ts';

export interface FilePlan {
  readonly target: TargetFile;
  /** The text that is to be there; null: the file goes. The same as it is: nothing to do. */
  readonly after: string | null;
  /** What is to be kept of it; null: nothing any more. */
  readonly record: FileRecord | null;
  /** Folders that go with it where they are empty, the innermost first. */
  readonly leaves: readonly string[];
  /** Of a removal: the file is then, to the byte, what it was before init; null where that is not known. */
  readonly isRestored: boolean | null;
}

export function isChange({ target, after }: FilePlan): boolean {
  return after === null ? target.found !== null : target.found === null || after !== target.text;
}

/** What is remembered of the file at that path, links followed. */
export type RecordOf = (path: string) => Promise<unknown>;

export function planPut(wish: FileWish, recordOf: RecordOf): Promise<FilePlan | Rejection> {
  return planned(wish.path, recordOf, (target, kept) => {
    const base = wish.format.take(target.text, kept?.before ?? null).text;
    const before = wish.format.observe(base, wish.possible);
    const after = wish.format.put(target.text, wish.entries);
    if (wish.format.take(after, before).text !== base)
      throw new Error(`What init would write into ${target.path} could not be taken out again.`);
    const wasMade = target.found === null || (kept?.made === true && base !== target.text);
    const folders = target.found === null ? missingFolders(target.realPath) : wasMade ? (kept?.folders ?? []) : [];
    const record = { made: wasMade, folders, before, digest: digestOf(base) };
    return { target, after, record, leaves: [], isRestored: null };
  });
}

export function planTake(path: string, format: ConfigFormat, recordOf: RecordOf): Promise<FilePlan | Rejection> {
  return planned(path, recordOf, (target, kept) => {
    const { text, isEmpty } = format.take(target.text, kept?.before ?? null);
    const isOurs = text !== target.text;
    if (!isOurs)
      return { target, after: target.found === null ? null : text, record: null, leaves: [], isRestored: null };
    const goes = isEmpty && kept?.made === true;
    const leaves = goes ? (kept?.folders ?? []).toReversed() : [];
    const isRestored = kept === null ? null : goes || (!kept.made && digestOf(text) === kept.digest);
    return { target, after: goes ? null : text, record: null, leaves, isRestored };
  });
}

async function planned(
  path: string,
  recordOf: RecordOf,
  plan: (target: TargetFile, kept: FileRecord | null) => FilePlan,
): Promise<FilePlan | Rejection> {
  const target = await readTarget(path);
  if (isRejection(target)) return target;
  try {
    const made = plan(target, parseRecord(await recordOf(target.realPath)));
    return (isChange(made) ? refuseToWrite(target) : null) ?? made;
  } catch (error) {
    if (error instanceof ConfigFlaw) return flawed(path, error);
    throw error;
  }
}

function flawed(path: string, { line, column, message, next }: ConfigFlaw): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${path}, line ${line}, column ${column}: it ${message}.`,
    next,
    details: { path, line, column },
  });
}

/** The folders above `path` that are not there, the outermost first. */
function missingFolders(path: string): readonly string[] {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? [] : [...missingFolders(folder), folder];
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
