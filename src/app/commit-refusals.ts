// Why a command was not decided at all. None of these is anything that the caller did.

import { type Rejection, reject } from '../core/rejection.ts';
import type { Trouble } from './trouble.ts';

const RETRY_MS = 250;

/** The queue is full. */
export function busy(waiting: number): Rejection {
  return reject('BUSY', {
    message: `${waiting} calls wait here already.`,
    next: 'Ask again in a moment.',
    retryAfterMs: RETRY_MS,
  });
}

/** Too many calls are parked. */
export function tooManyParked(): Rejection {
  return reject('BUSY', {
    message: 'Too many calls wait in this process already.',
    next: 'Ask with waitMs 0, or ask again in a moment.',
    retryAfterMs: RETRY_MS,
  });
}

/** The process is closing. */
export function closed(): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: 'This process is leaving the fleet and decides nothing more.',
    next: 'Start it again, or use another one.',
    retryAfterMs: RETRY_MS,
  });
}

/** The caller gave it up while it waited in the queue. */
export function dropped(): Rejection {
  return reject('WAIT_TIMED_OUT', {
    message: 'The call was cancelled before it was decided; nothing happened.',
    next: 'Ask again if it is still wanted.',
  });
}

/** The deadline is over. `isUncertain`: an append that holds it was asked for, and what became of it is not known. */
export function late(deadlineMs: number, isUncertain: boolean, trouble: Trouble | null): Rejection {
  const message = isUncertain
    ? `The log did not confirm this call within ${deadlineMs} ms; it may or may not have been done.`
    : `The log took nothing for ${deadlineMs} ms; this call was not decided.`;
  return reject('STORE_UNAVAILABLE', {
    message: trouble === null ? message : `${message} ${trouble.message}`,
    next: 'Repeat the call with the same requestId: if it was done after all, the answer is the same.',
    retryAfterMs: RETRY_MS,
  });
}
