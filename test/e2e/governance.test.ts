// Governance as its users have it: several `brigade mcp` processes on one log, and an operator at the command line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOTH_WAYS } from '../support/both-ways.ts';
import { containing, near } from '../support/matching.ts';
import type { McpAgent, Told, ToolAnswer } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
afterEach(() => scratch.close());

const FAILED = [{ kind: 'tests', ok: false, evidence: '3 of 40 failed' }];

async function operator(): Promise<(...args: string[]) => Promise<Told>> {
  const { stdout } = await scratch.brigade(['token', 'operator', '--force']);
  const env = { BRIGADE_OPERATOR_TOKEN: stdout.trim() };
  return async (...args) => {
    const ran = await scratch.brigade([...args, '--json'], { env });
    if (ran.code !== 0) throw new Error(`${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
    return JSON.parse(ran.stdout) as Told;
  };
}

function told({ isError, told: content, text }: ToolAnswer): Told {
  if (isError) throw new Error(text);
  return content;
}

async function checkIn(agent: McpAgent, args: Readonly<Record<string, unknown>>): Promise<Told> {
  return told(await agent.call('check_in', args));
}

/** A policy that is there before the fleet is. */
function withPolicy(policy: unknown): void {
  scratch.write('.brigade/policy.json', JSON.stringify(policy));
}

describe.each(BOTH_WAYS)('several processes, $how', ({ env }) => {
  beforeEach(() => {
    scratch = new Scratch({ env });
  });

  it('6 x 40 check-ins at once are 240 check-ins of 6 agents, each counted', async () => {
    const names = ['a1', 'b2', 'c3', 'd4', 'e5', 'f6'].map((name) => `cook-${name}`);
    const agents = await scratch.agents(names);
    const updates = await Promise.all(
      agents.map(async (agent, i) => {
        const said = Array.from({ length: 40 }, (_, n) => checkIn(agent, { summary: `${names[i]} did piece ${n}` }));
        return (await Promise.all(said)).map((each) => each.updates);
      }),
    );
    const all = Array.from({ length: 40 }, (_, n) => n + 1);
    for (const each of updates) expect(each.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(all);
    const recorded = (await scratch.events()).filter((event) => event.type === 'checkin.recorded');
    expect(recorded).toHaveLength(240);
    expect(new Set(recorded.map(({ agentId }) => agentId))).toEqual(new Set(names));
    expect(new Set(recorded.map((event) => ('checkInId' in event ? event.checkInId : ''))).size).toBe(240);
  });

  it('X that one archives stays archived while another, which knew it before, checks in for Y', async () => {
    const [x, y] = await scratch.agents(['x-ray', 'yankee']);
    if (x === undefined || y === undefined) throw new Error('nobody came');
    await y.call('fleet_status');
    const say = await operator();
    const [archived] = await Promise.all([
      say('archive', 'x-ray', '--reason', 'done'),
      ...Array.from({ length: 10 }, (_, i) => checkIn(y, { summary: `piece ${i}` })),
    ]);
    expect(archived).toMatchObject({ lifecycle: 'archived' });
    await checkIn(y, { summary: 'afterwards' });
    const { agents } = (await say('agents', '--all')) as { agents: readonly { agentId: string; lifecycle: string }[] };
    expect(agents.find(({ agentId }) => agentId === 'x-ray')).toMatchObject({ lifecycle: 'archived' });
    expect((await x.call('acquire_lock', { resources: ['task:a'] })).told.code).toBe('AGENT_ARCHIVED');
  });

  it.each(['release', 'keep'] as const)(
    'a pause with onPause %s binds the holder that others wait for',
    async (onPause) => {
      withPolicy({ onPause });
      const [ana, bo] = await scratch.agents(['ana', 'bo']);
      if (ana === undefined || bo === undefined) throw new Error('nobody came');
      await ana.acquire('src/a.ts', { ttlMs: 3_000 });
      const waiting = bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 25_000 });
      for (let i = 0; i < 5; i += 1) await checkIn(ana, { summary: `try ${i}`, outcomes: FAILED });
      const refused = await ana.call('acquire_lock', { resources: ['src/b.ts'] });
      expect(refused.told).toMatchObject({ code: 'AGENT_PAUSED', message: containing('in a row') });
      expect(refused.text).toContain('recover');
      expect((await ana.call('put_state', { key: 'k', value: 1, ifVersion: 0 })).told.code).toBe('AGENT_PAUSED');
      expect((await ana.call('register', { id: 'somebody-else' })).told.code).toBe('AGENT_PAUSED');
      // Released at once, or over with its time: nobody waits for ever behind an agent that may not go on.
      expect((await waiting).told.status).toBe('granted');
      expect((await checkIn(ana, { summary: 'still here', outcomes: FAILED })).verdict).toBe('pause');
      expect(told(await ana.call('recover', { reflection: 'please' }))).toMatchObject({ resumed: false });
      await checkIn(ana, { summary: 'it passes now', outcomes: [{ kind: 'tests', ok: true }] });
      expect(told(await ana.call('recover', { reflection: 'I read the error first now' }))).toMatchObject({
        resumed: true,
      });
      expect((await ana.call('acquire_lock', { resources: ['src/b.ts'] })).told.status).toBe('granted');
    },
  );

  it('a paused agent whose client starts anew may check in and recover, and nothing else', async () => {
    const session = { args: ['--client', 'claude-code'], env: { ...env, CLAUDE_CODE_SESSION_ID: 'c-1' } };
    const first = await scratch.agent(session);
    told(await first.call('register', { id: 'ana' }));
    for (let i = 0; i < 5; i += 1) await checkIn(first, { summary: `try ${i}`, outcomes: FAILED });
    await first.close();
    const next = await scratch.agent(session);
    expect((await next.call('register', { id: 'bo' })).told.code).toBe('AGENT_PAUSED');
    expect(await checkIn(next, { summary: 'fixed', outcomes: [{ kind: 'tests', ok: true }] })).toMatchObject({
      verdict: 'pause',
      updates: 6,
    });
    expect((await next.call('acquire_lock', { resources: ['src/b.ts'] })).told.code).toBe('AGENT_PAUSED');
    expect(told(await next.call('recover', { reflection: 'smaller steps' }))).toMatchObject({ resumed: true });
  });
});

describe('one process', () => {
  beforeEach(() => {
    scratch = new Scratch();
  });

  it('answers the vectors of eisv-v1 through its tool', async () => {
    withPolicy({ estimator: 'eisv-v1' });
    const [ana, bo] = await scratch.agents(['ana', 'bo']);
    if (ana === undefined || bo === undefined) throw new Error('nobody came');
    const close = (value: number): number => near(value, 9);
    const seen: Told[] = [];
    for (let n = 1; n <= 10; n += 1) seen.push(await checkIn(ana, { summary: '', complexity: 0.5, parameters: [] }));
    expect(seen[0]).toMatchObject({
      verdict: 'proceed',
      estimator: {
        E: close(0.5175),
        I: close(0.89455),
        S: close(0.4575),
        V: close(-0.012),
        coherence: 1,
        risk: close(0.1535972419924183),
        decision: 'approve',
      },
    });
    expect(seen[1]?.estimator).toMatchObject({
      E: close(0.5339849375),
      I: close(0.8893546308630779),
      S: close(0.41842999856),
      V: close(-0.0228315),
    });
    expect(seen[9]?.estimator).toMatchObject({
      E: close(0.6359433568752554),
      I: close(0.8545234812062771),
      S: close(0.20034791969160426),
      V: close(-0.07644461161872336),
      lambda1: close(0.1796),
      updates: 10,
      sampling: { maxTokens: 171 },
    });
    const steps = [0.5, 0.55, 0.6, 0.7];
    const moved: Told[] = [];
    for (const value of steps)
      moved.push(
        await checkIn(bo, { summary: '', complexity: 0.5, parameters: Array.from({ length: 128 }, () => value) }),
      );
    const coherence = [1, 0.606530659713, 0.606530659713, 0.367879441171];
    const risk = [0.1535972419924183, 0.271638044079, 0.271638044079, 0.343233409641];
    for (const [i, each] of moved.entries())
      expect(each.estimator).toMatchObject({ coherence: close(coherence[i] ?? 0), risk: close(risk[i] ?? 0) });
    expect(moved[3]).toMatchObject({ verdict: 'pause', estimator: { decision: 'reject' } });
    expect((await bo.call('acquire_lock', { resources: ['task:a'] })).told.code).toBe('AGENT_PAUSED');
  });

  it('leaves the log as it was, byte for byte, by what is only tried', async () => {
    const [ana] = await scratch.agents(['ana']);
    if (ana === undefined) throw new Error('nobody came');
    await checkIn(ana, { summary: 'real', confidence: 0.5 });
    const files = (): string =>
      ['brigade.db', 'brigade.db-wal']
        .map((name) => readFileSync(join(scratch.root, '.brigade', name)).toString('base64'))
        .join();
    const before = files();
    const [dry, free] = [
      await ana.call('check_in', { summary: 'tried', dryRun: true }),
      await ana.call('acquire_lock', { resources: ['task:a'], dryRun: true }),
    ];
    expect([dry.told.verdict, dry.told.checkInId, free.told.status]).toEqual(['proceed', null, 'granted']);
    expect(files()).toBe(before);
    expect(await checkIn(ana, { summary: 'real again' })).toMatchObject({ updates: 2 });
  });

  it('names a loop, guides out of it, and lets go when it ends', async () => {
    const [ana] = await scratch.agents(['ana']);
    if (ana === undefined) throw new Error('nobody came');
    const loop = { summary: 'Fixing the   test', outcomes: FAILED };
    const verdicts: (string | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) verdicts.push((await checkIn(ana, loop)).verdict);
    expect(verdicts.slice(0, 5)).toEqual(['proceed', 'proceed', 'guide', 'guide', 'pause']);
    for (let i = 0; i < 20; i += 1) await checkIn(ana, loop);
    let resumed = false;
    for (let i = 0; i < 10 && !resumed; i += 1) {
      await checkIn(ana, { summary: `another way, ${i}`, outcomes: [{ kind: 'tests', ok: true }] });
      resumed = told(await ana.call('recover', { reflection: 'another way' })).resumed ?? false;
    }
    expect(resumed).toBe(true);
  });

  it('shows plans, verdicts and who is paused to everybody', async () => {
    const [ana, bo] = await scratch.agents(['ana', 'bo']);
    if (ana === undefined || bo === undefined) throw new Error('nobody came');
    await checkIn(ana, { summary: 'began', plan: { goal: 'ship the parser', task: 'tests' } });
    const say = await operator();
    await say('pause', 'ana', '--reason', 'let me look');
    const status = await bo.call('fleet_status');
    expect(status.told.plans).toMatchObject([{ agentId: 'ana', goal: 'ship the parser', task: 'tests' }]);
    expect(status.text).toContain('Paused: ana.');
    const { stdout } = await scratch.brigade(['status']);
    expect(stdout).toMatch(/ana is paused by operator:\w+, for .*let me look/);
    expect(stdout).toContain('ship the parser');
    const heard = await ana.call('list_locks');
    expect(heard.told.notices).toMatchObject([{ kind: 'paused' }]);
  });
});
