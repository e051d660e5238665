// Who is who, with real processes: two terminals are two agents, nobody is ever taken over, and an id is nothing but an id.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { McpAgent } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

describe('two terminals in one folder', () => {
  it('are two agents, whatever they have in common', async () => {
    const env = { BRIGADE_CLIENT: 'claude-code', BRIGADE_PURPOSE: 'tests' };
    const terminals = await Promise.all([
      scratch.agent({ env: { ...env, CLAUDE_CODE_SESSION_ID: 'one' } }),
      scratch.agent({ env: { ...env, CLAUDE_CODE_SESSION_ID: 'two' } }),
    ]);
    const [one, two] = await Promise.all(terminals.map((terminal) => terminal.call('register')));
    expect(one?.told.agentId).not.toBe(two?.told.agentId);
    expect(one?.told.sessionId).not.toBe(two?.told.sessionId);
    const held = await terminals[0]?.call('acquire_lock', { resources: ['task:one'], waitMs: 0 });
    const refused = await terminals[1]?.call('acquire_lock', { resources: ['task:one'], waitMs: 0 });
    expect([held?.told.status, refused?.told.code]).toEqual(['granted', 'LEASE_HELD']);
  });

  it('that start in the same second and say nothing have different ids', async () => {
    const agents = await Promise.all(Array.from({ length: 4 }, () => scratch.agent()));
    const answers = await Promise.all(agents.map((agent) => agent.call('register')));
    expect(new Set(answers.map(({ told }) => told.agentId)).size).toBe(4);
    expect(new Set(answers.map(({ told }) => told.session)).size).toBe(4);
  });

  it('as one terminal are one agent: a client that starts its server again is who it was', async () => {
    const env = { BRIGADE_CLIENT: 'claude-code', CLAUDE_CODE_SESSION_ID: 'three' };
    const before = await scratch.agent({ env });
    const first = await before.call('register', { id: 'cleo' });
    await before.acquire('task:three');
    await before.kill();
    const after = await scratch.agent({ env });
    const again = await after.call('acquire_lock', { resources: ['task:three'], waitMs: 20_000 });
    expect(first.told.agentId).toBe('cleo');
    expect(again.text).toContain('cleo');
    expect(again.told.status).toBe('granted');
  });
});

describe('an id', () => {
  let holder: McpAgent;
  let other: McpAgent;
  beforeAll(async () => {
    [holder, other] = await Promise.all([scratch.agent(), scratch.agent()]);
    await holder.call('register', { id: 'bob-1' });
  });

  it.each(['bob-1', 'bob-l', 'b0b-1', 'bob_1', 'bob.1'])(
    'in use, or looking like one (%s), is a sibling',
    async (id) => {
      const lease = await holder.acquire('task:mine');
      const { told } = await other.call('register', { id });
      expect(told.agentId).not.toBe(id);
      expect(told.agentId).toMatch(/_\d+$/);
      expect(told.warnings?.join(' ')).toContain('bob-1');
      const check = await holder.call('check_token', { resource: 'task:mine', token: lease.token });
      expect(check.told.holds).toBe(true);
      await holder.release(lease);
    },
  );

  it('in use is refused to whoever would rather be refused', async () => {
    const { told } = await other.call('register', { id: 'bob-1', onTaken: 'refuse' });
    expect(told.code).toBe('ID_TAKEN');
  });

  it('of an agent is not a way to act for it', async () => {
    const registered = await holder.call('register', { id: 'bob-1' });
    const { sessionId = '' } = registered.told;
    const { told } = await other.call('acquire_lock', { resources: ['task:x'], session: sessionId });
    expect(told.code).toBe('CREDENTIAL_WRONG');
  });

  it.each([['../x'], [''], ['x'.repeat(10_240)], ['a\0b'], ['Claude'], ['café'], ['аna'], ['a/b'], ['.hidden']])(
    'is not %j',
    async (id) => {
      const { isError, told } = await other.call('register', { id });
      expect({ isError, code: told.code }).toEqual({ isError: true, code: 'INVALID_ID' });
      expect(told.details?.nearest).toMatch(/^[a-z0-9][a-z0-9._-]{0,62}$/);
    },
  );

  it('that says nothing gets a suffix and a warning', async () => {
    const { told } = await other.call('register', { id: 'claude_code_cli' });
    expect(told.agentId).toMatch(/^claude_code_cli_.+/);
    expect(told.warnings).not.toEqual([]);
  });

  it('is judged in the settings as in a call', async () => {
    const agent = await scratch.agent({ env: { BRIGADE_AGENT: '../x' } });
    const { told } = await agent.call('acquire_lock', { resources: ['task:y'], waitMs: 0 });
    expect(told.code).toBe('INVALID_ID');
  });
});
