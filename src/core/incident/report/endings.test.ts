// What a report says of how it ended, and of those who held when it was closed.

import { describe, expect, it } from 'vitest';
import { IncidentStage, ringOfThree, silentHolderNight } from '../../../../test/support/incident-stage.ts';
import { containing } from '../../../../test/support/matching.ts';
import { buildReport } from './build-report.ts';
import { reportMarkdown } from './markdown.ts';
import { Collector, REPORT_LIMITS } from './material.ts';
import type { IncidentReport } from './report.ts';

const A = 'file:@w1/a.ts';

/** Ana holds a.ts and is silent; bo waits for it, and goes on waiting until six minutes are over. */
function silentAna(ttlMs = 900_000): IncidentStage {
  const stage = new IncidentStage();
  stage.enter('ana', 'cursor', 1);
  stage.enter('bo', 'codex', 2);
  stage.takes('ana', ['a.ts'], 'tidy', ttlMs);
  stage.at(10).takes('bo', ['a.ts']);
  for (let second = 20; second <= 360; second += 20) stage.at(second).waitsOn('bo');
  return stage;
}

const tokenOfAna = (stage: IncidentStage): number => stage.log.find(({ type }) => type === 'lease.granted')?.seq ?? 0;
const recovery = (stage: IncidentStage): string => stage.report().recovery.text;
const [firstHolder, secondHolder] = [0, 1].map((i) => (report: IncidentReport) => report.locks[0]?.holders[i]) as [
  (report: IncidentReport) => unknown,
  (report: IncidentReport) => unknown,
];

describe('a silent holder', () => {
  it('may let go itself', () => {
    const stage = silentAna();
    stage.at(370).releases('ana');
    expect(recovery(stage)).toContain('ana released it itself');
    expect(recovery(stage)).toContain('bo was served at once.');
  });

  it('may be outlived by its lease, and the report counts it as lost', () => {
    const stage = silentAna(240_000);
    stage.waitsOn('bo');
    const report = stage.at(400).report();
    expect(report.recovery.text).toContain('The lease of ana expired by itself');
    expect(report.impact.lostLeases).toEqual({ revoked: 0, expired: 1, dropped: 0 });
    expect(firstHolder(report)).toMatchObject({ agentId: 'ana', end: 'expired' });
    expect(report.summary).toContain('1 lease ended against the will of its holder.');
  });

  it('may close its session', () => {
    const stage = silentAna();
    stage.at(370).says('ana', { op: 'close_session', why: 'done' });
    const report = stage.report();
    expect(report.recovery.text).toContain('The lease of ana ended with its session');
    expect(firstHolder(report)).toMatchObject({ end: 'dropped (its session was closed)' });
  });

  it('may hand it on', () => {
    const stage = silentAna();
    const token = tokenOfAna(stage);
    stage.at(370).says('ana', { op: 'hand_off', resource: A, token, to: 'bo' });
    const { notices } = stage.state;
    const offer = [...stage.log].findLast((event) => event.type === 'handoff.offered');
    if (offer?.type !== 'handoff.offered') throw new Error(`no offer: ${notices.size}`);
    stage.at(375).says('bo', { op: 'answer_handoff', offer: offer.offer, answer: 'accept' });
    const report = stage.at(376).report();
    expect(report.recovery.text).toContain('The lease was handed on to bo');
    expect(firstHolder(report)).toMatchObject({ agentId: 'ana', end: 'replaced (handed to bo)' });
    expect(secondHolder(report)).toMatchObject({ agentId: 'bo', end: 'held still' });
  });
});

