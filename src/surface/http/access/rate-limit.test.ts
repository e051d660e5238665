// Who is counted with whom, and what it costs: with the clock in the hand of the test.

import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../test/support/fake-clock.ts';
import { Buckets } from './buckets.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { type CallerOf, type Peer, RateLimit } from './rate-limit.ts';
import { TokenBucket } from './token-bucket.ts';

const NEAR = '127.0.0.1';
const FAR = '203.0.113.7';

let clock: FakeClock;
let limit: RateLimit;
beforeEach(() => {
  clock = createFakeClock();
  limit = new RateLimit(clock);
});

function peer(address: string): Peer {
  return { connection: {}, address };
}

/** How many of `calls` are answered. */
function answered(caller: CallerOf, calls: number): number {
  return Array.from({ length: calls }, () => limit.refuse(caller)).filter((refused) => refused === null).length;
}

const MANY = 10_000;

describe('a bucket', () => {
  it('gives its burst at once, and then its rate', async () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, clock.monotonicMs());
    const take = (): number => bucket.take(clock.monotonicMs());
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 100]);
    await clock.advance(99);
    expect(take()).toBe(1);
    await clock.advance(1);
    expect([take(), take()]).toEqual([0, 100]);
    await clock.advance(60_000);
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 100]);
  });
});

describe('a greedy session', () => {
  it('has its own share and no more, and hears when it may go on', async () => {
    const greedy: CallerOf = { by: 'name', name: 'greedy' };
    expect(answered(greedy, MANY)).toBe(HTTP_LIMITS.session.burst);
    expect(limit.refuse(greedy)).toMatchObject({ code: 'RATE_LIMITED', retry: 'afterWait', retryAfterMs: 2 });
    await clock.advance(1_000);
    expect(answered(greedy, MANY)).toBe(HTTP_LIMITS.session.perSecond);
  });

  it('takes nothing from others, whoever they are and wherever they call from', () => {
    answered({ by: 'name', name: 'greedy' }, MANY);
    for (const other of ['ana', 'bo', 'cy']) expect(answered({ by: 'name', name: other }, 100)).toBe(100);
    expect(answered({ by: 'free', peer: peer(NEAR) }, 100)).toBe(100);
    expect(answered({ by: 'free', peer: peer(FAR) }, 100)).toBe(100);
  });
});

describe('whoever shows no credential', () => {
  it('is counted on this host by its connection', () => {
    const one = peer(NEAR);
    expect(answered({ by: 'free', peer: one }, MANY)).toBe(HTTP_LIMITS.connection.burst);
    expect(answered({ by: 'free', peer: peer(NEAR) }, 100)).toBe(100);
    expect(answered({ by: 'name', name: 'ana' }, 100)).toBe(100);
  });

  it('is counted elsewhere by its address, and takes nothing from sessions of that address', () => {
    expect(answered({ by: 'free', peer: peer(FAR) }, MANY)).toBe(HTTP_LIMITS.address.burst);
    expect(answered({ by: 'free', peer: peer(FAR) }, 10)).toBe(0);
    expect(answered({ by: 'free', peer: peer('203.0.113.8') }, 100)).toBe(100);
    expect(answered({ by: 'name', name: 'ana' }, 100)).toBe(100);
  });

  it('is one customer in all of its network', () => {
    expect(answered({ by: 'free', peer: peer('2001:db8:1:2::1') }, MANY)).toBe(HTTP_LIMITS.address.burst);
    expect(answered({ by: 'free', peer: peer('2001:db8:1:2:ffff::9') }, 10)).toBe(0);
    expect(answered({ by: 'free', peer: peer('2001:db8:1:3::1') }, 10)).toBe(10);
  });
});

describe('whoever shows credentials of nobody', () => {
  it('may do so a few times, and is not held against who shows none', () => {
    const guesser = peer(FAR);
    expect(answered({ by: 'wrong', peer: guesser }, MANY)).toBe(HTTP_LIMITS.wrong.burst);
    expect(answered({ by: 'free', peer: guesser }, 100)).toBe(100);
    const near = peer(NEAR);
    expect(answered({ by: 'wrong', peer: near }, MANY)).toBe(HTTP_LIMITS.wrong.burst);
    expect(answered({ by: 'wrong', peer: peer(NEAR) }, 1)).toBe(1);
  });
});

describe('what is remembered', () => {
  it('has a bound: who called longest ago is forgotten first', () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 }, 3);
    for (const name of ['a', 'b', 'c', 'a', 'd']) buckets.take(name, 0);
    expect(buckets.size).toBe(3);
    expect(['a', 'b', 'c', 'd'].filter((name) => buckets.has(name))).toEqual(['a', 'c', 'd']);
  });

  it('is nothing once nobody calls any more, and no timer is left', async () => {
    for (let each = 0; each < 1_000; each += 1) {
      limit.refuse({ by: 'name', name: `session ${each}` });
      limit.refuse({ by: 'free', peer: peer(`203.0.113.${each % 256}`) });
    }
    expect(limit.counted).toBe(1_256);
    await clock.advance(3 * HTTP_LIMITS.forgetMs);
    expect(limit.counted).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('is full again when it is forgotten', () => {
    for (const { perSecond, burst } of [HTTP_LIMITS.session, HTTP_LIMITS.address, HTTP_LIMITS.wrong]) {
      expect((burst / perSecond) * 1_000).toBeLessThanOrEqual(HTTP_LIMITS.forgetMs);
    }
  });
});
