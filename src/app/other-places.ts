// Watches the other places that sessions live in, and says which of them are gone. The rule is `core/session/standstill.ts`;
// here is where the signs come from: beats beside the log, and what a place writes into it.
//
// Who cannot beat itself judges nobody: what keeps its beats from the store may keep theirs from it too.

import type { Attachment } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { PlaceRow } from '../core/rows.ts';
import {
  diesWith,
  goneIn,
  isMoving,
  type ObserverPlace,
  type PlaceSign,
  type PlaceWatch,
  type StillPlace,
  stillEvidence,
  UNWATCHED,
  watchOn,
} from '../core/session/standstill.ts';
import type { Clock } from '../ports/clock.ts';
import type { Place } from '../ports/place.ts';
import type { FleetLog } from './fleet-log.ts';

export interface OtherPlacesOptions {
  readonly log: FleetLog;
  readonly place: Place;
  readonly clock: Clock;
  /** Beats of this place come through. */
  readonly isSure: () => boolean;
}

/** How it is known that a process of another place is gone. */
export interface GoneProcess {
  readonly evidence: string;
  readonly still: StillPlace;
}

export class OtherPlaces {
  readonly #options: OtherPlacesOptions;
  readonly #wrote = new Map<string, number>();
  #watch: PlaceWatch = UNWATCHED;

  constructor(options: OtherPlacesOptions) {
    this.#options = options;
    options.log.folded.listen(({ placeId, head }) => void this.#wrote.set(placeId, head.seq));
    options.log.replaced.listen(() => {
      this.#wrote.clear();
      this.#watch = UNWATCHED;
    });
  }

  /** Costs nothing while no session lives elsewhere. Rejects with what stands against the store. */
  async look(state: FleetState): Promise<void> {
    const { log, clock, isSure } = this.#options;
    const inhabited = this.#inhabited(state);
    if (inhabited.length === 0 || !log.isOpen || !isSure()) return;
    const fromMs = clock.monotonicMs();
    const beats = new Map((await log.store.beats()).map(({ placeId, counter }) => [placeId, counter]));
    const signs = new Map<string, PlaceSign>();
    for (const { placeId, anchorMonoMs } of inhabited) {
      const counter = beats.get(placeId) ?? this.#absent;
      if (counter !== null) signs.set(placeId, { counter, anchorMonoMs, wroteSeq: this.#wrote.get(placeId) ?? 0 });
    }
    this.#watch = watchOn(this.#watch, { fromMs, toMs: clock.monotonicMs(), signs });
  }

  /** Places of which something is known as of the last look: that they are gone, or that somebody is there. */
  judged(state: FleetState): readonly string[] {
    const observer = this.#observer;
    const places = this.#inhabited(state).filter(
      (row) => isMoving(this.#watch, row.placeId) || goneIn(this.#watch, row, observer) !== null,
    );
    return places.map(({ placeId }) => placeId);
  }

  /** As of the last look; null while it may be there. */
  goneProcess(state: FleetState, attachment: Attachment): GoneProcess | null {
    const observer = this.#observer;
    const row = state.places.get(attachment.placeId);
    if (row === undefined || row.placeId === observer.placeId || !diesWith(attachment, row, observer)) return null;
    const still = goneIn(this.#watch, row, observer);
    return still === null ? null : { still, evidence: stillEvidence(attachment, row, observer) };
  }

  /** Its place beats, and would have said that the process is gone. Of a shell nobody there would know. */
  isThere({ placeId, kind }: Attachment): boolean {
    return kind !== 'cli' && placeId !== this.#options.place.placeId && isMoving(this.#watch, placeId);
  }

  get #observer(): ObserverPlace {
    const { place, log } = this.#options;
    return { ...place, isShared: log.traits.sharedAcrossHosts };
  }

  /** What stands for the beat of a place that has none. On a shared log all beat, and a lost beat is one that stands still. */
  get #absent(): number | null {
    return this.#options.log.traits.sharedAcrossHosts ? -1 : null;
  }

  /** Whose sessions this process cannot judge, and that promise to beat. */
  #inhabited(state: FleetState): readonly PlaceRow[] {
    const found: PlaceRow[] = [];
    for (const row of state.places.rows()) {
      const isOther = row.placeId !== this.#options.place.placeId && row.machineId !== undefined;
      if (isOther && state.sessions.countIn('place', row.placeId) > 0) found.push(row);
    }
    return found;
  }
}
