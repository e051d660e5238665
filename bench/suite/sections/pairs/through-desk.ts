import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Scratch } from '../../../../test/support/scratch.ts';
import { Caller, closeAll } from '../../../support/callers.ts';
import { type Pace, type Rate, rateOf } from '../../load/closed-loop.ts';
import { startPeer } from '../../peers/start-peer.ts';
import type { Row } from '../../section.ts';
import { beside, dealt, type WayOptions } from './way.ts';

const WAY = {
  name: 'desk',
  what: 'through a desk, from up to 8 processes',
  bare: 'bare local socket before bare SQLite, same processes',
};
const PROCESSES = 8;
const BARE = fileURLToPath(new URL('../../peers/bare-desk-process.ts', import.meta.url));

export function throughDesk(options: WayOptions): Promise<readonly Row[]> {
  return beside(WAY, options, { own: deskRate, bare: bareRate });
}

/** The first process is the desk, and asks for nothing itself. */
export async function deskRate(callers: number, { warmMs, countedMs }: Pace): Promise<Rate> {
  const scratch = new Scratch();
  const { processes, each } = dealt(callers, PROCESSES);
  const started: Caller[] = [];
  try {
    const start = async (name: string, count: number): Promise<Caller> => {
      const caller = await Caller.start(scratch, { name, callers: count, desk: 'auto' });
      started.push(caller);
      return caller;
    };
    await start('desk-xdx', 0);
    const guests: Caller[] = [];
    for (let i = 0; i < processes; i += 1) guests.push(await start(`cook-x${i}x`, each));
    const run = async (ms: number): Promise<readonly number[]> => {
      for (const guest of guests) guest.say({ do: 'pairs', ms, resource: null });
      const told = await Promise.all(guests.map((guest) => guest.hear('counted')));
      const failed = told.reduce((sum, { counted }) => sum + counted.failed, 0);
      if (failed > 0) throw new Error(`${failed} pairs failed`);
      return told.flatMap(({ counted }) => counted.tookMs);
    };
    await run(warmMs);
    return rateOf(await run(countedMs), countedMs);
  } finally {
    await closeAll(started.toReversed());
    await scratch.close();
  }
}

async function bareRate(callers: number, { warmMs, countedMs }: Pace): Promise<Rate> {
  const scratch = new Scratch();
  const { processes, each } = dealt(callers, PROCESSES);
  const server = await startPeer(BARE, ['serve', scratch.folder]);
  const guests = await Promise.all(
    Array.from({ length: processes }, () => startPeer(BARE, ['call', scratch.folder, String(each)])),
  );
  try {
    const run = async (ms: number): Promise<readonly number[]> => {
      for (const { child } of guests) child.send({ warmMs: 0, countedMs: ms });
      const told = await Promise.all(guests.map(({ child }) => once(child, 'message') as Promise<[number[]]>));
      return told.flatMap(([tookMs]) => tookMs);
    };
    await run(warmMs);
    return rateOf(await run(countedMs), countedMs);
  } finally {
    for (const peer of [...guests, server]) await peer.end();
    await scratch.close();
  }
}
