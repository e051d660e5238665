// Fifty idle `brigade mcp` processes on one desk: the processor they take, how often one of them wakes, and the memory of
// each (its own pages, and its part of the shared ones). Beside it `brigade locks` against that desk, from its start to its end.

import { readFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';
import { processorSeconds } from './support/processor.ts';
import { usedMachine } from './support/used-machine.ts';

const PROCESSES = 50;
/** Long enough for what start-up left to be collected. */
const REST_MS = 8_000;
const WATCH_MS = 10_000;
const STARTS = 7;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch({ env: await usedMachine() });
  try {
    const agents = [];
    for (let i = 0; i < PROCESSES; i += 1) {
      const agent = await scratch.agent();
      await agent.call('register', { id: `cook-x${i}x` });
      agents.push(agent);
    }
    await pass(REST_MS);
    const [desk, ...clients] = agents.map(({ pid }) => pid);
    if (desk === undefined) return [];
    const before = { all: processorSeconds([desk, ...clients]), clients: wakes(clients) };
    await pass(WATCH_MS);
    const seconds = WATCH_MS / 1_000;
    const percent = ((processorSeconds([desk, ...clients]) - before.all) / seconds) * 100;
    const memory = clients.map(memoryMiB);
    return [
      { what: `${PROCESSES} processes, processor`, value: percent, unit: '% of a core', target: { atMost: 1 } },
      { what: 'wakes of a client', value: (wakes(clients) - before.clients) / clients.length / seconds, unit: '1/s' },
      { what: 'memory of a client, largest', value: Math.max(...memory), unit: 'MiB (PSS)', target: { atMost: 60 } },
      { what: 'memory of the desk', value: memoryMiB(desk), unit: 'MiB (PSS)' },
      { what: '`brigade locks` against the desk', value: await locksMs(scratch), unit: 'ms', target: { atMost: 150 } },
    ];
  } finally {
    await scratch.close();
  }
}

async function locksMs(scratch: Scratch): Promise<number> {
  const tookMs: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const beganMs = performance.now();
    const { code, stderr } = await scratch.brigade(['locks']);
    tookMs.push(performance.now() - beganMs);
    if (code !== 0) throw new Error(stderr);
  }
  return tookMs.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
}

function wakes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + numberIn(`/proc/${pid}/status`, /^voluntary_ctxt_switches:\s+(\d+)/m), 0);
}

function memoryMiB(pid: number): number {
  return numberIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+)/m) / 1_024;
}

function numberIn(file: string, pattern: RegExp): number {
  return Number(pattern.exec(readFileSync(file, 'latin1'))?.[1] ?? Number.NaN);
}
