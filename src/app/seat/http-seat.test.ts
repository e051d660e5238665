// The seat of everybody who calls over HTTP: each call shows for whom it is made, and no process stands for anybody.

import { describe, expect, it } from 'vitest';
import { seatRig } from '../../../test/support/seat-rig.ts';
import { isRejection } from '../../core/rejection.ts';
import type { Seat } from './seat.ts';

const OVER_HTTP = { process: null, folder: null, client: 'http' } as const;

async function register(seat: Seat, id: string): Promise<string> {
  const { answer, handle } = await seat.register({ id });
  if (isRejection(answer) || handle === null) throw new Error(JSON.stringify(answer));
  return handle;
}

function codeOf({ answer }: { readonly answer: unknown }): string | null {
  return isRejection(answer) ? answer.code : null;
}

describe('a seat over HTTP', () => {
  it('registers nobody by itself, and says what to do', async () => {
    const { seat } = await (await seatRig()).sit(OVER_HTTP);
    const refused = await seat.acquire({ resources: ['a.ts'], waitMs: 0 });
    expect(refused.answer).toMatchObject({
      code: 'CREDENTIAL_REQUIRED',
      next: expect.stringContaining('register') as string,
    });
    expect(await seat.look({ kind: 'agents' })).toMatchObject({ items: [] });
  });

  it('opens a session without a process for each that registers', async () => {
    const { seat } = await (await seatRig()).sit(OVER_HTTP);
    const [ana, bo] = [await register(seat, 'ana'), await register(seat, 'bo')];
    expect(ana).not.toBe(bo);
    const agents = await seat.look({ kind: 'agents' });
    if (isRejection(agents)) throw new Error(agents.message);
    expect(agents.items.map(({ agentId, sessions }) => [agentId, sessions[0]?.processes])).toEqual(
      expect.arrayContaining([
        ['ana', []],
        ['bo', []],
      ]),
    );
  });

  it('acts for whose handle a call shows, also after a restart', async () => {
    const rig = await seatRig();
    const { seat } = await rig.sit(OVER_HTTP);
    const [ana, bo] = [await register(seat, 'ana'), await register(seat, 'bo')];
    expect(codeOf(await seat.acquire({ resources: ['a.ts'], waitMs: 0 }, { session: ana }))).toBeNull();
    const { seat: next } = await rig.sit(OVER_HTTP);
    expect(codeOf(await next.acquire({ resources: ['./a.ts'], waitMs: 0 }, { session: bo }))).toBe('LEASE_HELD');
    const released = await next.release('all', { session: ana });
    expect(released.answer).toMatchObject({ released: [{ token: expect.any(Number) as number }] });
    expect(released.acting?.agentId).toBe('ana');
  });

  it('refuses a handle of nobody, and one of a session that was closed', async () => {
    const { seat } = await (await seatRig()).sit(OVER_HTTP);
    const ana = await register(seat, 'ana');
    await seat.acquire({ resources: ['a.ts'], waitMs: 0 }, { session: ana });
    expect(codeOf(await seat.acquire({ resources: ['a.ts'], waitMs: 0 }, { session: 'f'.repeat(43) }))).toBe(
      'CREDENTIAL_WRONG',
    );
    expect(codeOf(await seat.closeSession({ session: ana }))).toBeNull();
    expect(codeOf(await seat.release('all', { session: ana }))).toBe('CREDENTIAL_WRONG');
    expect(await seat.look({ kind: 'locks' })).toMatchObject({ items: [] });
  });

  it('refuses a value that is too deep before anything walks it', async () => {
    const { seat } = await (await seatRig()).sit(OVER_HTTP);
    const session = await register(seat, 'ana');
    const value: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(codeOf(await seat.putState({ key: 'k', value, condition: { ifVersion: 0 } }, { session }))).toBe(
      'TOO_LARGE',
    );
  });

  it('lets nobody look by a handle of nobody', async () => {
    const { seat } = await (await seatRig()).sit(OVER_HTTP);
    await register(seat, 'ana');
    const { view } = await seat.view({ kind: 'fleet' }, { session: 'f'.repeat(43) });
    expect(view).toMatchObject({ code: 'CREDENTIAL_WRONG' });
    expect((await seat.view({ kind: 'fleet' })).view).toMatchObject({ counts: { agents: 1 } });
  });

  it('lets the holder of a handle come back as the same agent', async () => {
    const rig = await seatRig();
    const { seat } = await rig.sit(OVER_HTTP);
    const ana = await register(seat, 'ana');
    await seat.closeSession({ session: ana });
    const { answer, handle } = await (await rig.sit(OVER_HTTP)).seat.register({}, { session: ana });
    expect(answer).toMatchObject({ op: 'register', agentId: 'ana', resumed: true });
    expect(handle).not.toBeNull();
  });
});
