// Reports as they are read. The two whole documents are kept under test/golden/incidents: a change of wording is a change there.

import { describe, expect, it } from 'vitest';
import { IncidentStage, ringOfThree, silentHolderNight } from '../../../../test/support/incident-stage.ts';
import { containing } from '../../../../test/support/matching.ts';
import { VIEW_LIMITS } from '../../view/page.ts';
import { buildReport } from './build-report.ts';
import { reportMarkdown } from './markdown.ts';
import { REPORT_LIMITS, type ReportedEvent } from './material.ts';
import { mermaidOf } from './mermaid.ts';
import type { IncidentReport } from './report.ts';

const GOLDEN = '../../../../test/golden/incidents';

const checkOf = ({ losses }: IncidentReport, what: string) => losses.checks.find((check) => check.what.includes(what));

describe('the report of a silent holder', () => {
  const report = silentHolderNight().report();

  it('reads as it is kept', async () => {
    await expect(reportMarkdown(report)).toMatchFileSnapshot(`${GOLDEN}/silent-holder.md`);
  });

  it('names the cause first, with the numbers that show it, and says what is not known', () => {
    const [cause] = report.causes;
    expect(cause?.code).toBe('silent_holder');
    expect(cause?.evidence.every(({ seqs }) => seqs.length > 0)).toBe(true);
    expect(cause?.notKnown).toContain('why claude_state did nothing');
  });

  it('says who was kept waiting and for how long', () => {
    expect(report.impact.blocked.map(({ agentId, totalMs, outcome }) => [agentId, totalMs, outcome])).toEqual([
      ['codex_tests', 218_000, 'granted'],
      ['claude_docs', 214_000, 'granted'],
      ['cursor_reader', 200_000, 'granted'],
      ['gemini_review', 185_000, 'granted'],
    ]);
    expect(report.impact).toMatchObject({ waitedMs: 817_000, longestMs: 218_000, lostLeases: { revoked: 1 } });
    expect(report.impact.refusals).toEqual([{ code: 'TOKEN_STALE', count: 1, agents: ['claude_state'] }]);
  });

  it('says what ended it, by whom and how long after it was noticed', () => {
    expect(report.recovery).toMatchObject({ isOver: true, freedAfterMs: 65_000, still: { held: 0, waiting: 0 } });
    expect(report.recovery.text).toContain('operator:root revoked the lease of claude_state');
  });

  it('proves that nothing was lost, by counts', () => {
    expect(report.losses.isProved).toBe(true);
    expect(report.losses.verdict).toContain('7 leases, 4 places in line and 2 governed writes');
    expect(report.losses.checks.every(({ isGood }) => isGood)).toBe(true);
  });

  it('names what broke the ground under all before it, and what only followed behind it', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.enter('bo', 'codex', 2);
    stage.takes('ana', ['a.ts']);
    stage.at(10).takes('bo', ['a.ts']);
    stage.raise('t1', { code: 'starvation', agents: ['bo'], text: 'bo waits for very long.' });
    stage.at(15).raise('disk', { code: 'store_trouble', text: 'The log could not be written.' });
    for (let second = 20; second <= 420; second += 20) stage.at(second).waitsOn('bo');
    expect(stage.report().causes.map(({ code }) => code)).toEqual(['store_trouble', 'silent_holder', 'starvation']);
  });

  it('is the same each time', () => {
    expect(silentHolderNight().report()).toEqual(report);
  });

  it('tells of it while it lasts: who still waits, and that it is not over', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.enter('bo', 'codex', 2);
    stage.takes('ana', ['a.ts']);
    stage.at(10).takes('bo', ['a.ts']);
    for (let second = 20; second <= 420; second += 20) stage.at(second).waitsOn('bo');
    stage.presence.set('s-ana', 'stopped');
    const open = stage.report();
    expect(open).toMatchObject({ state: 'open', recovery: { isOver: false, still: { held: 1, waiting: 1 } } });
    expect(open.recovery.text).toBe(
      'It is not over: what holds it up is still there. Now 1 lease of what it was about is held, and bo waits.',
    );
    expect(open.impact.blocked).toMatchObject([{ agentId: 'bo', outcome: 'waiting' }]);
    expect(open.causes[0]?.evidence.at(-1)?.text).toContain('(mcp 1 on kitchen) is there and is stopped');
  });
});

