// One look back, in as many views as it takes: what a time means is settled by the first of them, so that all show one fleet.
// Handles and tokens are of now, whatever is looked at.

import type { StretchQuery } from '../../core/history/stretch-views.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { AsOf, PastMoment, PastQuery, PastView, PastViewOf } from '../../core/view/past.ts';
import type { Query, ViewOf } from '../../core/view/views.ts';
import type { Coordinator, FeedEvent } from '../coordinator.ts';
import type { FeedOptions } from '../feed.ts';

export class PastLook {
  readonly #coordinator: Pick<Coordinator, 'view' | 'viewAt' | 'feed'>;
  readonly #moment: PastMoment;
  #first: Promise<unknown> | null = null;
  #asOf: AsOf | null = null;

  constructor(coordinator: Pick<Coordinator, 'view' | 'viewAt' | 'feed'>, moment: PastMoment) {
    this.#coordinator = coordinator;
    this.#moment = moment;
  }

  /** The moment that was meant; null before anything was seen. */
  get asOf(): AsOf | null {
    return this.#asOf;
  }

  /** As `Coordinator.view`, of then. Rejects with `PastRefused` too. */
  async view<Q extends Query>(query: Q): Promise<ViewOf<Q>> {
    if (query.kind === 'session' || query.kind === 'token') return this.#coordinator.view(query);
    return (await this.#see(query)).view;
  }

  /** What of a stretch of the log led up to then. Rejects with `PastRefused` too. */
  async lookBack<Q extends StretchQuery>(query: Q): Promise<PastViewOf<Q>> {
    return (await this.#see(query)).view;
  }

  /** Facts from the number after `after` on, up to then. */
  async *feed({ after, signal }: FeedOptions): AsyncIterable<FeedEvent> {
    const { seq: end } = this.#asOf ?? (await this.#see({ kind: 'counts' })).asOf;
    if (after >= end) return;
    const options = { after, once: true, ...(signal === undefined ? {} : { signal }) };
    for await (const event of this.#coordinator.feed(options)) {
      if (event.seq > end) return;
      yield event;
    }
  }

  async #see<Q extends PastQuery>(query: Q): Promise<PastView<Q>> {
    if (this.#first !== null) await this.#first;
    const first = this.#ask(query, this.#asOf === null ? this.#moment : { seq: this.#asOf.seq });
    // Whoever asked it hears what became of it.
    this.#first ??= first.then(OVER, OVER);
    return first;
  }

  async #ask<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q>> {
    const seen = await this.#coordinator.viewAt(query, moment);
    if (isRejection(seen)) throw new PastRefused(seen);
    this.#asOf = seen.asOf;
    return seen;
  }
}

const OVER = (): void => undefined;

/** There is no view of that moment. */
export class PastRefused extends Error {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(rejection.message);
    this.name = 'PastRefused';
    this.rejection = rejection;
  }
}
