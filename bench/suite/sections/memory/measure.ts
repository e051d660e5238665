// Bytes in the heap for each row of the state, and processes at rest.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { Scratch } from '../../../../test/support/scratch.ts';
import { ServedProcess } from '../../../../test/support/served.ts';
import { CoreFleet } from '../../../support/core-fleet.ts';
import { heapBytes, memoryOf } from '../../load/memory.ts';
import type { Row } from '../../section.ts';

const EACH = 10_000;
/** Taken in one call, so that the memory of requests does not count. */
const TOGETHER = 100;
/** Long enough for what start-up left to be collected. */
const REST_MS = 5_000;

export async function measure(): Promise<readonly Row[]> {
  return [...inHeap(), ...(await processes())];
}

function inHeap(): readonly Row[] {
  const before = heapBytes();
  const fleet = new CoreFleet(EACH);
  const agents = grown(fleet, before);
  const beforeLeases = heapBytes();
  for (let i = 0; i < EACH / TOGETHER; i += 1) {
    const resources = Array.from({ length: TOGETHER }, (_, k) => `file:@w/src/part-${i}/dish-${k}.ts`);
    fleet.acquireAll(i, resources);
  }
  const leases = grown(fleet, beforeLeases);
  const beforeWaiters = heapBytes();
  // Those who hold nothing wait, each for something of somebody else.
  const holders = EACH / TOGETHER;
  const waiting = EACH - holders;
  for (let i = 0; i < waiting; i += 1)
    fleet.acquire(holders + i, `file:@w/src/part-${i % holders}/dish-${i % TOGETHER}.ts`, 600_000);
  const waiters = grown(fleet, beforeWaiters, waiting);
  if (fleet.state.leases.size !== EACH || fleet.state.tickets.size !== waiting) throw new Error('not as many as meant');
  return Object.entries({ agent: agents, lease: leases, waiter: waiters }).map(([name, bytes]) => ({
    id: `memory.${name}`,
    what: `one ${name}`,
    survives: 'none' as const,
    cells: { bytes: Math.round(bytes) },
  }));
}

/** Bytes of each since then; the events that the rig keeps are none of the fleet's. */
function grown(fleet: CoreFleet, before: number, count = EACH): number {
  fleet.events.length = 0;
  return (heapBytes() - before) / count;
}

async function processes(): Promise<readonly Row[]> {
  const scratch = new Scratch();
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e9)'], { stdio: 'ignore' });
  try {
    const served = await ServedProcess.start(scratch);
    const agents = [await scratch.agent(), await scratch.agent()];
    for (const agent of agents) await agent.call('acquire_lock', { resources: [`task:mine-${agent.pid}`] });
    await pass(REST_MS);
    const pids = { node: idle.pid, serve: served.pid, guest: agents[0]?.pid };
    const rows = Object.entries(pids).map(([name, pid = 0]) => rowOf(name, pid));
    await served.end();
    return rows;
  } finally {
    const ended = once(idle, 'exit');
    idle.kill();
    await ended;
    await scratch.close();
  }
}

const WHAT: Readonly<Record<string, string>> = {
  node: 'an idle `node`',
  serve: '`brigade serve`, the desk of two others',
  guest: '`brigade mcp`, a guest of its desk',
};

function rowOf(name: string, pid: number): Row {
  const { pssMiB, rssMiB } = memoryOf(pid);
  return { id: `memory.${name}`, what: WHAT[name] ?? name, survives: 'none', cells: { pss: pssMiB, rss: rssMiB } };
}
