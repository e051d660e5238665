// Fleet time, from the monotonic clock and the anchors in the log.
//
//   at = the larger of the head's time and (anchor of this place + monotonic time since the anchor)
//
// A place anchors once; all its processes read the same monotonic clock and share the anchor. A new place or boot anchors at
// the head's time, so nothing expires while nobody could use it.
//
// Sleep. This process reads its clock every second. A gap of more than 5 s between two readings, with nothing from this
// place in the log in between, was sleep (a closed lid, a stopped machine): the place is anchored anew, so that the gap
// counts 5 s, before anything is decided. Until then readings are corrected here. Time that stands still only lets leases
// live longer, so a wrong guess takes nothing from anybody.

import type { FleetState } from '../core/fleet-state.ts';
import type { Instant, Moment } from '../core/instant.ts';
import type { PlaceRow } from '../core/rows.ts';
import type { Clock } from '../ports/clock.ts';

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

export class FleetClock {
  readonly #clock: Clock;
  readonly #placeId: string;
  #anchor: PlaceRow | undefined;
  /** Fleet time of the last reading by this anchor. */
  #readAt: Instant | null = null;
  #sleep: Sleep | null = null;
  /** Time of the newest batch that this place wrote. */
  #wroteAt: Instant = 0;

  constructor(clock: Clock, placeId: string) {
    this.#clock = clock;
    this.#placeId = placeId;
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

  /** Takes note of a batch in the log. */
  saw(placeId: string, at: Instant): void {
    if (placeId === this.#placeId) this.#wroteAt = Math.max(this.#wroteAt, at);
  }

  /** Ask on caught-up state, before deciding. Null when time is good as it is. */
  neededAnchor(state: FleetState): NeededAnchor | null {
    const at = this.now(state);
    const anchorMonoMs = this.#clock.monotonicMs();
    const raw = this.#raw(state, anchorMonoMs);
    if (raw === null) return { anchorAt: at, anchorMonoMs, why: 'this place is new to the log' };
    if (this.#sleep === null) return null;
    const { from, noticedMonoMs } = this.#sleep;
    const awakeAt = Math.max(from, this.#wroteAt);
    const gapMs = raw - (anchorMonoMs - noticedMonoMs) - awakeAt;
    if (gapMs <= GAP_MS) {
      // Somebody of this place was awake meanwhile: it was this process alone that did not run.
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

  /** By the anchor alone; null where this place has none. A new anchor forgets what the old one made of the gap. */
  #raw(state: FleetState, monoMs: number): Instant | null {
    const anchor = state.places.get(this.#placeId);
    if (anchor !== this.#anchor) {
      this.#anchor = anchor;
      this.#sleep = null;
      this.#readAt = null;
    }
    return anchor === undefined ? null : anchor.anchorAt + Math.max(0, monoMs - anchor.anchorMonoMs);
  }
}

function wokenAt({ from, noticedMonoMs }: Sleep, monoMs: number): Instant {
  return from + GAP_MS + (monoMs - noticedMonoMs);
}
