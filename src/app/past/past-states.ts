// States of the past, by number. A few folds are kept, because whoever looks back looks around: the next moment is most often
// close behind one of them. A fold only goes forward, so an earlier moment begins with a snapshot anew.
//
// A log of an older version has no snapshots on its way. Where this process may write them, the first travel through a
// stretch leaves one behind; it saves work and is never needed, so that it could not be saved is no trouble.

import type { FleetState } from '../../core/fleet-state.ts';
import type { LogHead } from '../../ports/event-store.ts';
import { stretchOf, WAYMARK_EVENTS } from '../../ports/snapshot-rules.ts';
import { saveChecked } from '../fold-log.ts';
import { loadBase } from '../load-replica.ts';
import { PastFold, type PastFoldOptions } from './past-fold.ts';

export interface PastStatesOptions extends Omit<PastFoldOptions, 'onWay'> {
  /** Leaves snapshots behind where there are none. */
  readonly savesWaymarks: boolean;
}

const FOLDS_MAX = 4;
/** Of all folds together: some hundred megabytes. The one that is looked at stays whatever it has. */
const ROWS_MAX = 400_000;
/** Where snapshots are kept along the log, nobody folds as far as this; saving one takes longer than a view. */
const FAR_EVENTS = 3 * WAYMARK_EVENTS;
/** Going on this far is cheaper than looking for a snapshot and reading it. */
const CLOSE_EVENTS = 8_000;

export class PastStates {
  readonly #options: PastStatesOptions;
  /** The one that was looked at last comes last. */
  #folds: PastFold[] = [];
  /** Where the travel under way began: there was no snapshot closer. */
  #fromSeq = 0;
  /** The last stretch for which one was saved. */
  #savedStretch = 0;
  /** The store has no room for more of them, or takes none. */
  #isFull = false;

  constructor(options: PastStatesOptions) {
    this.#options = options;
  }

  /**
   * The state after the last event up to `seq` of the log that ends at `head`. It is valid until the next call. Throws
   * `StoreFault`.
   */
  async stateAt(seq: number, head: LogHead): Promise<FleetState> {
    const fold = await this.#startFor(seq, head);
    this.#folds = this.#folds.filter((each) => each !== fold);
    this.#fromSeq = fold.seq;
    await fold.goTo(seq);
    this.#keep(fold);
    return fold.state;
  }

  async #startFor(seq: number, head: LogHead): Promise<PastFold> {
    const before = this.#folds.filter((fold) => fold.seq <= seq).toSorted((a, b) => b.seq - a.seq)[0];
    if (before !== undefined && seq - before.seq <= CLOSE_EVENTS) return before;
    const base = await loadBase(this.#options.store, head, seq);
    if (before !== undefined && before.seq >= (base?.head.seq ?? 0)) return before;
    return new PastFold({ ...this.#options, onWay: (fold) => this.#leaveWaymark(fold, head) }, base);
  }

  #keep(fold: PastFold): void {
    this.#folds = [...this.#folds, fold].slice(-FOLDS_MAX);
    let rows = this.#folds.reduce((sum, each) => sum + each.rows, 0);
    while (rows > ROWS_MAX && this.#folds.length > 1) rows -= this.#folds.shift()?.rows ?? 0;
  }

  async #leaveWaymark(fold: PastFold, newest: LogHead): Promise<void> {
    const { store, savesWaymarks } = this.#options;
    const { head, state, seq } = fold;
    const stretch = stretchOf(seq);
    const isNear = seq - this.#fromSeq < FAR_EVENTS || newest.seq - seq < WAYMARK_EVENTS;
    if (!savesWaymarks || this.#isFull || head === null || isNear || this.#savedStretch === stretch) return;
    this.#savedStretch = stretch;
    try {
      await saveChecked(store, { state, head }, this.#fromSeq);
      this.#isFull = (await store.loadSnapshot(seq))?.seq !== seq;
    } catch {
      // The next travel is as long as this one, and nothing else.
      this.#isFull = true;
    }
  }
}
