// A process with many real fleets in it, for `npm run bench -- fleets`: of each fleet so many hosts, each a coordinator with a
// handle of its own on the store, and agents that live as those of the simulation do. Told by its parent what to do.

import { setTimeout as pass } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { SubmitOptions } from '../../src/app/coordinator.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../src/core/reply.ts';
import type { Place } from '../../src/ports/place.ts';
import { type Cook, FleetRig, HERE, seat } from '../../test/support/fleet-rig.ts';
import { randomOf } from '../../test/support/random.ts';
import { AgentLife, type Ask, agentName, type Load } from './load.ts';
import { openStore } from './open-store.ts';

export type Order =
  | { readonly do: 'open'; readonly url: string; readonly load: Load; readonly first: number }
  | { readonly do: 'work'; readonly pace: number; readonly warmMs: number; readonly countedMs: number }
  | { readonly do: 'close' };

export type Told =
  | { readonly kind: 'opened'; readonly tookMs: number; readonly memoryBytes: number }
  | { readonly kind: 'worked'; readonly worked: Worked }
  | { readonly kind: 'failed'; readonly why: string };

export interface Worked {
  readonly seconds: number;
  /** Of commands that did not wait in line. */
  readonly answeredMs: readonly number[];
  readonly waited: number;
  readonly refused: readonly string[];
  readonly appends: number;
  readonly conflicts: number;
}

/** Coordinators that are opened at the same time. */
const AT_ONCE = 16;

let fleets: readonly RealFleet[] = [];

process.on('message', (order: Order) => void obey(order).catch(fail));

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'open':
      return open(order);
    case 'work':
      return tell({ kind: 'worked', worked: await work(order) });
    case 'close':
      await inTurn(fleets, (fleet) => fleet.rig.close());
      process.disconnect();
  }
}

interface RealFleet {
  readonly rig: FleetRig<typeof systemClock>;
  readonly cooks: readonly Cook[];
  readonly load: Load;
  readonly number: number;
}

/** Fleets of this process have the numbers from `first` on. */
async function open({ url, load, first }: Extract<Order, { do: 'open' }>): Promise<void> {
  const beganMs = performance.now();
  const opened: RealFleet[] = [];
  await inTurn(
    Array.from({ length: load.fleets }, (_, i) => first + i),
    async (number) => {
      opened.push(await openFleet(url, load, number));
    },
  );
  fleets = opened;
  tell({ kind: 'opened', tookMs: performance.now() - beganMs, memoryBytes: process.memoryUsage().rss });
}

async function openFleet(url: string, load: Load, number: number): Promise<RealFleet> {
  const rig = new FleetRig({ clock: systemClock, makeStore: () => openStore(url, `fleet-${number}`) });
  const cooks: Cook[] = [];
  for (let h = 0; h < load.hosts; h += 1) {
    const place = placeOf(h);
    const coordinator = await rig.coordinator(`h${h}`, place);
    for (let a = h; a < load.agents; a += load.hosts)
      cooks.push(await seat(coordinator, agentName(a), { placeId: place.placeId }));
  }
  return { rig, cooks, load, number };
}

function placeOf(host: number): Place {
  const name = `host${host}`;
  return { ...HERE, placeId: `p_${name}`, machineId: name, bootId: `boot of ${name}`, hostName: name };
}

/** All agents live for so long; what they do at first is not counted. */
async function work({ pace, warmMs, countedMs }: Extract<Order, { do: 'work' }>): Promise<Worked> {
  const shift = new Shift();
  const lives = fleets.flatMap(({ cooks, load, number }) => {
    const random = randomOf(number + 1);
    return cooks.map((cook) => shift.live(cook, new AgentLife(random.fork(), { ...load, pace })));
  });
  await pass(warmMs);
  const before = tally(shift);
  shift.answeredMs.length = 0;
  await pass(countedMs);
  const after = tally(shift);
  const answeredMs = Array.from(shift.answeredMs);
  shift.end();
  await Promise.all(lives);
  return {
    seconds: (after.atMs - before.atMs) / 1_000,
    answeredMs,
    waited: after.waited - before.waited,
    refused: shift.refused.slice(0, 10),
    appends: after.appends - before.appends,
    conflicts: after.conflicts - before.conflicts,
  };
}

function tally(shift: Shift) {
  const healths = fleets.flatMap(({ cooks }) => [...new Set(cooks.map(({ at }) => at))].map((at) => at.health()));
  return {
    atMs: performance.now(),
    waited: shift.waited,
    appends: healths.reduce((sum, { appends }) => sum + appends, 0),
    conflicts: healths.reduce((sum, { conflicts }) => sum + conflicts, 0),
  };
}

/** Agents at work, until it ends. */
class Shift {
  readonly answeredMs: number[] = [];
  readonly refused: string[] = [];
  waited = 0;
  readonly #ending = new AbortController();

  end(): void {
    this.#ending.abort();
  }

  async live(cook: Cook, life: AgentLife): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await this.#pause(life.thinkMs());
      if (this.#ending.signal.aborted) return;
      const answer = await this.#ask(cook, life.acquire());
      const lease = isRejection(answer) ? undefined : (answer as AcquireReply).leases[0];
      if (lease === undefined) continue;
      await this.#pause(life.holdMs());
      for (const ask of [life.release(lease), ...life.afterRound()]) await this.#ask(cook, ask);
    }
  }

  async #ask(cook: Cook, ask: Ask): Promise<Answer> {
    const askedMs = performance.now();
    let hasWaited = false;
    const options: SubmitOptions = {
      onProgress: () => {
        hasWaited = true;
      },
    };
    const { answer } = await cook.at.submit({ ...ask, ...cook.head() }, options);
    if (isRejection(answer)) this.refused.push(`${ask.op}: ${answer.code} ${answer.message}`);
    if (hasWaited) this.waited += 1;
    else this.answeredMs.push(performance.now() - askedMs);
    return answer;
  }

  async #pause(ms: number): Promise<void> {
    // Cut short when the shift ends.
    await pass(ms, undefined, { signal: this.#ending.signal }).catch((error: unknown) => error);
  }
}

async function inTurn<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const one = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

function tell(told: Told): void {
  process.send?.(told);
}

function fail(error: unknown): void {
  tell({ kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
  process.disconnect();
}
