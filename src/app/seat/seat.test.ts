import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { seatRig, untilInLine } from '../../../test/support/seat-rig.ts';
import { nodeHasher } from '../../adapters/system/node-hasher.ts';
import { isRejection } from '../../core/rejection.ts';
import { attachmentOf } from './registration.ts';

const CLIENT_SESSION = { keptAs: { client: 'claude-code', id: 'session-1' } } as const;

function replyOf<R>(outcome: { readonly answer: R }): Exclude<R, { code: string }> {
  if (isRejection(outcome.answer)) throw new Error(`${outcome.answer.code}: ${outcome.answer.message}`);
  return outcome.answer as Exclude<R, { code: string }>;
}

describe('the default session', () => {
  it('is registered by the first mutating call, once, and by no read', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit({ purpose: 'tests' });
    await seat.view({ kind: 'locks' });
    await seat.check({ resource: 'file:a', token: 1 });
    const empty = await seat.view({ kind: 'agents', all: true });
    expect(empty.view).toMatchObject({ total: 0 });
    const [first, second] = await Promise.all([
      seat.acquire({ resources: ['a'], waitMs: 0 }),
      seat.acquire({ resources: ['b'], waitMs: 0 }),
    ]);
    expect([first.registered, second.registered].filter((each) => each !== null)).toHaveLength(1);
    expect(first.acting).toEqual(second.acting);
    expect(first.acting?.agentId).toBe('claude-code_tests');
    const agents = await seat.view({ kind: 'agents', all: true });
    expect(agents.view).toMatchObject({ total: 1 });
  });

  it('registers nobody for a call that cannot succeed, nor for a dry run', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const outside = await seat.acquire({ resources: ['../x'], waitMs: 0 });
    expect(outside.answer).toMatchObject({ code: 'PATH_OUTSIDE_WORKSPACE' });
    const dry = await seat.acquire({ resources: ['a'], waitMs: 0 }, { dryRun: true });
    expect(dry.answer).toMatchObject({ code: 'CREDENTIAL_REQUIRED' });
    const agents = await seat.view({ kind: 'agents', all: true });
    expect(agents.view).toMatchObject({ total: 0 });
  });

  it('is one agent for all processes of one client session, and ends with the last of them', async () => {
    const { sit } = await seatRig();
    const one = await sit(CLIENT_SESSION);
    const two = await sit(CLIENT_SESSION);
    const held = await one.seat.acquire({ resources: ['a'], waitMs: 0 });
    const again = await two.seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(again.acting).toEqual(held.acting);
    expect(replyOf(again)).toMatchObject({ status: 'renewed' });
    await one.seat.leave();
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    expect(replyOf(await two.seat.check({ resource: 'a', token }))).toMatchObject({ holds: true });
    await two.seat.leave();
    expect(replyOf(await (await sit()).seat.check({ resource: 'a', token }))).toMatchObject({ holds: false });
  });

  it('is not taken by a dry run either', async () => {
    const { sit } = await seatRig();
    const one = await sit(CLIENT_SESSION);
    await one.seat.acquire({ resources: ['a'], waitMs: 0 });
    const two = await sit(CLIENT_SESSION);
    const live = await two.seat.acquire({ resources: ['b'], waitMs: 0 }, { dryRun: true });
    expect(replyOf(live)).toMatchObject({ status: 'granted' });
    await one.seat.leave();
    const ended = await two.seat.acquire({ resources: ['b'], waitMs: 0 }, { dryRun: true });
    expect(ended.answer).toMatchObject({ code: 'CREDENTIAL_WRONG' });
    expect((await two.seat.view({ kind: 'fleet' })).view).toMatchObject({ counts: { sessions: 0, leases: 0 } });
  });

  it('is not taken by a check, whether it is kept or has ended', async () => {
    const { sit } = await seatRig();
    const one = await sit(CLIENT_SESSION);
    const held = await one.seat.acquire({ resources: ['a'], waitMs: 0 });
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    const two = await sit(CLIENT_SESSION);
    expect(replyOf(await two.seat.check({ resource: 'a', token }))).toMatchObject({ holds: true });
    await one.seat.leave();
    expect(replyOf(await two.seat.check({ resource: 'a', token }))).toMatchObject({ holds: false });
    expect((await two.seat.view({ kind: 'fleet' })).view).toMatchObject({ counts: { sessions: 0 } });
  });

  it('is two agents for two client sessions, and for two processes without one', async () => {
    const { sit } = await seatRig();
    const seats = [
      await sit(CLIENT_SESSION),
      await sit({ keptAs: { client: 'claude-code', id: 'session-2' } }),
      await sit(),
      await sit(),
    ];
    const ids = new Set<string | undefined>();
    for (const { seat } of seats) ids.add((await seat.acquire({ resources: ['a'], waitMs: 0 })).acting?.agentId);
    const refused = await seats[3]?.seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(refused?.answer).toMatchObject({ code: 'LEASE_HELD' });
    expect(ids.size).toBe(4);
  });

  it('comes back after a restart as the same agent in a new session, with a word about what was released', async () => {
    const { sit } = await seatRig();
    const before = await sit(CLIENT_SESSION);
    const held = await before.seat.acquire({ resources: ['a'], waitMs: 0 });
    await before.seat.leave();
    const after = await sit(CLIENT_SESSION);
    const again = await after.seat.acquire({ resources: ['b'], waitMs: 0 });
    expect(again.acting?.agentId).toBe(held.acting?.agentId);
    expect(again.acting?.sessionId).not.toBe(held.acting?.sessionId);
    expect(again.registered).toMatchObject({ resumed: true });
    expect(again.registered?.warnings.join()).toContain('ended');
    expect(again.notices).toMatchObject([{ kind: 'lease_ended', token: replyOf(held).leases[0]?.token }]);
    const next = await after.seat.acquire({ resources: ['c'], waitMs: 0 });
    expect(next.notices).toEqual([]);
  });

  it('registers anew, and says so, where the log does not know the session that was kept', async () => {
    const { sit, keep } = await seatRig();
    const first = await sit();
    await first.seat.register({ id: 'bo' });
    await keep(CLIENT_SESSION.keptAs, { agentId: 'ana', sessionId: 'ses_lost', handle: 'lost' });
    const { seat } = await sit(CLIENT_SESSION);
    const held = await seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(held.acting?.agentId).toBe('ana');
    expect(held.registered).toMatchObject({ resumed: false });
    expect(held.notices).toMatchObject([{ kind: 'log_regressed', seq: 0 }]);
    const next = await sit(CLIENT_SESSION);
    expect((await next.seat.acquire({ resources: ['a'], waitMs: 0 })).acting).toEqual(held.acting);
  });

  it('gives way to the process of its client session that registered first', async () => {
    const { sit } = await seatRig();
    const seats = await Promise.all(Array.from({ length: 4 }, () => sit(CLIENT_SESSION)));
    const outcomes = await Promise.all(seats.map(({ seat }, i) => seat.acquire({ resources: [`f${i}`], waitMs: 0 })));
    expect(new Set(outcomes.map(({ acting }) => acting?.sessionId)).size).toBe(1);
    const locks = await seats[0]?.seat.view({ kind: 'locks' });
    expect(locks?.view).toMatchObject({ total: 4 });
  });

  it('comes back when its session ended behind its back', async () => {
    const { sit } = await seatRig();
    const { seat, coordinator, occupant } = await sit();
    const held = await seat.acquire({ resources: ['a'], waitMs: 0 });
    if (occupant.process === null) throw new Error('no process');
    const { attachmentId } = attachmentOf(occupant.process, nodeHasher);
    const sessionId = held.acting?.sessionId ?? '';
    await coordinator.submit({
      op: 'detach',
      by: { kind: 'system', name: 'test' },
      requestId: 'r',
      bodyHash: '',
      sessionId,
      attachmentId,
      cause: 'dead',
      evidence: 'the test says so',
    });
    const again = await seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(replyOf(again)).toMatchObject({ status: 'granted' });
    expect(again.acting?.agentId).toBe(held.acting?.agentId);
    expect(again.registered).toMatchObject({ resumed: true });
    expect(again.notices.map(({ kind }) => kind)).toContain('lease_ended');
  });
});

