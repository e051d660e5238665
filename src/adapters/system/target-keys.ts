// What a user has enabled for targets, in the state folder of the fleet on this host:
//
//   <state base>/<fleet id>/targets/<name>.secret   /<name>.former.json   /<name>.program.json
//
// Never below the workspace, not even where the state folder cannot be written: a repository may bring its own `.brigade/`.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupFault } from '../../ports/setup-fault.ts';
import type { FormerSecret, TargetKeys } from '../../ports/target-keys.ts';
import { createPrivateFile, ensurePrivateFolder, readPrivateFile, writePrivateFile } from './private-files.ts';
import { type StateFolderOptions, stateFoldersOf } from './state-folder.ts';

const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Opens without touching the disk. */
export function openTargetKeys(options: StateFolderOptions): TargetKeys {
  const folder = join(stateFoldersOf(options).primary, 'targets');
  const secretFile = (target: string): string => join(folder, `${checked(target)}.secret`);
  const formerFile = (target: string): string => join(folder, `${checked(target)}.former.json`);
  const programFile = (target: string): string => join(folder, `${checked(target)}.program.json`);
  const secretOf = async (target: string): Promise<string | null> => {
    const text = await readPrivateFile(secretFile(target));
    return text === null || text === '' ? null : text;
  };
  const write = async (file: string, text: string): Promise<void> => {
    await ensurePrivateFolder(folder);
    await writePrivateFile(file, text);
  };
  return {
    path: folder,
    secretOf,
    ensureSecret: async (target, secret) => {
      const kept = await secretOf(target);
      if (kept !== null) return kept;
      await ensurePrivateFolder(folder);
      await createPrivateFile(secretFile(target), secret);
      return (await secretOf(target)) ?? secret;
    },
    replaceSecret: async (target, secret, formerUntil) => {
      const former = await secretOf(target);
      // First, so that whoever signs in between has both.
      if (former !== null && formerUntil !== null)
        await write(formerFile(target), `${JSON.stringify({ secret: former, until: formerUntil })}\n`);
      await write(secretFile(target), secret);
      if (formerUntil === null) await rm(formerFile(target), { force: true });
    },
    formerOf: async (target) => formerIn(await readPrivateFile(formerFile(target))),
    dropFormer: async (target) => {
      const known = await readPrivateFile(formerFile(target));
      await rm(formerFile(target), { force: true });
      return known !== null;
    },
    programOf: async (target) => programIn(await readPrivateFile(programFile(target))),
    keepProgram: (target, program) => write(programFile(target), `${JSON.stringify(program)}\n`),
  };
}

/** The name comes from a log, so it is checked before it becomes part of a path. */
function checked(target: string): string {
  if (NAME.test(target)) return target;
  throw new SetupFault('INVALID_ARGUMENT', {
    message: 'A target is called by 1 to 32 characters (a-z, 0-9, _ -).',
    next: 'Look at the targets: brigade alerts hooks.',
    details: { target: target.slice(0, 80) },
  });
}

/** Null for what is none: then only the secret itself signs. */
function formerIn(text: string | null): FormerSecret | null {
  if (text === null) return null;
  try {
    const { secret, until } = JSON.parse(text) as Partial<Record<keyof FormerSecret, unknown>>;
    return typeof secret === 'string' && typeof until === 'string' ? { secret, until } : null;
  } catch {
    return null;
  }
}

/** Null for what is no program: nothing is run by guess. */
function programIn(text: string | null): readonly [string, ...string[]] | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    const isProgram = Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
    return isProgram ? (value as [string, ...string[]]) : null;
  } catch {
    return null;
  }
}
