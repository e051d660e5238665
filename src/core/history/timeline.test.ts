// The night of November 2025 as a timeline shows it, and what it leaves out.

import { describe, expect, it } from 'vitest';
import { foldOf } from '../../../test/histories/history.ts';
import { BEGAN_MS, TimedFleet } from '../../../test/support/timed-fleet.ts';
import type { FleetEvent } from '../event.ts';
import { epochStarted } from '../fleet/epoch.ts';
import { Chronicle } from './chronicle.ts';
import type { Stretch } from './span.ts';
import { stretchViewOf } from './stretch-view.ts';
import { type LaneView, STRETCH_LIMITS, type TimelineView } from './stretch-views.ts';

const MINUTE = 60_000;

/** The stretch behind event `after`, up to the last one and `atMs`. */
function since(fleet: TimedFleet, after: FleetEvent, atMs: number): { chronicle: Chronicle; stretch: Stretch } {
  const { events } = fleet;
  const chronicle = new Chronicle(foldOf(events.slice(0, after.seq)));
  for (const event of events.slice(after.seq)) chronicle.hear(event);
  const from = { seq: after.seq, atMs: Date.parse(after.wallAt) };
  return { chronicle, stretch: { from, to: { seq: events.length, atMs: BEGAN_MS + atMs }, isWhole: true } };
}

/** Spans in minutes since the beginning of the log. */
function table(lane: LaneView | undefined): readonly (readonly unknown[])[] {
  const minute = (ms: number | null): number | null => (ms === null ? null : (ms - BEGAN_MS) / MINUTE);
  return (lane?.spans ?? []).map(({ kind, agentId, fromMs, toMs, fromSeq, end }) => [
    kind,
    agentId,
    minute(fromMs),
    minute(toMs),
    fromSeq === null ? 'before' : 'within',
    end,
  ]);
}

/** ana holds the metadata since ten to; the others come, wait and are refused; she is frozen, and an operator takes it back. */
function theNight() {
  const fleet = new TimedFleet();
  const metadata = 'file:@w1/agent_metadata.json';
  for (const name of ['ana', 'bo', 'cy']) fleet.join(name);
  fleet.atMs = 10 * MINUTE;
  const asked = { op: 'acquire', resources: [metadata], mode: 'exclusive', reason: '', priority: 0 } as const;
  fleet.says('ana', { ...asked, waitMs: 0, ttlMs: 3_600_000 });
  fleet.atMs = 20 * MINUTE;
  fleet.system({ op: 'mark_drill', label: 'the stretch begins', note: '' });
  const begins = fleet.last('drill.marked');
  fleet.atMs = 25 * MINUTE;
  fleet.says('bo', { ...asked, waitMs: 600_000, ttlMs: 300_000 });
  fleet.atMs = 28 * MINUTE;
  fleet.says('cy', { ...asked, waitMs: 0, ttlMs: 300_000 });
  fleet.atMs = 33 * MINUTE;
  fleet.operator({ op: 'revoke', resource: metadata, token: null, reason: 'ana is frozen' });
  fleet.atMs = 36 * MINUTE;
  const checkIn = { summary: 'done', digest: 'd'.repeat(32), complexity: null, confidence: 0.9 };
  fleet.says('bo', { op: 'check_in', ...checkIn, outcomes: [], plan: null, parameters: null });
  fleet.says('bo', { op: 'release', leases: 'all' });
  return { fleet, begins, metadata };
}

describe('the timeline of the night', () => {
  it('has a lease that was held before, waited for, taken back and granted anew', () => {
    const { fleet, begins, metadata } = theNight();
    const { chronicle, stretch } = since(fleet, begins, 50 * MINUTE);
    const { lanes, leftOut } = stretchViewOf(chronicle, stretch, { kind: 'timeline' });
    expect(lanes.map(({ key }) => key)).toEqual([metadata]);
    expect(table(lanes[0])).toEqual([
      ['held', 'ana', 10, 33, 'before', 'revoked'],
      ['waited', 'bo', 25, 33, 'within', 'granted'],
      ['held', 'bo', 33, 36, 'within', 'released'],
    ]);
    expect(lanes[0]?.marks).toMatchObject([
      { kind: 'refused', agentId: 'cy', resource: metadata },
      { kind: 'revoked', agentId: 'ana', text: expect.stringContaining('ana is frozen') as string },
    ]);
    expect(leftOut).toEqual({ lanes: 0, spans: 0, marks: 0 });
  });

  it('goes on where it has not ended by then', () => {
    const { fleet, begins } = theNight();
    const { chronicle, stretch } = since(fleet, begins, 50 * MINUTE);
    const before = { ...stretch, to: { seq: fleet.last('lease.revoked').seq - 1, atMs: BEGAN_MS + 32 * MINUTE } };
    expect(table(stretchViewOf(chronicle, before, { kind: 'timeline' }).lanes[0])).toEqual([
      ['held', 'ana', 10, null, 'before', null],
      ['waited', 'bo', 25, null, 'within', null],
    ]);
  });

  it('has sessions and check-ins with their verdicts in the lanes of agents', () => {
    const { fleet, begins } = theNight();
    const { chronicle, stretch } = since(fleet, begins, 50 * MINUTE);
    const { lanes } = stretchViewOf(chronicle, stretch, { kind: 'timeline', by: 'agent' });
    expect(lanes.map(({ key }) => key)).toEqual(['bo', 'ana', 'cy']);
    expect(table(lanes[0])).toEqual([
      ['live', 'bo', 0, null, 'before', null],
      ['waited', 'bo', 25, 33, 'within', 'granted'],
      ['held', 'bo', 33, 36, 'within', 'released'],
    ]);
    expect(lanes[0]?.marks).toMatchObject([{ kind: 'check_in', verdict: 'proceed', resource: null }]);
  });

  it('is hot where it was waited for, and counts only what lies in the stretch', () => {
    const { fleet, begins, metadata } = theNight();
    const { chronicle, stretch } = since(fleet, begins, 50 * MINUTE);
    expect(stretchViewOf(chronicle, stretch, { kind: 'heat' }).rows).toEqual([
      { resource: metadata, grants: 1, waits: 1, waitedMs: 8 * MINUTE, heldMs: 16 * MINUTE, refusals: 1 },
    ]);
  });

  it('has a longest wait that grows until it is over', () => {
    const { fleet, begins } = theNight();
    const { chronicle, stretch } = since(fleet, begins, 50 * MINUTE);
    const { atMs, series, stepMs } = stretchViewOf(chronicle, stretch, { kind: 'series', minutes: 600 });
    expect([stepMs / MINUTE, atMs.map((ms) => (ms - BEGAN_MS) / MINUTE)]).toEqual([5, [25, 30, 35, 40, 45, 50]]);
    expect(series.longestWaitMs.map((ms) => ms / MINUTE)).toEqual([0, 5, 0, 0, 0, 0]);
    expect([series.leases, series.waits]).toEqual([
      [1, 1, 1, 0, 0, 0],
      [0, 1, 0, 0, 0, 0],
    ]);
  });
});

