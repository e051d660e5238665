import { describe, expect, it } from 'vitest';
import { plainValue } from './plain-value.ts';

describe('a plain value', () => {
  it.each([[null], [0], ['text'], [[1, { a: [] }]], [{ a: { b: null } }]])('of JSON is itself: %j', (value) => {
    expect(plainValue(value)).toEqual({ value });
  });

  it('is a copy, in which there is what JSON keeps and nothing else', () => {
    const value = { when: new Date(0), gone: undefined, map: new Map([[1, 2]]), none: Number.NaN, list: [undefined] };
    expect(plainValue(value)).toStrictEqual({
      value: { when: '1970-01-01T00:00:00.000Z', map: {}, none: null, list: [null] },
    });
    const list = [1];
    const copy = plainValue(list);
    list.push(2);
    expect(copy).toEqual({ value: [1] });
  });

  it.each([[undefined], [() => 1], [Symbol('x')]])('of what is nothing in JSON is nothing: %s', (value) => {
    expect(plainValue(value)).toStrictEqual({ value: undefined });
  });

  const circle: unknown[] = [];
  circle.push(circle);
  const throwing = {
    toJSON: (): never => {
      throw new Error('not today');
    },
  };
  it.each([
    ['a bigint', 1n, 'INVALID_ARGUMENT', /BigInt/],
    ['what throws when it is read', throwing, 'INVALID_ARGUMENT', /not today/],
    ['a circle', circle, 'TOO_LARGE', /deeper/],
  ])('is none of %s', (_what, value, code, message) => {
    expect(plainValue(value)).toMatchObject({ flaw: { code, message: expect.stringMatching(message) as string } });
  });
});
