// Granting rests for one reason and then for another: an operator's word ends the one that they were shown, and no other.

import { describe, expect, it } from 'vitest';
import { apply } from '../../src/core/apply.ts';
import type { RestShown } from '../../src/core/command.ts';
import { epochStarted, firstSeqOf, restAfterLoss } from '../../src/core/fleet/epoch.ts';
import { isGranting } from '../../src/core/fleet/granting.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import { CoreFleet } from '../support/core-fleet.ts';

const WALL_AT = '2025-11-19T23:25:00.000Z';

/** The log is lost and goes on in the next epoch, from all that is known; others may believe in what is not. */
function lose(fleet: CoreFleet): void {
  const epoch = fleet.state.position.epoch + 1;
  const point = { epoch: epoch - 1, seq: fleet.state.position.seq, hash: '' };
  const moment = { at: fleet.atMs, wallAt: WALL_AT };
  const until = fleet.atMs + LIMITS.beliefMaxMs;
  const rests = restAfterLoss(fleet.state, { epoch, until, why: 'the log was removed', requestId: 'b1' }, moment);
  const start = { fleetId: 'f1', epoch, lost: point, basis: point, why: 'the log was removed', requestId: 'b1' };
  for (const event of [epochStarted(fleet.state, start, moment), ...rests]) apply(fleet.state, event);
  expect(fleet.state.position.seq).toBe(firstSeqOf(epoch) + rests.length);
}

function shown({ state: { fleet } }: CoreFleet): RestShown {
  if (fleet?.suspended == null) throw new Error('granting does not rest');
  return { epoch: fleet.epoch, code: fleet.suspended.code, why: fleet.suspended.why };
}

function resume(fleet: CoreFleet, rest?: RestShown | null): Answer {
  return fleet.operator({ op: 'resume_granting', reason: 'looked', ...(rest === undefined ? {} : { rest }) }).answer;
}

function codeOf(answer: Answer): string {
  return isRejection(answer) ? answer.code : answer.op;
}

describe('a rest that an operator ends', () => {
  it('is the one they were shown: a word that was on its way when the log was lost ends nothing', () => {
    const fleet = new CoreFleet();
    fleet.system({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });
    const before = shown(fleet);
    resume(fleet, before);
    lose(fleet);
    expect(codeOf(resume(fleet, before))).toBe('NOT_SAFE');
    expect(codeOf(resume(fleet, null))).toBe('NOT_SAFE');
    expect(isGranting(fleet.state)).toBe(false);
    expect(codeOf(resume(fleet, shown(fleet)))).toBe('done');
    expect(isGranting(fleet.state)).toBe(true);
  });

  it('is none of an earlier loss either', () => {
    const fleet = new CoreFleet();
    lose(fleet);
    const before = shown(fleet);
    lose(fleet);
    fleet.atMs += 1_000;
    expect(codeOf(resume(fleet, before))).toBe('NOT_SAFE');
    expect(codeOf(resume(fleet))).toBe('done');
  });

  it('is nothing where nothing rests any more', () => {
    const fleet = new CoreFleet();
    fleet.system({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });
    const before = shown(fleet);
    expect(resume(fleet, before)).toMatchObject({ changed: true });
    expect(resume(fleet, before)).toMatchObject({ changed: false });
  });
});

describe('a broken invariant and a loss', () => {
  it.each(['break first', 'loss first'])(
    'are two rests: the end of the one is not the end of the other, %s',
    (order) => {
      const fleet = new CoreFleet();
      const breaks = () => fleet.system({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });
      if (order === 'break first') breaks();
      lose(fleet);
      if (order === 'loss first') breaks();
      fleet.atMs = 10_000;
      expect(shown(fleet)).toMatchObject({ code: 'INVARIANT_BROKEN' });
      expect(codeOf(resume(fleet, shown(fleet)))).toBe('STORE_REGRESSED');
      expect(fleet.state.fleet?.suspended).toMatchObject({ code: 'STORE_REGRESSED', until: LIMITS.beliefMaxMs });
      fleet.atMs = LIMITS.beliefMaxMs - 1;
      fleet.settle();
      expect(isGranting(fleet.state)).toBe(false);
      fleet.atMs = LIMITS.beliefMaxMs;
      fleet.settle();
      expect(isGranting(fleet.state)).toBe(true);
    },
  );

  it('leave nothing behind when nobody has looked before the longest belief was over', () => {
    const fleet = new CoreFleet();
    lose(fleet);
    fleet.system({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });
    fleet.atMs = LIMITS.beliefMaxMs;
    fleet.settle();
    expect(isGranting(fleet.state)).toBe(false);
    expect(codeOf(resume(fleet, shown(fleet)))).toBe('done');
    expect(isGranting(fleet.state)).toBe(true);
  });
});

describe('what is freed while granting rests', () => {
  it('stands in the log as a line that moves on with it, and not as one that is too long', () => {
    const fleet = new CoreFleet();
    for (const agent of ['ana', 'bo']) fleet.join(agent);
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:a'], { waitMs: 600_000 });
    lose(fleet);
    fleet.says('ana', { op: 'release', leases: 'all' });
    const left = fleet.events.filter((event) => event.type === 'line.unsettled');
    expect(left).toMatchObject([{ resources: ['task:a'], resting: true }]);
    resume(fleet);
    fleet.settle();
    expect(fleet.events.filter((event) => event.type === 'line.settled')).toHaveLength(1);
    expect(fleet.events.filter((event) => event.type === 'line.unsettled')).toHaveLength(1);
  });
});