describe('what a timeline leaves out', () => {
  /** `lanes` resources, each granted and released as often as it says. */
  function crowded(lanes: number, grants: number): TimelineView {
    const fleet = new TimedFleet();
    fleet.join('ana');
    const chronicle = new Chronicle(foldOf(fleet.events));
    let { seq } = chronicle;
    const head = { at: 0, version: 1, actor: 'ana', agentId: 'ana', sessionId: 's-ana' } as const;
    for (let i = 0; i < lanes * grants; i += 1) {
      const resource = `task:${i % lanes}`;
      const wallAt = new Date(BEGAN_MS + i * 1_000).toISOString();
      const about = {
        mode: 'exclusive',
        ttlMs: 1,
        path: 'free',
        ticket: null,
        replaces: null,
        firstToken: null,
        reason: '',
      } as const;
      chronicle.hear({ ...head, type: 'lease.granted', seq: seq + 1, wallAt, resource, ...about });
      chronicle.hear({
        ...head,
        type: 'lease.released',
        seq: seq + 2,
        wallAt,
        resource,
        token: seq + 1,
        why: 'released',
      });
      seq += 2;
    }
    const to = { seq, atMs: BEGAN_MS + lanes * grants * 1_000 };
    const stretch = { from: { seq: chronicle.startSeq, atMs: BEGAN_MS }, to, isWhole: true };
    return stretchViewOf(chronicle, stretch, { kind: 'timeline', lanes: 9_999 });
  }

  it('is lanes beyond the most', () => {
    const { lanes, leftOut } = crowded(STRETCH_LIMITS.lanesMax + 7, 1);
    expect([lanes.length, leftOut]).toEqual([STRETCH_LIMITS.lanesMax, { lanes: 7, spans: 0, marks: 0 }]);
  });

  it('is the oldest spans beyond the most', () => {
    const { lanes, leftOut } = crowded(2, STRETCH_LIMITS.spans / 2 + 3);
    const shown = lanes.flatMap(({ spans }) => spans);
    expect([shown.length, leftOut]).toEqual([STRETCH_LIMITS.spans, { lanes: 0, spans: 6, marks: 0 }]);
    expect(Math.min(...shown.map(({ fromMs }) => fromMs))).toBe(BEGAN_MS + 6_000);
  });
});

describe('a log that was lost', () => {
  it('goes on with what its starter knew, and says of the rest that it was lost with the log', () => {
    const fleet = new TimedFleet();
    for (const name of ['ana', 'bo']) fleet.join(name);
    fleet.acquire('ana', ['task:known']);
    const known = foldOf(fleet.events);
    fleet.acquire('bo', ['task:unknown']);
    const chain = { epoch: 0, seq: known.position.seq, hash: '' };
    const start = { fleetId: 'f1', epoch: 1, lost: chain, basis: chain, why: 'the file is gone', requestId: 'r' };
    const moment = { at: MINUTE, wallAt: new Date(BEGAN_MS + MINUTE).toISOString() };
    const started = epochStarted(known, start, moment);
    const chronicle = new Chronicle(foldOf([]));
    for (const event of [...fleet.events, started]) chronicle.hear(event);
    const from = { seq: 0, atMs: BEGAN_MS };
    const stretch = { from, to: { seq: started.seq, atMs: BEGAN_MS + MINUTE }, isWhole: true };
    const { lanes, marks } = stretchViewOf(chronicle, stretch, { kind: 'timeline' });
    expect(lanes.flatMap((lane) => table(lane))).toEqual([
      ['held', 'ana', 0, null, 'within', null],
      ['held', 'bo', 0, 1, 'within', 'log_lost'],
    ]);
    expect(marks.map(({ kind }) => kind)).toEqual(['log_lost']);
    const later = new Chronicle(foldOf([]));
    later.hear(started);
    expect(later.spans.map(({ kind, agentId }) => [kind, agentId])).toEqual([
      ['live', 'ana'],
      ['live', 'bo'],
      ['held', 'ana'],
    ]);
  });
});
