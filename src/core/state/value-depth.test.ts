import { describe, expect, it } from 'vitest';
import { LIMITS } from '../limits.ts';
import { checkDepth } from './value-depth.ts';

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { value };
  return value;
}

describe('the depth of a value', () => {
  it('is bounded, however deep it is', () => {
    expect(checkDepth(nested(LIMITS.stateValueDepth))).toBeNull();
    expect(checkDepth(nested(LIMITS.stateValueDepth + 1))).toMatchObject({ code: 'TOO_LARGE' });
    expect(checkDepth(nested(100_000))).toMatchObject({ code: 'TOO_LARGE' });
  });

  it.each([[null], ['text'], [[]], [{}], [Array.from({ length: 10_000 }, () => [1])]])('lets %j pass', (value) => {
    expect(checkDepth(value)).toBeNull();
  });
});
