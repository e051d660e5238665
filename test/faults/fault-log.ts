// The log of a fleet as the campaign reads it, by a handle of its own that no fault is meant for: batch by batch, folded afresh.

import { decodeBatch } from '../../src/app/batch-codec.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Witness } from '../support/witness.ts';

const PAGE = 512;
/** The server may just have come back. */
const READ_MS = 30_000;

export class FaultLog {
  readonly #store: EventStore;
  readonly #witness = new Witness();
  /** Number of the last event that was read. */
  seq = 0;

  private constructor(store: EventStore) {
    this.#store = store;
  }

  static async open(store: EventStore): Promise<FaultLog> {
    await store.open();
    return new FaultLog(store);
  }

  /** What is new. Throws where it does not fold, or where folds of it differ. */
  async read(): Promise<readonly FleetEvent[]> {
    const read: FleetEvent[] = [];
    for (;;) {
      const events = await waitUntil('the log', () => this.#page(), { withinMs: READ_MS, everyMs: 50 });
      if (events.length === 0) break;
      this.#witness.take(events);
      this.seq = events.at(-1)?.seq ?? this.seq;
      read.push(...events);
    }
    this.#witness.verify();
    return read;
  }

  get state(): FleetState {
    return this.#witness.state;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #page(): Promise<readonly FleetEvent[] | null> {
    try {
      return (await this.#store.read(this.seq, PAGE)).flatMap((batch) => decodeBatch(batch).events);
    } catch (error) {
      if (error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE') return null;
      throw error;
    }
  }
}
