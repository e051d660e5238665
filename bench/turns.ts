// Twenty processes that want one lock five times each and hold it for 20 ms, with one desk, beside one of them that takes
// the same hundred turns alone: what handing over costs, and whether anybody was passed.

import { Scratch } from '../test/support/scratch.ts';
import { closeAll, startCallers } from './support/callers.ts';
import type { Figure } from './support/figure.ts';

const CONTENDERS = 20;
const TURNS = 5;
const HOLD_MS = 20;

export async function measure(): Promise<readonly Figure[]> {
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
    const waits = together.waitsMs.toSorted((a, b) => a - b);
    const median = waits[Math.floor(waits.length / 2)] ?? Number.NaN;
    return [
      { what: 'bypasses', value: bypasses, unit: '', target: { atMost: 0 } },
      { what: 'the hundred turns of one alone', value: alone.tookMs, unit: 'ms' },
      { what: 'the hundred turns of twenty', value: together.tookMs, unit: 'ms' },
      { what: 'twenty to one', value: together.tookMs / alone.tookMs, unit: 'times', target: { atMost: 1.1 } },
      { what: 'longest wait to median', value: (waits.at(-1) ?? Number.NaN) / median, unit: 'times' },
    ];
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
