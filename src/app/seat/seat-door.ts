// The way to a seat for a process that must answer before its store is open, or while the store is in trouble. Opening
// begins at once and in the background; each call waits for it, or hears why it failed. The next call tries again, because
// somebody may have helped meanwhile.

import { type Rejection, reject } from '../../core/rejection.ts';
import { setupRejection } from '../setup-rejection.ts';
import { rejectionOf } from '../trouble.ts';
import type { Seat } from './seat.ts';

/** An open fleet with a seat in it. */
export interface OpenSeat {
  readonly seat: Seat;
  /** Closes the store. The seat has left before. */
  close(): Promise<void>;
}

export class SeatDoor {
  readonly #open: () => Promise<OpenSeat>;
  readonly #onTrouble: (error: unknown) => void;
  #opening: Promise<OpenSeat> | null = null;
  #isClosed = false;

  /** `onTrouble` hears of every failed try. */
  constructor(open: () => Promise<OpenSeat>, onTrouble: (error: unknown) => void) {
    this.#open = open;
    this.#onTrouble = onTrouble;
  }

  /** The seat, or why there is none now. */
  async seat(): Promise<Seat | Rejection> {
    if (this.#isClosed) return ending();
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      return (await opening).seat;
    } catch (error) {
      if (this.#opening === opening) this.#opening = null;
      this.#onTrouble(error);
      return setupRejection(error) ?? rejectionOf(error);
    }
  }

  /** Leaves every session and closes the store. Nothing is opened any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const [opening] = await Promise.allSettled([this.#opening]);
    if (opening.status === 'rejected' || opening.value === null) return;
    await opening.value.seat.leave();
    await opening.value.close();
  }
}

function ending(): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: 'This process is ending.',
    next: 'Ask again when the client has started another one.',
  });
}
