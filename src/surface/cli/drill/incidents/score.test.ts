// The score of an incident in which all went well, and what each mark says when one thing did not.

import { describe, expect, it } from 'vitest';
import type { FleetEvent, NewEvent } from '../../../../core/event.ts';
import type { JournalLine } from '../journal.ts';
import type { Played } from './incident.ts';
import { type Evidence, isKept, type Score, scoreOf } from './score.ts';

const CAUSE_MS = 10_000;
const FILE = 'file:src/a.py';
const STORED = 'file:@w1/src/a.py';

/** Event `seq`, that many milliseconds after the cause; fleet time began at 4,000 of the host's clock. */
function event(
  seq: number,
  afterMs: number,
  facts: Partial<NewEvent> & { readonly type: FleetEvent['type'] },
): FleetEvent {
  return { seq, at: CAUSE_MS - 4_000 + afterMs, wallAt: '', version: 1, actor: 'brigade', ...facts } as FleetEvent;
}

const anchor = { anchorAt: 0, anchorMonoMs: 4_000, placeId: 'p', bootId: 'b', host: 'h', why: '' };
const alert = {
  code: 'silent_holder',
  severity: 'critical',
  subject: '3',
  agents: ['ana', 'bo'],
  resources: [STORED],
  text: 'ana is silent',
  next: '',
  evidence: {},
} as const;

const EVENTS: readonly FleetEvent[] = [
  event(1, -5_000, { type: 'place.anchored', ...anchor }),
  event(2, -100, { type: 'session.opened', agentId: 'ana', sessionId: 'ses_a' }),
  event(3, -50, { type: 'lease.granted', agentId: 'ana', resource: STORED, token: 3 }),
  event(4, 10, { type: 'lease.queued', agentId: 'bo', resource: STORED }),
  event(5, 2_400, { type: 'alert.opened', ...alert }),
  event(6, 4_000, { type: 'lease.granted', agentId: 'bo', resource: STORED, token: 6 }),
  event(7, 4_010, { type: 'state.put', agentId: 'bo', key: 'k', valueVersion: 1 }),
];

const JOURNALS: Readonly<Record<string, readonly JournalLine[]>> = {
  ana: [
    { atMs: 9_900, what: 'registered', agentId: 'ana', sessionId: 'ses_a', warnings: [] },
    { atMs: 9_950, what: 'granted', tokens: { [FILE]: 3 }, update: null },
  ],
  bo: [
    { atMs: 14_001, what: 'granted', tokens: { [FILE]: 6 }, update: null },
    { atMs: 14_011, what: 'wrote', key: 'k', version: 1, sinceLastMs: 0 },
  ],
};

const finding = {
  id: 'silent_holder:a:3',
  code: 'silent_holder',
  message: 'ana is silent',
  evidence: [],
  next: '',
  safe: true,
};
const other = { ...finding, code: 'slow_holder', message: 'cleo is slow' };

const PLAYED: Played = {
  causeMs: CAUSE_MS,
  causeSeq: 3,
  alert: { code: 'silent_holder', thresholdMs: 2_000, because: 'silence counts after 2 s', names: ['ana'] },
  rootCause: { codes: ['silent_holder'], names: ['ana'] },
  reported: [],
  explanation: { by: 'dan', tookMs: 12, findings: [finding, other], summary: '' },
  rescued: null,
  blocked: [{ agentId: 'bo', resource: FILE }],
  freedBy: 'the lease was taken back',
  promises: [],
  verdict: 'All is well.',
};

function scored(change: {
  played?: Partial<Played> | null;
  events?: readonly FleetEvent[];
  bo?: readonly JournalLine[];
  untilMs?: number;
}): Score {
  const agents = Object.entries({ ...JOURNALS, ...(change.bo === undefined ? {} : { bo: change.bo }) });
  const evidence: Evidence = {
    played: change.played === null ? null : { ...PLAYED, ...change.played },
    events: change.events ?? EVENTS,
    untilMs: change.untilMs ?? CAUSE_MS + 60_000,
    agents: agents.map(([agentId, journal]) => ({ agentId, asked: agentId, client: 'cursor', journal })),
  };
  return scoreOf(evidence);
}

