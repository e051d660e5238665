// What a shell hears when somebody presses Tab. It must be quick and silent: where there is no fleet, or none that answers in time,
// commands and options are completed and the rest is not.
//
// The first line says what the shell adds by itself (`files`, `folders`, `nothing`), each other line is a value, a tab, and
// what it is.

import type { Cli } from '../cli.ts';
import { type Candidate, cursorIn } from './cursor.ts';
import type { FleetKind, ValueKind } from './kinds.ts';
import { isShell } from './scripts.ts';
import { unquoted } from './unquoted.ts';

/** A person waits with a finger on the key. */
const PATIENCE_MS = 2_000;
const SHOWN = 500;
const ABOUT_LENGTH = 80;

/** Answers `SHELL WORDS...`, the words behind `brigade` as they were typed; the last is the one to be completed. */
export async function answerShell(args: readonly string[], cli: Cli): Promise<number> {
  const [shell = '', ...words] = args;
  if (!isShell(shell)) return 2;
  const { kind, candidates } = await candidatesFor(words.map(unquoted), cli);
  cli.screen.out(kind === 'files' || kind === 'folders' ? kind : 'nothing', ...candidates.map(lineOf));
  // Whatever does not answer in time is not waited for at the end either.
  setTimeout(() => process.exit(0), 0).unref();
  return 0;
}

interface Answer {
  readonly kind: ValueKind;
  readonly candidates: readonly Candidate[];
}

async function candidatesFor(words: readonly string[], cli: Cli): Promise<Answer> {
  const { kind, words: fixed, before, typed, flags } = await cursorIn(words);
  const values = await valuesOf(kind, typed, { cli, flags });
  const found = [...fixed, ...values].filter(({ value }) => value.startsWith(typed) && isPlain(value));
  const candidates = found.slice(0, SHOWN).map(({ value, about }) => ({ value: before + value, about }));
  return { kind: kind === 'resource' ? 'files' : kind, candidates };
}

async function valuesOf(
  kind: ValueKind,
  typed: string,
  where: { readonly cli: Cli; readonly flags: Readonly<Record<string, string>> },
): Promise<readonly Candidate[]> {
  if (typeof kind !== 'string') return kind.map((value) => ({ value, about: '' }));
  if (kind === 'nothing' || kind === 'files' || kind === 'folders') return [];
  const late = new Promise<readonly Candidate[]>((resolve) => setTimeout(() => resolve([]), PATIENCE_MS).unref());
  return Promise.race([late, asked(kind, typed, where).catch(() => [])]);
}

/** Rejects where the fleet cannot be opened: there is nobody to tell. */
async function asked(
  kind: FleetKind,
  typed: string,
  { cli, flags }: { readonly cli: Cli; readonly flags: Readonly<Record<string, string>> },
): Promise<readonly Candidate[]> {
  const [{ openToLook }, { fleetValues }] = await Promise.all([
    import('../open-fleet.ts'),
    import('./fleet-values.ts'),
  ]);
  const fleet = await openToLook(cli, { ...flags, logLevel: 'silent' }, false);
  try {
    return await fleetValues(kind, fleet, typed);
  } finally {
    await fleet.close();
  }
}

/** Agents name things; what would end a line or move the cursor is no candidate. */
function isPlain(value: string): boolean {
  return value !== '' && !/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u.test(value);
}

function lineOf({ value, about }: Candidate): string {
  const plain = about.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return `${value}\t${plain.length > ABOUT_LENGTH ? `${plain.slice(0, ABOUT_LENGTH - 1)}…` : plain}`;
}
