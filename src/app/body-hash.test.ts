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

  it('keeps the order of lists and leaves out what is undefined', () => {
    expect(bodyHash(nodeHasher, { b: [2, 1], a: undefined })).toBe(bodyHash(nodeHasher, { b: [2, 1] }));
    expect(bodyHash(nodeHasher, { b: [2, 1] })).not.toBe(bodyHash(nodeHasher, { b: [1, 2] }));
  });
});