describe('register', () => {
  it('names the default session the first time, and opens a second one for another id', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const ana = await seat.register({ id: 'ana' });
    const held = await seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(held.acting?.agentId).toBe('ana');
    const bo = await seat.register({ id: 'bo' });
    expect(replyOf(bo)).toMatchObject({ agentId: 'bo', resumed: false });
    expect(bo.handle).not.toBe(ana.handle);
    expect(replyOf(bo).warnings.join()).toContain('go on as ana');
    const asBo = await seat.acquire({ resources: ['a'], waitMs: 0 }, { session: bo.handle ?? '' });
    expect(asBo.answer).toMatchObject({ code: 'LEASE_HELD' });
    expect(asBo.acting?.agentId).toBe('bo');
    expect((await seat.acquire({ resources: ['b'], waitMs: 0 })).acting?.agentId).toBe('ana');
  });

  it('keeps two apart that come at the same moment, and one that comes with the first mutating call', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const [ana, held, bo] = await Promise.all([
      seat.register({ id: 'ana' }),
      seat.acquire({ resources: ['a'], waitMs: 0 }),
      seat.register({ id: 'bo' }),
    ]);
    expect([replyOf(ana).agentId, replyOf(bo).agentId]).toEqual(['ana', 'bo']);
    expect(ana.handle).not.toBe(bo.handle);
    expect((await seat.acquire({ resources: ['a'], waitMs: 0 })).acting).toEqual(held.acting);
  });

  it('answers the same session when the same agent registers again', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const first = await seat.register({ id: 'agent', notes: 'x' });
    expect(replyOf(first).agentId).toMatch(/^agent_\d+$/);
    for (const asked of [{}, { id: 'agent' }, { id: replyOf(first).agentId }]) {
      const again = await seat.register(asked);
      expect(again.handle).toBe(first.handle);
      expect(replyOf(again)).toMatchObject({ sessionId: replyOf(first).sessionId, resumed: true });
    }
  });

  it('refuses to be a sibling for whoever would rather be refused', async () => {
    const { sit } = await seatRig();
    const ana = await sit();
    await ana.seat.register({ id: 'ana' });
    const other = await sit();
    expect(replyOf(await other.seat.register({ id: 'ana' })).agentId).toBe('ana_2');
    const refused = await other.seat.register({ id: 'ana', onTaken: 'refuse' });
    expect(refused.answer).toMatchObject({ code: 'ID_TAKEN' });
  });

  it('knows a purpose again', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const first = await seat.register({ purpose: 'Code Review' });
    expect(replyOf(first).agentId).toBe('claude-code_code_review');
    expect((await seat.register({ purpose: 'Code Review' })).handle).toBe(first.handle);
    expect((await seat.register({ purpose: 'tests' })).handle).not.toBe(first.handle);
  });

  it('goes on with the agent of a handle: joined while it lives, followed when it has ended', async () => {
    const { sit } = await seatRig();
    const one = await sit();
    const ana = await one.seat.register({ id: 'ana' });
    const session = ana.handle ?? '';
    const two = await sit();
    const joined = await two.seat.register({}, { session });
    expect(replyOf(joined)).toMatchObject({ agentId: 'ana', resumed: true });
    expect(joined.handle).toBe(session);
    await one.seat.leave();
    await two.seat.leave();
    const three = await sit();
    const followed = await three.seat.register({}, { session });
    expect(replyOf(followed)).toMatchObject({ agentId: 'ana', resumed: true });
    expect(followed.handle).not.toBe(session);
  });

  it('refuses a handle of nobody, and a handle with the id of another agent', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const wrong = await seat.register({}, { session: 'nobody' });
    expect(wrong.answer).toMatchObject({ code: 'CREDENTIAL_WRONG' });
    const ana = await seat.register({ id: 'ana' });
    const other = await seat.register({ id: 'bo' }, { session: ana.handle ?? '' });
    expect(other.answer).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const agents = await seat.view({ kind: 'agents', all: true });
    expect(agents.view).toMatchObject({ total: 1 });
  });

  it.each(['../x', '', 'x'.repeat(10_000), 'a\0b', 'Ana', 'Größe'])(
    'refuses the id %j before it touches anything',
    async (id) => {
      const { sit } = await seatRig();
      const { seat } = await sit();
      const refused = await seat.register({ id });
      expect(refused.answer).toMatchObject({ code: 'INVALID_ID' });
      expect(refused.handle).toBeNull();
      const agents = await seat.view({ kind: 'agents', all: true });
      expect(agents.view).toMatchObject({ total: 0 });
    },
  );

  it('answers a repeat with the same session, also from another process', async () => {
    const { sit } = await seatRig();
    const one = await sit();
    const first = await one.seat.register({ id: 'ana' }, { requestId: 'r1' });
    const two = await sit();
    const repeat = await two.seat.register({ id: 'ana' }, { requestId: 'r1' });
    expect(replyOf(repeat)).toMatchObject({ agentId: 'ana', sessionId: replyOf(first).sessionId });
    await one.seat.leave();
    const held = await two.seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(held.acting?.sessionId).toBe(replyOf(first).sessionId);
    const reused = await two.seat.register({ id: 'bo' }, { requestId: 'r1' });
    expect(reused.answer).toMatchObject({ code: 'REQUEST_REUSED' });
  });
});

