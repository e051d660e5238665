// A chronicle that goes on and forgets shows of every stretch what one shows that begins there; and how a fleet stands at the
// end of a stretch is what its state says.

import { describe, expect, it } from 'vitest';
import { eventsOf, foldOf, RECORDED, recordedBatches } from '../../../test/histories/history.ts';
import { type Random, randomOf } from '../../../test/support/random.ts';
import { registration } from '../../../test/support/registration.ts';
import { BEGAN_MS, TimedFleet } from '../../../test/support/timed-fleet.ts';
import type { FleetEvent } from '../event.ts';
import { epochStarted } from '../fleet/epoch.ts';
import { agentsView } from '../view/agent-view.ts';
import { countsView } from '../view/counts-view.ts';
import { Chronicle } from './chronicle.ts';
import type { Stretch } from './span.ts';
import { stretchViewOf } from './stretch-view.ts';
import type { StretchQuery } from './stretch-views.ts';

function workedFleet(seed: number): TimedFleet {
  const random = randomOf(seed);
  const fleet = new TimedFleet();
  for (let i = 0; i < 400; i += 1) fleet.works(random);
  return fleet;
}

/** The stretch behind the event with index `from - 1`, up to the one with index `to - 1`. */
function stretchOf(events: readonly FleetEvent[], from: number, to: number): Stretch {
  const pointAt = (i: number) => ({ seq: events[i]?.seq ?? 0, atMs: Date.parse(events[i]?.wallAt ?? '') });
  const first = from === 0 ? { seq: 0, atMs: pointAt(0).atMs } : pointAt(from - 1);
  return { from: first, to: pointAt(to - 1), isWhole: true };
}

function queriesOf(events: readonly FleetEvent[], random: Random): readonly StretchQuery[] {
  const { agentId = 'nobody' } = random.pick(events.filter((event) => event.agentId !== undefined));
  const { resource = 'task:none' } = random.pick(events.filter((event) => event.resource !== undefined));
  return [
    { kind: 'timeline' },
    { kind: 'timeline', by: 'agent' },
    { kind: 'timeline', by: random.pick(['agent', 'resource']), agentId },
    { kind: 'timeline', by: random.pick(['agent', 'resource']), resource, lanes: 2 },
    { kind: 'heat' },
    { kind: 'series', minutes: random.pick([1, 60, 1_440]) },
    { kind: 'checkins', agentId, limit: 3 },
  ];
}

/** What one that goes on through the log, looks at stretches and forgets shows, and what one that begins there does. */
function* shownByBoth(events: readonly FleetEvent[], random: Random, rounds: number) {
  const going = new Chronicle(foldOf([]));
  let [begun, heard] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const until = random.between(heard, events.length);
    for (const event of events.slice(heard, until)) going.hear(event);
    heard = until;
    if (heard === 0) continue;
    const to = random.between(Math.max(begun, 1), heard);
    const from = random.between(begun, to);
    const stretch = stretchOf(events, from, to);
    const fresh = new Chronicle(foldOf(events.slice(0, from)));
    for (const event of events.slice(from, to)) fresh.hear(event);
    for (const query of queriesOf(events, random))
      yield [going, fresh].map((chronicle) => ({ query, shown: stretchViewOf(chronicle, stretch, query) }));
    if (!random.chance(0.5)) continue;
    going.forgetUpTo(stretch.from.seq);
    begun = from;
    if (begun === events.length || heard === events.length) return;
  }
}

