// Reports of what is shared, what is much, what is long, and of agents of every kind: what the document then looks like.

import { describe, expect, it } from 'vitest';
import { IncidentStage } from '../../../../test/support/incident-stage.ts';
import { containing } from '../../../../test/support/matching.ts';
import { buildReport } from './build-report.ts';
import { reportMarkdown } from './markdown.ts';
import { Collector, REPORT_LIMITS } from './material.ts';

const A = 'file:@w1/a.ts';
const LONG = 600_000;

function stageOf(...agents: readonly string[]): IncidentStage {
  const stage = new IncidentStage();
  for (const [i, agent] of agents.entries()) stage.enter(agent, 'cursor', i + 1);
  return stage;
}

describe('a shared lease', () => {
  const stage = stageOf('ana', 'bo', 'cy', 'dee', 'ed');
  stage.acquire('ana', [A], { mode: 'shared' });
  stage.acquire('bo', [A], { mode: 'shared' });
  stage.at(10).acquire('cy', [A], { waitMs: LONG });
  stage.at(12).acquire('dee', [A], { mode: 'shared', waitMs: LONG });
  stage.at(14).acquire('ed', [A], { mode: 'shared', waitMs: LONG });
  const token = [...stage.state.leases.rows()].find(({ agentId }) => agentId === 'ana')?.token;
  stage.at(200).raise(String(token), { agents: ['ana', 'cy'], resources: [A], text: 'ana is silent.' });
  const report = stage.report();

  it('is in the way of who wants it alone, and of nobody who would share it', () => {
    expect(report.causes[0]).toMatchObject({
      code: 'silent_holder',
      text: containing('while cy waited for it'),
    });
  });

  it('is drawn so: whoever would share it stands behind who would not', () => {
    expect(report.graphs[0]?.edges.map(({ kind, from, to }) => `${from} ${kind} ${to}`)).toEqual([
      'cy hold ana',
      'cy hold bo',
      'dee line cy',
      'ed line cy',
    ]);
  });

  it('is held beside others of its kind, which is no conflict', () => {
    expect(report.losses.checks.find(({ what }) => what.includes('in conflict'))).toMatchObject({
      checked: 2,
      isGood: true,
    });
    expect(reportMarkdown(report)).toContain(`| ana | ${token} (shared) |`);
  });
});

describe('an incident with very much in it', () => {
  const NAMES = Array.from({ length: 70 }, (_, i) => `w${String(i).padStart(2, '0')}`);
  const stage = stageOf('ana', ...NAMES);
  stage.at(10).takes('ana', ['a.ts']);
  for (const [i, name] of NAMES.entries()) stage.at(20 + i).acquire(name, [A], { waitMs: LONG });
  stage.at(400);
  const during = stage.report();
  stage.at(420).releases('ana');
  for (const [i, name] of NAMES.entries()) stage.at(430 + i).releases(name);
  const report = stage.report();
  const text = reportMarkdown(report);

  it('names the first of many, and counts the rest', () => {
    expect(report.causes[0]?.text).toContain('while w00, w01, w02, w03, w04 and 65 more waited for it');
    expect(report.locks[0]?.leftOut).toEqual({ holders: 21, line: 20 });
    expect(text).toContain('21 earlier holders left out.');
    expect(text).toContain('20 later waiters left out.');
  });

  it('draws so many of its waits and says how many more there are', () => {
    const height = during.graphs.at(-1);
    expect(height).toMatchObject({ edges: { length: 30 }, leftOut: 40 });
    expect(reportMarkdown(during)).toContain('40 more waits left out of the picture.');
  });

  it('shows the beginning and the end of a long timeline, with what is between counted', () => {
    expect(report.timeline.rows).toHaveLength(200);
    expect(report.timeline.leftOut).toBeGreaterThan(0);
    expect(text).toContain(`| ${report.timeline.leftOut} rows are left out here |`);
    expect(report.timeline.rows[0]?.text).toContain('opened a session');
  });

  it('tells the first of those who were served, and the last', () => {
    expect(report.recovery.text).toContain('w00 was served at once; the last of 70 waiters, w69, 1m18s later.');
    expect(report.recovery.steps.map(({ text: told }) => told.split(' ')[0])).toEqual([
      'ana',
      'w00',
      'w01',
      'w02',
      'w69',
    ]);
  });
});

describe('an incident that goes past midnight', () => {
  it('has the day beside each time', () => {
    const stage = stageOf('ana', 'bo');
    stage.at(5).raise('x', { code: 'starvation', agents: ['bo'], resources: [A], text: 'bo waits for long.' });
    stage.atMs = 40 * 60_000;
    stage.operator({ op: 'note_incident', incident: 1, text: 'still' });
    const text = reportMarkdown(stage.report());
    expect(text).toContain('| 2025-11-19 23:25:05 | 0s |');
    expect(text).toContain('| 2025-11-20 00:05:00 | +39m55s |');
    expect(text).not.toContain('On 2025-11-19.');
  });
});

