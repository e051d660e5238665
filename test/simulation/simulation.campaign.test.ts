// Seeds of the simulation: 2,000 in full, at least 200 with every test run. A seed that ever failed is in kept-seeds.ts.

import { describe, expect, it } from 'vitest';
import { campaignCount } from '../support/campaign.ts';
import { EVENT_TYPES } from '../support/event-types.ts';
import { Coverage } from './coverage.ts';
import { KEPT_SEEDS } from './kept-seeds.ts';
import { World } from './world.ts';

/** Events that nothing makes in this version, and why. */
const NOT_MADE: ReadonlyMap<string, string> = new Map([
  ['format.moved', 'only an upgrade moves the format, and there was none yet'],
]);

const FIRST_SEED = 1;

function play(seed: number): Coverage {
  try {
    return new World(seed).run();
  } catch (error) {
    const command = `BRIGADE_TEST_SEED=${seed} npx vitest run test/simulation`;
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n  again: ${command}`, {
      cause: error,
    });
  }
}

/** One seed, asked for by the command that a failing campaign prints. */
const asked = process.env.BRIGADE_TEST_SEED;

describe.runIf(asked !== undefined)('the seed that was asked for', () => {
  it('keeps its promises', () => {
    expect(play(Number(asked)).has('event', 'fleet.founded')).toBe(true);
  });
});

describe.runIf(asked === undefined)('a fleet of several coordinators on one log', () => {
  it.each(KEPT_SEEDS)('still keeps its promises with seed $seed, which once showed: $showed', ({ seed }) => {
    expect(play(seed).has('event', 'fleet.founded')).toBe(true);
  });

  it('keeps its promises, whatever befalls it', () => {
    const seen = new Coverage();
    const seeds = campaignCount(2_000, { atLeast: 200 });
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) seen.add(play(seed));
    process.stderr.write(`${seeds} seeds\n${seen.table()}\n`);
    const never = EVENT_TYPES.filter((type) => !seen.has('event', type) && !NOT_MADE.has(type));
    expect(never).toEqual([]);
  });
});
