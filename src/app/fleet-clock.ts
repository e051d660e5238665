// Fleet time, from the monotonic clock and the anchors in the log.
//
//   at = the larger of the head's time and (newest anchor of this clock + monotonic time since the anchor)
//
// A place anchors once. Places of one boot and one time namespace (a host and its containers) read the same monotonic clock
// and go by the newest anchor among them, for what one of them grants the others must not find expired before its time. A
// new clock anchors at the head's time, so nothing expires while nobody could use it.
//
// Sleep. This process reads its clock every second. A gap of more than 5 s between two readings, with nothing from this
// clock in the log in between, was sleep (a closed lid, a stopped machine): the place is anchored anew, so that the gap
// counts 5 s, before anything is decided. Until then readings are corrected here. Time that stands still only lets leases
// live longer, so a wrong guess takes nothing from anybody.

import type { FleetState } from '../core/fleet-state.ts';
import type { Instant, Moment } from '../core/instant.ts';
import type { PlaceRow } from '../core/rows.ts';
import type { Clock } from '../ports/clock.ts';
import type { Place } from '../ports/place.ts';

/** A gap between two readings counts at most this much. */
const GAP_MS = 5_000;

/** What must be in the log before this place decides anything. */
export interface NeededAnchor {
  readonly anchorAt: Instant;
  readonly anchorMonoMs: number;
  readonly why: string;
}

interface Sleep {
  /** Last moment at which this place is known to have been awake. */
  readonly from: Instant;
  readonly noticedMonoMs: number;
}

/** Which clock is read, and by whom. */
export type ClockPlace = Pick<Place, 'placeId' | 'bootId' | 'timeNamespace'>;

export class FleetClock {
  readonly #clock: Clock;
  readonly #place: ClockPlace;
  #anchor: PlaceRow | undefined;
  /** Fleet time of the last reading by this anchor. */
  #readAt: Instant | null = null;
  #sleep: Sleep | null = null;
  /** Time of the newest batch that somebody with this clock wrote. */
  #wroteAt: Instant = 0;

  constructor(clock: Clock, place: ClockPlace) {
    this.#clock = clock;
    this.#place = place;
  }

  /** Reads the clock: each second while the log is held open, and before each decision. */
  now(state: FleetState): Instant {
    const monoMs = this.#clock.monotonicMs();
    const raw = this.#raw(state, monoMs);
    if (raw === null) return state.position.at;
    if (this.#sleep === null && this.#readAt !== null && raw - this.#awakeAt() > GAP_MS) {
      this.#sleep = { from: this.#awakeAt(), noticedMonoMs: monoMs };
    }
    if (this.#sleep === null) this.#readAt = raw;
    const corrected = this.#sleep === null ? raw : wokenAt(this.#sleep, monoMs);
    return Math.max(state.position.at, corrected);
  }

  moment(state: FleetState): Moment {
    return { at: this.now(state), wallAt: this.#clock.wallAt() };
  }

  /** Takes note of a batch in the log, once it is folded into `state`. */
  saw(state: FleetState, { placeId, at }: { readonly placeId: string; readonly at: Instant }): void {
    const isOfThisClock = placeId === this.#place.placeId || this.#shares(state.places.get(placeId));
    if (isOfThisClock) this.#wroteAt = Math.max(this.#wroteAt, at);
  }

  /** Ask on caught-up state, before deciding. Null when time is good as it is. */
  neededAnchor(state: FleetState): NeededAnchor | null {
    const at = this.now(state);
    const anchorMonoMs = this.#clock.monotonicMs();
    const raw = this.#raw(state, anchorMonoMs);
    const isKnown = state.places.get(this.#place.placeId) !== undefined;
    if (raw === null) return { anchorAt: at, anchorMonoMs, why: 'this place is new to the log' };
    if (this.#sleep === null && isKnown) return null;
    // Read as the other places of this clock read it.
    if (this.#sleep === null)
      return { anchorAt: at, anchorMonoMs, why: 'this place is new to the log, its clock is not' };
    const { from, noticedMonoMs } = this.#sleep;
    const awakeAt = Math.max(from, this.#wroteAt);
    const gapMs = raw - (anchorMonoMs - noticedMonoMs) - awakeAt;
    if (gapMs <= GAP_MS) {
      // Somebody with this clock was awake meanwhile: it was this process alone that did not run.
      this.#sleep = null;
      this.#readAt = raw;
      return null;
    }
    const anchorAt = Math.max(state.position.at, wokenAt({ from: awakeAt, noticedMonoMs }, anchorMonoMs));
    return { anchorAt, anchorMonoMs, why: `this place slept: ${gapMs} ms count as ${GAP_MS} ms` };
  }

  #awakeAt(): Instant {
    return Math.max(this.#readAt ?? 0, this.#wroteAt);
  }

  /** By the anchor alone; null where this clock has none. A new anchor forgets what the old one made of the gap. */
  #raw(state: FleetState, monoMs: number): Instant | null {
    const anchor = this.#newestAnchor(state);
    if (!isSameAnchor(anchor, this.#anchor)) {
      this.#anchor = anchor;
      this.#sleep = null;
      this.#readAt = null;
    }
    return anchor === undefined ? null : anchor.anchorAt + Math.max(0, monoMs - anchor.anchorMonoMs);
  }

  /** Made last by the clock they share; of two made at once the earlier instant, because slow time harms nobody. */
  #newestAnchor(state: FleetState): PlaceRow | undefined {
    let newest = state.places.get(this.#place.placeId);
    for (const row of state.places.rows()) {
      if (!this.#shares(row)) continue;
      const laterMs = row.anchorMonoMs - (newest?.anchorMonoMs ?? Number.NEGATIVE_INFINITY);
      if (laterMs > 0 || (laterMs === 0 && row.anchorAt < (newest?.anchorAt ?? 0))) newest = row;
    }
    return newest;
  }

  #shares(row: PlaceRow | undefined): boolean {
    const { bootId, timeNamespace } = this.#place;
    return row !== undefined && row.bootId === bootId && row.timeNamespace === timeNamespace;
  }
}

/** After a loss the same anchor stands in another state; a sleep that was noticed still was one. */
function isSameAnchor(a: PlaceRow | undefined, b: PlaceRow | undefined): boolean {
  return a?.anchorAt === b?.anchorAt && a?.anchorMonoMs === b?.anchorMonoMs;
}

function wokenAt({ from, noticedMonoMs }: Sleep, monoMs: number): Instant {
  return from + GAP_MS + (monoMs - noticedMonoMs);
}
