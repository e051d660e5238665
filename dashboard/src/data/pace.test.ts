// How often a view is asked for again, with a clock in hand.

import { describe, expect, it } from 'vitest';
import { Pace, type Timers } from './pace.ts';

class Clock implements Timers {
  #now = 0;
  readonly #due: { readonly at: number; readonly act: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const timer = { at: this.#now + ms, act };
    this.#due.push(timer);
    return () => {
      const index = this.#due.indexOf(timer);
      if (index !== -1) this.#due.splice(index, 1);
    };
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#due.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = next.at;
      next.act();
      // What was asked is answered before time goes on.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
    this.#now = end;
  }
}

/** A view whose answers take so long. */
function paced(tookMs: number): { readonly clock: Clock; readonly pace: Pace; readonly asked: number[] } {
  const clock = new Clock();
  const asked: number[] = [];
  const pace = new Pace(() => {
    asked.push(clock.now());
    return new Promise((resolve) => void clock.after(tookMs, () => resolve(null)));
  }, clock);
  return { clock, pace, asked };
}

describe('a view', () => {
  it('is asked for soon after something changed, and slowly when nothing did', async () => {
    const { clock, pace, asked } = paced(1);
    await clock.pass(9_000);
    expect(asked).toEqual([]);
    pace.changed();
    await clock.pass(0);
    expect(asked).toEqual([9_000]);
    await clock.pass(20_000);
    expect(asked).toEqual([9_000, 19_001]);
  });

  it('is asked for at most four times a second, however much happens', async () => {
    const { clock, pace, asked } = paced(1);
    for (let ms = 0; ms < 10_000; ms += 2) {
      pace.changed();
      await clock.pass(2);
    }
    expect(asked.length).toBeGreaterThan(36);
    expect(asked.length).toBeLessThanOrEqual(40);
  });

  it('rests nineteen times as long as it took, so that showing takes a twentieth of the time', async () => {
    const { clock, pace, asked } = paced(500);
    for (let ms = 0; ms < 60_000; ms += 50) {
      pace.changed();
      await clock.pass(50);
    }
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.length * 500).toBeLessThanOrEqual(60_000 / 20 + 500);
  });

  it('rests as long when nothing happens to it either', async () => {
    const { clock, asked } = paced(3_000);
    await clock.pass(120_000);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length * 3_000).toBeLessThanOrEqual(120_000 / 20 + 3_000);
  });

  it('is asked for once more when something changes while it is asked for, and no more when it is over', async () => {
    const { clock, pace, asked } = paced(100);
    await clock.pass(1_000);
    pace.changed();
    await clock.pass(50);
    pace.changed();
    pace.changed();
    await clock.pass(5_000);
    expect(asked).toEqual([1_000, 3_000]);
    pace.changed();
    pace.end();
    await clock.pass(60_000);
    expect(asked).toHaveLength(2);
  });
});
