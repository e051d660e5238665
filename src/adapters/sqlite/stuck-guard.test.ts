import { describe, expect, it } from 'vitest';
import { StuckGuard } from './stuck-guard.ts';

/** A file that the test frees, and timers that the test fires. */
function rig() {
  const timers: (() => void)[] = [];
  const tries: ((isFree: boolean) => void)[] = [];
  let freed = 0;
  const guard = new StuckGuard({
    clock: {
      monotonicMs: () => 0,
      preciseMs: () => 0,
      wallAt: () => '',
      after: (_ms, run) => {
        timers.push(run);
        return () => void timers.splice(timers.indexOf(run), 1);
      },
    },
    location: 'sqlite:x',
    tryReading: () => new Promise((resolve) => void tries.push(resolve)),
    onFree: () => {
      freed += 1;
    },
  });
  const answer = async (isFree: boolean): Promise<void> => {
    tries.shift()?.(isFree);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { guard, timers, tries, answer, freed: () => freed };
}

describe('a stuck file', () => {
  it('refuses calls until the side thread could read again', async () => {
    const { guard, timers, tries, answer, freed } = rig();
    expect(guard.isStuck).toBe(false);
    expect(guard.stick(new Error('locking protocol'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(guard.isStuck).toBe(true);
    await answer(false);
    expect([guard.isStuck, timers.length, tries.length]).toEqual([true, 1, 0]);
    timers.shift()?.();
    await answer(true);
    expect([guard.isStuck, freed(), timers.length]).toEqual([false, 1, 0]);
  });

  it('is tried once, however many calls found it stuck', () => {
    const { guard, tries } = rig();
    guard.stick(new Error('first'));
    guard.stick(new Error('second'));
    expect(tries).toHaveLength(1);
  });

  it('is left alone after closing', async () => {
    const { guard, timers, answer, freed } = rig();
    guard.stick(new Error('locking protocol'));
    guard.close();
    await answer(false);
    expect([timers.length, freed()]).toEqual([0, 0]);
  });
});
