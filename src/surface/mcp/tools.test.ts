import { describe, expect, it } from 'vitest';
import { seatRig, untilInLine } from '../../../test/support/seat-rig.ts';
import type { Call } from '../../app/seat/call.ts';
import type { Seat } from '../../app/seat/seat.ts';
import type { Tool } from './tool.ts';
import type { ToolResult } from './tool-result.ts';
import { TOOLS } from './tools.ts';

function toolNamed(name: string): Tool {
  const tool = TOOLS.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`there is no tool ${name}`);
  return tool;
}

function call(seat: Seat, name: string, args: unknown, options: Call = {}): Promise<ToolResult> {
  return toolNamed(name).call(seat, args, options);
}

interface Lease {
  readonly resource: string;
  readonly token: number;
}

async function acquired(seat: Seat, resource: string): Promise<Lease> {
  const { structured } = await call(seat, 'acquire_lock', { resources: [resource] });
  const [lease] = structured.leases as readonly Lease[];
  if (lease === undefined) throw new Error(`not granted: ${JSON.stringify(structured)}`);
  return { resource: lease.resource, token: lease.token };
}

describe('acquire_lock', () => {
  it('grants, with what the holder may believe, and says under which name', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit({ purpose: 'tests' });
    const granted = await call(seat, 'acquire_lock', { resources: ['src/a.ts', 'task:x'], reason: 'edit' });
    expect(granted.isError).toBe(false);
    expect(granted.structured).toMatchObject({
      status: 'granted',
      leases: [{ resource: 'file:src/a.ts', mode: 'exclusive', guarded: false, wanted: false }, { resource: 'task:x' }],
      refused: [],
      ticket: null,
      position: null,
      blockedBy: [],
      registered: { agentId: 'claude-code_tests' },
      notices: [],
    });
    const [lease] = granted.structured.leases as readonly { expiresInMs: number; safeForMs: number }[];
    expect(lease?.expiresInMs).toBeGreaterThan(290_000);
    expect(lease?.safeForMs).toBeLessThan(lease?.expiresInMs ?? 0);
    expect(granted.text).toMatch(
      /^Granted: file:src\/a\.ts \(token \d+, yours for 4m\d\ds\), task:x .* You act as claude-code_tests\.$/,
    );
    const again = await call(seat, 'acquire_lock', { resources: ['src/a.ts'] });
    expect(again.structured).toMatchObject({ status: 'renewed' });
    expect(again.structured).not.toHaveProperty('registered');
  });

  it('queues with a ticket, names who is in the way, and goes on with the ticket', async () => {
    const { sit } = await seatRig();
    const ana = await sit({ agentId: 'ana' });
    const bo = await sit({ agentId: 'bo' });
    const held = await acquired(ana.seat, 'src/a.ts');
    const queued = await call(bo.seat, 'acquire_lock', { resources: ['src/**'], waitMs: 1 });
    expect(queued.structured).toMatchObject({
      status: 'queued',
      position: 1,
      blockedBy: [{ agentId: 'ana', resource: 'file:src/a.ts', kind: 'holder', alive: 'alive', reason: '' }],
    });
    const ticket = queued.structured.ticket as string;
    expect(queued.text).toContain(`ticket ${ticket}`);
    expect(queued.text).toContain('ana who holds file:src/a.ts');
    await call(ana.seat, 'release_lock', { leases: [held] });
    const granted = await call(bo.seat, 'acquire_lock', { ticket });
    expect(granted.structured).toMatchObject({ status: 'granted', leases: [{ resource: 'file:src/**' }] });
  });

  it('refuses without queueing, in the same words and with durations', async () => {
    const { sit } = await seatRig();
    const ana = await sit({ agentId: 'ana' });
    const bo = await sit({ agentId: 'bo' });
    await acquired(ana.seat, 'src/a.ts');
    const refused = await call(bo.seat, 'acquire_lock', { resources: ['src/a.ts'], waitMs: 0 });
    expect(refused.isError).toBe(true);
    expect(refused.structured).toMatchObject({
      code: 'LEASE_HELD',
      category: 'contended',
      retry: 'afterWait',
      message: 'file:src/a.ts is not free: held by ana.',
      details: { blockedBy: [{ agentId: 'ana', resource: 'file:src/a.ts', alive: 'alive' }] },
      notices: [],
    });
    expect(JSON.stringify(refused.structured)).not.toContain('file:@');
    expect(refused.text).toMatch(/^LEASE_HELD: file:src\/a\.ts is not free/);
  });

  it('renews, each lease on its own', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const lease = await acquired(seat, 'src/a.ts');
    const stale = { resource: 'file:src/b.ts', token: 1 };
    const renewed = await call(seat, 'acquire_lock', { leases: [lease, stale], ttlMs: 600_000 });
    expect(renewed.structured).toMatchObject({
      status: 'renewed',
      leases: [lease],
      refused: [{ resource: 'file:src/b.ts', code: 'TOKEN_STALE' }],
    });
    expect(renewed.text).toContain('file:src/b.ts (TOKEN_STALE)');
    const refused = await call(seat, 'acquire_lock', { leases: [stale] });
    expect(refused.structured).toMatchObject({ code: 'TOKEN_STALE', category: 'stale' });
  });

  it('wants exactly one of resources, ticket and leases', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    for (const args of [{}, { resources: ['a'], ticket: 't1' }]) {
      expect((await call(seat, 'acquire_lock', args)).structured).toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    expect((await seat.view({ kind: 'agents', all: true })).view).toMatchObject({ total: 0 });
  });

  it('waits no longer than the bound, whatever is asked', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const granted = await call(seat, 'acquire_lock', { resources: ['a'], waitMs: 3_600_000 });
    expect(granted.structured).toMatchObject({ status: 'granted' });
  });

  it('withdraws when it is cancelled, and keeps its place when it is cut', async () => {
    const { sit } = await seatRig();
    const ana = await sit({ agentId: 'ana' });
    const bo = await sit({ agentId: 'bo' });
    await acquired(ana.seat, 'a');
    const cut = new AbortController();
    const waiting = call(
      bo.seat,
      'acquire_lock',
      { resources: ['a'] },
      { cut: cut.signal, onProgress: () => cut.abort() },
    );
    expect((await waiting).structured).toMatchObject({ status: 'queued' });
    const cancelled = new AbortController();
    const parked = call(
      bo.seat,
      'acquire_lock',
      { resources: ['a'] },
      { cancelled: cancelled.signal, onProgress: () => cancelled.abort() },
    );
    expect((await parked).structured).toMatchObject({ code: 'WAIT_TIMED_OUT' });
    expect((await ana.seat.view({ kind: 'fleet' })).view).toMatchObject({ counts: { waits: 0 } });
  });
});

