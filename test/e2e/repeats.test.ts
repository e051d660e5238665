// A client that heard no answer asks again with the same requestId. Whatever it asked, the second answer has the outcome,
// tokens and ticket of the first: from the same process, and from another one after that was killed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Told, ToolAnswer } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

type Args = Readonly<Record<string, unknown>>;

/** A wait goes on or has ended meanwhile; it is the same wait. */
function ticketOf({ told }: ToolAnswer): unknown {
  return { ticket: told.ticket ?? told.details?.ticket };
}

/** What must be the same in every repeat. Durations are computed anew. */
function outcomeOf({ isError, told }: ToolAnswer): unknown {
  const { code, status, ticket, released, refused, withdrawn, offer, accepted, key, version, agentId, sessionId } =
    told;
  const tokens = [...(told.leases ?? []), ...(told.lease ? [told.lease] : [])].map(({ resource, token, mode }) => ({
    resource,
    token,
    mode,
  }));
  const same = {
    code,
    status,
    ticket,
    released,
    refused,
    withdrawn,
    offer,
    accepted,
    key,
    version,
    agentId,
    sessionId,
  };
  return { isError, tokens, ...same };
}

describe('a repeat with the same requestId', () => {
  it('of every tool that changes something has the same outcome, also after its process was killed', async () => {
    const [ana, successor, bo] = await Promise.all([scratch.agent(), scratch.agent(), scratch.agent()]);
    const asked: { tool: string; args: Args; first: ToolAnswer }[] = [];
    const call = async (tool: string, args: Args): Promise<Told> => {
      const request = { ...args, requestId: `r-${asked.length}` };
      const answer = await ana.call(tool, request);
      expect(answer).toMatchObject({ isError: false });
      const again = await ana.call(tool, request);
      expect(outcomeOf(again)).toEqual(outcomeOf(answer));
      asked.push({ tool, args: request, first: answer });
      return again.told;
    };

    // A handle that nobody used yet is replaced by that of the repeat.
    const { session = '' } = await call('register', { id: 'ana' });
    await bo.call('register', { id: 'bo' });
    const lease = (await call('acquire_lock', { resources: ['task:a', 'task:b'] })).leases?.[0];
    await call('acquire_lock', { leases: [lease].map((each) => ({ resource: each?.resource, token: each?.token })) });
    await call('put_state', { key: 'menu', value: 'soup', ifVersion: 0 });
    await call('put_state', { key: 'menu', value: 'stew', resource: lease?.resource, token: lease?.token });
    const given = (await call('acquire_lock', { resources: ['task:c'] })).leases?.[0];
    const offered = await call('hand_off', { resource: given?.resource, token: given?.token, to: 'bo' });
    const theirs = await bo.acquire('task:d');
    const { ticket } = await call('acquire_lock', { resources: ['task:d'], waitMs: 1 });
    await bo.release(theirs);
    await call('acquire_lock', { ticket, waitMs: 5_000 });
    const other = await bo.acquire('task:e');
    const queued = await call('acquire_lock', { resources: ['task:e'], waitMs: 1 });
    await call('withdraw', { ticket: queued.ticket });
    const back = await bo.call('hand_off', { resource: other.resource, token: other.token, to: 'ana' });
    await call('hand_off', { offer: back.told.offer, answer: 'accept' });
    await call('acquire_lock', { resources: ['task:f'] });
    const last = (await call('acquire_lock', { resources: ['task:g'] })).leases?.[0];
    await call('release_lock', { leases: [{ resource: last?.resource, token: last?.token }] });
    expect(offered.offer).toBeTruthy();

    await successor.call('put_state', { session, key: 'here', value: 1, ifVersion: 0 });
    await ana.kill();
    const eventsBefore = (await scratch.events()).filter(isOfTheirs);
    for (const { tool, args, first } of asked) {
      const again = await successor.call(tool, tool === 'register' ? args : { ...args, session });
      const same = first.told.status === 'queued' ? ticketOf : outcomeOf;
      expect({ tool, args, outcome: same(again) }).toEqual({ tool, args, outcome: same(first) });
    }
    expect((await scratch.events()).filter(isOfTheirs)).toEqual(eventsBefore);
  });

  it('and another body is refused', async () => {
    const agent = await scratch.agent();
    await agent.call('put_state', { key: 'one', value: 1, ifVersion: 0, requestId: 'r' });
    const { told } = await agent.call('put_state', { key: 'two', value: 1, ifVersion: 0, requestId: 'r' });
    expect(told.code).toBe('REQUEST_REUSED');
  });

  it('by the next process of a killed client changes nothing twice', async () => {
    const env = { BRIGADE_CLIENT: 'claude-code', CLAUDE_CODE_SESSION_ID: 'again' };
    const request = { key: 'count', value: 1, ifVersion: 0, requestId: 'once' };
    const spectator = await scratch.agent();
    await spectator.call('register', { id: 'spectator' });
    const before = await scratch.agent({ env });
    const first = await before.call('put_state', request);
    await before.kill();
    const after = await scratch.agent({ env });
    const again = await after.call('put_state', request);
    expect(outcomeOf(again)).toEqual(outcomeOf(first));
  });
});

/** Facts that a repeat must not add to; activity, presence and notices seen are no outcome. */
function isOfTheirs({ type }: { readonly type: string }): boolean {
  return !/^session\.(active|attached|detached)$|^place\./.test(type);
}
