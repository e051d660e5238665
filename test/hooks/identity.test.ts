// One agent, whoever speaks for it: the hooks of a client session, its MCP server, and hooks that another program runs.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerHook } from '../../src/app/hook/answer-hook.ts';
import type { HookAnswer, HookCall } from '../../src/app/hook/hook-call.ts';
import type { Occupant } from '../../src/app/seat/occupant.ts';
import { Seat } from '../../src/app/seat/seat.ts';
import { hookPortsOf } from '../../src/compose.ts';
import { type HookRig, hookRig } from './hook-rig.ts';
import { claudeCode } from './inputs/claude-code.ts';
import { cursor } from './inputs/cursor.ts';

/** The MCP server of a client, as a process of its own would have it. */
async function mcpSeat({ fleet, root }: HookRig, parts: Partial<Occupant>): Promise<Seat> {
  return new Seat(fleet.seatPorts, {
    client: 'claude-code',
    user: 'ana',
    agentId: null,
    purpose: null,
    handle: null,
    keptAs: null,
    clientSession: null,
    process: null,
    worktree: await fleet.worktree(),
    folder: root,
    ...parts,
  });
}

/** A process that this one started. */
function child(): number {
  const started = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void started.kill('SIGKILL'));
  return started.pid ?? 0;
}

const edits = (rig: HookRig, call: Partial<HookCall>, pid: number | null): Promise<HookAnswer> => {
  const target = { kind: 'path', path: join(rig.root, 'src/a.ts') } as const;
  const moment = { kind: 'before', tool: 'Edit', targets: [target] } as const;
  const whole = { client: 'claude-code', sessionId: 'one', folder: rig.root, label: null, moment, ...call };
  return answerHook(hookPortsOf(rig.fleet), whole, { pid, agentId: null, purpose: null, secret: null });
};

const agents = async ({ fleet }: HookRig): Promise<number> =>
  (await fleet.coordinator.view({ kind: 'agents', all: true })).total;

describe('a client that gives its server and its hooks the same name', () => {
  it('is one agent, whichever comes first, and keeps what it asked for when the turn ends', async () => {
    const rig = await hookRig();
    const seat = await mcpSeat(rig, { keptAs: { client: 'claude-code', id: 'one' }, clientSession: 'one' });
    await seat.acquire({ resources: ['src/a.ts'], waitMs: 0 });
    expect(await edits(rig, {}, null)).toEqual({ kind: 'allow', note: null });
    expect(await agents(rig)).toBe(1);
    await rig.hook('claude-code', claudeCode.turnEnd({ session: 'one', cwd: rig.root }));
    expect(await rig.held()).toEqual({ 'file:src/a.ts': 'one' });
    expect(await edits(rig, { sessionId: 'two' }, null)).toMatchObject({ kind: 'deny' });
  });
});

describe('a client whose server does not know the name of its session', () => {
  it.each(['codex', 'gemini', 'claude-code'])('is found by the process that started both: %s', async (client) => {
    const rig = await hookRig();
    const { place, processes } = rig.fleet;
    const pid = child();
    const { startTime = '' } = processes.evidenceOf(pid) ?? {};
    const seat = await mcpSeat(rig, {
      client,
      process: { placeId: place.placeId, pid, startTime, kind: 'mcp', role: 'self' },
    });
    await seat.acquire({ resources: ['src/a.ts', 'src/b.ts'], waitMs: 0 });
    expect(await edits(rig, { client }, child())).toEqual({ kind: 'allow', note: null });
    expect(await agents(rig)).toBe(1);
    // What it takes so ends with the turn too; what it was asked for by the server stays.
    const c = { kind: 'path', path: join(rig.root, 'src/c.ts') } as const;
    await edits(rig, { client, moment: { kind: 'before', tool: 'Edit', targets: [c] } }, child());
    expect(Object.keys(await rig.held())).toContain('file:src/c.ts');
    await edits(rig, { client, moment: { kind: 'turn-end' } }, child());
    expect(Object.keys(await rig.held()).toSorted()).toEqual(['file:src/a.ts', 'file:src/b.ts']);
  });

  it('is not found so where one process has many sessions, nor for another client', async () => {
    const rig = await hookRig();
    const { place, processes } = rig.fleet;
    const pid = child();
    const { startTime = '' } = processes.evidenceOf(pid) ?? {};
    const seat = await mcpSeat(rig, {
      client: 'cursor',
      process: { placeId: place.placeId, pid, startTime, kind: 'mcp', role: 'self' },
    });
    await seat.acquire({ resources: ['src/a.ts'], waitMs: 0 });
    expect(await edits(rig, { client: 'cursor' }, child())).toMatchObject({ kind: 'deny' });
    expect(await edits(rig, { client: 'codex' }, child())).toMatchObject({ kind: 'deny' });
  });
});

