// What hooks answer beside the usual: what is none of their business, what nobody can say, and whose call it is where the client
// says little.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerHook } from '../../src/app/hook/answer-hook.ts';
import type { HookAnswer, HookCall, HookCaller, HookMoment } from '../../src/app/hook/hook-call.ts';
import type { HookPorts } from '../../src/app/hook/hook-ports.ts';
import { Seat } from '../../src/app/seat/seat.ts';
import { hookPortsOf } from '../../src/compose.ts';
import { silent } from '../support/fleet-rig.ts';
import { type HookRig, hookRig } from './hook-rig.ts';

const ALLOWED = { kind: 'allow', note: null };

interface Say extends Partial<Omit<HookCall, 'moment'>> {
  readonly caller?: Partial<HookCaller>;
  readonly ports?: Partial<HookPorts>;
}

/** The hook of session `one` of Claude Code, unless it says otherwise. */
function says(rig: HookRig, moment: HookMoment, { caller, ports, ...call }: Say = {}): Promise<HookAnswer> {
  const whole = { client: 'claude-code', sessionId: 'one', folder: rig.root, label: null, moment, ...call };
  const by = { pid: null, agentId: null, purpose: null, secret: null, ...caller };
  return answerHook({ ...hookPortsOf(rig.fleet), ...ports }, whole, by);
}

const edits = (...paths: readonly string[]): HookMoment => ({
  kind: 'before',
  tool: 'Edit',
  targets: paths.map((path) => ({ kind: 'path', path })),
});
const edited = (path: string, isDone = true): HookMoment => ({
  kind: 'after',
  tool: 'Edit',
  targets: [{ kind: 'path', path }],
  isDone,
});

const sessions = async ({ fleet }: HookRig): Promise<number> =>
  (await fleet.coordinator.view({ kind: 'sessions' })).total;

/** A process that this one started. */
function child(): number {
  const started = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void started.kill('SIGKILL'));
  return started.pid ?? 0;
}

describe('what is none of our business', () => {
  it('is let through and noted nowhere, and registers nobody', async () => {
    const rig = await hookRig();
    const nothing: readonly HookMoment[] = [
      { kind: 'other' },
      edits(),
      { kind: 'after', tool: 'Read', targets: [], isDone: true },
      edited('src/a.ts', false),
      edited('/tmp/elsewhere.txt'),
      edited('src/a\nb.ts'),
      edits('/tmp/elsewhere.txt'),
      { kind: 'turn-end' },
      { kind: 'session-end', isReplaced: false },
    ];
    for (const moment of nothing) expect(await says(rig, moment)).toEqual(ALLOWED);
    expect(await sessions(rig)).toBe(0);
    expect(await rig.events('file.edited')).toEqual([]);
  });
});

describe('an edit of very many files', () => {
  it('is leased as a whole, named by the first three, and freed with the turn', async () => {
    const rig = await hookRig();
    const many = Array.from({ length: 250 }, (_, index) => `src/f${index}.ts`);
    expect(await says(rig, edits(...many))).toEqual(ALLOWED);
    expect(Object.keys(await rig.held()).length).toBe(100);
    const denied = await says(rig, edits('src/f9.ts'), { sessionId: 'two' });
    expect(denied).toMatchObject({
      kind: 'deny',
      reason: expect.stringContaining('(editing src/f0.ts, src/f1.ts, src/f2.ts ...)') as string,
    });
    // More than one decision ends.
    expect(await says(rig, { kind: 'turn-end' })).toEqual(ALLOWED);
    expect(await rig.held()).toEqual({});
  });

  it('is a fault where it is of more than anybody may lease at once, and goes as the policy says', async () => {
    const rig = await hookRig({ hooks: { onFault: 'closed' } });
    const many = Array.from({ length: 300 }, (_, index) => `src/f${index}.ts`);
    expect(await says(rig, edits(...many))).toMatchObject({
      kind: 'fault',
      message: expect.stringContaining('256') as string,
      onFault: 'closed',
    });
    expect(await rig.held()).toEqual({});
  });
});

