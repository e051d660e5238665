// Everybody holds one thing and waits for the next one's, each in a process of its own. Whoever closes the ring hears so.

import { afterEach, describe, expect, it } from 'vitest';
import { BOTH_WAYS } from '../support/both-ways.ts';
import type { ToolAnswer } from '../support/mcp-agent.ts';
import { closeRing, cooksOn, type RingCook } from '../support/ring.ts';
import { Scratch } from '../support/scratch.ts';

type Env = (typeof BOTH_WAYS)[number]['env'];

let scratch: Scratch;
afterEach(() => scratch.close());

async function ringOf(env: Env, processes: number, sessions: number): Promise<readonly RingCook[]> {
  scratch = new Scratch({ env });
  const agents = await Promise.all(Array.from({ length: processes }, () => scratch.agent()));
  return cooksOn(agents, sessions);
}

/** The refusal, with the agents that its sentence names. */
function toldInWords({ isError, told, text }: ToolAnswer, cooks: readonly RingCook[]): unknown {
  const named = cooks.map(({ id }) => id).filter((id) => text.includes(id));
  return { isError, code: told.code, next: told.next?.split(' ')[0], named, dish: /task:dish-0/.test(text) };
}

function refusalNaming(cooks: readonly RingCook[]): unknown {
  const named = cooks.map(({ id }) => id);
  return { isError: true, code: 'WAIT_ABORTED_DEADLOCK', next: 'Release', named, dish: true };
}

describe.each(BOTH_WAYS)('a ring of waits across processes, $how', ({ env }) => {
  it.each([[2], [3]])('of %i is told to the one that closes it, and then everybody is served', async (size) => {
    const cooks = await ringOf(env, size, size);
    const { heard, others } = await closeRing(cooks);
    expect(toldInWords(heard, cooks)).toEqual(refusalNaming(cooks));
    expect(new Set(others)).toEqual(new Set(['granted']));
  });

  it('of 12 processes, and of 50 sessions of theirs', async () => {
    const cooks = await ringOf(env, 12, 50);
    for (const size of [12, 50]) {
      const ring = cooks.slice(0, size);
      const { heard, others } = await closeRing(ring);
      // A long chain is told by its ends and its length.
      expect(toldInWords(heard, ring.slice(0, 1))).toEqual(refusalNaming(ring.slice(0, 1)));
      expect(heard.text).toContain(String(ring.at(-1)?.id));
      expect(new Set(others)).toEqual(new Set(['granted']));
    }
  });
});
