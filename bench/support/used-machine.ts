// A machine on which Brigade has run before: what Node keeps of compiled code between starts is there already, as it is for
// everybody after the first day. Made once for all runs of a benchmark.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contend } from '../../test/support/contention.ts';
import { Scratch } from '../../test/support/scratch.ts';

const WARM_PROCESSES = 3;
const WARM_ROUNDS = 10;

type Env = Readonly<Record<string, string>>;

let made: Promise<Env> | null = null;

/** What to put into the environment of processes that run on such a machine. */
export function usedMachine(): Promise<Env> {
  made ??= make();
  return made;
}

async function make(): Promise<Env> {
  const folder = mkdtempSync(join(tmpdir(), 'brigade-compiled-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const env = { NODE_COMPILE_CACHE: folder };
  const scratch = new Scratch({ env });
  try {
    await contend(scratch, { processes: WARM_PROCESSES, rounds: WARM_ROUNDS, inside: () => Promise.resolve() });
    // Only a process that ends by itself leaves what it compiled.
    await scratch.leave();
  } finally {
    await scratch.close();
  }
  return env;
}
