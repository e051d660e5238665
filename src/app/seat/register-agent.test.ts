// Who registers, and as whom: a second time, by a handle, in another worktree, and where it is refused.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SeatRig, seatRig } from '../../../test/support/seat-rig.ts';
import { isRejection, reject } from '../../core/rejection.ts';
import type { Occupant } from './occupant.ts';
import type { SeatRegistration } from './register-agent.ts';

const OVER_HTTP = { process: null, folder: null, client: 'http' } as const;

function repliedIn({ answer }: SeatRegistration) {
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
}

/** A process of the rig that speaks for another one, as a command does for its shell. */
async function ofShell({ sit }: SeatRig): Promise<Partial<Occupant>> {
  const { occupant } = await sit();
  if (occupant.process === null) throw new Error('no process');
  return { process: { ...occupant.process, kind: 'shell', role: 'other' } };
}

describe('register with a root', () => {
  it('opens the session in that worktree', async () => {
    const { sit, root } = await seatRig();
    const folder = join(root, 'other');
    await mkdir(folder);
    const worktree = { id: 'o'.repeat(22), root: folder, foldsCase: false };
    const { seat } = await sit({}, { worktreeAt: () => Promise.resolve(worktree) });
    const ana = await seat.register({ id: 'ana', root: folder });
    expect(ana.worktree).toBe(worktree.id);
    const held = await seat.acquire({ resources: ['a.ts'], waitMs: 0 });
    expect(held.answer).toMatchObject({ leases: [{ resource: `file:@${worktree.id}/a.ts` }] });
  });

  it('registers nobody where there is no worktree of this fleet', async () => {
    const { sit } = await seatRig();
    const refusal = reject('INVALID_ARGUMENT', { message: 'It belongs to another workspace.', next: 'Name another.' });
    const { seat } = await sit({}, { worktreeAt: () => Promise.resolve(refusal) });
    const refused = await seat.register({ id: 'ana', root: '/elsewhere' });
    expect([refused.answer, refused.handle]).toEqual([refusal, null]);
    expect(await seat.look({ kind: 'agents', all: true })).toMatchObject({ total: 0 });
  });
});

