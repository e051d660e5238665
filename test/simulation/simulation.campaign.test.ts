// Seeds of the simulation: 2,000 in full, at least 200 with every test run. A seed that ever failed is in kept-seeds.ts.

import { describe, expect, it } from 'vitest';
import { DELIVERY_EVENTS } from '../../src/core/delivery/apply.ts';
import { EVENT_TYPES } from '../../src/core/event-types.ts';
import { campaignCount } from '../support/campaign.ts';
import { CASES } from './cases.ts';
import { Coverage } from './coverage.ts';
import { KEPT_SEEDS } from './kept-seeds.ts';
import { World } from './world.ts';

/** Events that nothing here makes, and where they are made. */
const NOT_MADE: ReadonlyMap<string, string> = new Map([
  ['format.moved', 'only opening the log of an older version moves it: test/histories/older-log.test.ts'],
  ['fleet.moved', 'only whoever moves a fleet to another store makes it: src/app/move/move-fleet.test.ts'],
  ['log.archived', 'only a coordinator with a folder for archives makes it: test/app/retention.test.ts'],
  ...DELIVERY_EVENTS.map(
    (type) => [type, 'a campaign of its own has targets: test/campaigns/outbox.campaign.test.ts'] as const,
  ),
]);

/** Answers of governance that a campaign must have met. */
const COMMANDS = [
  'recover: resumed',
  'recover: refused',
  'record_outcome: ok',
  'record_outcome: UNKNOWN_CHECKIN',
  'read_messages: ok',
  'acquire: AGENT_PAUSED',
  'renew: AGENT_PAUSED',
  'put_state: AGENT_PAUSED',
  'hand_off: AGENT_PAUSED',
  'send_message: AGENT_PAUSED',
  'register: AGENT_PAUSED',
  'register: AGENT_ARCHIVED',
  'adopt_policy: changed',
  'adopt_policy: VERSION_MISMATCH',
  'restore: changed',
  'restore: same',
  'pause: AGENT_ARCHIVED',
  'rescue: ok',
  'rescue: NOT_SAFE',
  'rescue: AGENT_PAUSED',
];

/** Seeds of one test: none takes long, and a failing one is found quickly. */
const AT_ONCE = 20;
/** Only a broken program, or a machine that is busy with something else, comes near it. */
const WITHIN_MS = 600_000;

function play(seed: number): Coverage {
  try {
    return new World(seed).run();
  } catch (error) {
    const command = `BRIGADE_TEST_SEED=${seed} npx vitest run test/simulation/simulation.campaign.test.ts`;
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n  again: ${command}`, {
      cause: error,
    });
  }
}

/**
 * One seed, asked for by the command that a failing campaign prints; else as many as the campaign has, from
 * BRIGADE_TEST_FIRST_SEED on for whoever wants to see others.
 */
const asked = process.env.BRIGADE_TEST_SEED;
const FIRST_SEED = Number(asked ?? process.env.BRIGADE_TEST_FIRST_SEED ?? 1);
const SEEDS = asked === undefined ? campaignCount(2_000, { atLeast: 200 }) : 1;

describe('a fleet of several coordinators on one log', () => {
  const seen = new Coverage();

  it.each(KEPT_SEEDS)(
    'still keeps its promises with seed $seed, which once showed: $showed',
    ({ seed }) => expect(play(seed).has('event', 'fleet.founded')).toBe(true),
    WITHIN_MS,
  );

  it.each(Array.from({ length: Math.ceil(SEEDS / AT_ONCE) }, (_, i) => FIRST_SEED + i * AT_ONCE))(
    'keeps its promises, whatever befalls it: seeds from %i on',
    (first) => {
      const before = Math.min(first + AT_ONCE, FIRST_SEED + SEEDS);
      for (let seed = first; seed < before; seed += 1) seen.add(play(seed));
      expect(seen.has('event', 'fleet.founded')).toBe(true);
    },
    WITHIN_MS,
  );

  it('has met every event there is', () => {
    process.stderr.write(`${SEEDS} seeds\n${seen.table()}\n`);
    // One seed alone does not meet everything.
    const expected = asked === undefined ? EVENT_TYPES : [];
    expect(expected.filter((type) => !seen.has('event', type) && !NOT_MADE.has(type))).toEqual([]);
    expect((asked === undefined ? CASES : []).filter((name) => !seen.has('case', name))).toEqual([]);
    expect((asked === undefined ? COMMANDS : []).filter((name) => !seen.has('command', name))).toEqual([]);
  });
});