describe('a handle shown in a call', () => {
  it('keeps its session alive while this process does', async () => {
    const { sit } = await seatRig();
    const one = await sit();
    const session = (await one.seat.register({ id: 'ana' })).handle ?? '';
    const two = await sit();
    const held = await two.seat.acquire({ resources: ['a'], waitMs: 0 }, { session });
    await one.seat.leave();
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    const watcher = await sit();
    expect(replyOf(await watcher.seat.check({ resource: 'a', token }))).toMatchObject({ holds: true });
    await two.seat.leave();
    expect(replyOf(await watcher.seat.check({ resource: 'a', token }))).toMatchObject({ holds: false });
  });

  it('reads names in the worktree of its session, wherever it is shown', async () => {
    const { sit, root } = await seatRig();
    const other = { id: 'v'.repeat(22), root: join(root, 'other'), foldsCase: false };
    await mkdir(other.root);
    const one = await sit({ worktree: other });
    const session = (await one.seat.register({ id: 'ana' })).handle ?? '';
    const two = await sit();
    const held = await two.seat.acquire({ resources: ['src/a.ts'], waitMs: 0 }, { session });
    expect(held.worktree).toBe(other.id);
    expect(replyOf(held).leases[0]?.resource).toBe(`file:@${other.id}/src/a.ts`);
    const bystander = await two.seat.acquire({ resources: ['src/a.ts'], waitMs: 0 });
    expect(replyOf(bystander)).toMatchObject({ status: 'granted' });
  });

  it('may come from the settings, and then stands for every call', async () => {
    const { sit } = await seatRig();
    const one = await sit();
    const session = (await one.seat.register({ id: 'ana' })).handle ?? '';
    const shell = await sit({ handle: session, keptAs: null });
    expect((await shell.seat.acquire({ resources: ['a'], waitMs: 0 })).acting?.agentId).toBe('ana');
    const wrong = await sit({ handle: 'nobody', keptAs: null });
    const refused = await wrong.seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(refused.answer).toMatchObject({ code: 'CREDENTIAL_WRONG' });
  });

  it("is refused when it is nobody's", async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const refused = await seat.acquire({ resources: ['a'], waitMs: 0 }, { session: 'nobody' });
    expect(refused.answer).toMatchObject({ code: 'CREDENTIAL_WRONG' });
    const agents = await seat.view({ kind: 'agents', all: true });
    expect(agents.view).toMatchObject({ total: 0 });
  });
});

