// One contender for a lock of another library. Arguments: the library, its place, the lock's name. Told how many turns to take and
// how long to hold each, it tells when it asked and when it had it, on the clock of the machine.

import { setTimeout as pass } from 'node:timers/promises';
import { LOCK_LIBRARIES } from './lock-library.ts';

export interface Turn {
  readonly askedMs: number;
  readonly hadMs: number;
}

const [kind = '', place = '', name = ''] = process.argv.slice(2);
const library = LOCK_LIBRARIES.find((one) => one.name === kind);
if (library === undefined) throw new Error(`no library ${kind}`);
const locks = await library.open(place);
// Once before it counts.
await (await locks.lock(`${name}-${process.pid}`))();

process.on('message', ({ turns, holdMs }: { readonly turns: number; readonly holdMs: number }) => {
  void take(turns, holdMs).then((taken) => process.send?.(taken));
});
process.on('disconnect', () => void locks.close().finally(() => process.exit()));
process.send?.('ready');

async function take(turns: number, holdMs: number): Promise<readonly Turn[]> {
  const taken: Turn[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const askedMs = machineMs();
    const release = await locks.lock(name);
    taken.push({ askedMs, hadMs: machineMs() });
    await pass(holdMs);
    await release();
  }
  return taken;
}

function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