describe('the session of a hook', () => {
  it('lives by the process of the client, and ends with it', async () => {
    const rig = await hookRig();
    // A client of its own, which runs hooks below it.
    const work = "require('node:child_process').spawnSync('sleep', ['60'])";
    const client = spawn(process.execPath, ['-e', work], { stdio: 'ignore', detached: true });
    const end = (): void => {
      if (client.exitCode === null && client.signalCode === null) process.kill(-(client.pid ?? 0), 'SIGKILL');
    };
    onTestFinished(end);
    const hookPid = await waitForChild(client.pid ?? 0);
    expect(await edits(rig, {}, hookPid)).toEqual({ kind: 'allow', note: null });
    const [session] = (await rig.fleet.coordinator.view({ kind: 'sessions' })).items;
    expect(session?.processes).toMatchObject([{ pid: client.pid, kind: 'client' }]);
    end();
    await expect.poll(() => rig.held(), { timeout: 10_000 }).toEqual({});
    expect(await rig.events('session.lost')).toHaveLength(1);
  });
});

async function waitForChild(pid: number): Promise<number> {
  for (;;) {
    const found = childOf(pid);
    if (found !== null) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function childOf(pid: number): number | null {
  try {
    const [line = ''] = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).split('\n');
    return Number(line) || null;
  } catch {
    // It has none yet.
    return null;
  }
}

describe('Cursor, which also runs the hooks of Claude Code', () => {
  it('is the agent that its own hooks are', async () => {
    const rig = await hookRig();
    const at = { session: 'one', cwd: rig.root };
    await rig.hook('cursor', cursor.write(at, join(rig.root, 'src/a.ts')));
    const input = { ...cursor.write(at, join(rig.root, 'src/a.ts')), hook_event_name: 'PreToolUse', session_id: 'one' };
    expect(await rig.hook('claude-code', input)).toEqual({ decision: 'allow', text: '' });
    expect(await agents(rig)).toBe(1);
  });
});

describe('an edit that Cursor tells of twice', () => {
  it('is noted once', async () => {
    const rig = await hookRig();
    const at = { session: 'one', cwd: rig.root };
    const path = join(rig.root, 'src/a.ts');
    await rig.hook('cursor', { ...cursor.write(at, path), hook_event_name: 'postToolUse', tool_output: '{}' });
    await rig.hook('cursor', cursor.edited(at, path));
    expect(await rig.events('file.edited')).toHaveLength(1);
  });
});

describe('worktrees of one fleet', () => {
  it('are told apart by where the file is, not by where the session works', async () => {
    const rig = await hookRig();
    const git = (...args: readonly string[]): void =>
      void execFileSync('git', ['-C', rig.root, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        stdio: 'pipe',
      });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'x');
    mkdirSync(join(rig.root, 'trees'));
    git('worktree', 'add', '-q', join(rig.root, 'trees', 'side'));
    const say = (session: string, cwd: string, path: string) =>
      rig.hook('claude-code', claudeCode.edit({ session, cwd }, join(rig.root, path)));
    const allowed = { decision: 'allow', text: '' };
    expect(await say('one', rig.root, 'src/a.ts')).toEqual(allowed);
    expect(await say('two', join(rig.root, 'trees', 'side'), 'trees/side/src/a.ts')).toEqual(allowed);
    expect(await say('three', rig.root, 'trees/side/src/a.ts')).toMatchObject({ decision: 'deny' });
    // What is Brigade's is that from everywhere.
    const side = join(rig.root, 'trees', 'side');
    expect(await say('two', side, '.brigade/brigade.db')).toMatchObject({ decision: 'deny' });
    expect(await say('two', side, 'trees/side/.brigade/policy.json')).toMatchObject({ decision: 'deny' });
  });
});