describe('waits', () => {
  it('of one session for one thing are all served when it is free', async () => {
    const { sit } = await seatRig();
    const ana = await sit();
    const bo = await sit();
    await ana.seat.acquire({ resources: ['task:busy'], waitMs: 0 });
    const waiting = Array.from({ length: 10 }, (_, i) =>
      bo.seat.acquire({ resources: ['task:busy', `task:own-${i}`], waitMs: 60_000 }),
    );
    await untilInLine(ana.seat, 10);
    await ana.seat.release('all');
    for (const outcome of await Promise.all(waiting)) expect(replyOf(outcome)).toMatchObject({ status: 'granted' });
  });
});

describe('the session of a shell', () => {
  it('lives by the shell, not by the command', async () => {
    const { sit } = await seatRig();
    const keptAs = { client: 'process', id: 'place:1:1' };
    const command = async () => {
      const seated = await sit({ keptAs });
      const { process: shell } = seated.occupant;
      if (shell === null) throw new Error('no process');
      const occupant = { ...seated.occupant, process: { ...shell, kind: 'shell', role: 'other' as const } };
      return sit(occupant);
    };
    const first = await command();
    const held = await first.seat.acquire({ resources: ['a'], waitMs: 0 });
    await first.seat.leave();
    const second = await command();
    const again = await second.seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(replyOf(again)).toMatchObject({ status: 'renewed' });
    expect(again.acting).toEqual(held.acting);
    const view = await second.seat.view({ kind: 'agents' });
    expect(view.view).toMatchObject({ items: [{ sessions: [{ processes: [{ kind: 'shell' }] }] }] });
  });
});

