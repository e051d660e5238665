// Which causes a report finds, how it names them, what it advises, and what it says of each in every part.

import { describe, expect, it } from 'vitest';
import { IncidentStage } from '../../../../test/support/incident-stage.ts';
import { containing } from '../../../../test/support/matching.ts';
import { apply } from '../../apply.ts';
import type { FleetEvent } from '../../event.ts';
import { epochStarted, restAfterLoss } from '../../fleet/epoch.ts';
import { buildReport } from './build-report.ts';
import { reportMarkdown } from './markdown.ts';
import { Collector } from './material.ts';
import type { IncidentReport } from './report.ts';

const A = 'file:@w1/a.ts';
const B = 'file:@w1/b.ts';

function stageOf(...agents: readonly string[]): IncidentStage {
  const stage = new IncidentStage();
  for (const [i, agent] of agents.entries()) stage.enter(agent, 'cursor', i + 1);
  return stage;
}

const rowsOf = ({ timeline }: IncidentReport): readonly string[] => timeline.rows.map(({ text }) => text);
const foundBy = ({ losses }: IncidentReport, what: string) => losses.checks.find((check) => check.what.includes(what));

describe('asking without standing in line', () => {
  it('in circles is a cause: who asked whom, and that a wait would have ended it', () => {
    const stage = stageOf('ana', 'bo');
    stage.acquire('ana', [A]);
    stage.acquire('bo', [B]);
    for (let second = 10; second <= 190; second += 30) {
      stage.at(second).acquire('ana', [B]);
      stage.acquire('bo', [A]);
    }
    const report = stage.report();
    expect(report.title).toBe('bo, ana asked each other in circles');
    expect(report.causes[0]).toMatchObject({
      code: 'suspected_deadlock',
      text: 'bo and ana kept asking, without standing in line, for what another of them held.',
      notKnown: containing('whether they would have gone on for ever'),
    });
    expect(report.prevention[0]).toMatch(/^Stand in line instead of asking again: .* gives bo and ana a place/);
    expect(report.impact.refusals).toMatchObject([{ code: 'LEASE_HELD', agents: ['ana', 'bo'] }]);
    expect(rowsOf(report)).toContainEqual(
      expect.stringMatching(/^ana was refused file:b\.ts \d times \(LEASE_HELD\)$/),
    );
    expect(report.summary).toContain('Nobody was kept waiting.');
  });

  it('for minutes is a cause: whose turn never came', () => {
    const stage = stageOf('ana', 'bo', 'cy');
    stage.acquire('ana', [A]);
    for (let minute = 0; minute < 10; minute += 1) stage.at(minute * 60 + 1).acquire('bo', [A]);
    stage.acquire('cy', [A]);
    stage.raise('x', { code: 'starvation', agents: ['bo'], resources: [A], text: 'bo gets nowhere.' });
    const report = stage.report();
    expect(report.title).toBe('bo asked for file:a.ts again and again');
    expect(report.causes[0]).toMatchObject({
      code: 'retry_storm',
      text: 'bo asked for file:a.ts again and again for 9m00s and never stood in line, so it was never its turn.',
    });
    expect(report.causes[0]?.evidence[0]?.seqs).toHaveLength(10);
    expect(reportMarkdown(report)).toMatch(/\(numbers (?:\d+, ){7}\d+ and 2 more\)/);
    expect(report.causes.map(({ code }) => code)).toEqual(['retry_storm', 'starvation']);
  });
});

