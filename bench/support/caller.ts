// A process with callers in it, for benchmarks with several: a program that embeds Brigade, told by its parent what to do.
// Arguments: the workspace, the name of the process, how many callers. It may open the desk, as `brigade mcp` may.

import { setTimeout as pass } from 'node:timers/promises';
import { openFleet, prepareHost } from '../../src/compose.ts';
import { type Cook, codeOf, leased, tokenOf } from '../../test/support/fleet-rig.ts';
import { cookHere } from '../../test/support/library-cook.ts';
import type { Counted, Order, Told } from './callers.ts';

const [root = '', name = '', callers = '1'] = process.argv.slice(2);
const flags = { root, logLevel: 'error' };
const host = await prepareHost({ flags, env: process.env, folder: root, stays: true });
const fleet = await openFleet(host, { mayOpenDesk: true });
const cooks = await Promise.all(Array.from({ length: Number(callers) }, (_, i) => cookHere(fleet, `${name}-x${i}x`)));
let held: { readonly resource: string; readonly token: number } | null = null;

process.on('message', (order: Order) => void obey(order).catch(fail));
tell({ kind: 'ready', role: fleet.coordinator.role().role });

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'pairs':
      return tell({ kind: 'counted', counted: await pairs(order.ms, order.resource) });
    case 'turns':
      return tell({ kind: 'waited', waitsMs: await turns(order.turns, order.holdMs, order.resource) });
    case 'hold':
      return hold(order.resource);
    case 'release':
      return release();
    case 'close':
      await fleet.close();
      process.disconnect();
  }
}

/** As many pairs of acquire and release as fit, every caller for itself. Nothing may fail. */
async function pairs(ms: number, resource: string | null): Promise<Counted> {
  const tookMs: number[] = [];
  let failed = 0;
  let longestMs = 0;
  const before = fleet.coordinator.health();
  const endsMs = performance.now() + ms;
  const work = async (cook: Cook, i: number): Promise<void> => {
    const own = resource ?? `task:${name}-${i}`;
    while (performance.now() < endsMs) {
      const beganMs = performance.now();
      const outcome = await cook.acquire(own, { waitMs: resource === null ? 0 : 25_000 });
      const halfMs = performance.now();
      const token = codeOf(outcome) === 'none' ? leased(outcome).leases[0]?.token : undefined;
      if (token === undefined || codeOf(await cook.release([{ resource: own, token }])) !== 'none') failed += 1;
      const doneMs = performance.now();
      longestMs = Math.max(longestMs, halfMs - beganMs, doneMs - halfMs);
      tookMs.push(doneMs - beganMs);
    }
  };
  await Promise.all(cooks.map(work));
  const after = fleet.coordinator.health();
  const isWriter = fleet.coordinator.role().role !== 'guest';
  const appends = isWriter ? after.appends - before.appends : 0;
  const conflicts = isWriter ? after.conflicts - before.conflicts : 0;
  return { pairs: tookMs.length - failed, failed, tookMs, longestMs, appends, conflicts };
}

/** Takes the lock so many times and holds it each time; how long each took to come. */
async function turns(count: number, holdMs: number, resource: string): Promise<readonly number[]> {
  const waitsMs: number[] = [];
  const work = async (cook: Cook): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) {
      const askedMs = performance.now();
      const token = tokenOf(await cook.acquire(resource, { waitMs: 60_000 }));
      waitsMs.push(performance.now() - askedMs);
      await pass(holdMs);
      await cook.release([{ resource, token }]);
    }
  };
  await Promise.all(cooks.map(work));
  return waitsMs;
}

/** Tells when it stands in line, and when it holds. */
async function hold(resource: string): Promise<void> {
  const [cook] = cooks;
  if (cook === undefined) return;
  const outcome = await cook.acquire(resource, { waitMs: 60_000 }, { onProgress: () => tell({ kind: 'parked' }) });
  const atMs = hostMs();
  held = { resource, token: tokenOf(outcome) };
  tell({ kind: 'held', atMs });
}

async function release(): Promise<void> {
  const [cook] = cooks;
  if (cook === undefined || held === null) return;
  const atMs = hostMs();
  const code = codeOf(await cook.release([held]));
  if (code !== 'none') throw new Error(`release: ${code}`);
  tell({ kind: 'released', atMs });
}

/** One clock for all processes of the machine. */
function hostMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function tell(told: Told): void {
  process.send?.(told);
}

function fail(error: unknown): void {
  process.stderr.write(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
