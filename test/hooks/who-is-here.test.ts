// What an agent is told when its session begins or goes on.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Coordinator } from '../../src/app/coordinator.ts';
import { whoIsHere } from '../../src/app/hook/who-is-here.ts';
import { Seat } from '../../src/app/seat/seat.ts';
import { Standing } from '../../src/app/seat/standing.ts';
import { type Cook, FleetRig, seat } from '../support/fleet-rig.ts';
import { registration } from '../support/registration.ts';
import { type HookRig, hookRig } from './hook-rig.ts';
import { claudeCode } from './inputs/claude-code.ts';

/** An agent that uses Brigade by itself. */
async function cook({ fleet, root }: HookRig, agentId: string): Promise<Seat> {
  const { pid } = process;
  const { startTime = '' } = fleet.processes.evidenceOf(pid) ?? {};
  return new Seat(fleet.seatPorts, {
    client: 'mcp',
    user: 'ana',
    agentId,
    purpose: null,
    handle: null,
    keptAs: null,
    clientSession: null,
    process: { placeId: fleet.place.placeId, pid, startTime, kind: agentId, role: 'self' },
    worktree: await fleet.worktree(),
    folder: root,
  });
}

describe('a session that begins', () => {
  it('is told who is here, what they lock and plan', async () => {
    const rig = await hookRig();
    const ana = await cook(rig, 'ana');
    await ana.acquire({ resources: ['src/a.ts', 'task:deploy'], waitMs: 0 });
    const plan = { goal: 'ship', task: 'cut the release' };
    await ana.governance.checkIn({ summary: 'begun', plan });
    const at = { session: 'one', cwd: rig.root };
    const { text } = await rig.hook('claude-code', claudeCode.sessionStart(at, 'startup'));
    expect(text).toMatch(/^Several agents may work in this workspace at once/);
    expect(text).toMatch(/- Here now: ana, active \S+ ago\./);
    expect(text).toContain('- Locked: src/a.ts by ana; task:deploy by ana.');
    expect(text).toContain('- ana works on: cut the release');
    expect((await rig.fleet.coordinator.view({ kind: 'agents', all: true })).total).toBe(1);
  });

  it('that goes on is told who it is, what it holds, and what was written to it and not read', async () => {
    const rig = await hookRig();
    const at = { session: 'one', cwd: rig.root };
    await rig.hook('claude-code', claudeCode.edit(at, join(rig.root, 'src/a.ts')));
    const [own] = (await rig.fleet.coordinator.view({ kind: 'agents' })).items;
    const agentId = own?.agentId ?? '';
    const ana = await cook(rig, 'ana');
    await ana.messages.send({ to: agentId, kind: 'task', text: 'please leave src/a.ts\nalone' });
    const { text } = await rig.hook('claude-code', claudeCode.sessionStart(at, 'compact'));
    expect(text).toContain(`- You are ${agentId} here. You still hold src/a.ts.`);
    expect(text).toMatch(/- Message from ana \(task, \S+ ago\): "please leave src\/a\.ts alone"/);
    expect(text.split('\n')).toHaveLength(5);
  });
});

describe('what is told of a large fleet', () => {
  const start = { how: 'new', worktree: 'w1', own: null } as const;
  let rig: FleetRig;
  let at: Coordinator;

  beforeEach(async () => {
    rig = FleetRig.onFakeClock();
    at = await rig.coordinator();
  });
  afterEach(() => rig.close());

  const own = ({ agentId, sessionId, handleHash }: Cook): Standing =>
    new Standing({
      handle: '',
      handleHash,
      acting: { agentId, sessionId },
      worktree: { id: 'w1', root: '/w', foldsCase: false },
      attachmentId: null,
    });

  it('is nothing where nobody is here', async () => {
    expect(await whoIsHere(at, start)).toBeNull();
  });

  it('names the first of each kind and counts the rest', async () => {
    const cooks: Cook[] = [];
    for (let index = 0; index < 11; index += 1) cooks.push(await seat(at, `cook-${index}`));
    for (const each of cooks) await each.acquire(`task:of-${each.agentId}`);
    const text = (await whoIsHere(at, start)) ?? '';
    expect(text).toMatch(/- Here now: (?:cook-\d+, active \d+s ago; ){8}and 3 more\./);
    expect(text).toMatch(/- Locked: (?:task:of-cook-\d+ by cook-\d+; ){8}and 3 more\./);
  });

  it('says of others what they are there for, whether they may act, and what they plan', async () => {
    await at.submit({
      ...registration('ana', {
        purpose: 'reviews\nwhat others did',
        freshSessionId: 'ses_ana',
        freshHandleHash: 'h-ana',
      }),
      by: { kind: 'system', name: 'test' },
      requestId: 'reg-ana',
      bodyHash: '',
    });
    const bo = await seat(at, 'bo');
    const checkIn = { summary: 'x', digest: 'x'.padEnd(32, '.'), complexity: null, confidence: null, outcomes: [] };
    await at.submit({ ...bo.head(), op: 'check_in', ...checkIn, plan: { goal: 'ship', task: '' }, parameters: null });
    const by = { kind: 'operator', name: 'root', proof: 'terminal' } as const;
    await at.submit({ op: 'pause', agentId: 'bo', reason: 'look up', by, requestId: 'p', bodyHash: '' });
    const text = (await whoIsHere(at, start)) ?? '';
    expect(text).toContain('ana (reviews what others did), active');
    expect(text).toContain('bo, paused, active');
    expect(text).toContain('- bo works on: ship');
    // Nobody is told of itself as of somebody else.
    expect(await whoIsHere(at, { ...start, own: own(bo) })).not.toContain('works on');
  });

  it('says of its own what it holds, now or still, and no more of it than is read', async () => {
    const ana = await seat(at, 'ana');
    expect(await whoIsHere(at, { ...start, own: own(ana) })).toContain('- You are ana here.\n');
    await ana.acquire('file:@w1/src/[id].ts'.replace('[id]', '%5Bid%5D'));
    expect(await whoIsHere(at, { ...start, own: own(ana) })).toContain('You hold src/[id].ts.');
    for (let index = 0; index < 9; index += 1) await ana.acquire(`task:${index}`);
    const text = (await whoIsHere(at, { ...start, how: 'compacted', own: own(ana) })) ?? '';
    expect(text).toMatch(/You still hold (?:\S+, ){7}\S+ and 2 more\./);
    expect(text).not.toContain('Locked:');
    expect(text).not.toContain('Here now:');
  });
});