describe('release_lock, withdraw, hand_off, check_token', () => {
  it('releases by token, and tells who is next', async () => {
    const { sit } = await seatRig();
    const ana = await sit({ agentId: 'ana' });
    const bo = await sit({ agentId: 'bo' });
    const held = await acquired(ana.seat, 'src/a.ts');
    const waiting = call(bo.seat, 'acquire_lock', { resources: ['src/a.ts'] });
    await untilInLine(ana.seat, 1);
    const stale = { resource: held.resource, token: held.token - 1 };
    const released = await call(ana.seat, 'release_lock', { leases: [held, stale] });
    expect(released.structured).toMatchObject({
      released: [held],
      refused: [{ ...stale, code: 'TOKEN_STALE' }],
      promoted: [{ agentId: 'bo', resources: ['file:src/a.ts'], how: 'granted' }],
    });
    const granted = (await waiting).structured;
    expect(granted).toMatchObject({ status: 'granted' });
    expect((granted.leases as readonly Lease[])[0]?.token).toBeGreaterThan(held.token);
    const all = await call(bo.seat, 'release_lock', { all: true });
    expect(all.structured).toMatchObject({ released: [{ resource: 'file:src/a.ts' }], promoted: [] });
    expect((await call(bo.seat, 'release_lock', {})).structured).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('withdraws a ticket once', async () => {
    const { sit } = await seatRig();
    const ana = await sit({ agentId: 'ana' });
    const bo = await sit({ agentId: 'bo' });
    await acquired(ana.seat, 'a');
    const { ticket } = (await call(bo.seat, 'acquire_lock', { resources: ['a'], waitMs: 1 })).structured;
    expect((await call(bo.seat, 'withdraw', { ticket })).structured).toMatchObject({ withdrawn: true, released: [] });
    expect((await call(bo.seat, 'withdraw', { ticket })).structured).toMatchObject({ withdrawn: false });
    expect((await call(bo.seat, 'withdraw', { ticket: 't0' })).structured).toMatchObject({ code: 'UNKNOWN_TICKET' });
  });

  it('hands over to one agent, who hears of it and answers', async () => {
    const { sit } = await seatRig();
    const ana = await sit({ agentId: 'ana' });
    const bo = await sit({ agentId: 'bo' });
    const held = await acquired(ana.seat, 'src/a.ts');
    await acquired(bo.seat, 'task:x');
    const offered = await call(ana.seat, 'hand_off', { ...held, to: 'bo' });
    const { offer } = offered.structured as { offer: string };
    expect(offered.structured).toMatchObject({ to: 'bo', lapsesInMs: expect.any(Number) as number });
    const told = await call(bo.seat, 'list_locks', {});
    expect(told.structured).toMatchObject({ notices: [{ kind: 'handoff_offered', offer, resource: 'file:src/a.ts' }] });
    expect(told.text).toContain(offer);
    const accepted = await call(bo.seat, 'hand_off', { offer, answer: 'accept' });
    expect(accepted.structured).toMatchObject({ offer, accepted: true, lease: { resource: 'file:src/a.ts' } });
    const checked = await call(ana.seat, 'check_token', held);
    expect(checked.structured).toMatchObject({ holds: false, holder: { agentId: 'bo' } });
    expect(checked.text).toContain('bo holds it');
    expect((await call(ana.seat, 'hand_off', { offer })).structured).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('reads', () => {
  it('show locks by name, by agent, with waiters, page by page', async () => {
    const { sit } = await seatRig();
    const ana = await sit({ agentId: 'ana' });
    const bo = await sit({ agentId: 'bo' });
    await acquired(ana.seat, 'src/a.ts');
    await acquired(ana.seat, 'src/b.ts');
    await acquired(bo.seat, 'task:x');
    await call(bo.seat, 'acquire_lock', { resources: ['src/a.ts'], waitMs: 1 });
    const names = async (args: unknown) =>
      ((await call(bo.seat, 'list_locks', args)).structured.locks as readonly Lease[]).map(({ resource }) => resource);
    expect(await names({})).toEqual(['file:src/a.ts', 'file:src/b.ts', 'task:x']);
    expect(await names({ resource: 'src/' })).toEqual(['file:src/a.ts', 'file:src/b.ts']);
    expect(await names({ agentId: 'bo' })).toEqual(['task:x']);
    expect(await names({ waiting: true })).toEqual(['file:src/a.ts']);
    const page = (await call(bo.seat, 'list_locks', { limit: 2 })).structured;
    expect(page).toMatchObject({ total: 3, locks: [{ waiting: 1, waiters: [{ agentId: 'bo' }] }, {}] });
    expect(await names({ cursor: page.cursor })).toEqual(['task:x']);
    expect((await call(bo.seat, 'list_locks', { resource: '../x' })).structured).toMatchObject({
      code: 'PATH_OUTSIDE_WORKSPACE',
    });
  });

  it('show the fleet, also before there is one', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit({ agentId: 'ana' });
    const empty = await call(seat, 'fleet_status', {});
    expect(empty.structured).toMatchObject({ agents: [], locks: [], waits: [], alerts: [], incidents: [], plans: [] });
    await acquired(seat, 'src/a.ts');
    const status = await call(seat, 'fleet_status', {});
    expect(status.structured).toMatchObject({
      agents: [{ agentId: 'ana', leases: 1, liveSessions: 1 }],
      locks: [{ resource: 'file:src/a.ts' }],
      counts: { agents: 1, leases: 1, waits: 0 },
      leftOut: { agents: 0, locks: 0, waits: 0 },
      granting: { ok: true },
    });
    expect(status.text).toBe('1 agent: ana (1). 1 lock held, 0 waiting.');
  });

  it('share values without lost updates', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit({ agentId: 'ana' });
    expect((await call(seat, 'get_state', { key: 'a' })).structured).toMatchObject({ code: 'UNKNOWN_KEY' });
    const put = (args: unknown) => call(seat, 'put_state', args);
    expect((await put({ key: 'a', value: null, ifVersion: 0 })).structured).toMatchObject({ key: 'a', version: 1 });
    expect((await put({ key: 'a', value: 2, ifVersion: 0 })).structured).toMatchObject({ code: 'VERSION_MISMATCH' });
    const held = await acquired(seat, 'state:a');
    expect((await put({ key: 'a', value: { n: 1 }, ...held })).structured).toMatchObject({ version: 2 });
    expect((await put({ key: 'a', value: 3 })).structured).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const read = await call(seat, 'get_state', { prefix: '' });
    expect(read.structured).toMatchObject({ entries: [{ key: 'a', value: { n: 1 }, version: 2, author: 'ana' }] });
    expect(read.text).toBe('a (version 2) = {"n":1}');
  });

  it('cut a page of large values, and go on with the cursor', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const value = 'x'.repeat(60_000);
    for (let i = 0; i < 6; i += 1) await call(seat, 'put_state', { key: `k${i}`, value, ifVersion: 0 });
    const keys: string[] = [];
    let cursor: unknown;
    do {
      const page = (await call(seat, 'get_state', { prefix: 'k', cursor })).structured;
      expect(JSON.stringify(page).length).toBeLessThan(300_000);
      keys.push(...(page.entries as readonly { key: string }[]).map(({ key }) => key));
      cursor = page.cursor;
    } while (typeof cursor === 'string');
    expect(keys).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5']);
  });
});

describe('register', () => {
  it('answers the secret handle, also in the sentence, and every warning', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const { structured, text } = await call(seat, 'register', { id: 'claude_code_cli' });
    expect(structured).toMatchObject({ agentId: 'claude_code_cli_1', resumed: false });
    expect(structured.session).toMatch(/^[\w-]{43}$/);
    expect(text).toContain(structured.session as string);
    expect(text).toContain('generic');
  });
});

it('every answer stays within its published output', async () => {
  const { sit } = await seatRig();
  const { seat } = await sit();
  const calls: [string, unknown][] = [
    ['register', {}],
    ['acquire_lock', { resources: ['a'] }],
    ['release_lock', { all: true }],
    ['withdraw', { ticket: 't' }],
    ['hand_off', { offer: 'h', answer: 'accept' }],
    ['check_token', { resource: 'a', token: 1 }],
    ['list_locks', {}],
    ['fleet_status', {}],
    ['get_state', { key: 'a' }],
    ['get_state', { prefix: '' }],
    ['put_state', { key: 'a', value: 1, ifVersion: 0 }],
    ...TOOLS.map(({ name }): [string, unknown] => [name, { nonsense: true }]),
  ];
  for (const [name, args] of calls) {
    const { properties } = toolNamed(name).outputSchema() as { properties: object };
    const { structured } = await call(seat, name, args);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(structured)));
  }
});