describe('names', () => {
  it('are one resource however they are written, and a lease is found by any of them', async () => {
    const { sit, root } = await seatRig();
    const { seat } = await sit();
    await mkdir(join(root, 'src'));
    await writeFile(join(root, 'src', 'a.ts'), '');
    await symlink('a.ts', join(root, 'src', 'b.ts'));
    const names = ['src/a.ts', './src/a.ts', 'file:src/../src/a.ts', 'src/b.ts'];
    const held = await seat.acquire({ resources: names, waitMs: 0 });
    expect(replyOf(held).leases).toHaveLength(1);
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    for (const resource of [...names, `file:@${held.worktree}/src/a.ts`]) {
      expect(replyOf(await seat.check({ resource, token }))).toMatchObject({ holds: true });
    }
    // What was a file is a link to another one now; the lease is still found by the name it was given under.
    await rename(join(root, 'src', 'a.ts'), join(root, 'src', 'c.ts'));
    await symlink('c.ts', join(root, 'src', 'a.ts'));
    const released = await seat.release([{ resource: 'file:src/a.ts', token }]);
    expect(replyOf(released).released).toHaveLength(1);
  });

  it('that lead out of the worktree by now still find the lease that was given under them', async () => {
    const { sit, root } = await seatRig();
    const { seat } = await sit();
    const outside = await mkdtemp(join(tmpdir(), 'brigade-outside-'));
    onTestFinished(() => rm(outside, { recursive: true }));
    await writeFile(join(outside, 'a.ts'), '');
    const held = await seat.acquire({ resources: ['a.ts'], waitMs: 0 });
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    await symlink(join(outside, 'a.ts'), join(root, 'a.ts'));
    expect((await seat.acquire({ resources: ['a.ts'], waitMs: 0 })).answer).toMatchObject({
      code: 'PATH_OUTSIDE_WORKSPACE',
    });
    expect(replyOf(await seat.check({ resource: 'file:a.ts', token }))).toMatchObject({ holds: true });
    expect(replyOf(await seat.release([{ resource: 'file:a.ts', token }])).released).toHaveLength(1);
  });

  it('of a link mean what it leads to where the token is of no lease of its own', async () => {
    const { sit, root } = await seatRig();
    const { seat } = await sit();
    await symlink('a.ts', join(root, 'b.ts'));
    const held = await seat.acquire({ resources: ['a.ts'], waitMs: 0 });
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    expect(replyOf(await seat.check({ resource: 'file:b.ts', token }))).toMatchObject({ holds: true });
    expect(replyOf(await seat.check({ resource: 'file:b.ts', token: token + 1 }))).toMatchObject({ holds: false });
  });

  it('are taken as Brigade showed them, and else as the session sees them', async () => {
    const { sit, root } = await seatRig();
    const { seat } = await sit();
    const other = 'v'.repeat(22);
    await symlink('a.ts', join(root, 'b.ts'));
    const keys = await Promise.all(
      [`file:@${other}/b.ts`, `file:@${seat.worktree}/b.ts`, 'b.ts', `file:@${other}/../b.ts`, 'task:x'].map((name) =>
        seat.keyOf(name),
      ),
    );
    expect(keys.slice(0, 3)).toEqual([
      `file:@${other}/b.ts`,
      `file:@${seat.worktree}/b.ts`,
      `file:@${seat.worktree}/a.ts`,
    ]);
    expect(keys[3]).toMatchObject({ code: 'INVALID_RESOURCE' });
    expect(keys[4]).toBe('task:x');
  });

  it('are refused by number before any is looked up', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const resources = Array.from({ length: 257 }, (_, i) => `f${i}`);
    expect((await seat.acquire({ resources, waitMs: 0 })).answer).toMatchObject({ code: 'TOO_MANY_RESOURCES' });
  });
});

