// Starts on logs of several lengths.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { brigadeBin } from '../../../../test/support/brigade-bin.ts';
import { McpAgent } from '../../../../test/support/mcp-agent.ts';
import { ServedProcess } from '../../../../test/support/served.ts';
import { longLog } from '../../../support/long-log.ts';
import { median } from '../../load/statistics.ts';
import type { Ask, Row } from '../../section.ts';

const SIZES = [10_000, 1_000_000];
const HUGE = 10_000_000;
const QUICK_SIZES = [10_000, 100_000];
const STARTS = 5;

interface Workspace {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function measure({ isQuick, isHuge }: Ask): Promise<readonly Row[]> {
  const sizes = [...(isQuick ? QUICK_SIZES : SIZES), ...(isHuge ? [HUGE] : [])];
  const rows: Row[] = [];
  for (const events of sizes) rows.push(await startsOn(events));
  return rows;
}

async function startsOn(events: number): Promise<Row> {
  const at = await longLog(events);
  const cells = {
    locks: await startMs(() => ended([brigadeBin, 'locks'], at)),
    mcp: await startMs(() => mcp(at)),
    serve: await startMs(() => serve(at)),
    node: await startMs(() => ended(['-e', '0'], at)),
    size: statSync(join(at.root, '.brigade', 'brigade.db')).size / 2 ** 20,
  };
  return { id: `start.${events}`, what: 'events in the log', size: events, survives: 'none', cells };
}

/** The first one leaves what it compiled. What `start` answers ends it, outside the time. */
async function startMs(start: () => Promise<() => Promise<unknown>>): Promise<number> {
  const tookMs: number[] = [];
  for (let time = 0; time <= STARTS; time += 1) {
    const beganMs = performance.now();
    const end = await start();
    if (time > 0) tookMs.push(performance.now() - beganMs);
    await end();
  }
  return median(tookMs);
}

async function mcp({ root, env }: Workspace): Promise<() => Promise<void>> {
  const agent = await McpAgent.start({ cwd: root, env });
  const answer = await agent.call('list_locks');
  if (answer.isError) throw new Error(answer.text);
  return () => agent.close();
}

async function serve({ root, env }: Workspace): Promise<() => Promise<unknown>> {
  const served = await ServedProcess.start({ root, env, under: [] });
  const { ok } = await fetch(`${served.url}/readyz`);
  if (!ok) throw new Error(`not ready: ${served.output}`);
  return () => served.end();
}

async function ended(args: readonly string[], { root, env }: Workspace): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return () => Promise.resolve();
}
