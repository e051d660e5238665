// What one connection, or one stream, has subscribed to: addresses as its client wrote them, because it is told of a change by
// the same text.

import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { FleetWatch, Interest } from './fleet-watch.ts';
import { type ResourceAddress, readUri } from './resource-uri.ts';

/** More of them say what `brigade://locks` says. */
export const SUBSCRIPTIONS_MAX = 100;

export class Subscriptions {
  readonly #watch: FleetWatch;
  /** By address; null while it begins. */
  readonly #stops = new Map<string, (() => void) | null>();
  #isClosed = false;

  constructor(watch: FleetWatch) {
    this.#watch = watch;
  }

  /** From here on `changed` hears of each change. Null for an address of nothing. Subscribing twice is subscribing once. */
  async add(uri: string, { seat, call, changed }: Subscriber): Promise<'subscribed' | Rejection | null> {
    const address = readUri(uri);
    if (address === null) return null;
    if (this.#stops.has(uri)) return 'subscribed';
    if (this.#stops.size >= SUBSCRIPTIONS_MAX) return tooMany();
    this.#stops.set(uri, null);
    const stop = await this.#follow(address, { seat, call, changed });
    if (isRejection(stop)) {
      this.#stops.delete(uri);
      return stop;
    }
    // Meanwhile the client may have left, or thought better of it.
    if (this.#isClosed || !this.#stops.has(uri)) stop();
    else this.#stops.set(uri, stop);
    return 'subscribed';
  }

  remove(uri: string): void {
    this.#stops.get(uri)?.();
    this.#stops.delete(uri);
  }

  close(): void {
    this.#isClosed = true;
    for (const uri of this.#stops.keys()) this.remove(uri);
  }

  async #follow(address: ResourceAddress, { seat, call, changed }: Subscriber): Promise<(() => void) | Rejection> {
    const interest = await interestOf(seat, address, call);
    return isRejection(interest) ? interest : this.#watch.follow(interest, changed);
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
