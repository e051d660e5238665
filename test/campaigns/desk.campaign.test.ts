// The desk killed and stopped under load, again and again. Callers in other processes notice a pause and nothing else: what was
// acknowledged is in the log, once, and nobody hears an error. A stop that hits SQLite's own short transaction blocks
// whoever writes until the stopped process goes on; such stops are counted apart.

import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqliteConnection } from '../../src/adapters/sqlite/sqlite-driver.ts';
import type { Fleet } from '../../src/compose.ts';
import { LogCheck } from '../support/acknowledged.ts';
import { campaignCount } from '../support/campaign.ts';
import type { CallerReport } from '../support/desk-caller.ts';
import { openLibrary } from '../support/library-cook.ts';
import { randomOf } from '../support/random.ts';
import { Scratch } from '../support/scratch.ts';
import { deskOf, isBlocked, openProbe } from '../support/stopped-desk.ts';
import { stopWhole } from '../support/stopped-process.ts';
import { waitUntil } from '../support/wait-until.ts';

const ROUNDS = Math.min(100, campaignCount(200, { atLeast: 3 }));
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const PROCESSES = 8;
const CALLERS = 8;
/** The promise is 4 s; it is shown by the figures that are printed. This only stops a hang. */
const PAUSE_DEADLINE_MS = 40_000;

interface Callers {
  readonly pid: number;
  /** Since it was asked last. */
  take(): CallerReport;
  end(): Promise<void>;
}

describe.each([
  { how: 'killed', pauseMs: 5 },
  { how: 'stopped', pauseMs: 20 },
] as const)(`a desk $how under 64 callers, seed ${seed}`, ({ how, pauseMs }) => {
  const random = randomOf(seed);
  const log = new LogCheck();
  const pausesMs: number[] = [];
  let blocked = 0;
  let scratch: Scratch;
  let observer: Fleet;
  let callers: Callers[];
  let probe: SqliteConnection;

  beforeAll(async () => {
    scratch = new Scratch();
    callers = await Promise.all(
      Array.from({ length: PROCESSES }, (_, i) => startCallers(scratch, `cook-x${i}x`, pauseMs)),
    );
    observer = await openLibrary(scratch.root, { ...process.env, ...scratch.env });
    probe = await openProbe(scratch);
    await untilAllWork(callers);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(callers.map((each) => each.end()));
    await observer.close();
    probe.close();
    await scratch.close();
    const sorted = pausesMs.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    console.log(
      `${how} ${ROUNDS} times: longest call ${Math.ceil(sorted.at(-1) ?? 0)} ms, median of the longest ` +
        `${Math.ceil(median)} ms, ${blocked} inside SQLite's transaction`,
    );
  }, 60_000);

  it.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))(
    `round %i of ${ROUNDS}`,
    async (round) => {
      // house-allow sleeping-test: the moment is random, and nothing is waited for
      await pass(random.below(200));
      const desk = await deskOf(observer);
      const [served, others] = [callers.filter(({ pid }) => pid === desk), callers.filter(({ pid }) => pid !== desk)];
      if (how === 'killed') process.kill(desk, 'SIGKILL');
      else await stopWhole(desk);
      const isInside = how === 'stopped' && isBlocked(probe);
      if (isInside) process.kill(desk, 'SIGCONT');
      const reports = [...(await untilAllWork(others))];
      pausesMs.push(Math.max(...reports.map(({ longestMs }) => longestMs)));
      if (isInside) blocked += 1;
      // Whoever was only held up for a moment is the desk still.
      expect((await deskOf(observer)) === desk).toBe(isInside);
      if (how === 'killed') callers = [...others, await startCallers(scratch, `cook-x${round}y`, pauseMs)];
      else {
        process.kill(desk, 'SIGCONT');
        // What it tells first is from before it was stopped; its own calls under way then stood still with it.
        for (const _ of ['before', 'after']) reports.push(...(await untilAllWork(served)));
      }
      expect(reports.flatMap(({ refused }) => refused)).toEqual([]);
      await follow(observer, log);
      expect(log.brokenBy(reports.flatMap(({ heard }) => heard))).toEqual([]);
    },
    90_000,
  );
});

/** Everybody has finished a turn that began after now. Answers what they told until then. */
async function untilAllWork(callers: readonly Callers[]): Promise<readonly CallerReport[]> {
  const reports: CallerReport[] = [];
  for (const _ of ['the turn under way', 'a whole one']) {
    const done = new Map(callers.map((each) => [each, new Set<number>()]));
    await waitUntil(
      'every caller',
      () => {
        for (const each of callers) {
          const report = each.take();
          reports.push(report);
          for (const caller of report.busy) done.get(each)?.add(caller);
        }
        return [...done.values()].every(({ size }) => size === CALLERS);
      },
      { withinMs: PAUSE_DEADLINE_MS, everyMs: 20 },
    );
  }
  return reports;
}

async function startCallers(scratch: Scratch, name: string, pauseMs: number): Promise<Callers> {
  const program = new URL('../support/desk-caller.ts', import.meta.url);
  const env = { PATH: process.env.PATH, ...scratch.env };
  const args = [scratch.root, name, String(CALLERS), String(pauseMs)];
  const child = fork(program, args, { env, execArgv: [], serialization: 'json' });
  let isReady = false;
  let reports: CallerReport[] = [];
  child.on('message', (message: CallerReport | 'ready') => {
    if (message === 'ready') isReady = true;
    else reports.push(message);
  });
  await waitUntil('callers', () => isReady || child.exitCode !== null, { withinMs: 60_000 });
  return {
    pid: child.pid ?? 0,
    take: () => {
      const taken = reports;
      reports = [];
      return {
        heard: taken.flatMap(({ heard }) => heard),
        refused: taken.flatMap(({ refused }) => refused),
        longestMs: Math.max(0, ...taken.map(({ longestMs }) => longestMs)),
        busy: taken.flatMap(({ busy }) => busy),
      };
    },
    end: () => endChild(child),
  };
}

async function endChild(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await waitUntil('the end of the callers', () => child.signalCode !== null || child.exitCode !== null);
}

async function follow(observer: Fleet, log: LogCheck): Promise<void> {
  const events = [];
  for await (const event of observer.coordinator.feed({ after: log.seq, once: true })) events.push(event);
  log.take(events);
}
