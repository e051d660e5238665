// Why nothing is decided here, for callers and for health. A fault of the store becomes a rejection with advice; it is
// never the fault of the call that met it.

import { restMs } from '../core/fleet/epoch.ts';
import { type Rejection, reject } from '../core/rejection.ts';
import { durationText } from '../core/view/duration-text.ts';
import { StoreFault, type StoreFaultCode } from '../ports/event-store.ts';
import { PastRefused } from './past/past-look.ts';

export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly sinceWallAt: string;
}

export function troubleFrom(error: unknown, wallAt: string): Trouble {
  const code = error instanceof StoreFault ? error.code : 'INTERNAL';
  return { code, message: messageOf(error), sinceWallAt: wallAt };
}

/** How a caller hears of a fault. Anything but a `StoreFault` and a refused look back is a fault of ours. */
export function rejectionOf(error: unknown, retryAfterMs = 1_000): Rejection {
  if (error instanceof PastRefused) return error.rejection;
  if (!(error instanceof StoreFault)) return internal(error);
  const { code, message, details } = error;
  if (code === 'HISTORY_TRUNCATED') return reject(code, { message, next: whereHistoryIs(details), details });
  if (code === 'TOO_LARGE') return reject(code, { message, next: ADVICE[code], details });
  if (code === 'STORE_UNAVAILABLE' && isServer(details))
    return reject(code, { message, next: OUT_OF_REACH, details, retryAfterMs });
  const isPassing = code === 'STORE_UNAVAILABLE' || code === 'STORE_REGRESSED';
  return reject(code, { message, next: ADVICE[code], details, ...(isPassing ? { retryAfterMs } : {}) });
}

function isServer({ location }: Rejection['details']): boolean {
  return typeof location === 'string' && location.includes('://');
}

/** What can still be asked of a log whose beginning was cut off, and where that is. */
export function whereHistoryIs({ removedUpTo, archivedUpTo, archive }: Rejection['details']): string {
  const begins =
    typeof removedUpTo === 'number' ? `Begin with number ${removedUpTo + 1} or later.` : 'Ask for a later moment.';
  const where =
    typeof archivedUpTo === 'number' && typeof archive === 'string'
      ? `Events up to ${archivedUpTo} are in archives; the last is .brigade/archive/${archive}.`
      : 'What came before is in the archive, `.brigade/archive/`.';
  return `${begins} ${where}`;
}

/** A bug of ours: what happened is in the process's log, not in the answer. */
export function internal(error: unknown): Rejection {
  return reject('INTERNAL', {
    message: 'Brigade made a mistake while it decided this call. Nothing was changed by it.',
    next: 'Repeating the same call will not help. Report it with the lines that brigade wrote to its log (stderr).',
    details: { what: messageOf(error).slice(0, 500) },
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `${typeof error} thrown`;
}

const OUT_OF_REACH =
  'Look whether the store runs and this host reaches it (`brigade doctor`). Then repeat the call with the same requestId: if it ' +
  'was done after all, the answer is the same.';

const ADVICE: { readonly [C in Exclude<StoreFaultCode, 'HISTORY_TRUNCATED'>]: string } = {
  STORE_UNAVAILABLE:
    'Repeat the call with the same requestId: if it was done after all, the answer is the same. `brigade doctor` says more.',
  STORE_DAMAGED:
    'Stop writing to this log and run `brigade doctor`; `brigade store restore` puts a backup in its place.',
  STORE_REGRESSED:
    'Ask again. What this fleet is known to have granted goes on in a new epoch with larger tokens; where that is not ' +
    `known to be everything, granting rests until no holder can believe any more: for at most ${longestRest(false)}, on Redis ` +
    `and etcd ${longestRest(true)}. An operator may say so earlier with \`brigade store repair\`.`,
  STORE_VERSION:
    'Start a version of Brigade at least as new as the one that wrote the log. This one writes nothing into it.',
  STORE_UNSAFE:
    'Nothing was read or written. Change what the message names, then repeat the call; `brigade doctor` says more.',
  TOO_LARGE: 'Ask for less in one call.',
};

/** How long granting rests at most after a loss, for people. */
export function longestRest(isShared: boolean): string {
  return durationText(restMs('belief', isShared));
}
