import { describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../test/support/fake-clock.ts';
import { emptyState, type FleetState } from '../core/fleet-state.ts';
import { type ClockPlace, FleetClock } from './fleet-clock.ts';

const PLACE = { placeId: 'p_here', bootId: 'boot', timeNamespace: 'time' };
const CONTAINER = { ...PLACE, placeId: 'p_container' };
const ELSEWHERE = { ...PLACE, placeId: 'p_there', timeNamespace: 'time 2' };

function anchored(anchorAt: number, anchorMonoMs: number, headAt = anchorAt): FleetState {
  const state = emptyState();
  state.places.set({ ...PLACE, host: 'kitchen', anchorAt, anchorMonoMs });
  state.position = { ...state.position, at: headAt };
  return state;
}

function clockAt(clock: FakeClock, place: ClockPlace): FleetClock {
  return new FleetClock({ clock, place, isShared: () => false });
}

describe('fleet clock', () => {
  it('asks for an anchor at the head where its place has none', () => {
    const clock = createFakeClock(5_000);
    const state = emptyState();
    state.position = { ...state.position, at: 700 };
    expect(clockAt(clock, PLACE).neededAnchor(state)).toMatchObject({ anchorAt: 700, anchorMonoMs: 5_000 });
  });

  it('never reads behind the head', () => {
    const clock = createFakeClock(5_000);
    expect(clockAt(clock, PLACE).now(anchored(0, 5_000, 900))).toBe(900);
  });

  it('counts a gap of its own as 5 s when nothing of its place is in the log', () => {
    const clock = createFakeClock(0);
    const state = anchored(0, 0);
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(state);
    clock.sleep(60_000);
    expect(fleetClock.now(state)).toBe(5_000);
    fleetClock.saw(state, { placeId: 'p_there', at: 58_000, events: [] });
    expect(fleetClock.neededAnchor(state)).toMatchObject({ anchorAt: 5_000, anchorMonoMs: 60_000 });
  });

  it('counts the gap in full when its place wrote meanwhile, and from the last word otherwise', () => {
    const clock = createFakeClock(0);
    const state = anchored(0, 0);
    const awake = clockAt(clock, PLACE);
    const asleep = clockAt(clock, PLACE);
    awake.now(state);
    asleep.now(state);
    clock.sleep(60_000);
    awake.now(state);
    awake.saw(state, { placeId: 'p_here', at: 57_000, events: [] });
    expect(awake.neededAnchor(state)).toBeNull();
    expect(awake.now(state)).toBe(60_000);
    asleep.now(state);
    asleep.saw(state, { placeId: 'p_here', at: 20_000, events: [] });
    expect(asleep.neededAnchor(state)).toMatchObject({ anchorAt: 25_000 });
  });

  it('goes on from the waking, also before the anchor is in the log', () => {
    const clock = createFakeClock(0);
    const state = anchored(0, 0);
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(state);
    clock.sleep(60_000);
    fleetClock.now(state);
    clock.sleep(700);
    expect(fleetClock.now(state)).toBe(5_700);
    expect(fleetClock.neededAnchor(state)).toMatchObject({ anchorAt: 5_700, anchorMonoMs: 60_700 });
  });

  it('of a place that is new goes on from the anchor of another place with the same clock', () => {
    const clock = createFakeClock(70_000);
    const state = anchored(1_000, 10_000);
    const container = clockAt(clock, CONTAINER);
    expect(container.now(state)).toBe(61_000);
    expect(container.neededAnchor(state)).toMatchObject({ anchorAt: 61_000, anchorMonoMs: 70_000 });
    expect(clockAt(clock, ELSEWHERE).neededAnchor(state)).toMatchObject({ anchorAt: 1_000 });
  });

  it('goes by the newest anchor of its clock, whichever place made it', () => {
    const clock = createFakeClock(70_000);
    const state = anchored(1_000, 10_000);
    state.places.set({ ...CONTAINER, host: 'container', anchorAt: 20_000, anchorMonoMs: 69_000 });
    state.places.set({ ...ELSEWHERE, host: 'elsewhere', anchorAt: 90_000, anchorMonoMs: 69_500 });
    expect(clockAt(clock, PLACE).now(state)).toBe(21_000);
    expect(clockAt(clock, PLACE).neededAnchor(state)).toBeNull();
  });

  it('takes the word of another place with its clock for being awake', () => {
    const clock = createFakeClock(0);
    const state = anchored(0, 0);
    state.places.set({ ...CONTAINER, host: 'container', anchorAt: 0, anchorMonoMs: 0 });
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(state);
    clock.sleep(60_000);
    fleetClock.now(state);
    fleetClock.saw(state, { placeId: 'p_container', at: 58_000, events: [] });
    expect(fleetClock.neededAnchor(state)).toBeNull();
    expect(fleetClock.now(state)).toBe(60_000);
  });

  it('still knows that it slept when the same anchor stands in another state', () => {
    const clock = createFakeClock(0);
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(anchored(0, 0));
    clock.sleep(60_000);
    expect(fleetClock.now(anchored(0, 0))).toBe(5_000);
    expect(fleetClock.neededAnchor(anchored(0, 0))).toMatchObject({ anchorAt: 5_000 });
  });

  it('takes an anchor of another process of its place as it is', () => {
    const clock = createFakeClock(0);
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(anchored(0, 0));
    clock.sleep(60_000);
    fleetClock.now(anchored(0, 0));
    const state = anchored(5_000, 60_000);
    expect(fleetClock.neededAnchor(state)).toBeNull();
    clock.sleep(300);
    expect(fleetClock.now(state)).toBe(5_300);
  });

  it('remembers a gap from before it knew the log', () => {
    const clock = createFakeClock(2_000);
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(emptyState());
    clock.sleep(60_000);
    expect(fleetClock.now(anchored(0, 0))).toBe(7_000);
    expect(fleetClock.neededAnchor(anchored(0, 0))).toMatchObject({ anchorAt: 7_000, anchorMonoMs: 62_000 });
  });

  it('counts each of two gaps as 5 s, when nothing could be written between them', () => {
    const clock = createFakeClock(0);
    const state = anchored(0, 0);
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(state);
    clock.sleep(60_000);
    fleetClock.now(state);
    clock.sleep(700);
    fleetClock.now(state);
    clock.sleep(3_600_000);
    expect(fleetClock.now(state)).toBe(10_700);
    expect(fleetClock.neededAnchor(state)).toMatchObject({ anchorAt: 10_700 });
  });

  it('can be as late as the gap is long, until it is known whether it was sleep', () => {
    const clock = createFakeClock(0);
    const state = anchored(0, 0);
    const fleetClock = clockAt(clock, PLACE);
    fleetClock.now(state);
    clock.sleep(60_000);
    expect([fleetClock.now(state), fleetClock.latest(state)]).toEqual([5_000, 60_000]);
    const settled = anchored(5_000, 60_000);
    expect([fleetClock.now(settled), fleetClock.latest(settled)]).toEqual([5_000, 5_000]);
  });
});