describe('register again', () => {
  it('with the same request, after its handle was used: the same session, known here by whom it stands for', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    await seat.register({ id: 'ana' });
    await seat.register({ id: 'cy' });
    const bo = await seat.register({ id: 'bo' }, { requestId: 'r1' });
    await seat.acquire({ resources: ['a'], waitMs: 0 }, { session: bo.handle ?? '' });
    const repeat = await seat.register({ id: 'bo' }, { requestId: 'r1' });
    expect(repliedIn(repeat).sessionId).toBe(repliedIn(bo).sessionId);
    expect(repeat.handle).toBe(bo.handle);
    expect(repliedIn(repeat).warnings.join()).toContain('go on as ana');
  });

  it('with the same request in another process, after its handle was used: the handle is told to nobody', async () => {
    const { sit } = await seatRig();
    const one = await sit();
    const bo = await one.seat.register({ id: 'bo' }, { requestId: 'r1' });
    await one.seat.acquire({ resources: ['a'], waitMs: 0 });
    const other = await sit();
    const repeat = await other.seat.register({ id: 'bo' }, { requestId: 'r1' });
    expect(repliedIn(repeat)).toMatchObject({ sessionId: repliedIn(bo).sessionId, handleAccepted: false });
    expect(repeat.handle).toBeNull();
    const third = await sit();
    await third.seat.register({ id: 'cy' });
    expect((await third.seat.register({ id: 'bo' }, { requestId: 'r1' })).handle).toBeNull();
  });

  it('with the same request over HTTP: a new handle while the first was not used', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit(OVER_HTTP);
    const first = await seat.register({ id: 'ana' }, { requestId: 'r1' });
    const repeat = await seat.register({ id: 'ana' }, { requestId: 'r1' });
    expect(repliedIn(repeat).sessionId).toBe(repliedIn(first).sessionId);
    expect(repeat.handle).not.toBe(first.handle);
    const held = await seat.acquire({ resources: ['a'], waitMs: 0 }, { session: repeat.handle ?? '' });
    expect(held.acting?.agentId).toBe('ana');
  });

  it('by the handle of the default session: it stays the default one, and joins itself', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit();
    const ana = await seat.register({ id: 'ana' });
    const again = await seat.register({}, { session: ana.handle ?? '' });
    expect(repliedIn(again)).toMatchObject({ sessionId: repliedIn(ana).sessionId, resumed: true });
    expect(again.handle).toBe(ana.handle);
    expect((await seat.acquire({ resources: ['a'], waitMs: 0 })).acting?.agentId).toBe('ana');
  });

  it('by the handle of a paused agent: refused, and nobody is registered', async () => {
    const { sit } = await seatRig();
    const one = await sit();
    const session = (await one.seat.register({ id: 'ana' })).handle ?? '';
    await one.coordinator.submit({
      op: 'pause',
      by: { kind: 'operator', name: 'chef', proof: 'terminal' },
      requestId: 'p',
      bodyHash: '',
      agentId: 'ana',
      reason: 'a rest',
    });
    const { seat } = await sit();
    const refused = await seat.register({}, { session });
    expect(refused.answer).toMatchObject({ code: 'AGENT_PAUSED' });
    expect(refused.handle).toBeNull();
    expect(await seat.look({ kind: 'agents', all: true })).toMatchObject({ total: 1 });
  });

  it('of an agent that was written to meanwhile: it hears so with the registration, and once', async () => {
    const { sit } = await seatRig();
    const { seat } = await sit(OVER_HTTP);
    const ana = await seat.register({ id: 'ana' });
    await seat.closeSession({ session: ana.handle ?? '' });
    const bo = await seat.register({ id: 'bo' });
    await seat.messages.send({ to: 'ana', text: 'the soup is hot' }, { session: bo.handle ?? '' });
    const back = await seat.register({ id: 'ana' });
    expect([repliedIn(back).agentId, back.notices.map(({ kind }) => kind)]).toEqual(['ana', ['message']]);
    const session = back.handle ?? '';
    expect((await seat.view({ kind: 'locks' }, { session })).notices).toEqual([]);
  });
});

describe('a handle that a call shows', () => {
  it('is acted for by the command of a shell, and the shell becomes none of its processes', async () => {
    const rig = await seatRig();
    const one = await rig.sit();
    const session = (await one.seat.register({ id: 'ana' })).handle ?? '';
    const { seat } = await rig.sit(await ofShell(rig));
    const held = await seat.acquire({ resources: ['a'], waitMs: 0 }, { session });
    expect(held.acting?.agentId).toBe('ana');
    const agents = await seat.look({ kind: 'agents', agentId: 'ana' });
    expect(agents).toMatchObject({ items: [{ sessions: [{ processes: [{ kind: 'mcp-1' }] }] }] });
  });

  it('is refused by a process that acts for as many as one may, and who is known there goes on', async () => {
    const rig = await seatRig();
    const [http, one] = [await rig.sit(OVER_HTTP), await rig.sit()];
    const names = Array.from({ length: 1_001 }, (_, i) => `cook-${i}`);
    const registered = await Promise.all(names.map((id) => http.seat.register({ id })));
    const handles = registered.map(({ handle }) => handle ?? '');
    const last = handles.pop() ?? '';
    await Promise.all(handles.map((session) => one.seat.release('all', { session })));
    const refused = await one.seat.release('all', { session: last });
    expect(refused.answer).toMatchObject({ code: 'BUSY' });
    expect((await one.seat.register({}, { session: last })).answer).toMatchObject({ code: 'BUSY' });
    expect((await one.seat.release('all', { session: handles[0] ?? '' })).acting?.agentId).toBe('cook-0');
  });
});
