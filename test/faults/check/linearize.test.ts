// The search itself, on registers that a person can check by eye.

import { describe, expect, it } from 'vitest';
import { randomOf } from '../../support/random.ts';
import { linearize, type Model, type Step } from './linearize.ts';

type Action = { readonly does: 'write' | 'read'; readonly value: number };

const register: Model<number, Action> = {
  initial: 0,
  keyOf: String,
  next: (state, { does, value }) => (does === 'write' ? [value] : value === state ? [state] : []),
};

function step(does: Action['does'], value: number, sentMs: number, heardMs: number): Step<Action> {
  return { what: `${does} ${value}`, sentMs, heardMs, done: 'surely', action: { does, value } };
}

function lost(value: number, sentMs: number): Step<Action> {
  const never = Number.POSITIVE_INFINITY;
  return { what: `lost ${value}`, sentMs, heardMs: never, done: 'perhaps', action: { does: 'write', value } };
}

describe('a register', () => {
  it('may be read old or new while it is written', () => {
    const write = step('write', 1, 0, 10);
    expect(linearize([write, step('read', 0, 1, 9)], register).ok).toBe(true);
    expect(linearize([write, step('read', 1, 1, 9)], register).ok).toBe(true);
  });

  it('is never read old after it was written, and the complaint names what does not fit', () => {
    const found = linearize([step('write', 1, 0, 10), step('read', 0, 11, 12)], register);
    expect(found).toMatchObject({ ok: false, why: expect.stringContaining('read 0') as unknown });
  });

  it('is never read new and then old, though the write goes on', () => {
    const write = step('write', 1, 0, 100);
    expect(linearize([write, step('read', 1, 10, 20), step('read', 0, 30, 40)], register).ok).toBe(false);
    expect(linearize([write, step('read', 0, 10, 20), step('read', 1, 30, 40)], register).ok).toBe(true);
  });

  it('may have taken a write whose answer was lost at any time after it was sent, or never', () => {
    expect(linearize([lost(1, 0), step('read', 0, 500, 501)], register).ok).toBe(true);
    expect(linearize([lost(1, 0), step('read', 0, 5, 6), step('read', 1, 500, 501)], register).ok).toBe(true);
    expect(linearize([lost(1, 600), step('read', 1, 500, 501)], register).ok).toBe(false);
  });

  it('takes a lost write once', () => {
    const reads = [step('read', 1, 10, 11), step('write', 2, 12, 13), step('read', 1, 14, 15)];
    expect(linearize([lost(1, 0), ...reads], register).ok).toBe(false);
    expect(linearize([lost(1, 0), lost(1, 1), ...reads], register).ok).toBe(true);
  });
});

describe('histories made from an order that there was', () => {
  it.each(Array.from({ length: 50 }, (_, i) => i + 1))('seed %i is found, and not once a read is spoilt', (seed) => {
    const random = randomOf(seed);
    let value = 0;
    const steps = Array.from({ length: 120 }, (_, i): Step<Action> => {
      const atMs = i * 10;
      const [sentMs, heardMs] = [atMs - random.below(60), atMs + random.below(60)];
      if (random.chance(0.5)) return step('read', value, sentMs, heardMs);
      value = i + 1;
      return random.chance(0.1) ? lost(value, sentMs) : step('write', value, sentMs, heardMs);
    });
    expect(linearize(steps, register)).toMatchObject({ ok: true });
    const i = steps.findIndex(({ action }) => action.does === 'read');
    const spoilt = steps.with(i, { ...(steps[i] as Step<Action>), action: { does: 'read', value: -1 } });
    expect(linearize(spoilt, register).ok).toBe(false);
  });
});
