import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import { bodyHash } from './body-hash.ts';

describe('body hash', () => {
  it('does not depend on the order of fields, at any depth', () => {
    const one = { op: 'put', value: { b: [1, { y: 2, x: 1 }], a: null }, key: 'k' };
    const other = { key: 'k', value: { a: null, b: [1, { x: 1, y: 2 }] }, op: 'put' };
    expect(bodyHash(nodeHasher, one)).toBe(bodyHash(nodeHasher, other));
  });

  it('tells apart what means something else', () => {
    const hash = (body: Readonly<Record<string, unknown>>): string => bodyHash(nodeHasher, body);
    const hashes = [{ a: 1 }, { a: '1' }, { a: [1] }, { a: { 0: 1 } }, { b: 1 }, { a: 1, b: null }, {}].map(hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is the same as ever: it is kept in logs', () => {
    const sorted = (value: object): object =>
      Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const isObject = (value: unknown): value is object =>
      typeof value === 'object' && value !== null && !Array.isArray(value);
    const before = (body: object): string =>
      nodeHasher.sha256Hex(JSON.stringify(body, (_key, each: unknown) => (isObject(each) ? sorted(each) : each)));
    const key = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.constantFrom('4294967294', '4294967295', '01', '-1', ''),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.jsonValue({ maxDepth: 0 }),
        fc.constant(undefined),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(key, tie('any'), { maxKeys: 5, noNullPrototype: true }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (body) => {
        expect(bodyHash(nodeHasher, body)).toBe(before(body));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the order of lists and leaves out what is undefined', () => {
    expect(bodyHash(nodeHasher, { b: [2, 1], a: undefined })).toBe(bodyHash(nodeHasher, { b: [2, 1] }));
    expect(bodyHash(nodeHasher, { b: [2, 1] })).not.toBe(bodyHash(nodeHasher, { b: [1, 2] }));
  });
});
