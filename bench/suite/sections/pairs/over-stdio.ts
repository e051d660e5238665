import { fileURLToPath } from 'node:url';
import { brigadeBin } from '../../../../test/support/brigade-bin.ts';
import { Scratch } from '../../../../test/support/scratch.ts';
import { closedLoop, type Pace, type Rate } from '../../load/closed-loop.ts';
import { StdioClient } from '../../load/stdio-client.ts';
import type { Row } from '../../section.ts';
import { beside, dealt, type WayOptions } from './way.ts';

const WAY = {
  name: 'mcp-stdio',
  what: 'MCP over stdio, up to 32 `brigade mcp`',
  bare: 'bare server of the MCP SDK, a SQLite file for each process',
};
const PROCESSES = 32;
const BARE = fileURLToPath(new URL('../../../support/mcp-peer.ts', import.meta.url));

/** The first process is the desk of the others, and serves callers too. */
export async function overStdio(options: WayOptions): Promise<readonly Row[]> {
  const scratch = new Scratch();
  const surroundings = { cwd: scratch.root, env: scratch.env };
  const own: StdioClient[] = [];
  const bare: StdioClient[] = [];
  try {
    return await beside(WAY, options, {
      own: async (callers, pace) => {
        const { processes } = dealt(callers, PROCESSES);
        while (own.length < processes) own.push(await StdioClient.start([brigadeBin, 'mcp'], surroundings));
        return rateOver(own.slice(0, processes), callers, pace);
      },
      bare: async (callers, pace) => {
        const { processes } = dealt(callers, PROCESSES);
        while (bare.length < processes)
          bare.push(await StdioClient.start([BARE, 'stdio', scratch.folder], surroundings));
        return rateOver(bare.slice(0, processes), callers, pace);
      },
    });
  } finally {
    await Promise.all([...own, ...bare].map((client) => client.close()));
    await scratch.close();
  }
}

function rateOver(clients: readonly StdioClient[], callers: number, pace: Pace): Promise<Rate> {
  return closedLoop(callers, pace, async (i) => clients[i % clients.length]?.pair(`task:dish-${i}`));
}