function brokenIn({ marks }: Score): readonly string[] {
  return marks.filter(({ kept }) => !kept).map(({ id, figure }) => `${id}: ${figure}`);
}

const without = (seq: number): readonly FleetEvent[] => EVENTS.filter((each) => each.seq !== seq);
const later = (seq: number, byMs: number): readonly FleetEvent[] =>
  EVENTS.map((each) => (each.seq < seq ? each : { ...each, at: each.at + byMs }));

it('the score of a drill in which all went well', () => {
  const score = scored({});
  expect(brokenIn(score)).toEqual([]);
  expect(isKept(score, [])).toBe(true);
  expect(score.detected).toEqual({ alert: 'silent_holder', afterMs: 2_400, thresholdMs: 2_000, text: 'ana is silent' });
  expect(score.explained).toMatchObject({ code: 'silent_holder', by: 'dan', tookMs: 12 });
  expect(score.freed).toEqual({ afterMs: 4_000, blocked: 1, freed: 1 });
  expect(score.lost).toEqual({ acknowledged: 4, lost: 0 });
});

const explanation = { by: 'dan', tookMs: 12, summary: 'Nothing is wrong.' };
const nameless = EVENTS.map((each) =>
  each.seq === 5 ? { ...each, agents: ['bo'], text: 'somebody is silent' } : each,
);

describe('what did not go well', () => {
  it.each<readonly [string, Parameters<typeof scored>[0], readonly string[]]>([
    ['an alert a second after its threshold is in time', { events: later(5, 600) }, []],
    ['an alert later than that is late', { events: later(5, 601) }, ['detected: 3 s']],
    ['no alert', { events: without(5) }, ['detected: never']],
    ['an alert from before the cause', { played: { causeSeq: 5 } }, ['detected: never']],
    ['an alert of another kind', { played: { alert: { ...PLAYED.alert, code: 'starvation' } } }, ['detected: never']],
    ['an alert that does not name the causer', { events: nameless }, ['detected: 2.4 s']],
    [
      'the root cause second',
      { played: { explanation: { ...explanation, findings: [other, finding] } } },
      ['explained: number 2'],
    ],
    [
      'the root cause not at all',
      { played: { explanation: { ...explanation, findings: [other] } } },
      ['explained: not named'],
    ],
    ['nothing found', { played: { explanation: { ...explanation, findings: [] } } }, ['explained: not named']],
    [
      'somebody else named',
      { played: { rootCause: { codes: ['silent_holder'], names: ['eve'] } } },
      ['explained: number 1'],
    ],
    ['nobody asked', { played: { explanation: null } }, ['explained: not measured']],
    ['found, where all should be healed', { played: { rootCause: { codes: [], names: [] } } }, ['explained: wrong']],
    ['somebody who does not get on', { events: without(6), bo: [] }, ['freed: not all']],
    ['a grant before the cause frees nobody', { played: { blockedSeq: 6 } }, ['freed: not all']],
    ['a grant that came of everybody leaving', { untilMs: CAUSE_MS + 3_999 }, ['freed: not all']],
    ['an alert after the end', { untilMs: CAUSE_MS + 2_399 }, ['detected: never', 'freed: not all']],
    ['a grant that is not in the log', { events: without(3) }, ['lost: 1']],
    ['a write that is not in the log', { events: without(7) }, ['lost: 1']],
    ['a session that is not in the log', { events: without(2) }, ['lost: 1']],
    [
      'a script that did not come to its end',
      { played: null },
      ['detected: not measured', 'explained: not measured', 'freed: not measured'],
    ],
  ])('%s', (_, change, broken) => {
    const score = scored(change);
    expect(brokenIn(score)).toEqual(broken);
    expect(isKept(score, [])).toBe(broken.length === 0);
  });

  it('a promise that is not kept', () => {
    expect(isKept(scored({}), [{ id: 'old-token', text: '', kept: false, measured: '' }])).toBe(false);
  });
});
