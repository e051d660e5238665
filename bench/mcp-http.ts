// MCP over HTTP beside a bare server of the same SDK (mcp-peer.ts), for each revision: 32 raw clients, each acquiring and releasing
// a lock of its own, with us on disk before each answer. The two servers are measured in turn, so that both have the same machine.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { converse } from '../test/support/raw-mcp-http.ts';
import { Scratch } from '../test/support/scratch.ts';
import { ServedProcess } from '../test/support/served.ts';
import type { Figure } from './support/figure.ts';
import { type Exchange, load, sessionsAt } from './support/http-load.ts';

const CLIENTS = 32;
const SECONDS = 3;
const TURNS = 2;
const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
type Revision = (typeof REVISIONS)[number];

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
    return async () => (await load({ url, connections: CLIENTS, seconds: SECONDS, exchangesOf })).perSecond;
  };
  const [rateOfOurs, rateOfBare] = [await rateAt(ours), await rateAt(bare)];
  await rateOfOurs();
  await rateOfBare();
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

/** What each client sends with every request. The bare server does not look at the handle. */
async function headersAt(
  url: string,
  revision: Revision,
  sessions: readonly string[],
): Promise<readonly Readonly<Record<string, string>>[]> {
  const headers = [];
  for (const session of sessions) {
    const id = revision === '2025-11-25' ? { 'mcp-session-id': await converse(url, { version: revision }) } : {};
    headers.push({
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${session}`,
      'mcp-protocol-version': revision,
      ...id,
    });
  }
  return headers;
}

function exchanges(revision: Revision, headers: Exchange['headers'], resource: string): readonly Exchange[] {
  const call = (name: string, args: (token: number) => object): Exchange => ({
    path: '/mcp',
    headers: revision === '2025-11-25' ? headers : { ...headers, 'mcp-method': 'tools/call', 'mcp-name': name },
    body: (token) => {
      const meta = revision === '2025-11-25' ? {} : { _meta: META };
      return JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: args(token), ...meta },
      });
    },
  });
  return [
    call('acquire_lock', () => ({ resources: [resource], waitMs: 0 })),
    call('release_lock', (token) => ({ leases: [{ resource, token }] })),
  ];
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