describe('the report of a deadlock', () => {
  const stage = ringOfThree();
  stage.at(1_200);
  const report = stage.report();

  it('reads as it is kept', async () => {
    await expect(reportMarkdown(report)).toMatchFileSnapshot(`${GOLDEN}/ring-of-three.md`);
  });

  it('draws the ring as it stood before it was broken', () => {
    expect(report.graphs[0]).toMatchObject({
      moment: 'The ring, before it was broken',
      edges: [
        { from: 'cy', to: 'ana', resource: 'file:src/a.ts' },
        { from: 'ana', to: 'bo', resource: 'file:src/b.ts' },
        { from: 'bo', to: 'cy', resource: 'file:src/c.ts' },
      ],
    });
  });

  it('names the order in which to take the files', () => {
    expect(report.prevention[0]).toContain('file:src/a.ts before file:src/b.ts before file:src/c.ts');
  });
});

describe('the report of a lost process', () => {
  it('names it before the waits that followed from it', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.enter('bo', 'codex', 2);
    stage.takes('ana', ['src/'], 'move all of it');
    stage.at(10).takes('bo', ['src/b.ts']);
    const dead = { sessionId: 's-ana', attachmentId: 'att-ana', cause: 'dead', evidence: 'pid 1 is gone' } as const;
    stage.at(20).system({ op: 'detach', ...dead });
    stage.at(30).releases('bo');
    stage.at(1_200);
    const report = stage.report();
    expect(report.title).toBe('The process of ana ended while it held file:src/');
    expect(report.causes[0]).toMatchObject({ code: 'session_lost', notKnown: 'why the process ended.' });
    expect(report.recovery.text).toContain('The lease of ana ended with its session');
    expect(report.prevention).toContain('Split the lock: ana held all of file:src/, and others wanted less of it.');
  });
});

describe('the report of a lost process that nobody waited for', () => {
  it('names it all the same, and says that nothing is held up', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.takes('ana', ['a.ts']);
    const dead = { sessionId: 's-ana', attachmentId: 'att-ana', cause: 'dead', evidence: 'pid 1 is gone' } as const;
    stage.at(20).system({ op: 'detach', ...dead });
    const report = stage.at(25).report();
    expect(report.causes).toMatchObject([{ code: 'session_lost', text: containing('nobody waited for it') }]);
    expect(report.summary).toContain('Nobody was kept waiting.');
    expect(report.recovery.text).toBe(
      'The lease of ana ended with its session in the moment in which it was noticed. Now nobody holds or waits for what it was about.',
    );
  });
});

describe('what was lost', () => {
  it('is said of a token of which neither an end nor a holder is known', () => {
    const stage = silentHolderNight();
    const last = stage.log.findLast(({ type }) => type === 'lease.released');
    const report = stage.report(stage.log.filter(({ seq }) => seq !== last?.seq));
    expect(checkOf(report, 'Leases granted')).toMatchObject({
      isGood: false,
      found: containing(String(last?.token)),
    });
    expect(checkOf(report, 'Numbers')).toMatchObject({ isGood: false });
    expect(report.losses).toMatchObject({
      isProved: false,
      verdict: containing('Not everything is accounted for'),
    });
    expect(reportMarkdown(report)).toContain('**');
  });

  it('is said of two leases that were held against each other', () => {
    const stage = silentHolderNight();
    const revoked = stage.log.findIndex(({ type }) => type === 'lease.revoked');
    const swapped = stage.log.slice();
    const [end, grant] = [swapped[revoked], swapped[revoked + 1]];
    if (end === undefined || grant === undefined) throw new Error('the night has changed');
    swapped[revoked] = { ...grant, seq: end.seq, token: end.seq };
    swapped[revoked + 1] = { ...end, seq: grant.seq };
    const report = stage.report(swapped);
    expect(checkOf(report, 'in conflict')).toMatchObject({
      isGood: false,
      found: containing('at one time'),
    });
  });

  it('is said of a governed write that is not there', () => {
    const stage = silentHolderNight();
    const material = stage.material();
    const report = buildReport({ ...material, versions: { 'plans/tonight': 1 } });
    expect(checkOf(report, 'Governed')).toMatchObject({
      isGood: false,
      found: 'not there: plans/tonight version 2, which is at 1',
    });
  });

  it('is said of a governed write that made no later version than the one before', () => {
    const stage = silentHolderNight();
    const log = stage.log.map((event) => (event.type === 'state.put' ? { ...event, valueVersion: 1 } : event));
    expect(checkOf(stage.report(log), 'Governed')).toMatchObject({
      isGood: false,
      found: 'not there: plans/tonight version 1',
    });
  });

  it('is said of a place in line of which neither an end nor a waiter is known', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.enter('bo', 'codex', 2);
    stage.takes('ana', ['a.ts']);
    stage.at(10).takes('bo', ['a.ts']);
    const [ticket] = stage.state.tickets.rows();
    stage.raise('x', { agents: ['ana'], resources: ['file:@w1/a.ts'] });
    stage.at(20).releases('ana');
    const log = stage.log.filter(({ type }) => type !== 'wait.ended');
    expect(checkOf(stage.report(log), 'Places')).toMatchObject({
      isGood: false,
      found: containing(`of ${ticket?.ticket} nothing is known`),
    });
  });

  it('is not said to be nothing of more leases than can be looked for', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    const files = Array.from({ length: VIEW_LIMITS.rows + 5 }, (_, i) => `f${i}.ts`);
    for (const file of files) stage.takes('ana', [file]);
    stage.raise('x', { agents: ['ana'] });
    expect(checkOf(stage.report(), 'Leases granted')).toMatchObject({
      isGood: false,
      found: '105 held now; 5 could not be looked for',
    });
  });

  it('is not called nothing where the log was cut off, and the report says from where on it is known', () => {
    const stage = silentHolderNight();
    const report = stage.report(
      stage.log.filter(({ seq }) => seq >= 30),
      30,
    );
    expect(report.losses).toMatchObject({ isProved: false });
    expect(report.losses.verdict).toContain('What was not read is not proved.');
    expect(reportMarkdown(report)).toContain('The log begins with number 30.');
    // The lease was granted before that, and is known by its end.
    expect(report.locks[0]?.holders[0]).toMatchObject({
      agentId: 'claude_state',
      fromOffsetMs: null,
      end: containing('revoked'),
    });
  });

  it('counts facts that were too many to keep', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.raise('x', { agents: ['ana'] });
    const { seq, at } = stage.state.position;
    const many = Array.from({ length: REPORT_LIMITS.factsKept + 5 }, (_, i) => {
      const facts = { type: 'session.active', noticesSeen: 0, actor: 'ana', agentId: 'ana', sessionId: 's-ana' };
      return {
        ...facts,
        seq: seq + 1 + i,
        at,
        wallAt: '2025-11-19T23:25:00.000Z',
        version: 1,
        hash: 'x',
      } as ReportedEvent;
    });
    stage.state.position = { ...stage.state.position, seq: seq + many.length };
    const report = stage.report([...stage.log, ...many]);
    expect(report.source.leftOut).toBe(5);
    expect(report.losses.isProved).toBe(false);
    expect(reportMarkdown(report)).toContain('5 facts about it left out');
  });
});