describe('a holder that was paused', () => {
  it('is a cause, and its resumption ends it', () => {
    const stage = stageOf('ana', 'bo');
    stage.takes('ana', ['a.ts'], 'tidy');
    stage.at(10).takes('bo', ['a.ts']);
    stage.at(20).operator({ op: 'pause', agentId: 'ana', reason: 'look at this' });
    stage.raise('x', { code: 'starvation', agents: ['bo', 'ana'], resources: [A], text: 'bo waits for long.' });
    const before = stage.report();
    expect(before.title).toBe('ana was paused while it held file:a.ts');
    expect(before.causes[0]).toMatchObject({
      code: 'paused_holder',
      text: 'ana was paused while it held file:a.ts; bo waited for it.',
      notKnown: null,
    });
    expect(before.agents.find(({ agentId }) => agentId === 'ana')).toMatchObject({ lifecycle: 'paused' });
    expect(reportMarkdown(before)).toContain('| ana (paused) |');
    expect(before.prevention[0]).toContain('onPause: "release"');
    stage.at(50).operator({ op: 'resume', agentId: 'ana', reason: 'it is fine' });
    expect(stage.report().recovery.text).toContain('ana was resumed by operator:root 30s after it was noticed.');
  });
});

describe('a store that could not be written', () => {
  it('is a cause of which the log does not know why', () => {
    const stage = stageOf('ana');
    stage.raise('disk', { code: 'store_trouble', text: 'The log could not be written.' });
    const report = stage.report();
    expect(report.causes).toMatchObject([{ code: 'store_trouble', notKnown: 'why the store did not answer.' }]);
    expect(report.prevention[0]).toContain('Look at the disk');
  });
});

describe('a rule of its own that the fleet breaks', () => {
  it('stops granting: the report says how long nobody was granted anything, and who let it go on', () => {
    const stage = stageOf('ana', 'bo');
    stage.takes('ana', ['a.ts']);
    stage.at(10).takes('bo', ['a.ts']);
    stage.at(30).system({ op: 'report_break', invariant: 'one_holder', detail: '7 and 9' });
    stage.at(90).system({ op: 'watch' });
    const during = stage.report();
    expect(during.causes[0]).toMatchObject({ code: 'invariant_broken', notKnown: null });
    expect(during.impact.grantingRestedMs).toBe(60_000);
    stage.at(120).operator({ op: 'resume_granting', reason: 'looked' });
    stage.at(150);
    const report = stage.report();
    expect(report.impact.grantingRestedMs).toBe(90_000);
    expect(report.recovery.text).toContain('Granting went on, by operator:root, 1m30s after it was noticed.');
    expect(report.causes[0]?.evidence.map(({ text }) => text)).toContain('The invariant one_holder is broken: 7 and 9');
    expect(reportMarkdown(report)).toContain('- Nothing was granted to anybody for 1m30s.');
    expect(report.prevention.join(' ')).not.toContain('brigade store restore');
  });
});

describe('a log that was lost', () => {
  /** It goes on in the next epoch from all that is known; `gone` facts more had been written. */
  function lose(stage: IncidentStage, gone: number): void {
    const { epoch, seq, wallAt } = stage.state.position;
    const why = 'the log was removed';
    const basis = { epoch, seq, hash: '' };
    const moment = { at: stage.atMs, wallAt };
    const start = { fleetId: 'f1', epoch: epoch + 1, lost: { ...basis, seq: seq + gone }, basis, why, requestId: 'b1' };
    const rest = { epoch: epoch + 1, until: stage.atMs + 60_000, why, requestId: 'b1' };
    const rests = restAfterLoss(stage.state, rest, moment);
    for (const event of [epochStarted(stage.state, start, moment), ...rests]) {
      apply(stage.state, event);
      stage.events.push(event);
    }
    stage.system({ op: 'watch' });
  }

  it('is a cause, and what is gone is counted', () => {
    const stage = stageOf('ana', 'bo');
    stage.at(5).raise('x', { code: 'starvation', agents: ['bo'], resources: [A], text: 'bo waits for long.' });
    stage.at(10);
    lose(stage, 3);
    const report = stage.at(200).report();
    expect(report.causes[0]).toMatchObject({ code: 'log_regressed' });
    expect(foundBy(report, 'that was lost')).toMatchObject({
      found: containing('3 facts after number'),
      isGood: false,
    });
    // The new epoch begins above every number of the old one: that no number is missing is no loss.
    expect(foundBy(report, 'Numbers')).toMatchObject({ isGood: true });
    expect(report.impact.grantingRestedMs).toBeGreaterThan(0);
    expect(report.losses.verdict).toContain(
      'the log that was lost, against the one that goes on: 3 facts after number',
    );
    expect(report.prevention[0]).toContain('brigade store restore');
  });

  it('has lost nothing where it goes on with all that was known', () => {
    const stage = stageOf('ana');
    lose(stage, 0);
    const report = stage.report();
    expect(foundBy(report, 'that was lost')).toMatchObject({ found: 'nothing between them', isGood: true });
  });
});

