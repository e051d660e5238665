import { describe, expect, it } from 'vitest';
import type { SpokenMark, SpokenSpan, SpokenTimeline } from '../../data/types.ts';
import { drawnLanes, heightOfLanes, hitAt, lanesBetween, TRACK } from './lanes.ts';
import { spanKey, spanSentence } from './span-words.ts';
import { timelineRows } from './timeline-rows.ts';

function span(kind: SpokenSpan['kind'], agentId: string, fromMs: number, toMs: number | null, more = {}): SpokenSpan {
  const resource = kind === 'live' || kind === 'paused' ? null : 'task:a';
  const token = kind === 'held' ? fromMs : null;
  const ticket = kind === 'waited' ? `t-${agentId}` : null;
  const rest = { mode: null, fromSeq: fromMs, toSeq: toMs, end: null };
  return { kind, agentId, resource, token, ticket, fromMs, toMs, ...rest, ...more };
}

function mark(kind: SpokenMark['kind'], atMs: number): SpokenMark {
  return { kind, atMs, seq: atMs, agentId: 'ana', resource: 'task:a', text: `it ${kind}`, verdict: null };
}

describe('lanes', () => {
  const held = span('held', 'ana', 0, 100);
  const waits = [span('waited', 'bo', 10, 100), span('waited', 'cy', 20, null), span('waited', 'dee', 100, 120)];
  const spans = [held, ...waits, span('paused', 'ana', 40, 60)];
  const [lane] = drawnLanes([{ key: 'task:a', spans, marks: [mark('expired', 100)] }], [], 0);

  it('have a track for each that is there at once, what is held first, and none for a ground', () => {
    expect(lane?.spans.map(({ span: { agentId }, track }) => `${agentId} ${track}`)).toEqual([
      'ana 0',
      'bo 1',
      'cy 2',
      'dee 1',
    ]);
    expect(lane?.grounds.map(({ kind }) => kind)).toEqual(['paused']);
    expect(lane?.height).toBeGreaterThanOrEqual(3 * TRACK);
  });

  it('are bounded in height, however many wait at once', () => {
    const crowd = Array.from({ length: 500 }, (_, i) => span('waited', `w${i}`, i, null));
    const [tall] = drawnLanes([{ key: 'task:a', spans: crowd, marks: [] }], [], 0);
    expect(tall?.spans).toHaveLength(500);
    expect(tall?.height).toBeLessThan(10 * TRACK);
  });

  it('are found by height without looking at each, and begin with the fleet where there is something of it', () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ key: `task:${i}`, spans: [held], marks: [] }));
    const lanes = drawnLanes(many, [mark('alert', 5)], 16);
    expect(lanes[0]?.key).toBeNull();
    expect(lanesBetween(lanes, 0, heightOfLanes(lanes))).toEqual([0, 301]);
    const tenth = lanes[10];
    expect(tenth === undefined ? [] : lanesBetween(lanes, tenth.top, tenth.top + 1)).toEqual([10, 11]);
    expect(lanesBetween(lanes, 1e9, 1e9 + 1)).toEqual([301, 301]);
  });

  it('tell what lies under the pointer: a mark before a span, a span before what is behind it', () => {
    if (lane === undefined) throw new Error('no lane');
    const at = (x: number, y: number) => hitAt(lane, x, y, (ms) => ms);
    expect(at(98, 6)).toEqual({ mark: lane.marks[0] });
    expect(at(50, lane.tracksTop + 5)).toEqual({ span: held });
    expect(at(5_000, lane.tracksTop + 2 * TRACK + 5)).toEqual({ span: waits[1] });
    expect(at(50, lane.height - 1)).toEqual({ span: spans[4] });
    expect(at(300, lane.tracksTop + 5)).toBeNull();
  });
});

describe('what is said of them', () => {
  it('is a sentence, of what is over and of what goes on', () => {
    const over = span('held', 'ana', 0, 65_000, { end: 'revoked' });
    expect(spanSentence(over, 1e9)).toBe('ana held task:a for 1m05s, until it was taken back.');
    expect(spanSentence(span('waited', 'bo', 0, null), 3_900)).toBe('bo waits for task:a, 3s so far.');
    expect(spanSentence(span('held', 'ana', 0, 1, { end: 'odd_end' }), 1)).toContain('until: odd end');
  });

  it('is a row of its lane, in the order of time; its key is the same after more was read', () => {
    const timeline = {
      from: { seq: 0, atMs: 0 },
      to: { seq: 9, atMs: 200 },
      lanes: [{ key: 'task:a', spans: [span('held', 'ana', 50, null)], marks: [mark('expired', 20)] }],
      marks: [mark('alert', 70)],
      isWhole: true,
      leftOut: { lanes: 0, spans: 0, marks: 0 },
    } satisfies SpokenTimeline;
    expect(timelineRows(timeline).map(({ lane, what }) => `${lane}: ${what}`)).toEqual([
      'The fleet: alert',
      'task:a: expired',
      'task:a: held',
    ]);
    expect(spanKey(span('waited', 'bo', 10, null))).toBe(spanKey(span('waited', 'bo', 12, 40)));
  });
});