describe('a session that ends', () => {
  it('goes on under another name where the client says so, without what its edits took', async () => {
    const rig = await hookRig();
    await says(rig, edits('src/a.ts'));
    expect(await says(rig, { kind: 'session-end', isReplaced: true })).toEqual(ALLOWED);
    expect(await rig.held()).toEqual({});
    expect(await sessions(rig)).toBe(1);
  });

  it('is another one when it comes again under its name', async () => {
    const rig = await hookRig();
    const pid = child();
    await says(rig, edits('src/a.ts'), { caller: { pid } });
    await says(rig, edits('src/b.ts'), { caller: { pid } });
    expect(await sessions(rig)).toBe(1);
    await says(rig, { kind: 'session-end', isReplaced: false }, { caller: { pid } });
    expect(await sessions(rig)).toBe(0);
    expect(await says(rig, edits('src/a.ts'), { caller: { pid } })).toEqual(ALLOWED);
    expect(await sessions(rig)).toBe(1);
  });

  it('leaves its server alone, where the hooks act for the session of that', async () => {
    const rig = await hookRig();
    const { place, processes, seatPorts } = rig.fleet;
    const pid = child();
    const { startTime = '' } = processes.evidenceOf(pid) ?? {};
    const server = new Seat(seatPorts, {
      client: 'codex',
      user: 'ana',
      agentId: 'ana',
      purpose: null,
      handle: null,
      keptAs: null,
      clientSession: null,
      process: { placeId: place.placeId, pid, startTime, kind: 'mcp', role: 'self' },
      worktree: await rig.fleet.worktree(),
      folder: rig.root,
    });
    await server.acquire({ resources: ['task:review'], waitMs: 0 });
    const codex = { client: 'codex', caller: { pid: child() } };
    await says(rig, edits('src/a.ts'), codex);
    expect(await rig.held()).toEqual({ 'task:review': 'ana', 'file:src/a.ts': 'ana' });
    expect(await says(rig, { kind: 'session-end', isReplaced: false }, codex)).toEqual(ALLOWED);
    expect(await rig.held()).toEqual({ 'task:review': 'ana' });
    expect(await sessions(rig)).toBe(1);
  });
});

describe('whose call it is', () => {
  it('is told by its process, where the client has no name for its session', async () => {
    const rig = await hookRig();
    const nameless = { sessionId: null, caller: { pid: child() } };
    await says(rig, edits('src/a.ts'), nameless);
    expect(await says(rig, edits('src/a.ts', 'src/b.ts'), nameless)).toEqual(ALLOWED);
    expect(await sessions(rig)).toBe(1);
    // Another client of the same process is another agent.
    expect(await says(rig, edits('src/a.ts'), { ...nameless, client: 'cursor' })).toMatchObject({ kind: 'deny' });
  });

  it('is nobody’s where there is neither: it is told to register, and registers nobody', async () => {
    const rig = await hookRig();
    expect(await says(rig, edits('src/a.ts'), { sessionId: null })).toMatchObject({
      kind: 'deny',
      reason: expect.stringContaining('Call register first') as string,
    });
    expect(await sessions(rig)).toBe(0);
  });

  it('is that of the handle that a request shows; of the client’s own session where it shows something else', async () => {
    const rig = await hookRig();
    const ana = new Seat(rig.fleet.seatPorts, {
      client: 'mcp',
      user: 'ana',
      agentId: 'ana',
      purpose: null,
      handle: null,
      keptAs: null,
      clientSession: null,
      process: null,
      worktree: await rig.fleet.worktree(),
      folder: rig.root,
    });
    const { handle } = await ana.register({});
    expect(await says(rig, edits('src/a.ts'), { caller: { secret: handle } })).toEqual(ALLOWED);
    expect(await rig.held()).toEqual({ 'file:src/a.ts': 'ana' });
    expect(await says(rig, edits('src/a.ts'), { caller: { secret: 'token of a proxy' } })).toMatchObject({
      kind: 'deny',
    });
  });

  it('is made in the workspace, where the client works elsewhere or does not say where', async () => {
    const rig = await hookRig();
    const elsewhere = mkdtempSync(join(tmpdir(), 'brigade-elsewhere-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    expect(await says(rig, edits(join(rig.root, 'src/a.ts'), 'b.ts'), { folder: elsewhere })).toEqual(ALLOWED);
    expect(await says(rig, edits('src/c.ts'), { folder: null })).toEqual(ALLOWED);
    expect(Object.keys(await rig.held()).toSorted()).toEqual(['file:src/a.ts', 'file:src/c.ts']);
  });
});

describe('what nobody can say', () => {
  it('is a fault, where the workspace itself is none of the fleet', async () => {
    const rig = await hookRig();
    const elsewhere = mkdtempSync(join(tmpdir(), 'brigade-elsewhere-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    const answer = await says(rig, edits('a.ts'), { folder: elsewhere, ports: { root: elsewhere } });
    expect(answer).toMatchObject({ kind: 'fault', onFault: 'open' });
  });

  it('is a fault of ours that is logged, where the fleet answers nonsense; and nobody knows the policy then', async () => {
    const rig = await hookRig();
    const errors: unknown[] = [];
    const { seat } = hookPortsOf(rig.fleet);
    const view = () => Promise.reject(new Error('out of order'));
    const coordinator = { ...seat.coordinator, view };
    const logger = { ...silent, error: (facts: unknown) => errors.push(facts) };
    const answer = await says(rig, edits('src/a.ts'), { ports: { seat: { ...seat, coordinator, logger } } });
    expect(answer).toMatchObject({ kind: 'fault', onFault: null });
    expect(errors).toHaveLength(1);
  });
});
