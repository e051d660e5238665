// A log file examined from end to end, with progress for a person who waits.

import { type Examination, examineLog } from '../../../app/examine-log.ts';
import { createSqlite, hasher } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import { countedLong } from '../../../core/view/count-text.ts';
import type { Beat } from '../../../ports/event-store.ts';
import type { LogFileReport } from '../../../ports/log-file.ts';
import type { Context } from '../context.ts';

export interface FileExamination extends Examination {
  readonly report: LogFileReport;
  readonly beats: readonly Beat[];
}

/** Below this many events it is over before anybody wonders. */
const SLOW_EVENTS = 20_000;
const CLEAR_LINE = '\r\u001b[2K';

/** Throws `StoreFault` where the file cannot be opened or read at all. */
export async function examineFile(
  context: Context,
  path: string,
  options: { readonly hash?: string | undefined; readonly durability?: 'host' | 'process' } = {},
): Promise<FileExamination> {
  const log = await createSqlite(path, options.durability ?? 'process', { opensDamaged: true });
  const { screen } = context.cli;
  const isShown = screen.isTerminal && !context.json;
  let shown = false;
  try {
    await log.open();
    const examination = await examineLog(log, {
      hasher,
      hash: options.hash,
      onProgress: (_, events) => {
        if (!isShown || events < SLOW_EVENTS) return;
        shown = true;
        screen.note(`${CLEAR_LINE}${countedLong(events, 'event')} read …`);
      },
    });
    return { ...examination, report: await log.inspect(), beats: await log.beats() };
  } finally {
    if (shown) screen.note(CLEAR_LINE);
    await log.close();
  }
}

/** For what has to understand a log: null when this version does. */
export function tooNewToRead({ tooNew }: Examination, file: string): Rejection | null {
  if (tooNew === null) return null;
  return reject('STORE_VERSION', {
    message: `${file} was written by a newer version of Brigade: ${tooNew.problem}`,
    next: 'Do it with a version at least as new. Nothing was changed.',
    details: { seq: tooNew.seq },
  });
}