describe('the document', () => {
  it('says what is not known where the log explains nothing', () => {
    const stage = new IncidentStage();
    stage.raise('y', { text: 'Something is odd.' });
    const material = stage.material();
    const text = reportMarkdown(buildReport({ ...material, view: { ...material.view, alerts: [] } }));
    expect(text).toContain('Not known. The log shows what was seen');
    expect(text).toContain('Blocked: none.');
    expect(text).not.toContain('## What would have prevented it');
  });

  it('says no more than the alert where the facts behind it are gone', () => {
    const stage = new IncidentStage();
    stage.raise('7', { text: 'Somebody is silent.' });
    expect(stage.report().causes).toMatchObject([{ code: 'silent_holder', text: 'Somebody is silent.' }]);
    expect(reportMarkdown(stage.report())).toContain('- Not known: more than the alert says.');
  });

  it('lets nobody break a table or a picture by a name', () => {
    const stage = new IncidentStage();
    stage.enter('ana', 'cursor', 1);
    stage.enter('bo', 'codex', 2);
    const evil = 'a"]; x[`|<b>&_#*\\.ts';
    stage.takes('ana', [evil], 'x | y\n# Not a heading\n| a | b |');
    stage.at(10).takes('bo', [evil]);
    for (let second = 20; second <= 420; second += 20) stage.at(second).waitsOn('bo');
    stage.operator({ op: 'note_incident', incident: 1, text: 'first\n# second\n> third' });
    const text = reportMarkdown(stage.report());
    const tables = text.split('\n').filter((line) => line.startsWith('| '));
    for (const line of tables) expect(line.replaceAll('\\|', '').split('|').length).toBeGreaterThan(2);
    const widths = text.split(/\n{2,}/).map(
      (block) =>
        new Set(
          block
            .split('\n')
            .filter((line) => line.startsWith('|'))
            .map((line) => line.replaceAll('\\|', '').split('|').length),
        ),
    );
    expect(widths.every(({ size }) => size <= 1)).toBe(true);
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
    expect(text).toContain('> first\n> \\# second\n> \\> third');
    expect(text.replaceAll('\\`', '').replaceAll(/`[^`]*`/g, '')).not.toContain('<b>');
    const [, node] = mermaidOf({
      moment: '',
      offsetMs: 0,
      leftOut: 0,
      edges: [{ kind: 'hold', from: evil, to: 'b', resource: evil, token: 1, waitedMs: 0 }],
    });
    expect(node).toBe('  n0["a#34;#93;#59; x#91;#96;#124;#60;b#62;#38;_#35;#42;#92;.ts"]');
  });
});