describe('a chronicle that goes on', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows what one shows that begins there (seed %d)', (seed) => {
    const { events } = workedFleet(seed);
    for (let i = 0; i < 6; i += 1)
      for (const [going, fresh] of shownByBoth(events, randomOf(seed * 100 + i), 8)) expect(going).toEqual(fresh);
  });

  it.each(RECORDED)('does so with the recorded log $name of $version', ({ version, name }) => {
    const events = eventsOf(recordedBatches(version, name));
    for (let i = 0; i < 3; i += 1)
      for (const [going, fresh] of shownByBoth(events, randomOf(i), 6)) expect(going).toEqual(fresh);
  });

  it('has met everything that it tells of', () => {
    const seen = new Set<string>();
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { events } = workedFleet(seed);
      const chronicle = new Chronicle(foldOf([]));
      for (const event of events) chronicle.hear(event);
      for (const { kind, end } of chronicle.spans) seen.add(`${kind} ${end ?? 'goes on'}`);
      for (const { kind } of chronicle.marks) seen.add(kind);
    }
    const ends = ['held released', 'held revoked', 'held expired', 'held dropped', 'held handoff', 'held upgrade'];
    const waits = ['waited granted', 'waited withdrawn', 'waited timed_out', 'waited deadlock', 'waited session_ended'];
    const others = ['offered lapsed', 'offered accepted', 'offered declined', 'paused resumed', 'paused archived'];
    const marks = ['check_in', 'refused', 'expired', 'revoked', 'lapsed', 'deadlock', 'alert', 'incident', 'drill'];
    for (const each of [...ends, ...waits, ...others, 'live closed', ...marks]) expect([...seen]).toContain(each);
  });
});

describe('the end of a series', () => {
  it.each([11, 12, 13, 14])('is how the fleet stands there (seed %d)', (seed) => {
    const { events } = workedFleet(seed);
    const random = randomOf(seed);
    for (let i = 0; i < 12; i += 1) {
      const to = random.between(1, events.length);
      const from = random.between(0, to - 1);
      const chronicle = new Chronicle(foldOf(events.slice(0, from)));
      for (const event of events.slice(from, to)) chronicle.hear(event);
      const state = foldOf(events.slice(0, to));
      const { at } = state.position;
      const counts = countsView(state, at);
      const live = agentsView(state, at, () => 'unknown', { kind: 'agents', limit: 1_000 }).items;
      const { series } = stretchViewOf(chronicle, stretchOf(events, from, to), { kind: 'series' });
      const last = Object.fromEntries(Object.entries(series).map(([name, line]) => [name, line.at(-1)]));
      expect(last).toMatchObject({
        agents: live.filter(({ liveSessions }) => liveSessions > 0).length,
        sessions: counts.sessions.live,
        leases: counts.leases,
        waits: counts.waits,
        alerts: Object.values(counts.alerts).reduce((sum, count) => sum + count, 0),
      });
      const sum = (line: readonly number[]): number => line.reduce((all, each) => all + each, 0);
      const happened = (type: FleetEvent['type']): number =>
        events.slice(from, to).filter((event) => event.type === type).length;
      expect([sum(series.events), sum(series.grants), sum(series.refusals), sum(series.checkIns)]).toEqual([
        to - from,
        happened('lease.granted'),
        happened('request.refused'),
        happened('checkin.recorded'),
      ]);
    }
  });
});

