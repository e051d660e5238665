// What callers were told, against what the log says: everything acknowledged is there, nothing is there twice, nobody held
// what another held, and the whole log folds. It follows a log as it grows.

import type { FeedEvent } from '../../src/app/coordinator.ts';
import { Witness } from './witness.ts';

/** Something that a caller was told has happened. */
export type Acknowledged =
  | { readonly kind: 'granted'; readonly requestId: string; readonly token: number }
  | { readonly kind: 'released'; readonly requestId: string; readonly token: number }
  | { readonly kind: 'put'; readonly requestId: string; readonly key: string; readonly version: number };

export class LogCheck {
  readonly #witness = new Witness();
  /** Number of the last event seen. */
  seq = 0;
  readonly #problems: string[] = [];
  /** Token by resource; all leases here are exclusive. */
  readonly #held = new Map<string, number>();
  #lastToken = 0;
  readonly #versions = new Map<string, number>();
  /** How often each fact is in the log. */
  readonly #facts = new Map<string, number>();

  /** Follows the log by its next events. Throws where it does not fold. */
  take(events: readonly FeedEvent[]): void {
    for (const event of events) {
      if (event.seq !== this.seq + 1) this.#problems.push(`event ${event.seq} follows ${this.seq}`);
      this.seq = event.seq;
      this.#takeLease(event);
      this.#takeWrite(event);
      const fact = factOf(event);
      if (fact !== null) this.#facts.set(fact, (this.#facts.get(fact) ?? 0) + 1);
    }
    this.#witness.take(events);
    this.#witness.verify();
  }

  /** Every way in which the log breaks a promise, or what was acknowledged; empty when all is well. */
  brokenBy(heard: readonly Acknowledged[]): readonly string[] {
    const missing = heard.flatMap((each) => {
      const times = this.#facts.get(factHeard(each)) ?? 0;
      return times === 1 ? [] : [`${factHeard(each)} was acknowledged and is in the log ${times} times`];
    });
    return [...this.#problems, ...missing];
  }

  #takeLease({ type, resource = '', token = 0, seq }: FeedEvent): void {
    const holder = this.#held.get(resource);
    if (type === 'lease.granted') {
      if (holder !== undefined) this.#problems.push(`${seq}: ${resource} was granted while token ${holder} held it`);
      if (token !== seq || token <= this.#lastToken)
        this.#problems.push(`${seq}: token ${token} after ${this.#lastToken}`);
      this.#held.set(resource, token);
      this.#lastToken = token;
    } else if (/^lease\.(released|expired|revoked|dropped)$/.test(type)) {
      if (holder !== token) this.#problems.push(`${seq}: ${type} of token ${token}, and ${holder} held ${resource}`);
      this.#held.delete(resource);
    }
  }

  #takeWrite(event: FeedEvent): void {
    if (event.type !== 'state.put') return;
    const before = this.#versions.get(event.key) ?? 0;
    this.#versions.set(event.key, event.valueVersion);
    if (event.valueVersion !== before + 1)
      this.#problems.push(`${event.seq}: ${event.key} went from version ${before} to ${event.valueVersion}`);
  }
}

function factOf(event: FeedEvent): string | null {
  switch (event.type) {
    case 'lease.granted':
      return `grant of ${event.token}`;
    case 'lease.released':
      return `release of ${event.token} by ${event.requestId}`;
    case 'state.put':
      return `${event.key} version ${event.valueVersion} by ${event.requestId}`;
    default:
      return null;
  }
}

function factHeard(heard: Acknowledged): string {
  switch (heard.kind) {
    case 'granted':
      return `grant of ${heard.token}`;
    case 'released':
      return `release of ${heard.token} by ${heard.requestId}`;
    case 'put':
      return `${heard.key} version ${heard.version} by ${heard.requestId}`;
  }
}
