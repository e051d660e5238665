// Fleet time, from the monotonic clock and the anchors in the log.
//
//   at = the larger of the head's time and (newest anchor of this clock + monotonic time since the anchor)
//
// A place anchors once. Places of one boot and one time namespace (a host and its containers) read the same monotonic clock
// and go by the newest anchor among them, for what one of them grants the others must not find expired before its time. A
// new clock anchors at the head's time, so nothing expires while nobody could use it.
//
// Sleep. This process reads its clock every second, whether it knows the log yet or not. A gap of more than 5 s between two
// readings, with nothing from this clock in the log in between, was sleep (a closed lid, a stopped machine): the place is
// anchored anew, so that the gap counts 5 s, before anything is decided. Until then readings are corrected here. Time that
// stands still only lets leases live longer, so a wrong guess takes nothing from anybody; what a holder is told to believe
// goes by the uncorrected reading, for the log may still show that the gap was no sleep.
//
// On a log that several hosts share their clocks have nothing in common but the log: see `shared-time.ts`.

import type { FleetState } from '../core/fleet-state.ts';
import type { Instant, Moment } from '../core/instant.ts';
import type { PlaceRow } from '../core/rows.ts';
import type { Clock } from '../ports/clock.ts';
import type { Place } from '../ports/place.ts';
import type { FoldedBatch } from './replica.ts';
import { SharedTime } from './shared-time.ts';

/** A gap between two readings counts at most this much. */
const GAP_MS = 5_000;

/** What must be in the log before this place decides anything. */
export interface NeededAnchor {
  readonly anchorAt: Instant;
  readonly anchorMonoMs: number;
  readonly goesOn?: true;
  readonly why: string;
}

/** Between two readings of this process, long enough to have been sleep. */
interface Gap {
  readonly fromMonoMs: number;
  readonly toMonoMs: number;
}

interface Slept {
  /** Last moment at which this clock is known to have been awake. */
  readonly from: Instant;
  readonly ms: number;
  readonly toMonoMs: number;
}

/** Which clock is read, and by whom. */
export type ClockPlace = Pick<Place, 'placeId' | 'bootId' | 'timeNamespace'>;

export interface FleetClockOptions {
  readonly clock: Clock;
  readonly place: ClockPlace;
  readonly stays?: boolean;
  /** As it is known of the store that is open. */
  readonly isShared: () => boolean;
}

export class FleetClock {
  readonly #clock: Clock;
  readonly #place: ClockPlace;
  #readMonoMs: number | null = null;
  /** Not known yet to have been no sleep, and not settled by an anchor. */
  #gap: Gap | null = null;
  /** Time of the newest batch that somebody with this clock wrote. */
  #wroteAt: Instant = 0;

  /** When this process decided last, by its own clock. */
  #decided: { readonly moment: Moment; readonly monoMs: number } | null = null;
  #shared = new SharedTime();
  readonly #stays: boolean;
  readonly #isShared: () => boolean;

  constructor({ clock, place, stays = false, isShared }: FleetClockOptions) {
    this.#stays = stays;
    this.#clock = clock;
    this.#place = place;
    this.#isShared = isShared;
  }

