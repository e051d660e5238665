import { describe, expect, it } from 'vitest';
import { controlled } from './lambda1.ts';

describe('the controller of lambda1', () => {
  it('rises while there is no void and parameters are steady', () => {
    const after = controlled({ lambda1: 0.15, integral: 0 }, 0, 1);
    expect(after.lambda1).toBeCloseTo(0.1796, 12);
    expect(after.integral).toBeCloseTo(0.002, 15);
  });

  it('never leaves 0.05 and 0.20', () => {
    expect(controlled({ lambda1: 0.2, integral: 0 }, 0, 1).lambda1).toBe(0.2);
    expect(controlled({ lambda1: 0.05, integral: 0 }, 1, 0).lambda1).toBe(0.05);
    expect(controlled({ lambda1: 0.19, integral: 5 }, 0, 1).lambda1).toBe(0.2);
    expect(controlled({ lambda1: 0.06, integral: -5 }, 1, 0).lambda1).toBe(0.05);
  });

  it('keeps the integral within 5 on both sides', () => {
    expect(controlled({ lambda1: 0.1, integral: 5 }, 0, 1).integral).toBe(5);
    expect(controlled({ lambda1: 0.1, integral: -4.95 }, 1, 1).integral).toBe(-5);
    expect(controlled({ lambda1: 0.1, integral: -4.9 }, 1, 1).integral).toBeCloseTo(-4.998, 12);
  });

  it('holds still where voids are as rare and parameters as steady as it wants', () => {
    expect(controlled({ lambda1: 0.12, integral: 0 }, 0.02, 0.85)).toEqual({ lambda1: 0.12, integral: 0 });
  });
});
