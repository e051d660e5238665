import { describe, expect, it } from 'vitest';
import { type Patience, whileBusy } from './while-busy.ts';

class Busy extends Error {}

/** A clock that moves only when somebody waits. */
function patience(untilMs: number, waits: number[] = []): Patience {
  let now = 0;
  return {
    clock: {
      monotonicMs: () => now,
      preciseMs: () => now,
      wallAt: () => '',
      after: (ms, run) => {
        now += ms;
        waits.push(ms);
        queueMicrotask(run);
        return () => undefined;
      },
    },
    random: () => 0.5,
    isBusy: (error) => error instanceof Busy,
    untilMs,
    onLate: (cause) => new Error('late', { cause }),
  };
}

describe('whileBusy', () => {
  it('tries at once and waits for nobody when the file is free', () => {
    let tried = 0;
    void whileBusy(() => (tried += 1), patience(1_000));
    expect(tried).toBe(1);
  });

  it('tries again after a few milliseconds, the last time as often as the first', async () => {
    const waits: number[] = [];
    let tries = 0;
    const answer = await whileBusy(
      () => {
        tries += 1;
        if (tries < 5) throw new Busy();
        return 'free';
      },
      patience(1_000, waits),
    );
    expect(answer).toBe('free');
    expect(waits).toEqual([3, 3, 3, 3]);
  });

  it('gives up at the deadline and says what kept it', async () => {
    const never = whileBusy(() => {
      throw new Busy();
    }, patience(30));
    await expect(never).rejects.toMatchObject({ message: 'late', cause: expect.any(Busy) as Busy });
  });

  it('passes every other error on at once', async () => {
    const failing = whileBusy(() => {
      throw new TypeError('a bug');
    }, patience(1_000));
    await expect(failing).rejects.toBeInstanceOf(TypeError);
  });
});
