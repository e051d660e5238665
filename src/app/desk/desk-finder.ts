// Where the desk of this place is found, joined and opened. Who uses it, and when, is decided in host-coordinator.ts.

import type { Clock } from '../../ports/clock.ts';
import { type DeskAddress, type DeskDoor, DeskFault } from '../../ports/desk-door.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { IdSource } from '../../ports/id-source.ts';
import type { Logger } from '../../ports/logger.ts';
import { DeskLink, type Refusal } from './desk-link.ts';
import type { DeskServer } from './desk-server.ts';
import { DESK_PROTOCOL, type DeskPerson, type Hello } from './protocol.ts';

export interface DeskFinderOptions {
  readonly door: DeskDoor;
  /** This process stays and may serve others. */
  readonly mayOpen: boolean;
  readonly placeId: string;
  readonly store: string;
  readonly durability: string;
  readonly person: DeskPerson;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** Another version's, for tests that let two of them meet. */
  readonly protocol?: string;
}

export class DeskFinder {
  readonly #options: DeskFinderOptions;

  constructor(options: DeskFinderOptions) {
    this.#options = options;
  }

  /** Where others find a desk now; null where there is none, or where none can be used. */
  published(): DeskAddress | null {
    try {
      return this.#options.door.find();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the desk cannot be used');
      return null;
    }
  }

  /** What a desk and its guests prove to each other that they may read the same folder by. Throws `DeskFault`. */
  key(): Promise<string> {
    return this.#options.door.key();
  }

  /** A link to the desk there, or why it is not joined. */
  async greet(address: DeskAddress): Promise<DeskLink | Refusal> {
    const { door, clock, hasher, ids, placeId, store, durability, person, mayOpen } = this.#options;
    const { protocol = DESK_PROTOCOL } = this.#options;
    try {
      const key = await door.key();
      const connection = await door.connect(address);
      const nonce = ids.newSecret();
      const hello: Hello = { t: 'hello', protocol, nonce, placeId, store, durability, person, mayOpen };
      return await DeskLink.greet({ connection, hello, key, clock, hasher });
    } catch (error) {
      if (!(error instanceof DeskFault)) throw error;
      return { why: error.code, message: error.message };
    }
  }

  /**
   * Does `work` as the only process that may open the next desk, in the place of the one at `instead`. Null, and nothing
   * done, while another process is opening it or when it has. Throws `DeskFault`.
   */
  async inPlaceOf<T>(instead: DeskAddress | null, work: () => Promise<T>): Promise<T | null> {
    const claim = await this.#options.door.claimOpening();
    if (claim === null) return null;
    try {
      return this.published() === instead ? await work() : null;
    } finally {
      await claim.release();
    }
  }

  /** From now on others find `server`. Throws `DeskFault`. */
  async publish(server: DeskServer): Promise<void> {
    const open = await this.#options.door.listen((connection) => server.accept(connection));
    try {
      await open.publish();
    } catch (error) {
      await open.close();
      throw error;
    }
    await server.serve(open);
  }
}
