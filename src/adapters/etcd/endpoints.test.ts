import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { Endpoints } from './endpoints.ts';

const three = ['a', 'b', 'c'].map((host) => ({ host, port: 1, label: host }));

describe('Endpoints', () => {
  it('stays with the one that answered', () => {
    const endpoints = new Endpoints(three, createFakeClock(), () => 0);
    endpoints.keep(three[1] ?? fail());
    expect([endpoints.choose().endpoint.label, endpoints.choose().endpoint.label]).toEqual(['b', 'b']);
    expect(endpoints.inTurn.map(({ label }) => label)).toEqual(['b', 'c', 'a']);
  });

  it('begins anywhere, so that hosts spread over the members', () => {
    const first = (random: number): string =>
      new Endpoints(three, createFakeClock(), () => random).choose().endpoint.label;
    expect([0, 0.4, 0.99].map(first)).toEqual(['a', 'b', 'c']);
  });

  it('passes over one that failed, until all have; then the one that has rested most is due first', async () => {
    const clock = createFakeClock();
    const endpoints = new Endpoints(three, clock, () => 0);
    const next = (): string => {
      const { endpoint, restMs } = endpoints.choose();
      endpoints.passOver(endpoint);
      return `${endpoint.label} ${restMs}`;
    };
    const asked = [next()];
    await clock.advance(10);
    asked.push(next(), next());
    expect(asked).toEqual(['a 0', 'b 0', 'c 0']);
    expect(endpoints.choose()).toMatchObject({ endpoint: { label: 'a' }, restMs: 15 });
    await clock.advance(15);
    expect(endpoints.choose()).toMatchObject({ endpoint: { label: 'a' }, restMs: 0 });
  });

  it('lets one that fails again and again rest longer, but not for ever, and one that answered not at all', async () => {
    const clock = createFakeClock();
    const [only = fail()] = three;
    const endpoints = new Endpoints([only], clock, () => 0.999_999);
    const rests: number[] = [];
    for (let failure = 0; failure < 8; failure += 1) {
      // Of many calls that fail together one counts.
      endpoints.passOver(only);
      endpoints.passOver(only);
      rests.push(Math.round(endpoints.choose().restMs));
      await clock.advance(1_001);
    }
    expect(rests).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
    endpoints.keep(only);
    endpoints.passOver(only);
    expect(Math.round(endpoints.choose().restMs)).toBe(50);
  });
});

function fail(): never {
  throw new Error('there are three');
}