describe('a long wait that nothing else explains', () => {
  it('is over when it ended, however it ended', () => {
    const stage = stageOf('ana', 'bo', 'cy');
    stage.takes('ana', ['a.ts']);
    stage.at(10).takes('bo', ['a.ts']);
    stage.takes('cy', ['a.ts']);
    const ticket = [...stage.state.tickets.rows()].find(({ agentId }) => agentId === 'bo')?.ticket ?? '';
    stage.at(20).raise(ticket, { code: 'starvation', agents: ['bo'], resources: [A], text: 'bo waits for long.' });
    stage.at(30).says('bo', { op: 'withdraw', ticket });
    const report = stage.report();
    expect(report.recovery.text).toContain('The wait of bo ended 10s after it was noticed.');
    expect(report.prevention[0]).toContain('Hold for shorter');
    expect(report.impact.blocked.map(({ agentId, outcome }) => `${agentId} ${outcome}`)).toEqual([
      'bo withdrawn',
      'cy waiting',
    ]);
    stage.at(50).releases('ana');
    expect(stage.report().impact.blocked.map(({ agentId }) => agentId)).toEqual(['cy', 'bo']);
  });
});

describe('a silent holder', () => {
  const silence = (stage: IncidentStage) => stage.report().causes.find(({ code }) => code === 'silent_holder');

  function holding(by: 'process' | 'http'): IncidentStage {
    const stage = stageOf('bo');
    if (by === 'http') stage.join('ana');
    else stage.enter('ana', 'cursor', 9);
    stage.takes('ana', ['a.ts']);
    stage.at(10).takes('bo', ['a.ts']);
    for (let second = 20; second <= 200; second += 20) stage.at(second).waitsOn('bo');
    return stage;
  }

  it.each([
    ['process', 'gone', 'Its process (mcp 9 on kitchen) is gone, as this report is made'],
    ['process', 'alive', 'Its process (mcp 9 on kitchen) is there and runs, as this report is made'],
    ['http', 'alive', 'Its process is there and runs, as this report is made'],
    ['process', 'unknown', null],
  ] as const)('by %s whose process is %s is told of so', (by, presence, told) => {
    const stage = holding(by);
    stage.presence.set('s-ana', presence);
    const texts = silence(stage)?.evidence.map(({ text }) => text) ?? [];
    expect(texts.filter((text) => text.startsWith('Its process'))).toEqual(told === null ? [] : [told]);
  });

  it('is silent since its last use where its alert does not say for how long', () => {
    const stage = stageOf('ana', 'bo');
    const token = stage.takes('ana', ['a.ts']);
    stage.at(10).takes('bo', ['a.ts']);
    stage.at(40).renews('ana', 'a.ts', token ?? 0);
    stage.at(100).raise(String(token), { agents: ['ana', 'bo'], resources: [A], text: 'ana is silent.' });
    expect(silence(stage)?.text).toContain('nothing was heard of it for 1m00s, while bo waited for it');
  });

  it('held from long before, which is known though those facts are not kept', () => {
    const stage = stageOf('ana', 'bo');
    const token = stage.takes('ana', ['a.ts'], 'tidy', 3_600_000);
    stage.at(1_000).renews('ana', 'a.ts', token ?? 0);
    stage.takes('bo', ['a.ts']);
    for (let second = 1_010; second <= 1_200; second += 20) stage.at(second).waitsOn('bo');
    const report = stage.report();
    const [holder] = report.locks[0]?.holders ?? [];
    expect(holder).toMatchObject({
      agentId: 'ana',
      fromOffsetMs: -1_150_000,
    });
    expect(rowsOf(report).join('\n')).not.toContain('ana was granted');
  });

  it('whose grant the log no longer has is known as long as it holds', () => {
    const stage = holding('process');
    const from = stage.log.findLast(({ type }) => type === 'wait.parked')?.seq ?? 0;
    const report = stage.report(
      stage.log.filter(({ seq }) => seq >= from),
      from,
    );
    expect(report.locks[0]?.holders).toMatchObject([{ agentId: 'ana', heldMs: 200_000, end: 'held still' }]);
    expect(report.locks[0]?.line).toMatchObject([{ agentId: 'bo', waitedMs: 190_000, end: 'waits still' }]);
  });

  it('is told of up to the look: what is written meanwhile is another report', () => {
    const stage = holding('process');
    const collector = new Collector(stage.seen(1));
    stage.at(210).releases('ana');
    for (const event of stage.log) if (!collector.take(event)) break;
    const report = buildReport({ ...collector.material, versions: {} });
    expect(report.locks[0]?.holders).toMatchObject([{ agentId: 'ana', end: 'held still' }]);
  });
});

