// Looking back over a log of a million events: how long a view as of a random moment takes, whether it is what a fold from the
// beginning shows, and what acquiring and releasing beside it costs those who work.
//
// The log is written once for all runs. Each run asks its own server, whose thread has folded nothing yet.

import { join } from 'node:path';
import { decodeBatch } from '../src/app/batch-codec.ts';
import { createSqlite, type Fleet } from '../src/compose.ts';
import { apply } from '../src/core/apply.ts';
import { emptyState, type FleetState } from '../src/core/fleet-state.ts';
import { isRejection } from '../src/core/rejection.ts';
import { type PastMoment, pastViewOf } from '../src/core/view/past.ts';
import type { Query } from '../src/core/view/views.ts';
import type { LogHead } from '../src/ports/event-store.ts';
import { codeOf, tokenOf } from '../test/support/fleet-rig.ts';
import { cookHere, openLibrary } from '../test/support/library-cook.ts';
import { randomOf } from '../test/support/random.ts';
import type { Figure } from './support/figure.ts';
import { LONG_LOG_EVENTS, longLog } from './support/long-log.ts';

const POINTS = 100;
const QUERIES: readonly Query[] = [
  { kind: 'fleet' },
  { kind: 'locks', limit: 1_000 },
  { kind: 'agents', all: true, limit: 1_000 },
  { kind: 'waits' },
  { kind: 'sessions', all: true },
  { kind: 'alerts', closed: true },
];
const BESIDE_MS = 5_000;
const TURNS = 3;

interface Seen {
  readonly seq: number;
  readonly query: Query;
  readonly text: string;
}

export async function measure(): Promise<readonly Figure[]> {
  const { root, env, head, tookMs } = await longLog();
  const fleet = await openLibrary(root, env);
  try {
    const random = randomOf(Math.floor(performance.now()));
    const moments = Array.from({ length: POINTS }, () => random.between(1, head.seq));
    const { tookMs: travels, cpuMs, seen } = await travel(fleet, moments);
    await expectSame(join(root, '.brigade', 'brigade.db'), seen);
    const [alone, beside] = await work(fleet, head);
    return [
      { what: `writing ${LONG_LOG_EVENTS} events`, value: tookMs / 1_000, unit: 's' },
      {
        what: `views of ${POINTS} random moments, the slowest`,
        value: travels.at(-1) ?? 0,
        unit: 'ms',
        target: { atMost: 1_000 },
      },
      { what: 'the same, median', value: travels[POINTS / 2] ?? 0, unit: 'ms' },
      { what: 'processor time of the slowest', value: cpuMs.at(-1) ?? 0, unit: 'ms' },
      { what: 'of the processor, median', value: cpuMs[POINTS / 2] ?? 0, unit: 'ms' },
      { what: 'of them what a fold from the beginning shows', value: seen.length, unit: 'views' },
      { what: 'acquire and release, nobody looks back', value: alone.median, unit: 'ms' },
      { what: 'while somebody does without a pause', value: beside.median, unit: 'ms' },
      { what: 'of what it was', value: beside.median / alone.median, unit: 'times', target: { atMost: 1.5 } },
      { what: 'the slowest of a hundred, nobody looks back', value: alone.p99, unit: 'ms' },
      { what: 'the slowest of a hundred, while somebody does', value: beside.p99, unit: 'ms' },
    ];
  } finally {
    await fleet.close();
  }
}

/** One view of each moment, the next one asked for when the last was answered. */
async function travel(fleet: Fleet, seqs: readonly number[]) {
  const tookMs: number[] = [];
  const cpuMs: number[] = [];
  const seen: Seen[] = [];
  for (const [i, seq] of seqs.entries()) {
    const query = QUERIES[i % QUERIES.length] as Query;
    const beganMs = performance.now();
    const before = process.cpuUsage();
    const text = await textAt(fleet, query, { seq });
    const { user, system } = process.cpuUsage(before);
    tookMs.push(performance.now() - beganMs);
    cpuMs.push((user + system) / 1_000);
    seen.push({ seq, query, text });
  }
  return { tookMs: sorted(tookMs), cpuMs: sorted(cpuMs), seen };
}

async function textAt({ coordinator }: Fleet, query: Query, moment: PastMoment): Promise<string> {
  const answer = await coordinator.viewAt(query, moment);
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  return JSON.stringify(answer);
}

/** One fold from the beginning, past all moments in order. */
async function expectSame(path: string, seen: readonly Seen[]): Promise<void> {
  const inOrder = seen.toSorted((a, b) => a.seq - b.seq);
  const state = emptyState();
  const store = await createSqlite(path, 'process');
  await store.open();
  for (let next = 0; next < inOrder.length; ) {
    const batches = await store.read(state.position.seq, 2_000);
    for (const event of batches.flatMap((batch) => decodeBatch(batch).events)) {
      apply(state, event);
      for (; inOrder[next]?.seq === event.seq; next += 1) expectShown(state, inOrder[next] as Seen);
    }
  }
  await store.close();
}

function expectShown(state: FleetState, { seq, query, text }: Seen): void {
  if (JSON.stringify(pastViewOf(state, query)) !== text) throw new Error(`${query.kind} as of ${seq} is another one`);
}

interface Latency {
  readonly median: number;
  readonly p99: number;
}

/** Pairs of one caller, in turn without anybody who looks back and with somebody who does all the time. */
async function work(fleet: Fleet, head: LogHead): Promise<readonly [Latency, Latency]> {
  const cook = await cookHere(fleet, 'bystander');
  const [alone, beside]: [number[], number[]] = [[], []];
  await pairs(1_000, []);
  for (let turn = 0; turn < TURNS; turn += 1) {
    await pairs(BESIDE_MS, alone);
    const stop = new AbortController();
    const travelling = travelUntil(fleet, head, stop.signal);
    await pairs(BESIDE_MS, beside);
    stop.abort();
    await travelling;
  }
  return [latency(alone), latency(beside)];

  async function pairs(ms: number, tookMs: number[]): Promise<void> {
    const endsMs = performance.now() + ms;
    while (performance.now() < endsMs) {
      const beganMs = performance.now();
      const token = tokenOf(await cook.acquire('task:beside'));
      const code = codeOf(await cook.release([{ resource: 'task:beside', token }]));
      if (code !== 'none') throw new Error(`release: ${code}`);
      tookMs.push(performance.now() - beganMs);
    }
  }
}

async function travelUntil(fleet: Fleet, head: LogHead, signal: AbortSignal): Promise<void> {
  const random = randomOf(7);
  while (!signal.aborted) await textAt(fleet, { kind: 'fleet' }, { seq: random.between(1, head.seq) });
}

function sorted(tookMs: readonly number[]): readonly number[] {
  return tookMs.toSorted((a, b) => a - b);
}

function latency(tookMs: readonly number[]): Latency {
  const inOrder = sorted(tookMs);
  const at = (share: number): number => inOrder[Math.floor(inOrder.length * share)] ?? 0;
  return { median: at(0.5), p99: at(0.99) };
}