  /** Reads the clock: each second while the process lives, and before each decision. */
  now(state: FleetState): Instant {
    const monoMs = this.#read();
    const reading = this.#anchored(state, monoMs) ?? state.position.at;
    return Math.max(state.position.at, this.#isShared() ? this.#shared.bounded(reading, monoMs) : reading);
  }

  /** The latest that it can be by what is known here, every gap counted in full: what is told to last until then does. */
  latest(state: FleetState): Instant {
    const monoMs = this.#read();
    if (this.#isShared()) return this.#shared.latest(monoMs);
    const anchor = this.#newestAnchor(state);
    return anchor === undefined ? state.position.at : Math.max(state.position.at, instantOf(anchor, monoMs));
  }

  moment(state: FleetState): Moment {
    const moment = { at: this.now(state), wallAt: this.#clock.wallAt(), stays: this.#stays };
    this.#decided = { moment, monoMs: this.#readMonoMs ?? 0 };
    return moment;
  }

  /** Takes note of a batch in the log, once it is folded into `state`. */
  saw(state: FleetState, { placeId, at, events }: Pick<FoldedBatch, 'placeId' | 'at' | 'events'>): void {
    const isOwn = this.#isOfThisClock(state, placeId);
    if (isOwn) this.#wroteAt = Math.max(this.#wroteAt, at);
    if (!this.#isShared()) return;
    const monoMs = this.#read();
    if (!isOwn) this.#shared.metOther(at, monoMs);
    else if (events.some(({ type }) => type === 'place.anchored')) this.#shared.anchored();
    this.#shared.met(at, monoMs);
  }

  /** The log was opened, and stands where somebody at `lastPlaceId` brought it; null where nobody knows who that was. */
  opened(state: FleetState, lastPlaceId: string | null): void {
    this.#shared = new SharedTime();
    if (!this.#isShared() || state.fleet === null) return;
    const { at } = state.position;
    if (this.#isOfThisClock(state, lastPlaceId)) this.#shared.met(at, this.#read());
    else this.#shared.metOther(at, this.#read());
  }

  /** What this process decided at `moment` is in the log. */
  wrote(moment: Moment): void {
    if (this.#decided?.moment === moment) this.#shared.wrote(moment.at, this.#decided.monoMs);
  }

  /** Ask on caught-up state, before deciding. Null when time is good as it is. */
  neededAnchor(state: FleetState): NeededAnchor | null {
    const at = this.now(state);
    const anchorMonoMs = this.#read();
    const anchor = this.#newestAnchor(state);
    if (anchor === undefined) return { anchorAt: at, anchorMonoMs, why: 'this place is new to the log' };
    const gap = this.#sleptThrough(anchor);
    if (gap !== null) {
      const why = `this place slept: ${gap.ms} ms count as ${GAP_MS} ms`;
      const awoken = this.#isShared() ? at : wokenAt(gap, anchorMonoMs);
      return { anchorAt: Math.max(state.position.at, awoken), anchorMonoMs, why };
    }
    // It was anchored anew since, or somebody with this clock was awake: it was this process alone that did not run.
    this.#gap = null;
    const aheadMs = this.#isShared() ? this.#shared.aheadMs(instantOf(anchor, anchorMonoMs), anchorMonoMs) : 0;
    if (aheadMs > 0) return { anchorAt: at, anchorMonoMs, goesOn: true, why: `this clock was ${aheadMs} ms ahead` };
    if (state.places.get(this.#place.placeId) === undefined) {
      // Read as the other places of this clock read it.
      return { anchorAt: at, anchorMonoMs, why: 'this place is new to the log, its clock is not' };
    }
    if (!this.#isShared() || !this.#shared.isUnheard) return null;
    return this.anchorAsBefore(state, 'a process of this place begins to take part');
  }

  /** An anchor that says that the place is there, and reads its clock as it was read before. */
  anchorAsBefore(state: FleetState, why: string): NeededAnchor {
    return { anchorAt: this.now(state), anchorMonoMs: this.#read(), goesOn: true, why };
  }

  #read(): number {
    const monoMs = this.#clock.monotonicMs();
    const lastMonoMs = this.#readMonoMs ?? monoMs;
    this.#readMonoMs = monoMs;
    if (monoMs - lastMonoMs > GAP_MS) {
      this.#gap = joined(this.#gap, { fromMonoMs: lastMonoMs, toMonoMs: monoMs });
      this.#shared.slept();
    }
    return monoMs;
  }

  /** What the anchors of this clock alone say; null where there is none. */
  #anchored(state: FleetState, monoMs: number): Instant | null {
    const anchor = this.#newestAnchor(state);
    if (anchor === undefined) return null;
    const gap = this.#sleptThrough(anchor);
    return gap === null ? instantOf(anchor, monoMs) : wokenAt(gap, monoMs);
  }

  /** The gap as fleet time has it by this anchor; null where it was no sleep, or the anchor was made after it. */
  #sleptThrough(anchor: PlaceRow): Slept | null {
    if (this.#gap === null) return null;
    const { fromMonoMs, toMonoMs } = this.#gap;
    const from = Math.max(instantOf(anchor, fromMonoMs), this.#wroteAt);
    const ms = instantOf(anchor, toMonoMs) - from;
    return ms > GAP_MS ? { from, ms, toMonoMs } : null;
  }

  /** Made last by the clock they share; of two made at once the earlier instant, because slow time harms nobody. */
  #newestAnchor(state: FleetState): PlaceRow | undefined {
    let newest = state.places.get(this.#place.placeId);
    for (const row of state.places.rows()) {
      if (!this.#shares(row)) continue;
      if (newest === undefined || isNewer(row, newest)) newest = row;
    }
    return newest;
  }

  #isOfThisClock(state: FleetState, placeId: string | null): boolean {
    return placeId === this.#place.placeId || (placeId !== null && this.#shares(state.places.get(placeId)));
  }

  #shares(row: PlaceRow | undefined): boolean {
    const { bootId, timeNamespace } = this.#place;
    return row !== undefined && row.bootId === bootId && row.timeNamespace === timeNamespace;
  }
}

/** By the anchor alone. */
function instantOf({ anchorAt, anchorMonoMs }: PlaceRow, monoMs: number): Instant {
  return anchorAt + Math.max(0, monoMs - anchorMonoMs);
}

/** Of two gaps before the first one was settled each counts on its own. */
function joined(earlier: Gap | null, later: Gap): Gap {
  if (earlier === null) return later;
  const awakeMs = later.fromMonoMs - earlier.toMonoMs;
  return { fromMonoMs: earlier.fromMonoMs + GAP_MS + awakeMs, toMonoMs: later.toMonoMs };
}

function wokenAt({ from, toMonoMs }: Slept, monoMs: number): Instant {
  return from + GAP_MS + (monoMs - toMonoMs);
}

function isNewer(row: PlaceRow, than: PlaceRow): boolean {
  const laterMs = row.anchorMonoMs - than.anchorMonoMs;
  return laterMs > 0 || (laterMs === 0 && row.anchorAt < than.anchorAt);
}