describe('what happened again and again', () => {
  it('is one row for each agent and kind', () => {
    const stage = stageOf('ana', 'bo');
    const token = stage.takes('ana', ['a.ts']) ?? 0;
    stage.at(10).takes('bo', ['a.ts']);
    stage.raise('x', { code: 'starvation', agents: ['ana', 'bo'], resources: [A], text: 'file:@w1/a.ts is wanted.' });
    const { ticket } = [...stage.state.tickets.rows()][0] ?? { ticket: '' };
    const alert = stage.seen(1).row.alerts[0] ?? 0;
    const about = { alert, severity: 'critical', agents: ['ana', 'bo'], resources: [A], evidence: {} } as const;
    const repeat = (): void => {
      const { seq, at, wallAt } = stage.state.position;
      const head = { seq: seq + 1, at, wallAt, version: 1, actor: 'brigade' } as const;
      const event: FleetEvent = { ...head, ...about, type: 'alert.repeated', text: 'file:@w1/a.ts is wanted still.' };
      apply(stage.state, event);
      stage.events.push(event);
    };
    const checkIn = {
      op: 'check_in',
      complexity: null,
      confidence: null,
      outcomes: [],
      plan: null,
      parameters: null,
    } as const;
    for (let i = 1; i <= 3; i += 1) {
      stage.at(10 + i * 5).renews('ana', 'a.ts', token);
      stage.says('ana', { op: 'put_state', key: 'plan', value: i, condition: { ifVersion: i - 1 } });
      stage.says('bo', { op: 'leave_wait', ticket });
      stage.waitsOn('bo');
      const attachment = { attachmentId: `att-${i}`, placeId: 'p1', pid: 50 + i, startTime: '1', kind: 'cli' };
      stage.says('bo', { op: 'attach', attachment });
      const { answer } = stage.says('ana', { ...checkIn, summary: `step ${i}`, digest: `d${i}` });
      const checkInId = 'op' in answer && answer.op === 'check_in' ? (answer.checkInId ?? '') : '';
      stage.says('ana', { op: 'record_outcome', checkInId, kind: 'tests', ok: true, evidence: '' });
      repeat();
    }
    const rows = rowsOf(stage.report());
    expect(rows).toEqual(
      expect.arrayContaining([
        'ana renewed file:a.ts 3 times',
        'ana wrote governed state 3 times',
        'ana checked in 3 times',
        'ana recorded 3 outcomes',
        'bo left the call 3 times; the ticket kept its place',
        'bo asked again 3 times and went on waiting',
        `Alert ${alert} was told again 3 times: file:a.ts is wanted still.`,
        "bo's session is now also served by cli process 51 (3 times)",
      ]),
    );
  });
});
