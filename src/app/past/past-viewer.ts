// Views of the past, folded in this process: in a thread of their own where the log is a file, else between two turns of the
// event loop. One after the other, because each leaves folds behind that the next one goes on from; a bounded number wait.

import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import { type PastMoment, type PastView, pastViewOf } from '../../core/view/past.ts';
import type { Query } from '../../core/view/views.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EventStore, StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { PAST_VIEWS_MAX, type PastViews, tooManyLookBack } from '../../ports/past-views.ts';
import type { NextTurn } from '../next-turn.ts';
import { rejectionOf } from '../trouble.ts';
import { findMoment } from './find-moment.ts';
import { PastStates } from './past-states.ts';

export interface PastViewerOptions {
  /** A handle on the log for these views alone; a fresh one after a loss. */
  readonly makeStore: () => Promise<EventStore>;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly nextTurn: NextTurn;
  readonly savesWaymarks: boolean;
}

interface Opened {
  readonly store: EventStore;
  readonly states: PastStates;
}

export class PastViewer implements PastViews {
  readonly #options: PastViewerOptions;
  #opened: Opened | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(options: PastViewerOptions) {
    this.#options = options;
  }

  async view<Q extends Query>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    if (this.#waiting >= PAST_VIEWS_MAX) return tooManyLookBack();
    this.#waiting += 1;
    const answer = this.#last.then(() => this.#answer(query, moment));
    // Whoever asked hears what became of it; the next one goes on.
    this.#last = answer.then(OVER, OVER);
    try {
      return await answer;
    } finally {
      this.#waiting -= 1;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    await this.#leave();
  }

  async #answer<Q extends Query>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    try {
      return await this.#lookAgainAfterLoss(query, moment);
    } catch (error) {
      if (error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED') return rejectionOf(error);
      // What was folded may be part of what went wrong.
      await this.#leave();
      throw error;
    }
  }

  /** A log that was replaced is another log, with another past. */
  async #lookAgainAfterLoss<Q extends Query>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    try {
      return await this.#look(query, moment);
    } catch (error) {
      if (!(error instanceof StoreFault) || error.code !== 'STORE_REGRESSED') throw error;
      await this.#leave();
      return this.#look(query, moment);
    }
  }

  async #look<Q extends Query>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    const { store, states } = await this.#open();
    const head = await store.open();
    const seq = await findMoment(store, head, moment, this.#options.clock.wallAt());
    if (isRejection(seq)) return seq;
    const state = await states.stateAt(seq, head);
    return state.position.seq === 0 ? beforeTheLog(seq) : pastViewOf(state, query);
  }

  async #open(): Promise<Opened> {
    if (this.#isClosed) throw new StoreFault('STORE_UNAVAILABLE', 'This process is leaving the fleet.');
    if (this.#opened !== null) return this.#opened;
    const store = await this.#options.makeStore();
    this.#opened = { store, states: new PastStates({ ...this.#options, store }) };
    return this.#opened;
  }

  async #leave(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.store.close();
  }
}

const OVER = (): void => undefined;

/** The log goes on in a later epoch; what stood at that number was lost with the log before it. */
function beforeTheLog(seq: number): Rejection {
  return reject('HISTORY_TRUNCATED', {
    message: `What stood at ${seq} was lost with an earlier log; this one begins later.`,
    next: 'Name a later number, or a time.',
    details: { asked: seq },
  });
}
