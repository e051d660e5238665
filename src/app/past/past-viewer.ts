// Views of the past, folded in this process: in a thread of their own where the log is a file, else between two turns of the
// event loop. One after the other, because each leaves folds behind that the next one goes on from; a bounded number wait.

import { stretchViewOf } from '../../core/history/stretch-view.ts';
import type { StretchQuery } from '../../core/history/stretch-views.ts';
import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import { type PastMoment, type PastQuery, type PastView, pastViewOf } from '../../core/view/past.ts';
import type { Query } from '../../core/view/views.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EventStore, type LogHead, StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { PAST_VIEWS_MAX, type PastViews, tooManyLookBack } from '../../ports/past-views.ts';
import type { NextTurn } from '../next-turn.ts';
import { rejectionOf } from '../trouble.ts';
import { Chronicles } from './chronicles.ts';
import { findMoment } from './find-moment.ts';
import { findStretch } from './find-stretch.ts';
import { PastStates } from './past-states.ts';

export interface PastViewerOptions {
  /** A handle on the log for these views alone; a fresh one after a loss. */
  readonly makeStore: () => Promise<EventStore>;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly nextTurn: NextTurn;
  readonly savesWaymarks: boolean;
}

interface Asked<Q> {
  readonly query: Q;
  readonly moment: PastMoment;
}

interface Opened {
  readonly store: EventStore;
  readonly states: PastStates;
  readonly chronicles: Chronicles;
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

  async view<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
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

  async #answer<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
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
  async #lookAgainAfterLoss<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    try {
      return await this.#look(query, moment);
    } catch (error) {
      if (!(error instanceof StoreFault) || error.code !== 'STORE_REGRESSED') throw error;
      await this.#leave();
      return this.#look(query, moment);
    }
  }

  async #look<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    const opened = await this.#open();
    const head = await opened.store.open();
    const seen = isAboutStretch(query)
      ? await this.#lookOver(opened, head, { query, moment })
      : await this.#lookAt(opened, head, { query, moment });
    return seen as PastView<Q> | Rejection;
  }

  async #lookAt({ store, states }: Opened, head: LogHead, { query, moment }: Asked<Query>) {
    const seq = await findMoment(store, head, moment, this.#options.clock.wallAt());
    if (isRejection(seq)) return seq;
    const state = await states.stateAt(seq, head);
    return state.position.seq === 0 ? beforeTheLog(seq) : pastViewOf(state, query);
  }

  async #lookOver({ store, chronicles }: Opened, head: LogHead, { query, moment }: Asked<StretchQuery>) {
    const found = await findStretch(store, head, { query, moment, nowWallAt: this.#options.clock.wallAt() });
    if (isRejection(found)) return found;
    const { stretch, asOf } = found;
    return { asOf, view: stretchViewOf(await chronicles.over(stretch, head), stretch, query) };
  }

  async #open(): Promise<Opened> {
    if (this.#isClosed) throw new StoreFault('STORE_UNAVAILABLE', 'This process is leaving the fleet.');
    if (this.#opened !== null) return this.#opened;
    const store = await this.#options.makeStore();
    const states = new PastStates({ ...this.#options, store });
    const chronicles = new Chronicles({ ...this.#options, store, stateAt: (seq, head) => states.stateAt(seq, head) });
    this.#opened = { store, states, chronicles };
    return this.#opened;
  }

  async #leave(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.store.close();
  }
}

function isAboutStretch(query: PastQuery): query is StretchQuery {
  return query.kind === 'timeline' || query.kind === 'heat' || query.kind === 'series' || query.kind === 'checkins';
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
