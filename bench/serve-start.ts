// From the start of the process `brigade serve` to its first answer, on an empty log and behind 10,000 events, with what Node
// keeps of compiled code between starts in place.

import { spawn } from 'node:child_process';
import { brigadeBin } from '../test/support/brigade-bin.ts';
import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import type { Figure } from './support/figure.ts';
import { load, restExchanges, sessionsAt } from './support/http-load.ts';

const STARTS = 7;
const EVENTS = 10_000;
const CALLERS = 16;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch({ compilesForItself: true });
  try {
    const empty = await medianMs(scratch);
    await fill(scratch);
    const full = await medianMs(scratch);
    return [
      { what: '`brigade serve` to its first answer, empty log', value: empty, unit: 'ms', target: { atMost: 500 } },
      { what: `the same behind ${EVENTS} events or more`, value: full, unit: 'ms', target: { atMost: 500 } },
    ];
  } finally {
    await scratch.close();
  }
}

async function medianMs(scratch: Scratch): Promise<number> {
  // The first one leaves what it compiled.
  await startMs(scratch);
  const times: number[] = [];
  for (let i = 0; i < STARTS; i += 1) times.push(await startMs(scratch));
  return times.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
}

/** Until it has answered that it is ready, which needs its log. It says where it is; nobody has to guess. */
async function startMs(scratch: Scratch): Promise<number> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [brigadeBin, 'serve', '--port', '0'], {
    cwd: scratch.root,
    env: { PATH: process.env.PATH ?? '', ...scratch.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    const url = / at (http:\/\/\S+)/.exec(text)?.[1];
    if (url === undefined) continue;
    const { ok } = await fetch(`${url}/readyz`);
    const tookMs = performance.now() - beganMs;
    if (!ok) throw new Error('not ready');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    return tookMs;
  }
  throw new Error(`brigade serve ended: ${text}`);
}

async function fill(scratch: Scratch): Promise<void> {
  const served = await ServedProcess.start(scratch);
  const sessions = await sessionsAt(served.url, CALLERS);
  const exchangesOf = (i: number) => restExchanges(sessions[i] ?? '', `task:dish-${i}`);
  const seq = async (): Promise<number> => {
    const { head } = (await (await fetch(`${served.url}/v1/fleet`)).json()) as {
      readonly head: { readonly seq: number };
    };
    return head.seq;
  };
  while ((await seq()) < EVENTS) await load({ url: served.url, connections: CALLERS, seconds: 1, exchangesOf });
  await served.end();
}
