// Where every drill takes place: a scratch folder, a fleet of its own in it, and an end that leaves nothing behind.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../../../app/settings.ts';
import { rejectionOf } from '../../../../app/trouble.ts';
import { type Fleet, openFleet, prepareHost } from '../../../../compose.ts';
import type { Policy } from '../../../../core/governance/policy.ts';
import { isRejection, type Rejection, reject } from '../../../../core/rejection.ts';
import type { Actor } from '../cast.ts';
import type { DrillStore } from './drill-store.ts';
import { drillEnvironment } from './environment.ts';
import type { LogWatch } from './log-watch.ts';
import type { Player } from './player.ts';
import { SceneFault } from './scene-fault.ts';
import { makeScratch, type Scratch } from './scratch.ts';

export interface ScratchOptions {
  readonly env: Environment;
  /** For everybody; null for the default one, in the scratch workspace. */
  readonly store: DrillStore | null;
  /** The folder stays, and with it a fleet on a server. */
  readonly keep: boolean;
  /** What a person should know besides. */
  readonly warn: (line: string) => void;
  /** Ends the drill early: all processes end, the folder goes. */
  readonly signal: AbortSignal;
  /** Of the scratch fleet; absent: the default one. */
  readonly policy?: Policy;
}

export interface Setting {
  readonly scratch: Scratch;
  /** What the processes of the drill inherit. */
  readonly env: Readonly<Record<string, string>>;
  readonly fleet: Fleet;
}

export interface Ended<T> {
  readonly result: T;
  /** The scratch folder, where it was kept. */
  readonly folder: string | null;
}

/** Null when it was ended early. */
type Work<T> = (setting: Setting) => Promise<T | Rejection | null>;

/** Null when it was ended early by the signal; why not when its log cannot be used. Throws for a fault of ours. */
export async function onScratch<T>(options: ScratchOptions, work: Work<T>): Promise<Ended<T> | Rejection | null> {
  const scratch = await makeScratch();
  const { keep, signal } = options;
  try {
    const result = await inFleet(options, scratch, work);
    if (signal.aborted || result === null) return null;
    return isRejection(result) ? result : { result, folder: keep ? scratch.folder : null };
  } finally {
    if (!keep || signal.aborted) {
      await scratch.remove();
      await removeFleet(options);
    }
  }
}

async function inFleet<T>(
  { env: given, store, policy }: ScratchOptions,
  scratch: Scratch,
  work: Work<T>,
): Promise<T | Rejection | null> {
  const env = drillEnvironment(given, scratch, store?.url ?? null);
  if (policy !== undefined) await writePolicy(scratch, policy);
  const fleet = await openFleet(await prepareHost({ flags: {}, env, folder: scratch.workspace, stays: false }));
  try {
    const { trouble } = fleet.coordinator.health();
    if (trouble !== null) return unusable(trouble.message);
    return await work({ scratch, env, fleet });
  } finally {
    await fleet.close();
  }
}

/** A server that is gone by now keeps the fleet of the drill; its name says what it is. */
async function removeFleet({ store, warn }: ScratchOptions): Promise<void> {
  try {
    await store?.remove();
  } catch (error) {
    warn(`The fleet of the drill is still there (${store?.shown}): ${rejectionOf(error).message}`);
  }
}

/** A new fleet begins with the policy that it finds. */
async function writePolicy({ workspace }: Scratch, policy: Policy): Promise<void> {
  const folder = join(workspace, '.brigade');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'policy.json'), `${JSON.stringify(policy, null, 2)}\n`, { mode: 0o600 });
}

interface Playing<A extends Actor> {
  readonly players: () => readonly Player<A>[];
  readonly watch: LogWatch;
  readonly signal: AbortSignal;
}

/** Plays `script`. Null when it came to its end, else why it did not. In either case no process is left. */
export async function playOut<A extends Actor>(
  { players, watch, signal }: Playing<A>,
  script: () => Promise<void>,
): Promise<string | null> {
  const endAll = (): Promise<unknown> => Promise.all(players().map((player) => player.end()));
  const onAbort = (): void => {
    watch.stop();
    void endAll();
  };
  signal.addEventListener('abort', onAbort);
  try {
    if (signal.aborted) return 'ended before it began';
    await script();
    await Promise.all(players().map((player) => player.leave()));
    return null;
  } catch (error) {
    if (error instanceof SceneFault) return error.message;
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await endAll();
  }
}

function unusable(why: string): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: `The log of the drill cannot be used: ${why}`,
    next: 'Set TMPDIR to a folder on a local disk, or name another log with --store.',
  });
}
