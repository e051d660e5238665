// The log of a fleet as a test reads it beside everybody: what is in it, who wrote it and when, and what all its rules say of it.

import { decodeBatch, type ReadBatch } from '../../src/app/batch-codec.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import type { Beat, EventStore } from '../../src/ports/event-store.ts';
import { type EtcdConfig, type RedisConfig, storeFrom } from '../contract/store-config.ts';
import { type Acknowledged, LogCheck } from './acknowledged.ts';

export interface Written {
  readonly event: FleetEvent;
  /** Wall time of whoever decided it, before it was in the log. */
  readonly wallMs: number;
  readonly placeId: string;
}

const PAGE = 512;

export class SharedLog {
  readonly written: Written[] = [];
  /** Names of hosts by the ids of their places. */
  readonly hosts = new Map<string, string>();
  /** Where the process of each session was when it was opened, by the ids of sessions. */
  readonly places = new Map<string, string>();
  readonly #store: EventStore;
  readonly #check = new LogCheck();

  private constructor(store: EventStore) {
    this.#store = store;
  }

  static async open(config: RedisConfig | EtcdConfig): Promise<SharedLog> {
    const store = storeFrom(config);
    await store.open();
    return new SharedLog(store);
  }

  /** Reads what is new. Throws where it breaks a rule. */
  async read(): Promise<void> {
    for (;;) {
      const batches = await this.#store.read(this.#check.seq, PAGE);
      if (batches.length === 0) return;
      const read = batches.map((batch) => ({ ...decodeBatch(batch), hash: batch.hash }));
      for (const each of read) this.#note(each);
      this.#check.take(read.flatMap(({ events, hash }) => events.map((event) => ({ ...event, hash }))));
    }
  }

  /** Events from the number after `after` on. */
  since(after: number): readonly Written[] {
    return this.written.filter(({ event }) => event.seq > after);
  }

  get head(): number {
    return this.#check.seq;
  }

  brokenBy(heard: readonly Acknowledged[]): readonly string[] {
    return this.#check.brokenBy(heard);
  }

  beats(): Promise<readonly Beat[]> {
    return this.#store.beats();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #note({ events, wallAt, placeId }: ReadBatch): void {
    for (const event of events) {
      if (event.type === 'place.anchored') this.hosts.set(event.placeId, event.host);
      if (event.type === 'session.opened' && event.attachment !== null && event.sessionId !== undefined)
        this.places.set(event.sessionId, event.attachment.placeId);
      this.written.push({ event, wallMs: Date.parse(wallAt), placeId });
    }
  }
}