describe('incidents that belong together', () => {
  it('name each other at the head', () => {
    const stage = stageOf('ana', 'bo');
    stage.raise('a', { agents: ['ana'] });
    stage.raise('b', { agents: ['bo'] });
    stage.raise('c', { agents: ['ana', 'bo'] });
    expect(reportMarkdown(stage.report())).toContain('offsets count from the opening. It touches incident 2.');
    stage.operator({ op: 'close_incident', incident: 1, text: 'x' });
    stage.raise('d', { agents: ['ana'] });
    const view = stage.seen(3);
    const text = reportMarkdown(buildReport({ ...stage.material(), view }));
    expect(text).toContain('It follows incident 1.');
  });
});

describe('who was involved', () => {
  it('is shown by client, session and process, whatever they are', () => {
    const stage = stageOf('ana', 'bo', 'cy', 'far', 'lost', 'gone');
    stage.join('web');
    const elsewhere = { attachmentId: 'att-far2', placeId: 'p9', pid: 9, startTime: '1', kind: 'cli' };
    stage.says('far', { op: 'attach', attachment: elsewhere });
    stage.presence.set('s-bo', 'unknown').set('s-cy', 'stopped');
    stage.says('gone', { op: 'close_session', why: 'its work | is done' });
    const agents = ['ana', 'bo', 'cy', 'far', 'lost', 'gone', 'web'];
    const dead = { sessionId: 's-lost', attachmentId: 'att-lost', cause: 'dead', evidence: 'pid 5 is gone' } as const;
    stage.system({ op: 'detach', ...dead });
    stage.raise('x', { agents });
    const text = reportMarkdown(stage.report());
    const shown = (agent: string) =>
      text
        .split('\n')
        .find((line) => line.startsWith(`| ${agent} |`))
        ?.split(' | ')[2];
    expect(Object.fromEntries(agents.map((agent) => [agent, shown(agent)]))).toEqual({
      ana: 'mcp 1 on kitchen, alive',
      bo: 'mcp 2 on kitchen, live',
      cy: 'mcp 3 on kitchen, stopped',
      far: 'mcp 4 on kitchen, cli 9, alive',
      lost: 'no process, lost: pid 5 is gone',
      gone: 'mcp 6 on kitchen, closed: its work \\| is done',
      web: 'over HTTP, alive',
    });
  });

  it('is also somebody of whom nothing more is known than what it did', () => {
    const stage = stageOf('ana', 'bo');
    stage.takes('bo', ['a.ts']);
    stage.at(5).releases('bo');
    stage.at(6).raise('x', { code: 'starvation', agents: ['ana'], resources: [A], text: 'ana waits.' });
    const report = buildReport({ ...stage.material(), view: stage.seen(1) });
    const bo = report.agents.find(({ agentId }) => agentId === 'bo');
    expect(bo).toMatchObject({ client: 'not known', sessions: [], lastDid: { offsetMs: -1_000 } });
    expect(reportMarkdown(report)).toContain('| bo | not known | none known |');
  });

  it('is also an agent that did nothing', () => {
    const stage = stageOf('ana');
    const { seq } = stage.state.position;
    stage.at(700).raise('x', { agents: ['ana'] });
    const report = stage.report(
      stage.log.filter((event) => event.seq > seq),
      seq + 1,
    );
    expect(report.agents).toMatchObject([{ agentId: 'ana', lastDid: null }]);
    expect(reportMarkdown(report)).toContain('nothing that was read');
  });
});

describe('reading', () => {
  it('stops after so many facts, and the report says that it has not read to the end', () => {
    const stage = stageOf('ana');
    stage.raise('x', { agents: ['ana'] });
    const { seq, at, wallAt } = stage.state.position;
    const head = { at, wallAt, version: 1, hash: '', actor: 'zed', agentId: 'zed', sessionId: 's-zed' } as const;
    const collector = new Collector({
      ...stage.seen(1),
      head: { epoch: 0, seq: seq + REPORT_LIMITS.factsRead, at, wallAt },
    });
    for (const event of stage.log) collector.take(event);
    let i = 1;
    while (collector.take({ ...head, type: 'session.active', noticesSeen: 0, seq: seq + i })) i += 1;
    const { material } = collector;
    expect(material.read).toMatchObject({ isCut: true, facts: REPORT_LIMITS.factsRead + 1 });
    const report = buildReport({ ...material, versions: {} });
    expect(report.losses).toMatchObject({ isProved: false, verdict: containing('What was not read is not proved.') });
    expect(reportMarkdown(report)).toContain('before the end of the incident.');
  });
});
