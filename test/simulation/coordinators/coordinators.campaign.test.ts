// Several real coordinators on one log, one clock, one thread, one seed: lost replies, conflicts, late hints, crashes,
// stopped processes, sleep, wiped logs, torn snapshots; agents that stall, vanish, and repeat what they asked.
//
//   BRIGADE_TEST_SEED=7 npx vitest run test/simulation/coordinators     one seed, with what happened in it
//
// BRIGADE_TEST_FIRST_SEED=2001 plays as many seeds as ever, from there on.

import { afterAll, describe, expect, it } from 'vitest';
import { campaignCount } from '../../support/campaign.ts';
import { Coverage } from './coverage.ts';
import { KEPT_SEEDS } from './kept-seeds.ts';
import { runSeed, SeedFailed } from './run-seed.ts';

const only = process.env.BRIGADE_TEST_SEED === undefined ? null : Number(process.env.BRIGADE_TEST_SEED);
const COUNT = only === null ? campaignCount(2_000, { atLeast: 100 }) : 1;
const FIRST = only ?? Number(process.env.BRIGADE_TEST_FIRST_SEED ?? 1);
/** Seeds of one test: none takes long, and a failing one is found quickly. */
const AT_ONCE = 10;
/** Only a broken program, or a machine that is busy with something else, comes near it. */
const WITHIN_MS = 300_000;

async function play(seed: number, desks: boolean, coverage: Coverage): Promise<void> {
  try {
    const report = await runSeed(seed, desks);
    coverage.add(report.coverage);
    expect(report.beliefs + report.events).toBeGreaterThan(0);
  } catch (error) {
    if (error instanceof SeedFailed && only !== null) process.stdout.write(`${error.history.join('\n')}\n`);
    throw error;
  }
}

describe.each([
  { how: 'each for itself', desks: false },
  { how: 'with desks', desks: true },
])('coordinators in a simulated fleet, $how', ({ desks }) => {
  const coverage = new Coverage();
  afterAll(() => void process.stdout.write(`${COUNT} seeds\n${coverage.table()}\n`));

  it(
    'has one history for one seed',
    async () => {
      const [first, second] = [await runSeed(4, desks), await runSeed(4, desks)];
      expect(first.hash).toBe(second.hash);
      expect(first.tasks).toBe(second.tasks);
    },
    WITHIN_MS,
  );

  // oxlint-disable-next-line vitest/expect-expect -- play expects
  it.each(KEPT_SEEDS)('seed %i: %s', (seed) => play(seed, desks, coverage), WITHIN_MS);

  // oxlint-disable-next-line vitest/expect-expect -- play expects
  it.each(Array.from({ length: Math.ceil(COUNT / AT_ONCE) }, (_, i) => FIRST + i * AT_ONCE))(
    'seeds from %i on',
    async (first) => {
      for (let seed = first; seed < Math.min(first + AT_ONCE, FIRST + COUNT); seed += 1)
        await play(seed, desks, coverage);
    },
    WITHIN_MS,
  );

  it('has met everything it should', () => {
    // One seed alone does not meet everything.
    const all = <T>(expected: readonly T[]): readonly T[] => (only === null ? expected : []);
    expect(coverage.missing('event', all(EVENTS))).toEqual([]);
    expect(coverage.missing('answer', all(ANSWERS))).toEqual([]);
    expect(coverage.missing('case', all(CASES))).toEqual([]);
    expect(coverage.missing('fault', all(desks ? [...FAULTS, ...DESK_FAULTS] : FAULTS))).toEqual([]);
  });
});

const EVENTS = [
  'fleet.founded',
  'epoch.started',
  'granting.suspended',
  'granting.resumed',
  'place.anchored',
  'agent.registered',
  'session.opened',
  'session.attached',
  'session.detached',
  'session.active',
  'session.closed',
  'session.lost',
  'lease.granted',
  'lease.renewed',
  'lease.released',
  'lease.expired',
  'lease.revoked',
  'lease.dropped',
  'lease.queued',
  'lease.offered',
  'offer.lapsed',
  'wait.parked',
  'wait.left',
  'wait.passed',
  'wait.ended',
  'line.unsettled',
  'line.settled',
  'request.refused',
  'handoff.offered',
  'handoff.ended',
  'state.put',
  'checkin.recorded',
  'outcome.recorded',
  'agent.paused',
  'agent.resumed',
  'agent.archived',
  'agent.restored',
  'agent.retired',
  'policy.adopted',
  'message.sent',
  'messages.read',
  'notices.heard',
  'agent.imported',
  'history.imported',
];

/** Of governance. Nobody is silent for long enough here to be archived for it. */
const CASES = [
  'paused by policy',
  'paused by policy, release what others wait for',
  'paused by policy, keep what others wait for',
  'paused by operator',
  'paused by operator over a pause',
  'resumed by recover',
  'resumed by operator',
  'archived by operator',
  'restored by operator',
  'evidence: proceed',
  'evidence: guide',
  'evidence: pause',
  'evidence: pause while paused',
  'eisv-v1: proceed',
  'message to one',
  'message to all',
  'message to one about a lease',
];

const ANSWERS = [
  'acquire',
  'release',
  'check',
  'put_state',
  'register',
  'withdraw',
  'hand_off',
  'answer_handoff',
  'revoke',
  'done',
  'check_in',
  'record_outcome',
  'recover: resumed',
  'recover: refused',
  'send_message',
  'read_messages',
  'read_messages: nothing',
  'lifecycle',
  'adopt_policy',
  'import',
  'AGENT_PAUSED',
  'AGENT_ARCHIVED',
  'UNKNOWN_CHECKIN',
  'LEASE_HELD',
  'TOKEN_STALE',
  'NOT_HOLDER',
  'NOT_ADDRESSEE',
  'UNKNOWN_OFFER',
  'VERSION_MISMATCH',
  'WAIT_ABORTED_DEADLOCK',
  'WAIT_TIMED_OUT',
  'CREDENTIAL_WRONG',
  'ID_TAKEN',
  'STORE_UNAVAILABLE',
  'STORE_REGRESSED',
];

const FAULTS = [
  'unavailable',
  'lostReply',
  'late',
  'slow',
  'badHint',
  'crash',
  'outage',
  'stopped',
  'slept',
  'vanished',
  'wiped',
  'rolled back',
  'snapshot whole',
  'snapshot torn',
  'snapshot alien',
  'snapshot garbled',
];

/** What a desk alone can suffer. */
const DESK_FAULTS = ['desk crashed', 'desk stopped'];
