// What it costs that there is no daemon: how long `brigade mcp` and `brigade locks` take from the start of the process with
// 10,000 events in the log, and what an idle `brigade mcp` keeps in memory. Beside them a Node that does nothing.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { codeOf, tokenOf } from '../test/support/fleet-rig.ts';
import { cookHere, openLibrary } from '../test/support/library-cook.ts';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';

const EVENTS = 10_000;
const CALLERS = 50;
const STARTS = 7;
/** Long enough for what start-up left to be collected. */
const REST_MS = 5_000;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch({ compilesForItself: true });
  try {
    const empty = { what: '`brigade mcp` to its first answer, empty log', value: await mcpMs(scratch), unit: 'ms' };
    await fillLog(scratch);
    return [
      { what: '`node -e 0`', value: await medianOf(() => ended(['-e', '0'])), unit: 'ms' },
      { what: `\`brigade locks\`, ${EVENTS} events`, value: await medianOf(() => locks(scratch)), unit: 'ms' },
      empty,
      { what: `\`brigade mcp\` to its first answer, ${EVENTS} events`, value: await mcpMs(scratch), unit: 'ms' },
      ...(await memory(scratch)),
    ];
  } finally {
    await scratch.close();
  }
}

async function fillLog(scratch: Scratch): Promise<void> {
  const fleet = await openLibrary(scratch.root, scratch.env, 'process');
  const pairs = EVENTS / 2 / CALLERS;
  const work = async (_: unknown, i: number): Promise<void> => {
    const cook = await cookHere(fleet, `cook-x${i}x`);
    const resource = `task:dish-${i}`;
    for (let pair = 0; pair < pairs; pair += 1) {
      const token = tokenOf(await cook.acquire(resource));
      const code = codeOf(await cook.release([{ resource, token }]));
      if (code !== 'none') throw new Error(code);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, work));
  await fleet.close();
}

/** From the spawn to the answer of the first tool call. */
function mcpMs(scratch: Scratch): Promise<number> {
  return medianOf(async () => {
    const agent = await scratch.agent();
    const answer = await agent.call('list_locks');
    if (answer.isError) throw new Error(answer.text);
    return () => agent.close();
  });
}

async function locks(scratch: Scratch): Promise<void> {
  const { code, stderr } = await scratch.brigade(['locks']);
  if (code !== 0) throw new Error(stderr);
}

/** Runs one after the other; what `start` answers is done outside the time. */
async function medianOf(start: () => Promise<(() => Promise<void>) | void>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    const beganMs = performance.now();
    const end = await start();
    times.push(performance.now() - beganMs);
    await end?.();
  }
  return times.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
}

async function memory(scratch: Scratch): Promise<readonly Figure[]> {
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e9)'], { stdio: 'ignore' });
  const agents = await Promise.all([scratch.agent(), scratch.agent()]);
  for (const agent of agents) await agent.call('acquire_lock', { resources: [`task:mine-${agent.pid}`] });
  await pass(REST_MS);
  const [agent] = agents;
  const figures = [...memoryOf('idle `node`', idle.pid ?? 0), ...memoryOf('idle `brigade mcp`', agent.pid)];
  idle.kill();
  return figures;
}

/** Linux only: PSS counts what several processes share by its part. */
function memoryOf(what: string, pid: number): readonly Figure[] {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) / 1024;
  return [
    { what: `${what}, RSS`, value: mebibytes('Rss'), unit: 'MiB' },
    { what: `${what}, PSS`, value: mebibytes('Pss'), unit: 'MiB' },
  ];
}

function ended(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