describe('a lease', () => {
  it('may be taken back because its grant could not be delivered', () => {
    const stage = new IncidentStage();
    for (const [i, agent] of ['ana', 'bo'].entries()) stage.enter(agent, 'cursor', i + 1);
    stage.takes('ana', ['a.ts']);
    stage.at(5).takes('bo', ['a.ts']);
    const ticket = [...stage.state.tickets.rows()][0]?.ticket ?? '';
    stage.raise('x', { agents: ['ana'], resources: [A] });
    stage.at(10).releases('ana');
    stage.says('bo', { op: 'undelivered', ticket });
    expect(secondHolder(stage.report())).toMatchObject({ end: 'released (the grant could not be delivered)' });
  });

  it('may give way to another one of the same holder', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.acquire('ana', [A], { mode: 'shared' });
    stage.at(5).acquire('ana', [A]);
    stage.raise('x', { agents: ['ana'], resources: [A] });
    const report = stage.report();
    expect(firstHolder(report)).toMatchObject({ mode: 'shared', end: 'replaced (by a grant of its own holder)' });
    expect(secondHolder(report)).toMatchObject({ mode: 'exclusive', end: 'held still' });
  });
});

describe('an incident that is closed by an operator', () => {
  function closedEarly(): IncidentStage {
    const stage = silentAna();
    stage.operator({ op: 'close_incident', incident: 1, text: 'known' });
    return stage;
  }

  it('says who held and who waited then, and knows how those leases ended afterwards', () => {
    const stage = closedEarly();
    stage.at(370).renews('ana', 'a.ts', tokenOfAna(stage));
    stage.at(380).releases('ana');
    const report = stage.at(390).report();
    expect(report).toMatchObject({ state: 'closed', recovery: { isOver: true, still: { held: 1, waiting: 1 } } });
    expect(report.recovery.text).toBe(
      'What ended it is not among the facts that were read. When it closed, 1 lease of what it was about was held, and bo waited.',
    );
    expect(firstHolder(report)).toMatchObject({ agentId: 'ana', end: 'released' });
    expect(secondHolder(report)).toBeUndefined();
    expect(report.losses.isProved).toBe(true);
    expect(reportMarkdown(report)).toContain('closed after');
  });

  it('says that they are held still where nothing ended them', () => {
    expect(firstHolder(closedEarly().at(365).report())).toMatchObject({ end: 'held still' });
  });

  it('says of several that they were held', () => {
    const stage = silentAna();
    stage.takes('ana', ['b.ts']);
    stage.at(365).raise('more', { agents: ['ana'], resources: ['file:@w1/b.ts'], text: 'ana is silent.' });
    stage.operator({ op: 'close_incident', incident: 1, text: 'known' });
    expect(recovery(stage)).toContain('When it closed, 2 leases of what it was about were held, and bo waited.');
  });

  it('reads not for ever how those leases ended', () => {
    const stage = closedEarly();
    const { seq, at, wallAt } = stage.state.position;
    const most = seq + REPORT_LIMITS.factsRead;
    const collector = new Collector({ ...stage.seen(1), head: { epoch: 0, seq: most, at, wallAt } });
    for (const event of stage.log) collector.take(event);
    const head = { at, wallAt, version: 1, hash: '', actor: 'zed', agentId: 'zed', sessionId: 's-zed' } as const;
    let next = seq + 1;
    while (collector.take({ ...head, type: 'session.active', noticesSeen: 0, seq: next })) next += 1;
    expect(next).toBeLessThan(most);
    const report = buildReport({ ...collector.material, versions: {} });
    expect(firstHolder(report)).toMatchObject({ agentId: 'ana', end: 'held still' });
  });

  it('reads no further once nobody holds anything of it', () => {
    const stage = silentHolderNight();
    const closed = stage.incident(1).closed?.seq ?? 0;
    stage.at(810).takes('claude_docs', ['src/state.ts'], 'the day after');
    const { read } = stage.material();
    expect(read.to?.seq).toBe(closed);
  });
});