describe('notices', () => {
  it('come with the next call, a read included, and once', async () => {
    const { sit } = await seatRig();
    const ana = await sit();
    const bo = await sit();
    const held = await ana.seat.acquire({ resources: ['a'], waitMs: 0 });
    await bo.seat.register({ id: 'bo' });
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    await ana.seat.handOff({ resource: 'a', token, to: 'bo' });
    const read = await bo.seat.view({ kind: 'locks' });
    expect(read.notices).toMatchObject([{ kind: 'handoff_offered' }]);
    expect((await bo.seat.view({ kind: 'locks' })).notices).toEqual([]);
    expect((await bo.seat.acquire({ resources: ['b'], waitMs: 0 })).notices).toEqual([]);
  });

  it('that a process has shown before it ends do not come again for the next one of its session', async () => {
    const { sit } = await seatRig();
    const ana = await sit();
    const held = await ana.seat.acquire({ resources: ['a'], waitMs: 0 });
    const { token = 0 } = replyOf(held).leases[0] ?? {};
    const bo = await sit(CLIENT_SESSION);
    await bo.seat.register({ id: 'bo' });
    await ana.seat.handOff({ resource: 'a', token, to: 'bo' });
    const [shows, saysNothing, next] = [
      await sit(CLIENT_SESSION),
      await sit(CLIENT_SESSION),
      await sit(CLIENT_SESSION),
    ];
    expect((await saysNothing.seat.view({ kind: 'locks' })).notices).toHaveLength(1);
    expect((await shows.seat.view({ kind: 'locks' })).notices).toHaveLength(1);
    await shows.seat.confirmHeard();
    expect((await next.seat.view({ kind: 'locks' })).notices).toEqual([]);
  });

  it('are not for whose handle the settings name from another fleet, who may look all the same', async () => {
    const { sit } = await seatRig();
    await (await sit()).seat.register({ id: 'ana' });
    const { seat } = await sit({ handle: 'of another fleet' });
    const { view, notices } = await seat.view({ kind: 'agents' });
    expect([view, notices]).toMatchObject([{ total: 1 }, []]);
    expect(await seat.who()).toBeNull();
    expect(await (await sit()).seat.who()).toBeNull();
  });
});

describe('a call', () => {
  it('may say of its plan what there is to say', async () => {
    const { seat } = await (await seatRig()).sit();
    for (const plan of [{}, { goal: 'dinner' }, { task: 'soup' }]) {
      const { answer } = await seat.governance.checkIn({ summary: `stirring the soup: ${JSON.stringify(plan)}`, plan });
      expect(answer).toMatchObject({ op: 'check_in' });
    }
  });

  it('to act on a finding registers its agent, and a look at what it would do registers nobody', async () => {
    const { seat } = await (await seatRig()).sit();
    const asked = { finding: 'no-such-finding', reason: 'x' } as const;
    expect((await seat.rescue(asked, { dryRun: true })).answer).toMatchObject({ code: expect.any(String) as string });
    expect(await seat.look({ kind: 'agents', all: true })).toMatchObject({ total: 0 });
    expect((await seat.rescue(asked)).answer).toMatchObject({ code: expect.any(String) as string });
    expect(await seat.look({ kind: 'agents', all: true })).toMatchObject({ total: 1 });
  });

  it('to write a value that is no JSON is refused, and one that is changed afterwards was written as it was', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const refused = await seat.putState({ key: 'k', value: 1n, condition: { ifVersion: 0 } });
    expect(refused.answer).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const value = { step: 1, when: new Date(0) };
    expect((await seat.putState({ key: 'k', value, condition: { ifVersion: 0 } })).answer).toMatchObject({
      version: 1,
    });
    value.step = 2;
    const written = { items: [{ value: { step: 1, when: '1970-01-01T00:00:00.000Z' } }] };
    for (const each of [seat, (await sit()).seat]) {
      expect(await each.look({ kind: 'state', key: 'k' })).toMatchObject(written);
    }
  });
});
