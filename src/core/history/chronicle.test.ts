// A chronicle that goes on and forgets shows of every stretch what one shows that begins there; and how a fleet stands at the
// end of a stretch is what its state says.

import { describe, expect, it } from 'vitest';
import { eventsOf, foldOf, RECORDED, recordedBatches } from '../../../test/histories/history.ts';
import { type Random, randomOf } from '../../../test/support/random.ts';
import { TimedFleet } from '../../../test/support/timed-fleet.ts';
import type { FleetEvent } from '../event.ts';
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
