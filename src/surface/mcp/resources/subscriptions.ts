// What one connection, or one stream, has subscribed to: addresses as its client wrote them, because it is told of a change by
// the same text.

import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { FleetWatch, Interest } from './fleet-watch.ts';
import { type ResourceAddress, readUri } from './resource-uri.ts';

/** More of them say what `brigade://locks` says. */
export const SUBSCRIPTIONS_MAX = 100;

/** An address as it was written, and what it was found to be. */
export interface Followed {
  readonly uri: string;
  readonly interest: Interest;
}

interface Subscription extends Followed {
  readonly stop: () => void;
}

export class Subscriptions {
  readonly #watch: FleetWatch;
  /** By address; null while it begins. */
  readonly #stops = new Map<string, Subscription | null>();
  readonly #onChange: () => Promise<void>;
  #isClosed = false;

  /** `onChange` hears of each one that comes or goes while the connection lasts; who asked for it hears afterwards. */
  constructor(watch: FleetWatch, onChange: () => Promise<void> = () => Promise.resolve()) {
    this.#watch = watch;
    this.#onChange = onChange;
  }

  /** What is subscribed to now. */
  followed(): readonly Followed[] {
    return [...this.#stops.values()].flatMap((each) =>
      each === null ? [] : [{ uri: each.uri, interest: each.interest }],
    );
  }

  /** From here on `changed` hears of each change. Null for an address of nothing. Subscribing twice is subscribing once. */
  async add(uri: string, { seat, call, changed }: Subscriber): Promise<'subscribed' | Rejection | null> {
    const address = readUri(uri);
    if (address === null) return null;
    if (this.#stops.has(uri)) return 'subscribed';
    if (this.#stops.size >= SUBSCRIPTIONS_MAX) return tooMany();
    this.#stops.set(uri, null);
    const interest = await interestOf(seat, address, call);
    const refused = isRejection(interest) ? interest : await this.#follow({ uri, interest }, changed);
    if (refused === null) {
      await this.#onChange();
      return 'subscribed';
    }
    this.#stops.delete(uri);
    return refused;
  }

  /** Follows what another connection of the same client followed. */
  async resume(followed: readonly Followed[], changed: (uri: string) => void): Promise<Rejection | null> {
    for (const each of followed) this.#stops.set(each.uri, null);
    for (const each of followed) {
      const refused = await this.#follow(each, () => changed(each.uri));
      if (refused !== null) return refused;
    }
    return null;
  }

  async remove(uri: string): Promise<void> {
    this.#stops.get(uri)?.stop();
    if (this.#stops.delete(uri)) await this.#onChange();
  }

  close(): void {
    this.#isClosed = true;
    for (const each of this.#stops.values()) each?.stop();
    this.#stops.clear();
  }

  async #follow({ uri, interest }: Followed, changed: () => void): Promise<Rejection | null> {
    const stop = await this.#watch.follow(interest, changed);
    if (isRejection(stop)) return stop;
    // Meanwhile the client may have left, or thought better of it.
    if (this.#isClosed || !this.#stops.has(uri)) stop();
    else this.#stops.set(uri, { uri, interest, stop });
    return null;
  }
}

export interface Subscriber {
  readonly seat: Seat;
  /** In whose worktree names are read. */
  readonly call: Call;
  readonly changed: () => void;
}

async function interestOf(seat: Seat, address: ResourceAddress, call: Call): Promise<Interest | Rejection> {
  if (address.kind !== 'lock') return address;
  const key = await seat.keyOf(address.resource, call);
  return isRejection(key) ? key : { kind: 'lock', key };
}

function tooMany(): Rejection {
  return reject('BUSY', {
    message: `${SUBSCRIPTIONS_MAX} resources are subscribed to already, which is all there may be.`,
    next: 'Subscribe to brigade://locks, which changes with every lock, or unsubscribe from others.',
  });
}
