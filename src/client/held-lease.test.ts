// A lease in the hand of a program, on a clock that the test drives.

import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { BrigadeError } from './brigade-error.ts';
import { type Granted, HeldLease, type LeaseDoor } from './held-lease.ts';

const REF = { resource: 'task:deploy', token: 7 };
const SAFE_MS = 9_000;

function rig({ renews = true, safeForMs = SAFE_MS } = {}) {
  const clock = createFakeClock();
  const asked = { renewals: 0, releases: 0 };
  const refusals: BrigadeError[] = [];
  /** What a renewal answers besides being granted. */
  const next: { tookMs: number; refused: Granted['refused'] } = { tookMs: 0, refused: [] };
  const granted = (sentMs: number, refused: Granted['refused'] = []): Granted => ({
    leases: [{ ...REF, mode: 'exclusive', guarded: false, safeForMs, wanted: false }],
    refused,
    waitedMs: 0,
    sentMs,
  });
  const door: LeaseDoor = {
    time: clock,
    renew: async () => {
      asked.renewals += 1;
      const sentMs = clock.monotonicMs();
      const told = refusals.shift();
      if (told !== undefined) throw told;
      if (next.tookMs > 0) await new Promise<void>((resolve) => clock.after(next.tookMs, resolve));
      return granted(sentMs, next.refused);
    },
    check: () => Promise.resolve({ holds: true }),
    release: () => {
      asked.releases += 1;
      const told = refusals.shift();
      return told === undefined ? Promise.resolve() : Promise.reject(told);
    },
  };
  const lease = new HeldLease(granted(clock.monotonicMs()), { door, renews, onEnd: () => undefined });
  return { clock, lease, asked, refusals, next };
}

function refusal(code: string, retryAfterMs?: number): BrigadeError {
  const told = { message: code, next: '', retry: 'never', details: {} } as const;
  return new BrigadeError({ code, category: 'any', ...told, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

describe('a held lease', () => {
  it('is renewed when a third of the belief is over, again and again', async () => {
    const { clock, lease, asked } = rig();
    await clock.advance(SAFE_MS / 3 - 1);
    expect(asked.renewals).toBe(0);
    await clock.advance(1);
    expect(asked.renewals).toBe(1);
    await clock.advance(SAFE_MS * 10);
    expect(lease.signal.aborted).toBe(false);
    expect(asked.renewals).toBe(31);
  });

  it('says so at the very moment its belief ends, and not one later', async () => {
    const { clock, lease } = rig({ renews: false });
    await clock.advance(SAFE_MS - 1);
    expect([lease.safeForMs, lease.signal.aborted]).toEqual([1, false]);
    await clock.advance(1);
    expect([lease.safeForMs, lease.signal.aborted]).toEqual([0, true]);
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LAPSED' });
  });

  it('goes on trying while belief lasts, and no longer', async () => {
    const { clock, lease, asked, refusals } = rig();
    refusals.push(refusal('UNREACHABLE'), refusal('STORE_UNAVAILABLE', 100), refusal('BUSY'));
    await clock.advance(SAFE_MS - 1);
    expect(lease.signal.aborted).toBe(false);
    expect(asked.renewals).toBeGreaterThan(3);
    refusals.push(...Array.from({ length: 1_000 }, () => refusal('UNREACHABLE')));
    await clock.advance(SAFE_MS * 2);
    expect(lease.signal.aborted).toBe(true);
    const { renewals } = asked;
    await clock.advance(SAFE_MS * 10);
    expect(asked.renewals).toBe(renewals);
    expect(renewals).toBeLessThan(600);
  });

  it('believes from when the renewal was sent, however late its answer comes', async () => {
    const { clock, lease, next } = rig();
    next.tookMs = 4_000;
    await clock.advance(SAFE_MS / 3 + 4_000);
    expect(lease.safeForMs).toBe(SAFE_MS - 4_000);
  });

  it('is lost when the answer comes after belief has ended, granted or not', async () => {
    const { clock, lease, next } = rig();
    next.tookMs = SAFE_MS;
    const renewing = lease.renew().catch((error: unknown) => error);
    await clock.advance(SAFE_MS * 3);
    expect(await renewing).toMatchObject({ code: 'LEASE_LAPSED' });
    expect(lease.signal.aborted).toBe(true);
    expect([lease.safeForMs, clock.timers]).toEqual([0, 0]);
  });

  it.each(['TOKEN_STALE', 'NOT_HOLDER', 'AGENT_RETIRED'])('is lost at once by %s', async (code) => {
    const { clock, lease, refusals } = rig();
    refusals.push(refusal(code));
    await clock.advance(SAFE_MS / 3);
    expect(lease.signal.reason).toMatchObject({ code });
  });

  it('is lost when one of several things it holds is', async () => {
    const { clock, lease, next } = rig();
    next.refused = [{ ...REF, code: 'TOKEN_STALE', message: 'it ended' }];
    await clock.advance(SAFE_MS / 3);
    expect(lease.signal.reason).toMatchObject({
      code: 'TOKEN_STALE',
      message: expect.stringContaining('task:deploy') as unknown,
    });
  });

  it('keeps no timer once it was given back, and is given back once', async () => {
    const { clock, lease, asked } = rig();
    await lease.release();
    await lease.release();
    await lease[Symbol.asyncDispose]();
    expect([asked.releases, clock.timers]).toEqual([1, 0]);
    await expect(lease.renew()).rejects.toMatchObject({ code: 'LEASE_RELEASED' });
  });

  it('ends its block in peace where it had ended before, and not where the release failed', async () => {
    const gone = rig();
    gone.refusals.push(refusal('TOKEN_STALE'));
    await expect(gone.lease[Symbol.asyncDispose]()).resolves.toBeUndefined();
    const away = rig();
    away.refusals.push(refusal('UNREACHABLE'));
    await expect(away.lease[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});
