// MCP over HTTP beside a bare server of the same SDK (mcp-peer.ts), for each revision: 32 raw clients, each acquiring and releasing
// a lock of its own, with us on disk before each answer. The two servers are measured in turn, so that both have the same machine.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import type { Figure } from './support/figure.ts';
import { load, sessionsAt } from './support/http-load.ts';
import { exchanges, headersAt, REVISIONS, type Revision } from './support/mcp-http-load.ts';

const CLIENTS = 32;
/** Until what each does most is compiled for good. */
const WARM_SECONDS = 12;
const SECONDS = 3;
const TURNS = 4;

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  const served = await ServedProcess.start(scratch);
  const peer = fork(fileURLToPath(new URL('support/mcp-peer.ts', import.meta.url)), [], { execArgv: [] });
  try {
    const [port] = (await once(peer, 'message')) as [number];
    const sessions = await sessionsAt(served.url, CLIENTS);
    const figures: Figure[] = [];
    for (const revision of REVISIONS)
      figures.push(...(await compare(revision, served.url, `http://127.0.0.1:${port}`, sessions)));
    return figures;
  } finally {
    peer.disconnect();
    await served.end('SIGKILL');
    await scratch.close();
  }
}

async function compare(
  revision: Revision,
  ours: string,
  bare: string,
  sessions: readonly string[],
): Promise<readonly Figure[]> {
  const rateAt = async (url: string): Promise<() => Promise<number>> => {
    const headers = await headersAt(url, revision, sessions);
    const exchangesOf = (i: number) => exchanges(revision, headers[i] ?? {}, `task:dish-${i}`);
    await load({ url, connections: CLIENTS, seconds: WARM_SECONDS, exchangesOf });
    return async () => (await load({ url, connections: CLIENTS, seconds: SECONDS, exchangesOf })).perSecond;
  };
  const [rateOfOurs, rateOfBare] = [await rateAt(ours), await rateAt(bare)];
  let [own, other] = [0, 0];
  for (let turn = 0; turn < TURNS; turn += 1) {
    own += (await rateOfOurs()) / TURNS;
    other += (await rateOfBare()) / TURNS;
  }
  return [
    { what: `${revision}: a bare server`, value: other, unit: 'calls/s' },
    { what: `${revision}: brigade serve`, value: own, unit: 'calls/s' },
    { what: `${revision}: of the bare server's rate`, value: (own / other) * 100, unit: '%', target: { atLeast: 80 } },
  ];
}
