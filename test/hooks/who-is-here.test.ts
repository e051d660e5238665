// What an agent is told when its session begins or goes on.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Seat } from '../../src/app/seat/seat.ts';
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
