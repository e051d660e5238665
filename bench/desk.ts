// Many processes with one desk, beside the same processes writing the log directly, one after the other in each run: pairs of
// acquire and release a second from 64 callers in 8 processes, each on a lock of its own and all on one.

import { Scratch } from '../test/support/scratch.ts';
import { type Counted, closeAll, startCallers } from './support/callers.ts';
import type { Figure } from './support/figure.ts';

const PROCESSES = 8;
const CALLERS = 8;
const RUN_MS = 3_000;
const WARM_MS = 1_000;

export async function measure(): Promise<readonly Figure[]> {
  const direct = await campaign('off');
  const desk = await campaign('auto');
  return [
    figure('own locks, direct', direct.own.rate, 'pairs/s'),
    figure('own locks, desk', desk.own.rate, 'pairs/s'),
    { ...figure('own locks, desk to direct', desk.own.rate / direct.own.rate, 'times'), target: { atLeast: 1.5 } },
    { ...figure('desk: calls that failed', desk.own.failed + desk.one.failed, ''), target: { atMost: 0 } },
    figure('desk: a pair, median', desk.own.medianMs, 'ms'),
    {
      ...figure('desk: 99th percentile to median', desk.own.p99Ms / desk.own.medianMs, 'times'),
      target: { atMost: 10 },
    },
    { ...figure('desk: slowest process to mean', desk.own.slowest, 'times'), target: { atLeast: 0.8 } },
    figure('direct: slowest process to mean', direct.own.slowest, 'times'),
    figure('one lock, direct', direct.one.rate, 'pairs/s'),
    figure('one lock, desk', desk.one.rate, 'pairs/s'),
    figure('one lock, direct: longest to median', direct.one.longestMs / direct.one.medianMs, 'times'),
    figure('one lock, desk: longest to median', desk.one.longestMs / desk.one.medianMs, 'times'),
  ];
}

function figure(what: string, value: number, unit: string): Figure {
  return { what, value, unit };
}

interface Summary {
  readonly rate: number;
  readonly failed: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** Pairs of the slowest process, as a part of the mean. */
  readonly slowest: number;
}

async function campaign(desk: 'auto' | 'off'): Promise<{ readonly own: Summary; readonly one: Summary }> {
  const scratch = new Scratch();
  try {
    const callers = await startCallers(scratch, { processes: PROCESSES, callers: CALLERS, desk });
    const run = async (ms: number, resource: string | null): Promise<Summary> => {
      for (const caller of callers) caller.say({ do: 'pairs', ms, resource });
      const told = await Promise.all(callers.map((caller) => caller.hear('counted')));
      return summaryOf(
        told.map(({ counted }) => counted),
        ms,
      );
    };
    await run(WARM_MS, null);
    const summaries = { own: await run(RUN_MS, null), one: await run(RUN_MS, 'task:the-one') };
    await closeAll(callers);
    return summaries;
  } finally {
    await scratch.close();
  }
}

function summaryOf(counted: readonly Counted[], ms: number): Summary {
  const pairs = counted.map((each) => each.pairs);
  const all = pairs.reduce((sum, each) => sum + each, 0);
  const tookMs = counted.flatMap((each) => each.tookMs).toSorted((a, b) => a - b);
  const at = (share: number): number =>
    tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? Number.NaN;
  return {
    rate: (all / ms) * 1_000,
    failed: counted.reduce((sum, each) => sum + each.failed, 0),
    medianMs: at(0.5),
    p99Ms: at(0.99),
    longestMs: at(1),
    slowest: Math.min(...pairs) / (all / pairs.length),
  };
}