describe('who was kept waiting', () => {
  /** Ana's two leases are taken from her; bo and cy have waited for them since the same moment. */
  function bothRevoked(): IncidentReport {
    const stage = new IncidentStage();
    for (const [i, agent] of ['ana', 'bo', 'cy'].entries()) stage.enter(agent, 'cursor', i + 1);
    stage.takes('ana', ['a.ts', 'b.ts']);
    stage.at(10).takes('cy', ['b.ts']);
    stage.takes('bo', ['a.ts']);
    stage.raise('x', { agents: ['ana', 'bo', 'cy'], resources: [A, 'file:@w1/b.ts'] });
    stage.at(20);
    for (const resource of [A, 'file:@w1/b.ts'])
      stage.operator({ op: 'revoke', resource, token: null, reason: 'it hangs' });
    return stage.at(30).report();
  }

  it('is told by name where they waited as long, and so is that several leases were lost', () => {
    const { impact, summary } = bothRevoked();
    expect(impact.blocked.map(({ agentId, totalMs }) => [agentId, totalMs])).toEqual([
      ['bo', 10_000],
      ['cy', 10_000],
    ]);
    expect(summary).toContain('2 leases ended against the will of their holders.');
  });
});

describe('an incident whose alerts stay open', () => {
  it('says so where nothing of what it is about is held', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.raise('ring', { code: 'suspected_deadlock', agents: ['ana'], text: 'ana asks in vain.' });
    expect(recovery(stage)).toContain('Its alerts are still open.');
  });
});

describe('an incident of which the log no longer has what mattered', () => {
  it('is named by its alert, also where that names nobody', () => {
    const stage = new IncidentStage();
    stage.raise('y', { text: 'Something is odd.' });
    stage.over('y');
    const report = stage.at(600).report();
    expect(report).toMatchObject({ title: 'Something is odd', state: 'closed' });
    expect(report.recovery.text).toBe(
      'What ended it is not among the facts that were read. When it closed, nobody held or waited for what it was about.',
    );
  });

  it('is named by whom and what its alert names', () => {
    const night = silentHolderNight();
    const from = (night.log.find(({ type }) => type === 'lease.revoked')?.seq ?? 0) + 2;
    const report = night.report(
      night.log.filter(({ seq }) => seq >= from),
      from,
    );
    expect(report.causes[0]).toMatchObject({ code: 'silent_holder', notKnown: containing('more than the alert says') });
    expect(report.title).toBe('claude_state fell silent while it held file:src/state.ts');
  });

  it('of a deadlock still says in which order to take the files', () => {
    const ring = ringOfThree();
    const from = ring.log.length - 3;
    const report = ring.at(1_200).report(
      ring.log.filter(({ seq }) => seq >= from),
      from,
    );
    expect(report.title).toBe('Deadlock of 3 agents: cy, ana, bo');
    expect(report.prevention[0]).toContain('file:src/a.ts before file:src/b.ts before file:src/c.ts');
  });

  it('of a deadlock says what each asked for, and not who held it where nothing of the leases is left', () => {
    const ring = ringOfThree();
    const report = ring.report(ring.log.filter(({ type }) => type !== 'lease.granted' && type !== 'lease.released'));
    const told = report.causes[0]?.evidence.map(({ text }) => text) ?? [];
    expect(told.slice(0, 3)).toEqual([
      'cy asked for file:src/a.ts',
      'ana asked for file:src/b.ts',
      'bo asked for file:src/c.ts',
    ]);
  });

  it('says who waited longest where nothing tells why, and that what ended it is not known', () => {
    const stage = silentAna();
    stage.operator({ op: 'close_incident', incident: 1, text: 'known' });
    const material = stage.material();
    const report = buildReport({ ...material, view: { ...material.view, alerts: [] } });
    expect(report.summary).toContain('The log does not tell why it happened; bo waited 5m50s for file:a.ts.');
    expect(report.recovery.text).toContain('What ended it is not known.');
  });

  it('is what the state of the fleet remembers where no fact is left', () => {
    const stage = new IncidentStage();
    stage.raise('y', { text: 'Something is odd.' });
    const { seq } = stage.state.position;
    const material = stage.material([], seq + 1);
    const text = reportMarkdown(buildReport({ ...material, view: { ...material.view, alerts: [] } }));
    expect(text).toContain('The log does not tell why it happened.');
    expect(text).toContain('None of its facts are in the log any more.');
    expect(text).toContain('The facts are no longer in the log; this is what the state of the fleet remembers.');
    expect(text).toContain('| Numbers of the log | 0 | nothing was read |');
  });
});
