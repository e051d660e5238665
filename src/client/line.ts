// Waiting in line for as long as a caller likes, while each single call waits only so long: the ticket keeps the place from
// one call to the next.
//
//   asked --queued--> waiting --ticket again--> ... --granted--> held
//                        |  patience over, or the signal: the place is given up
//                        |  the ticket lapsed (nobody could ask with it for long): asked anew, at the end of the line

import { BrigadeError } from './brigade-error.ts';
import type { Granted } from './held-lease.ts';
import { rest, type Time } from './time.ts';

/** What a call that waits answers. */
export interface LineAnswer extends Granted {
  readonly status: string;
  readonly ticket: string | null;
}

/** One try to get something. Each rejects with a `BrigadeError`, or with the reason of the signal. */
export interface Line {
  ask(waitMs: number): Promise<LineAnswer>;
  goOn(ticket: string, waitMs: number): Promise<LineAnswer>;
  withdraw(ticket: string): Promise<void>;
}

export interface Patience {
  readonly time: Time;
  /** Undefined: as long as it takes. */
  readonly waitMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** The longest wait of one call. */
  readonly sliceMs: number;
}

/** Whoever keeps the line answers that nobody waits there now (it is stopping): not asked again at once. */
const BREATH_MS = 100;
const LAPSED = new Set(['WAIT_TIMED_OUT', 'UNKNOWN_TICKET', 'OFFER_LAPSED']);

/** Resolves with what was granted. Rejects with `WAIT_TIMED_OUT` when patience is over. */
export async function waitInLine(line: Line, { time, waitMs, signal, sliceMs }: Patience): Promise<Granted> {
  signal?.throwIfAborted();
  const untilMs = waitMs === undefined ? Number.POSITIVE_INFINITY : time.monotonicMs() + waitMs;
  const slice = (): number => Math.floor(Math.min(sliceMs, Math.max(0, untilMs - time.monotonicMs())));
  let answer = await line.ask(slice());
  for (;;) {
    const { status, ticket } = answer;
    if (status !== 'queued' || ticket === null) return answer;
    const isOver = time.monotonicMs() >= untilMs;
    if (isOver || signal?.aborted === true) {
      await line.withdraw(ticket);
      signal?.throwIfAborted();
      throw timedOut(answer);
    }
    if (time.monotonicMs() - answer.sentMs < BREATH_MS) await rest(time, BREATH_MS, signal);
    answer = await goOn(line, ticket, slice);
  }
}

async function goOn(line: Line, ticket: string, slice: () => number): Promise<LineAnswer> {
  try {
    return await line.goOn(ticket, slice());
  } catch (error) {
    if (!(error instanceof BrigadeError && LAPSED.has(error.code))) throw error;
    return line.ask(slice());
  }
}

function timedOut({ waitedMs, ...answer }: LineAnswer): BrigadeError {
  const { blockedBy = [] } = answer as { readonly blockedBy?: unknown };
  return new BrigadeError({
    code: 'WAIT_TIMED_OUT',
    category: 'contended',
    message: 'It was not granted in the time that was given; the place in line is given up.',
    next: 'Wait longer, or do something else meanwhile.',
    retry: 'now',
    details: { waitedMs, blockedBy },
  });
}
