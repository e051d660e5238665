import { describe, expect, it } from 'vitest';
import { leaseRef, leaseRefs } from './lease-ref.ts';

const tokens = JSON.stringify([
  { resource: 'file:src/a.ts', token: 7 },
  { resource: 'task:x', token: 8 },
]);

describe('leaseRef', () => {
  it.each([
    ['file:src/a.ts=812', {}, { resource: 'file:src/a.ts', token: 812 }],
    ['src/a=b.ts=5', {}, { resource: 'src/a=b.ts', token: 5 }],
    ['src/a.ts', { token: 9 }, { resource: 'src/a.ts', token: 9 }],
    ['src/a.ts=3', { token: 9 }, { resource: 'src/a.ts', token: 3 }],
    ['task:x', { tokens }, { resource: 'task:x', token: 8 }],
    ['src/a.ts', { tokens }, { resource: 'file:src/a.ts', token: 7 }],
  ])('reads %j with %j', (text, sources, ref) => {
    expect(leaseRef(text, sources)).toEqual(ref);
  });

  it.each([
    ['src/a.ts', {}],
    ['src/a.ts=', {}],
    ['src/a.ts=-1', {}],
    ['task:y', { tokens }],
    ['task:x', { tokens: 'not json' }],
    ['task:x', { tokens: '[{"resource":"task:x","token":"8"},null,1]' }],
  ])('refuses %j with %j: it has no token', (text, sources) => {
    expect(leaseRef(text, sources)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('leaseRefs', () => {
  it('takes one token for one resource only', () => {
    expect(leaseRefs(['a', 'b'], { token: 1 })).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(leaseRefs(['a=1', 'b=2'], {})).toEqual([
      { resource: 'a', token: 1 },
      { resource: 'b', token: 2 },
    ]);
    expect(leaseRefs(['a=1', 'b'], {})).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
