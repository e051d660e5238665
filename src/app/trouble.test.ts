import { describe, expect, it } from 'vitest';
import { StoreFault } from '../ports/event-store.ts';
import { longestRest, rejectionOf, troubleFrom } from './trouble.ts';

describe('what a caller is advised where a store is out of reach', () => {
  const fault = (location?: string) =>
    rejectionOf(
      new StoreFault('STORE_UNAVAILABLE', 'No answer.', { details: location === undefined ? {} : { location } }),
    );

  it('is to look at the server, where it is one, and else at the file', () => {
    const [server, file, unknown] = [fault('redis://h:6379'), fault('/w/.brigade/brigade.db'), fault()];
    expect(server.next).not.toBe(file.next);
    expect(unknown.next).toBe(file.next);
    for (const { code, retryAfterMs } of [server, file, unknown])
      expect([code, retryAfterMs]).toEqual(['STORE_UNAVAILABLE', 1_000]);
  });

  it('is nothing about the store where it was a fault of ours, whatever was thrown', () => {
    expect(rejectionOf(new TypeError('no such thing'))).toMatchObject({
      code: 'INTERNAL',
      details: { what: 'no such thing' },
    });
    expect(rejectionOf('no error at all')).toMatchObject({ code: 'INTERNAL', details: { what: 'string thrown' } });
    expect(troubleFrom(null, 'now')).toEqual({ code: 'INTERNAL', message: 'object thrown', sinceWallAt: 'now' });
  });
});

describe('how a caller hears that the log was lost', () => {
  it('is with how long granting rests at most, which is another time where hosts share the log', () => {
    expect([longestRest(false), longestRest(true)]).toEqual(['5m00s', '16s']);
    const { next } = rejectionOf(new StoreFault('STORE_REGRESSED', 'The log was wiped.'));
    expect(next).toContain('for at most 5m00s, on Redis and etcd 16s.');
  });
});
