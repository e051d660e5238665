// One fold that goes forward through the past, to any event, also in the middle of a batch.

import { apply } from '../../core/apply.ts';
import { emptyState, type FleetState, TABLE_NAMES } from '../../core/fleet-state.ts';
import { EMPTY_HEAD, type LogHead } from '../../ports/event-store.ts';
import type { Base } from '../load-replica.ts';
import { ChainWalk, type ChainWalkOptions } from './chain-walk.ts';

export interface PastFoldOptions extends ChainWalkOptions {
  /** Called where whole batches are folded up to a head, between two reads. */
  readonly onWay: (fold: PastFold) => Promise<void>;
}

export class PastFold {
  readonly state: FleetState;
  readonly #onWay: PastFoldOptions['onWay'];
  readonly #walk: ChainWalk;

  constructor(options: PastFoldOptions, base: Base | null) {
    this.state = base?.state ?? emptyState();
    this.#onWay = options.onWay;
    this.#walk = new ChainWalk(options, this.seq, base?.head ?? EMPTY_HEAD);
  }

  /** The last event that was folded. */
  get seq(): number {
    return this.state.position.seq;
  }

  /** Where the log stands up to here; null in the middle of a batch. */
  get head(): LogHead | null {
    const { head } = this.#walk;
    return head?.seq === this.seq ? head : null;
  }

  /** How much memory it takes, in rows. */
  get rows(): number {
    return TABLE_NAMES.reduce((sum, name) => sum + this.state[name].size, 0);
  }

  /** Folds up to `seq`, which is not before `this.seq`, and no event further. Throws `StoreFault`. */
  async goTo(seq: number): Promise<void> {
    const hear = (event: Parameters<typeof apply>[1]): void => apply(this.state, event);
    await this.#walk.goTo(seq, { hear, onWay: () => this.#onWay(this) });
  }
}
