import { describe, expect, it } from 'vitest';
import { goodMetadata, goodRecord, START_MS, withJournal } from '../../../../../test/support/drill-record.ts';
import type { FleetEvent } from '../../../../core/event.ts';
import type { JournalLine } from '../journal.ts';
import type { DrillRecord } from '../record.ts';
import { CORE_FILE, METADATA_FILE, textOf } from '../workspace-files.ts';
import { reportOf } from './report.ts';

const FROZEN = 'claude_chat_1';
const STEADY = 'composer_cursor_v1.0.3';

describe('the report of a drill in which everything went well', () => {
  const report = reportOf(goodRecord);

  it('says so', () => {
    expect(report.promises.filter(({ kept }) => !kept)).toEqual([]);
    expect(report.ok).toBe(true);
  });

  it('has its figures from the log, the journals and the files', () => {
    expect(report.figures).toEqual({
      updatesMade: 34,
      updatesKept: 34,
      stateWrites: 34,
      stateWritesCounted: 34,
      criticalSections: 34,
      overlaps: 0,
      grants: 5,
      grantsOutOfTurn: 0,
      namedMs: 690,
      detectMs: 2_500,
      freeMs: 10,
      longestWaitMs: 2_420,
      staleWritesRefused: 1,
      staleRefused: 3,
      updatesWhileFrozen: 3,
      killToGrantMs: 350,
      deadlockAnsweredMs: 9,
    });
  });

  it('tells the night in the order in which it happened, with the hours of that one', () => {
    const times = report.timeline.map(({ afterMs }) => afterMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(report.timeline.flatMap(({ hour }) => hour ?? [])).toEqual([
      '23:25',
      '23:50',
      '23:52',
      '00:25',
      '00:30',
      '01:00',
    ]);
    const texts = report.timeline.map(({ text }) => text).join('\n');
    expect(texts).toContain("claude_chat_1's lease of file:data/agent_metadata.json (token 60) expired");
    expect(texts).toContain('claude_chat_1 is refused put_state, release_lock and acquire_lock: Token 60 is old.');
    expect(texts).toContain('test_agent_1 is killed');
  });

  it('says of each agent what it made, what was kept, how long it waited and held', () => {
    const steady = report.agents.find(({ agentId }) => agentId === STEADY);
    expect(steady).toMatchObject({ made: 3, kept: 3, longestWaitMs: 2_420 });
    expect(report.agents.find(({ agentId }) => agentId === FROZEN)).toMatchObject({
      heldMs: 2_506,
      warnings: [expect.stringContaining('generic id')],
    });
  });

  it('sets that night beside this run', () => {
    const rows = Object.fromEntries(report.thenAndNow.map(({ what, thisRun }) => [what, thisRun]));
    expect(rows['a holder stands still']).toContain('passed over after 2.5 s');
    expect(rows['who knew why']).toBe('1 of 1 waiter, by their own answers, the first after 0.69 s');
    expect(rows['updates kept']).toBe('34 of 34');
  });
});

type Break = readonly [what: string, id: string, record: DrillRecord, also?: readonly string[]];

/** What happens, the promise that breaks, and those that may break with it. */
const BREAKS: readonly Break[] = [
  ['two are inside at once', 'one-at-a-time', inside(FROZEN, 7_000, 7_455)],
  ['an edit is gone', 'nothing-lost', edits((all) => all.filter(({ token }) => token !== 55))],
  [
    'an edit stands there twice',
    'nothing-lost',
    edits((all) => all.flatMap((e) => (e.token === 55 ? [e, e] : [e]))),
    ['later-token'],
  ],
  [
    'the file is half written',
    'nothing-lost',
    withFile(METADATA_FILE, '{"edits": ['),
    ['later-token', 'then-properly'],
  ],
  ['an old hand wrote after a new one', 'later-token', edits((all) => all.toReversed())],
  ['somebody is granted past the line', 'fair-line', withEvents((all) => all.map(past))],
  ['a write of state was overwritten', 'state-kept', { ...goodRecord, state: { count: 33, version: 34 } }],
  ['no waiter is told who is stopped', 'named', journalOf(STEADY, (line) => (line.what === 'queued' ? [] : [line]))],
  ['the lease ends late', 'passed-over', late(64, 66, 6_000)],
  [
    'the next in line hears late',
    'freed',
    journalOf(STEADY, (line) => [tokenOf(line) === 65 ? { ...line, atMs: line.atMs + 2_100 } : line]),
    ['others-go-on'],
  ],
  [
    'nobody works meanwhile',
    'others-go-on',
    journalOf(STEADY, (line) => [line.what === 'answered' ? { ...line, tookMs: 2_001 } : line]),
  ],
  [
    'the rescue does not come',
    'rescue',
    withJournal(goodRecord, 'claude_code_cli_discovery', (all) => all.slice(0, 1)),
    ['state-kept', 'all-done', 'others-go-on'],
  ],
  ['the old token is not refused', 'old-token', journalOf(FROZEN, (line) => (line.what === 'refused' ? [] : [line]))],
  [
    'the old token touches the file',
    'old-token',
    journalOf(FROZEN, (line) => [tokenOf(line) === 80 && line.what === 'entered' ? { ...line, token: 60 } : line]),
  ],
  [
    'its update is not made after all',
    'then-properly',
    withJournal(goodRecord, FROZEN, (all) => all.filter((line) => tokenOf(line) !== 80)),
    ['state-kept', 'all-done'],
  ],
  [
    'the killed one is noticed late',
    'killed-holder',
    journalOf(STEADY, (line) => [tokenOf(line) === 87 ? { ...line, atMs: line.atMs + 2_000 } : line]),
  ],
  [
    'a deadlock is answered late',
    'deadlock',
    journalOf(STEADY, (line) => [line.what === 'refused' ? { ...line, tookMs: 1_001 } : line]),
  ],
  [
    'a deadlock is answered without names',
    'deadlock',
    journalOf(STEADY, (line) => [line.what === 'refused' ? { ...line, message: 'no' } : line]),
  ],
  ['the core file is shortened', 'core-file', withFile(CORE_FILE, 'def rule_1(): pass\n')],
  ['a generic name is given as it is', 'names', unnamed()],
  ['the script ends early', 'all-done', { ...goodRecord, stoppedBy: 'waited 90 s for something' }],
  ['a lease is left behind', 'nothing-left', { ...goodRecord, left: { leases: 1, waits: 0 } }],
];

describe('the report of a drill in which something went wrong', () => {
  const cases = BREAKS.map(([what, id, record, also = []]) => ({ what, id, record, also }));

  it.each(cases)('$what: $id', ({ id, record, also }) => {
    const { ok, promises } = reportOf(record);
    const broken = promises.filter(({ kept }) => !kept).map((promise) => promise.id);
    expect(ok).toBe(false);
    expect(broken).toContain(id);
    expect([id, ...also]).toEqual(expect.arrayContaining(broken));
  });

  it('has every promise broken here once', () => {
    const ids = reportOf(goodRecord).promises.map(({ id }) => id);
    expect(new Set(BREAKS.map(([, id]) => id))).toEqual(new Set(ids));
  });

  it('says of which only the time was missed', () => {
    const missed = cases.filter(({ record }) => reportOf(record).promises.some((promise) => promise.late === true));
    expect(missed.map(({ what }) => what)).toEqual([
      'the lease ends late',
      'the next in line hears late',
      'nobody works meanwhile',
      'the killed one is noticed late',
      'a deadlock is answered late',
    ]);
    for (const { record } of cases)
      expect(reportOf(record).promises.filter(({ kept, late: isLate }) => kept && isLate === true)).toEqual([]);
  });

  it('judges what there is of a drill that did not get far', () => {
    const nothing = {
      ...goodRecord,
      events: [],
      players: [],
      signals: [],
      files: {},
      state: { count: 0, version: 0 },
      stoppedBy: 'no',
    };
    expect(reportOf(nothing).ok).toBe(false);
    expect(reportOf(nothing).figures.detectMs).toBeNull();
  });
});

function edits(change: (all: typeof goodMetadata.edits) => typeof goodMetadata.edits): DrillRecord {
  return withFile(METADATA_FILE, textOf({ ...goodMetadata, edits: change(goodMetadata.edits) }));
}

function withFile(file: string, text: string): DrillRecord {
  return { ...goodRecord, files: { ...goodRecord.files, [file]: text } };
}

function withEvents(change: (all: readonly FleetEvent[]) => readonly FleetEvent[]): DrillRecord {
  return { ...goodRecord, events: change(goodRecord.events) };
}

/** The grant to the first in line went to somebody who did not stand in it. */
function past(event: FleetEvent): FleetEvent {
  return event.type === 'lease.granted' && event.seq === 65 ? { ...event, ticket: null, agentId: 'somebody' } : event;
}

/** Events `from` to `to` came `ms` later, and so did what the agents noted of them. */
function late(from: number, to: number, ms: number): DrillRecord {
  const shifted = withEvents((all) =>
    all.map((each) => (each.seq >= from && each.seq <= to ? { ...each, at: each.at + ms } : each)),
  );
  return withJournal(shifted, STEADY, (all) =>
    all.map((line) => (tokenOf(line) === 65 ? { ...line, atMs: line.atMs + ms } : line)),
  );
}

function journalOf(agentId: string, change: (line: JournalLine) => readonly JournalLine[]): DrillRecord {
  return withJournal(goodRecord, agentId, (all) => all.flatMap(change));
}

function inside(agentId: string, fromMs: number, toMs: number): DrillRecord {
  const lines: readonly JournalLine[] = [
    { atMs: START_MS + fromMs, what: 'entered', file: METADATA_FILE, token: 0 },
    { atMs: START_MS + toMs, what: 'left', file: METADATA_FILE, token: 0 },
  ];
  return withJournal(goodRecord, agentId, (all) => [...all, ...lines]);
}

function unnamed(): DrillRecord {
  const changed = withJournal(goodRecord, FROZEN, (all) =>
    all.map((line) => (line.what === 'registered' ? { ...line, warnings: [] } : line)),
  );
  return changed;
}

function tokenOf(line: JournalLine): number | null {
  if (line.what === 'granted') return Object.values(line.tokens)[0] ?? null;
  return 'token' in line ? line.token : null;
}
