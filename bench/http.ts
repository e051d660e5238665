// REST under load: 64 connections to one `brigade serve`, each with a session and a lock of its own, acquire and release in turn,
// each on disk before its answer. The load comes from this process, so it needs a core of its own.

import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import type { Figure } from './support/figure.ts';
import { load, restExchanges, sessionsAt } from './support/http-load.ts';

const CONNECTIONS = 64;
/** Until what it does most is compiled for good: what is promised is promised of a server that stays. */
const WARM_SECONDS = 20;
const SECONDS = 5;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  const served = await ServedProcess.start(scratch);
  try {
    const { url } = served;
    const sessions = await sessionsAt(url, CONNECTIONS);
    const exchangesOf = (i: number) => restExchanges(sessions[i] ?? '', `task:dish-${i}`);
    await load({ url, connections: CONNECTIONS, seconds: WARM_SECONDS, exchangesOf });
    const { perSecond, p50Ms, p99Ms } = await load({ url, connections: CONNECTIONS, seconds: SECONDS, exchangesOf });
    return [
      { what: `operations, ${CONNECTIONS} connections`, value: perSecond, unit: '/s', target: { atLeast: 12_000 } },
      { what: 'answer, median', value: p50Ms, unit: 'ms' },
      { what: 'answer, 99th percentile', value: p99Ms, unit: 'ms', target: { atMost: 25 } },
    ];
  } finally {
    await served.end('SIGKILL');
    await scratch.close();
  }
}