describe('a chronicle', () => {
  const all = (events: readonly FleetEvent[]): Stretch => stretchOf(events, 0, events.length);

  function heardOf({ events }: TimedFleet): Chronicle {
    const chronicle = new Chronicle(foldOf([]));
    for (const event of events) chronicle.hear(event);
    return chronicle;
  }

  it('counts an agent once, however many sessions it has, and for as long as any of them lasts', () => {
    const fleet = new TimedFleet();
    const minute = (minutes: number): void => {
      fleet.atMs = minutes * 60_000;
    };
    const back = (freshSessionId: string): void => {
      const handles = { resumeHandleHash: 'h-s1', freshSessionId, freshHandleHash: `h-${freshSessionId}` };
      fleet.system(registration('ana', handles));
    };
    const leaves = (session: string): void => void fleet.says(session, { op: 'close_session', why: 'done' });
    minute(1);
    fleet.system(registration('ana', { freshSessionId: 's1', freshHandleHash: 'h-s1' }));
    minute(10);
    leaves('s1');
    // The handle of the first session opens one of the same agent each time.
    minute(20);
    back('s2');
    minute(30);
    back('s3');
    minute(40);
    leaves('s2');
    minute(50);
    back('s4');
    leaves('s4');
    minute(60);
    leaves('s3');
    minute(70);
    fleet.system({ op: 'mark_drill', label: 'bell', note: '' });
    const view = stretchViewOf(heardOf(fleet), all(fleet.events), { kind: 'series', minutes: 600 });
    const at = (name: 'agents' | 'sessions', minutes: number) =>
      view.series[name][view.atMs.findIndex((end) => end > BEGAN_MS + minutes * 60_000) - 1];
    const times = [5, 15, 25, 35, 45, 55, 65];
    expect(times.map((minutes) => at('agents', minutes))).toEqual([1, 0, 1, 1, 1, 1, 0]);
    expect(times.map((minutes) => at('sessions', minutes))).toEqual([1, 0, 1, 2, 1, 1, 0]);
  });

  it('has what a lost log took with it end there: leases that nobody knows any more, and alerts', () => {
    const fleet = new TimedFleet();
    fleet.join('ana');
    fleet.acquire('ana', ['task:kept']);
    const known = foldOf(fleet.events);
    fleet.atMs = 60_000;
    fleet.acquire('ana', ['task:gone']);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'look' });
    const chronicle = heardOf(fleet);
    const { seq } = fleet.state.position;
    const point = { epoch: 0, seq, hash: '' };
    const start = { fleetId: 'f1', epoch: 1, lost: point, basis: point, why: 'it was removed', requestId: 'b' };
    const lost = epochStarted(known, start, { at: 90_000, wallAt: new Date(BEGAN_MS + 90_000).toISOString() });
    expect(chronicle.alerts.map(({ toSeq }) => toSeq)).toEqual([null]);
    chronicle.hear(lost);
    const held = chronicle.spans.filter(({ kind }) => kind === 'held' || kind === 'paused');
    expect(held.map(({ resource, end, toSeq }) => [resource, end, toSeq])).toEqual([
      ['task:kept', null, null],
      ['task:gone', 'log_lost', lost.seq],
      [null, 'log_lost', lost.seq],
    ]);
    expect(chronicle.alerts.map(({ toSeq }) => toSeq)).toEqual([lost.seq]);
  });

  it('knows the pause that an agent brought from another system, and none of one that it knew before', () => {
    const fleet = new TimedFleet();
    fleet.join('ana');
    const record = { createdWallAt: null, tags: [], notes: '', record: {}, source: 'agents.json' };
    for (const agentId of ['ana', 'old'])
      fleet.operator({ op: 'import_agent', agentId, lifecycle: 'paused', digest: agentId.padEnd(64, '0'), ...record });
    const paused = heardOf(fleet).spans.filter(({ kind }) => kind === 'paused');
    expect(paused.map(({ agentId, end }) => [agentId, end])).toEqual([['old', null]]);
  });

  it('has check-ins in pages, the newest first', () => {
    const fleet = new TimedFleet();
    fleet.join('ana');
    const said = { complexity: null, confidence: null, outcomes: [], plan: null, parameters: null };
    for (const summary of ['one', 'two', 'three'])
      fleet.says('ana', { op: 'check_in', summary, digest: summary.padEnd(32, '.'), ...said });
    const chronicle = heardOf(fleet);
    const pages: (readonly number[])[] = [];
    for (let cursor: string | undefined; ; ) {
      const query = {
        kind: 'checkins',
        agentId: 'ana',
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      } as const;
      const page = stretchViewOf(chronicle, all(fleet.events), query);
      pages.push(page.checkIns.map(({ seq }) => seq));
      if (page.cursor === null) break;
      ({ cursor } = page);
    }
    const [one = 0, two = 0, three = 0] = fleet.events.flatMap(({ type, seq }) =>
      type === 'checkin.recorded' ? [seq] : [],
    );
    expect(pages).toEqual([[three, two], [one]]);
  });
});
