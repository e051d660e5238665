// What 32 readers of /v1/stream cost those who work: the load of the benchmark `http` without them and with them, in turn on one
// server. The readers run in a process of their own; on a machine with two cores that is part of the cost.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import type { Figure } from './support/figure.ts';
import { load, restExchanges, sessionsAt } from './support/http-load.ts';

const CONNECTIONS = 64;
const READERS = 32;
const SECONDS = 3;
const TURNS = 2;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  const served = await ServedProcess.start(scratch);
  try {
    const { url, port } = served;
    const sessions = await sessionsAt(url, CONNECTIONS);
    const exchangesOf = (i: number) => restExchanges(sessions[i] ?? '', `task:dish-${i}`);
    const rate = async (): Promise<number> =>
      (await load({ url, connections: CONNECTIONS, seconds: SECONDS, exchangesOf })).perSecond;
    await rate();
    let [alone, watched] = [0, 0];
    for (let turn = 0; turn < TURNS; turn += 1) {
      alone += (await rate()) / TURNS;
      const readers = await startReaders(port);
      watched += (await rate()) / TURNS;
      await endReaders(readers);
    }
    return [
      { what: 'operations, nobody reads', value: alone, unit: '/s' },
      { what: `operations, ${READERS} readers`, value: watched, unit: '/s' },
      { what: 'cost of the readers', value: (1 - watched / alone) * 100, unit: '%', target: { atMost: 30 } },
    ];
  } finally {
    await served.end('SIGKILL');
    await scratch.close();
  }
}

async function startReaders(port: number): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('support/stream-readers.ts', import.meta.url));
  const readers = fork(program, [String(port), String(READERS)], { execArgv: [] });
  const [told] = (await once(readers, 'message')) as [unknown];
  if (told !== 'ready') throw new Error(`readers: ${String(told)}`);
  return readers;
}

/** A reader that was dropped, or heard next to nothing, cost nothing. */
async function endReaders(readers: ChildProcess): Promise<void> {
  readers.send('count');
  const [told] = (await once(readers, 'message')) as [unknown];
  if (typeof told !== 'number' || told < 1024 * 1024) throw new Error(`a reader read ${String(told)}`);
  const ended = once(readers, 'exit');
  readers.disconnect();
  await ended;
}
