// How often does a desk that is stopped at a random moment sit inside SQLite's write transaction, so that no other desk can
// write until it goes on? With 64 callers in 8 processes, at full load and with a pause of 20 ms after each turn.

import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openLibrary } from '../test/support/library-cook.ts';
import { Scratch } from '../test/support/scratch.ts';
import { deskOf, isBlocked, openProbe } from '../test/support/stopped-desk.ts';
import { stopWhole } from '../test/support/stopped-process.ts';
import type { Figure } from './support/figure.ts';

const ROUNDS = 100;
const PROCESSES = 8;
const CALLERS = 8;

export async function measure(): Promise<readonly Figure[]> {
  return [
    { what: 'stops inside the transaction, full load', value: await stops(0), unit: '%', target: { atMost: 20 } },
    { what: 'stops inside it, callers that pause 20 ms', value: await stops(20), unit: '%', target: { atMost: 5 } },
  ];
}

async function stops(pauseMs: number): Promise<number> {
  const scratch = new Scratch();
  const children: ChildProcess[] = [];
  try {
    for (let i = 0; i < PROCESSES; i += 1) children.push(await start(scratch, `cook-x${i}x`, pauseMs));
    const observer = await openLibrary(scratch.root, { ...process.env, ...scratch.env });
    const probe = await openProbe(scratch);
    let blocked = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const desk = await deskOf(observer);
      await pass(20 + Math.random() * 60);
      await stopWhole(desk);
      if (isBlocked(probe)) blocked += 1;
      process.kill(desk, 'SIGCONT');
    }
    probe.close();
    await observer.close();
    return (100 * blocked) / ROUNDS;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await scratch.close();
  }
}

async function start(scratch: Scratch, name: string, pauseMs: number): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('../test/support/desk-caller.ts', import.meta.url));
  const env = { PATH: process.env.PATH ?? '', ...scratch.env };
  const child = fork(program, [scratch.root, name, String(CALLERS), String(pauseMs)], { env, execArgv: [] });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', () => reject(new Error('a caller ended')));
  });
  return child;
}
