// Everybody holds one thing and waits for the next one's: a ring of waits over several processes, and how it is told.

import { untilInLine } from './in-line.ts';
import type { McpAgent, ToolAnswer } from './mcp-agent.ts';

/** A session and the process it speaks to. */
export interface RingCook {
  readonly id: string;
  readonly agent: McpAgent;
  readonly handle: Readonly<{ session?: string }>;
}

/** Sessions dealt out to the processes in turn. */
export async function cooksOn(agents: readonly McpAgent[], count: number): Promise<readonly RingCook[]> {
  const cooks: RingCook[] = [];
  for (let i = 0; i < count; i += 1) {
    const agent = agents[i % agents.length];
    if (agent === undefined) throw new Error('no processes');
    const id = `cook-x${i}x`;
    const { told } = await agent.call('register', { id });
    cooks.push({ id, agent, handle: typeof told.session === 'string' ? { session: told.session } : {} });
  }
  return cooks;
}

export interface ClosedRing {
  /** What the one heard that closed it. */
  readonly heard: ToolAnswer;
  /** From its request to its answer. */
  readonly tookMs: number;
  /** How the waits of all the others ended, once it had let go. */
  readonly others: readonly (string | undefined)[];
}

/** Closes a ring of all cooks on the resources `task:dish-0` and so on, then lets it unwind. */
export async function closeRing(cooks: readonly RingCook[]): Promise<ClosedRing> {
  const [first] = cooks;
  const last = cooks.at(-1);
  if (first === undefined || last === undefined) throw new Error('a ring needs cooks');
  for (const [i, cook] of cooks.entries()) {
    const answer = await ask(cook, i);
    if (answer.told.status !== 'granted') throw new Error(answer.text);
  }
  const waiting = cooks.slice(0, -1).map(async (cook, i) => {
    const answer = await ask(cook, i + 1);
    await letGo(cook);
    return answer.told.status;
  });
  await untilInLine(first.agent, cooks.length - 1);
  const askedMs = performance.now();
  const heard = await ask(last, 0);
  const tookMs = performance.now() - askedMs;
  await letGo(last);
  return { heard, tookMs, others: await Promise.all(waiting) };
}

function ask({ agent, handle }: RingCook, dish: number): Promise<ToolAnswer> {
  return agent.call('acquire_lock', { ...handle, resources: [`task:dish-${dish}`], waitMs: 25_000 });
}

function letGo({ agent, handle }: RingCook): Promise<ToolAnswer> {
  return agent.call('release_lock', { ...handle, all: true });
}
