// A log examined from end to end, with progress for a person who waits.

import { type Examination, examineLog } from '../../../app/examine-log.ts';
import { createSqlite, createStore, hasher, type KeptLog } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { Beat, EventStore, StoreCaveat, StoreTraits } from '../../../ports/event-store.ts';
import type { LogFileReport } from '../../../ports/log-file.ts';
import type { Context } from '../context.ts';
import { progressOn } from './progress.ts';

export interface KeptExamination extends Examination {
  /** Of a log that is a file; null of one on a server. */
  readonly report: LogFileReport | null;
  readonly traits: StoreTraits;
  readonly caveats: readonly StoreCaveat[];
  readonly beats: readonly Beat[];
}

/** Throws `StoreFault` where the log cannot be opened or read at all. */
export async function examineKept(
  context: Context,
  kept: KeptLog,
  options: { readonly hash?: string | undefined } = {},
): Promise<KeptExamination> {
  const { location, durability } = kept;
  if (location.kind !== 'sqlite') return examineOpened(context, await createStore(kept), options, async () => null);
  const file = await createSqlite(location.path, durability, { opensDamaged: true });
  return examineOpened(context, file, options, () => file.inspect());
}

async function examineOpened(
  context: Context,
  log: EventStore,
  { hash }: { readonly hash?: string | undefined },
  inspect: () => Promise<LogFileReport | null>,
): Promise<KeptExamination> {
  const progress = progressOn(context);
  try {
    await log.open();
    const onProgress = (_: number, events: number): void => progress.tell('read', events);
    const examination = await examineLog(log, { hasher, hash, onProgress });
    const [report, beats] = [await inspect(), await log.beats()];
    return { ...examination, report, beats, traits: log.traits, caveats: (await log.caveats?.()) ?? [] };
  } finally {
    progress.clear();
    await log.close();
  }
}

/** For what has to understand a log: null when this version does. */
export function tooNewToRead({ tooNew }: Examination, where: string): Rejection | null {
  if (tooNew === null) return null;
  return reject('STORE_VERSION', {
    message: `${where} was written by a newer version of Brigade: ${tooNew.problem}`,
    next: 'Do it with a version at least as new. Nothing was changed.',
    details: { seq: tooNew.seq },
  });
}
