// The session of calls that name none: what several of them at once get, what is kept for the next process, and what happens
// where nothing can be kept or registered.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Seated, seatRig } from '../../../test/support/seat-rig.ts';
import { nodeHasher } from '../../adapters/system/node-hasher.ts';
import { attachmentOf } from './registration.ts';

const KEPT = { client: 'claude-code', id: 'session-1' } as const;
const SHELL = { client: 'process', id: 'place:1:1' } as const;

/** Its process is taken off, so its session ends behind its back. */
async function takeOff({ coordinator, occupant }: Seated, sessionId: string): Promise<void> {
  if (occupant.process === null) throw new Error('no process');
  const { attachmentId } = attachmentOf(occupant.process, nodeHasher);
  const by = { kind: 'system', name: 'test' } as const;
  const head = { op: 'detach', by, requestId: `off-${sessionId}`, bodyHash: '' } as const;
  await coordinator.submit({ ...head, sessionId, attachmentId, cause: 'dead', evidence: 'the test says so' });
}

describe('calls that come at once', () => {
  it('come back together when their session ended behind their back', async () => {
    const seated = await (await seatRig()).sit();
    const held = await seated.seat.acquire({ resources: ['a'], waitMs: 0 });
    await takeOff(seated, held.acting?.sessionId ?? '');
    const names = ['a', 'b', 'c', 'd'];
    const outcomes = await Promise.all(names.map((name) => seated.seat.acquire({ resources: [name], waitMs: 0 })));
    for (const { answer } of outcomes) expect(answer).toMatchObject({ status: 'granted' });
    expect(new Set(outcomes.map(({ acting }) => acting?.sessionId)).size).toBe(1);
    expect(outcomes.filter(({ registered }) => registered !== null)).toHaveLength(1);
    expect(await seated.seat.look({ kind: 'agents', all: true })).toMatchObject({ total: 1 });
  });

  it('are all refused alike where the one that registers is', async () => {
    const { seat } = await (await seatRig()).sit({ agentId: '../x' });
    const outcomes = await Promise.all([
      seat.acquire({ resources: ['a'], waitMs: 0 }),
      seat.acquire({ resources: ['b'], waitMs: 0 }),
    ]);
    for (const { answer } of outcomes) expect(answer).toMatchObject({ code: 'INVALID_ID' });
    expect(await seat.look({ kind: 'agents', all: true })).toMatchObject({ total: 0 });
  });
});

describe('what is kept for the next process', () => {
  it.each([
    [['.state'], 'secrets are kept in'],
    [['.state', '.brigade'], 'could not be kept on disk'],
  ])(
    'is elsewhere or nowhere where folders cannot be written (%j), and the agent hears so',
    async (folders, warning) => {
      const { sit, root } = await seatRig();
      for (const folder of folders) await writeFile(join(root, folder), 'no folder');
      const { seat } = await sit({ keptAs: KEPT });
      const held = await seat.acquire({ resources: ['a'], waitMs: 0 });
      expect(held.answer).toMatchObject({ status: 'granted' });
      expect(held.registered?.warnings.join()).toContain(warning);
    },
  );

  it('is kept under a second name as well, until that is the name of another session that lives', async () => {
    const { sit } = await seatRig();
    const first = await sit({ keptAs: KEPT, alsoKeptAs: SHELL });
    const ana = await first.seat.acquire({ resources: ['a'], waitMs: 0 });
    const byShell = await sit({ keptAs: SHELL });
    expect((await byShell.seat.acquire({ resources: ['b'], waitMs: 0 })).acting).toEqual(ana.acting);
    await byShell.seat.leave();
    const second = await sit({ keptAs: { ...KEPT, id: 'session-2' }, alsoKeptAs: SHELL });
    await second.seat.acquire({ resources: ['c'], waitMs: 0 });
    const still = await sit({ keptAs: SHELL });
    expect(await still.seat.who()).toEqual(ana.acting);
    await first.seat.leave();
    const third = await sit({ keptAs: { ...KEPT, id: 'session-3' }, alsoKeptAs: SHELL });
    const cy = await third.seat.acquire({ resources: ['d'], waitMs: 0 });
    expect(await (await sit({ keptAs: SHELL })).seat.who()).toEqual(cy.acting);
  });

  it('is another agent where the log knows neither the session nor its agent, and somebody has the name', async () => {
    const { sit, keep } = await seatRig();
    await (await sit()).seat.register({ id: 'ana' });
    await keep(KEPT, { agentId: 'ana', sessionId: 'ses_lost', handle: 'lost' });
    const { seat } = await sit({ keptAs: KEPT });
    const held = await seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(held.acting?.agentId).toBe('ana_2');
    expect(held.notices).toMatchObject([
      { kind: 'log_regressed', text: expect.stringContaining('as ana_2') as string },
    ]);
  });
});

describe('a seat whose log is out of reach', () => {
  it('registers nobody, and says why', async () => {
    const { seat, coordinator } = await (await seatRig()).sit();
    await coordinator.close();
    const refused = await seat.acquire({ resources: ['a'], waitMs: 0 });
    expect(refused).toMatchObject({ answer: { code: 'STORE_UNAVAILABLE' }, acting: null, registered: null });
    expect((await seat.register({ id: 'ana' })).answer).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('says so to whoever looks, and sees names as this process does', async () => {
    const seated = await (await seatRig()).sit();
    const { seat } = seated;
    await seat.acquire({ resources: ['a'], waitMs: 0 });
    await seated.coordinator.close();
    const code = { code: 'STORE_UNAVAILABLE' };
    expect((await seat.view({ kind: 'locks' })).view).toMatchObject(code);
    expect(await seat.look({ kind: 'locks' })).toMatchObject(code);
    const session = 'f'.repeat(43);
    expect(await seat.keyOf('a.ts', { session })).toMatchObject(code);
    expect(await seat.worktreeOf({ session })).toBe(seat.worktree);
    expect((await seat.check({ resource: 'a', token: 1 }, { session })).answer).toMatchObject(code);
    await expect(seat.leave()).resolves.toBeUndefined();
  });
});
