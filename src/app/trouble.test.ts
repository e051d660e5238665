import { describe, expect, it } from 'vitest';
import { StoreFault } from '../ports/event-store.ts';
import { longestRest, rejectionOf } from './trouble.ts';

describe('how a caller hears that the log was lost', () => {
  it('is with how long granting rests at most, which is another time where hosts share the log', () => {
    expect([longestRest(false), longestRest(true)]).toEqual(['5m00s', '16s']);
    const { next } = rejectionOf(new StoreFault('STORE_REGRESSED', 'The log was wiped.'));
    expect(next).toContain('for at most 5m00s, on Redis and etcd 16s.');
  });
});
