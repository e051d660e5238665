// Twenty processes that want one lock five times each and hold it for 20 ms, with one desk, beside one of them that takes
// the same hundred turns alone: what handing over costs, and whether anybody was passed.

import { Scratch } from '../test/support/scratch.ts';
import { closeAll, startCallers } from './support/callers.ts';
import type { Figure } from './support/figure.ts';

export const CONTENDERS = 20;
export const TURNS = 5;
export const HOLD_MS = 20;

export async function measure(): Promise<readonly Figure[]> {
  const { bypasses, aloneMs, togetherMs, waitsMs } = await takeTurns();
  const median = waitsMs[Math.floor(waitsMs.length / 2)] ?? Number.NaN;
  return [
    { what: 'bypasses', value: bypasses, unit: '', target: { atMost: 0 } },
    { what: 'the hundred turns of one alone', value: aloneMs, unit: 'ms' },
    { what: 'the hundred turns of twenty', value: togetherMs, unit: 'ms' },
    { what: 'twenty to one', value: togetherMs / aloneMs, unit: 'times', target: { atMost: 1.1 } },
    { what: 'longest wait to median', value: (waitsMs.at(-1) ?? Number.NaN) / median, unit: 'times' },
  ];
}

export interface TurnsTaken {
  readonly bypasses: number;
  readonly aloneMs: number;
  readonly togetherMs: number;
  /** Of the twenty, shortest first. */
  readonly waitsMs: readonly number[];
}

export async function takeTurns(): Promise<TurnsTaken> {
  const scratch = new Scratch();
  try {
    const callers = await startCallers(scratch, { processes: CONTENDERS, callers: 1, desk: 'auto' });
    // Each has taken a lock once before it counts.
    await turnsOf(callers, { turns: 1, holdMs: 0, resource: 'task:warm' });
    const alone = await turnsOf(callers.slice(-1), {
      turns: CONTENDERS * TURNS,
      holdMs: HOLD_MS,
      resource: 'task:alone',
    });
    const together = await turnsOf(callers, { turns: TURNS, holdMs: HOLD_MS, resource: 'task:shared' });
    const bypasses = await bypassesOf(scratch, 'task:shared');
    await closeAll(callers);
    const waitsMs = together.waitsMs.toSorted((a, b) => a - b);
    return { bypasses, aloneMs: alone.tookMs, togetherMs: together.tookMs, waitsMs };
  } finally {
    await scratch.close();
  }
}

interface Turns {
  readonly turns: number;
  readonly holdMs: number;
  readonly resource: string;
}

async function turnsOf(
  callers: Awaited<ReturnType<typeof startCallers>>,
  turns: Turns,
): Promise<{ readonly tookMs: number; readonly waitsMs: readonly number[] }> {
  const beganMs = performance.now();
  for (const caller of callers) caller.say({ do: 'turns', ...turns });
  const told = await Promise.all(callers.map((caller) => caller.hear('waited')));
  return { tookMs: performance.now() - beganMs, waitsMs: told.flatMap(({ waitsMs }) => waitsMs) };
}

/** Grants of tickets that came before the grant of an earlier one. */
async function bypassesOf(scratch: Scratch, resource: string): Promise<number> {
  const events = await scratch.events();
  const queued = events.flatMap((event) =>
    event.type === 'lease.queued' && event.resources.includes(resource) ? [event.ticket] : [],
  );
  const granted = events.flatMap((event) =>
    event.type === 'lease.granted' && event.resource === resource && event.ticket !== null ? [event.ticket] : [],
  );
  return granted.filter((ticket, turn) => ticket !== queued[turn]).length;
}
