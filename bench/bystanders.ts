// Do other calls of a process answer as fast while calls of it wait? The same calls in turns, with nobody waiting and with
// forty calls parked, so that what the machine does meanwhile falls on both; the figure is their ratio.

import { untilInLine } from '../test/support/in-line.ts';
import type { McpAgent } from '../test/support/mcp-agent.ts';
import { Scratch } from '../test/support/scratch.ts';
import type { Figure } from './support/figure.ts';

const PARKED = 40;
const TURNS = 8;
const CALLS = 30;

/** Medians of one block of calls, in milliseconds. */
interface Block {
  readonly write: number;
  readonly read: number;
}

export async function measure(): Promise<readonly Figure[]> {
  const scratch = new Scratch();
  try {
    const [holder, agent] = await scratch.agents(['ana', 'bo']);
    if (holder === undefined || agent === undefined) throw new Error('no agents');
    const resources = Array.from({ length: PARKED }, (_, i) => `task:dish-${i}`);
    await holder.call('acquire_lock', { resources });
    await agent.call('put_state', { key: 'menu', value: 'soup', ifVersion: 0 });
    // Those that wait are another agent's calls, on the same process.
    const waiter = (await agent.call('register', { id: 'cleo' })).told.session ?? '';
    await block(agent);
    const pairs: { readonly alone: Block; readonly waiting: Block }[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const alone = await block(agent);
      pairs.push({ alone, waiting: await whileParked(agent, { session: waiter, resources }, () => block(agent)) });
    }
    return [...figures('acquire and release', 'write', pairs), ...figures('get_state', 'read', pairs)];
  } finally {
    await scratch.close();
  }
}

async function block(agent: McpAgent): Promise<Block> {
  const write: number[] = [];
  const read: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const beganMs = performance.now();
    await agent.release(await agent.acquire('task:own', { waitMs: 0 }));
    const writtenMs = performance.now();
    await agent.call('get_state', { key: 'menu' });
    write.push(writtenMs - beganMs);
    read.push(performance.now() - writtenMs);
  }
  return { write: median(write), read: median(read) };
}

/** Runs `work` while a call waits for each of `resources`, and withdraws them. */
async function whileParked<T>(
  agent: McpAgent,
  { session, resources }: { readonly session: string; readonly resources: readonly string[] },
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const parked = resources.map((resource) =>
    agent
      .call('acquire_lock', { session, resources: [resource], waitMs: 25_000 }, over.signal)
      .catch(() => 'aborted, as it should be'),
  );
  await untilInLine(agent, resources.length);
  const result = await work();
  over.abort();
  await Promise.all(parked);
  await untilInLine(agent, 0);
  return result;
}

function figures(
  what: string,
  kind: keyof Block,
  pairs: readonly { readonly alone: Block; readonly waiting: Block }[],
): readonly Figure[] {
  const ratio = median(pairs.map(({ alone, waiting }) => waiting[kind] / alone[kind]));
  return [
    { what: `${what}, nobody waits`, value: median(pairs.map(({ alone }) => alone[kind])), unit: 'ms' },
    { what: `${what}, ${PARKED} calls wait`, value: median(pairs.map(({ waiting }) => waiting[kind])), unit: 'ms' },
    { what: `${what}: ratio`, value: ratio, unit: '', target: { atMost: 1.25 } },
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
