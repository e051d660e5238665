// Chronicles of stretches of the log. Two are kept, because a page asks the same again every few seconds: the one that was asked
// for goes on from where it was, so only what is new is read, and what is no longer reached is forgotten.

import type { FleetState } from '../../core/fleet-state.ts';
import { Chronicle } from '../../core/history/chronicle.ts';
import type { Stretch } from '../../core/history/span.ts';
import { STRETCH_LIMITS } from '../../core/history/stretch-views.ts';
import type { LogHead } from '../../ports/event-store.ts';
import { ChainWalk, type ChainWalkOptions } from './chain-walk.ts';

export interface ChroniclesOptions extends ChainWalkOptions {
  readonly stateAt: (seq: number, head: LogHead) => Promise<FleetState>;
}

interface Kept {
  readonly chronicle: Chronicle;
  readonly walk: ChainWalk;
}

const KEPT_MAX = 2;
/** Beginnings are forgotten so many events at a time. */
const SLACK_EVENTS = STRETCH_LIMITS.events / 10;

export class Chronicles {
  readonly #options: ChroniclesOptions;
  /** The one that was asked for last comes last. */
  #kept: Kept[] = [];

  constructor(options: ChroniclesOptions) {
    this.#options = options;
  }

  /** One that has all of `stretch` of the log that ends at `head`; maybe more. Valid until the next call. Throws `StoreFault`. */
  async over(stretch: Stretch, head: LogHead): Promise<Chronicle> {
    const kept = this.#known(stretch) ?? (await this.#begin(stretch, head));
    const { chronicle, walk } = kept;
    // One that fails on its way is not kept.
    this.#kept = this.#kept.filter((each) => each !== kept);
    await walk.goTo(stretch.to.seq, { hear: (event) => chronicle.hear(event) });
    if (chronicle.events > STRETCH_LIMITS.events + SLACK_EVENTS)
      chronicle.forgetUpTo(chronicle.seqBefore(STRETCH_LIMITS.events));
    const others = this.#kept.filter((each) => !has(chronicle, each.chronicle.startSeq, each.chronicle.seq));
    this.#kept = [...others, kept].slice(-KEPT_MAX);
    return chronicle;
  }

  #known({ from, to }: Stretch): Kept | undefined {
    return this.#kept.findLast(
      ({ chronicle: { startSeq, seq } }) =>
        startSeq <= from.seq && from.seq <= seq && to.seq - seq <= STRETCH_LIMITS.events,
    );
  }

  async #begin({ from }: Stretch, head: LogHead): Promise<Kept> {
    const state = await this.#options.stateAt(from.seq, head);
    const { seq } = state.position;
    return { chronicle: new Chronicle(state), walk: new ChainWalk(this.#options, seq, null) };
  }
}

function has({ startSeq, seq }: Chronicle, from: number, to: number): boolean {
  return startSeq <= from && to <= seq;
}
