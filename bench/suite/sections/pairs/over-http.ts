import { fileURLToPath } from 'node:url';
import { Scratch } from '../../../../test/support/scratch.ts';
import { ServedProcess } from '../../../../test/support/served.ts';
import { type Exchange, restExchanges, sessionsAt } from '../../../support/http-load.ts';
import { exchanges, headersAt } from '../../../support/mcp-http-load.ts';
import type { Pace, Rate } from '../../load/closed-loop.ts';
import { httpPairs } from '../../load/http-pairs.ts';
import { startPeer } from '../../peers/start-peer.ts';
import type { Row } from '../../section.ts';
import { beside, type WayOptions } from './way.ts';

const REST = { name: 'rest', what: 'REST', bare: 'bare server of the same framework before bare SQLite' };
const MCP = {
  name: 'mcp-http',
  what: 'MCP over HTTP (2026-07-28)',
  bare: 'bare server of the MCP SDK before bare SQLite',
};
const BARE_REST = fileURLToPath(new URL('../../peers/bare-http-process.ts', import.meta.url));
const BARE_MCP = fileURLToPath(new URL('../../../support/mcp-peer.ts', import.meta.url));
const REVISION = '2026-07-28';
/** At which the bare servers are measured without their log too. */
const MEMORY_SIZE = 32;

type ExchangesOf = (i: number) => readonly Exchange[];

/** A server of ours and a bare one, each with a process of its own; the load comes from this one. */
export async function overHttp(options: WayOptions): Promise<readonly Row[]> {
  const scratch = new Scratch();
  const served = await ServedProcess.start(scratch);
  try {
    const sessions = await sessionsAt(served.url, Math.max(...options.sizes));
    const rest: ExchangesOf = (i) => restExchanges(sessions[i] ?? '', `task:dish-${i}`);
    const headers = await headersAt(served.url, REVISION, sessions);
    const mcp: ExchangesOf = (i) => exchanges(REVISION, headers[i] ?? {}, `task:dish-${i}`);
    const ways = [
      { way: REST, program: BARE_REST, args: (folder: string) => [folder], memory: [], exchangesOf: rest },
      { way: MCP, program: BARE_MCP, args: (folder: string) => ['http', folder], memory: ['http'], exchangesOf: mcp },
    ];
    const rows: Row[] = [];
    for (const { way, program, args, memory, exchangesOf } of ways) {
      const at = (url: string) => (connections: number, pace: Pace) =>
        httpPairs({ url, connections, exchangesOf }, pace);
      const inFile = async (url: string) => beside(way, options, { own: at(served.url), bare: at(url) });
      rows.push(...(await withBare(program, args(scratch.folder), inFile)));
      const light = async (url: string) => inMemory(way.name, way.bare, at(url), options.pace);
      rows.push(await withBare(program, memory, light));
    }
    return rows;
  } finally {
    await served.end('SIGKILL');
    await scratch.close();
  }
}

/** What the transport alone would do, for comparison. */
async function inMemory(
  name: string,
  bare: string,
  rate: (callers: number, pace: Pace) => Promise<Rate>,
  pace: Pace,
): Promise<Row> {
  const what = bare.replace(' before bare SQLite', ', which keeps nothing');
  const id = `pairs.bare-${name}-memory.${MEMORY_SIZE}`;
  return { id, what, size: MEMORY_SIZE, survives: 'memory', cells: await rate(MEMORY_SIZE, pace) };
}

async function withBare<T>(program: string, args: readonly string[], work: (url: string) => Promise<T>): Promise<T> {
  const { told, end } = await startPeer(program, args);
  try {
    return await work(`http://127.0.0.1:${String(told)}`);
  } finally {
    await end();
  }
}
