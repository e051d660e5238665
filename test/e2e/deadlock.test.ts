// Everybody holds one thing and waits for the next one's, each in a process of its own. Whoever closes the ring hears so.

import { afterEach, describe, expect, it } from 'vitest';
import { untilInLine } from '../support/in-line.ts';
import type { McpAgent, ToolAnswer } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
afterEach(() => scratch.close());

const WAIT_MS = 25_000;

/** A session and the process it speaks to. */
interface Cook {
  readonly id: string;
  readonly agent: McpAgent;
  readonly handle: Readonly<{ session?: string }>;
}

/** Sessions dealt out to the processes in turn. */
async function cooksOn(agents: readonly McpAgent[], count: number): Promise<readonly Cook[]> {
  const cooks: Cook[] = [];
  for (let i = 0; i < count; i += 1) {
    const agent = agents[i % agents.length];
    if (agent === undefined) throw new Error('no processes');
    const id = `cook-x${i}x`;
    const { told } = await agent.call('register', { id });
    cooks.push({ id, agent, handle: typeof told.session === 'string' ? { session: told.session } : {} });
  }
  return cooks;
}

function ask({ agent, handle }: Cook, resource: number): Promise<ToolAnswer> {
  return agent.call('acquire_lock', { ...handle, resources: [`task:dish-${resource}`], waitMs: WAIT_MS });
}

function letGo({ agent, handle }: Cook): Promise<ToolAnswer> {
  return agent.call('release_lock', { ...handle, all: true });
}

/** Closes a ring of all cooks; answers what the last one heard. Then lets it unwind, and sees everybody served. */
async function closeRing(cooks: readonly Cook[]): Promise<ToolAnswer> {
  const [first] = cooks;
  const last = cooks.at(-1);
  if (first === undefined || last === undefined) throw new Error('a ring needs cooks');
  for (const [i, cook] of cooks.entries()) expect((await ask(cook, i)).told.status).toBe('granted');
  const waiting = cooks.slice(0, -1).map(async (cook, i) => {
    const answer = await ask(cook, i + 1);
    await letGo(cook);
    return answer.told.status;
  });
  await untilInLine(first.agent, cooks.length - 1);
  const heard = await ask(last, 0);
  await letGo(last);
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['granted']));
  return heard;
}

/** The refusal, with the agents that its sentence names. */
function toldInWords({ isError, told, text }: ToolAnswer, cooks: readonly Cook[]): unknown {
  const named = cooks.map(({ id }) => id).filter((id) => text.includes(id));
  return { isError, code: told.code, next: told.next?.split(' ')[0], named, dish: /task:dish-0/.test(text) };
}

function refusalNaming(cooks: readonly Cook[]): unknown {
  const named = cooks.map(({ id }) => id);
  return { isError: true, code: 'WAIT_ABORTED_DEADLOCK', next: 'Release', named, dish: true };
}

describe('a ring of waits across processes', () => {
  it.each([[2], [3]])('of %i is told to the one that closes it', async (size) => {
    scratch = new Scratch();
    const agents = await Promise.all(Array.from({ length: size }, () => scratch.agent()));
    const cooks = await cooksOn(agents, size);
    expect(toldInWords(await closeRing(cooks), cooks)).toEqual(refusalNaming(cooks));
  });

  it('of 12 processes, and of 50 sessions of theirs', async () => {
    scratch = new Scratch();
    const agents = await Promise.all(Array.from({ length: 12 }, () => scratch.agent()));
    const cooks = await cooksOn(agents, 50);
    for (const size of [12, 50]) {
      const ring = cooks.slice(0, size);
      const [first] = ring;
      const heard = await closeRing(ring);
      expect(heard.text).toContain(first?.id);
      expect(heard.told.code).toBe('WAIT_ABORTED_DEADLOCK');
    }
  });
});
