// Tells whoever listens that the log may have grown: by a subscription on a connection of its own, for as long as somebody
// listens, and by a poll behind it, for messages are lost with connections. The poll also sees to the subscription: it follows
// the link to whatever server holds the log. Nothing here keeps the process alive.

import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Hint, StoredBatch, Unsubscribe } from '../../ports/event-store.ts';
import { inBackground, within } from '../system/within.ts';
import { parseMessage } from './hint-message.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisLink } from './redis-link.ts';

export interface HintListenerOptions {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly patienceMs: number;
  /** Its own messages wake nobody. */
  readonly writerId: string;
  /** Asks for the hash with which the log ends, and says by which link. */
  readonly look: () => Promise<{ readonly link: RedisLink; readonly hash: string }>;
  /** Another connection to the server of `link`. */
  readonly connect: (link: RedisLink, onLost: () => void) => Promise<RedisConnection>;
  readonly channel: string;
  /** Null for a batch that does not follow what was seen. */
  readonly take: (batch: StoredBatch) => StoredBatch | null;
}

/** Who is told by messages looks so much less often: only a connection that died unnoticed could keep them from coming. */
const TOLD_POLLS = 4;
/** A server that lets nobody subscribe is asked less and less often. */
const REST_MAX_POLLS = 256;

export class HintListener {
  readonly #options: HintListenerOptions;
  readonly #hints = new Set<Hint>();
  /** With which the log ended when it was looked at, or written to, last. */
  #hash: string | null = null;
  #cancelPoll: Cancel | null = null;
  #isResting = false;
  #subscription: { readonly link: RedisLink; readonly connection: RedisConnection } | null = null;
  #failures = 0;
  #pollsToRest = 0;

  constructor(options: HintListenerOptions) {
    this.#options = options;
  }

  add(hint: Hint): Unsubscribe {
    const own: Hint = (batch) => hint(batch);
    this.#hints.add(own);
    if (this.#cancelPoll === null) void this.#poll();
    return () => {
      this.#hints.delete(own);
      if (this.#hints.size === 0) this.#stop();
    };
  }

  /** Everybody should look for themselves. */
  tell(batch?: StoredBatch): void {
    for (const hint of this.#hints) hint(batch);
  }

  /** The log ends with `hash` by this process's own doing. */
  wrote(hash: string): void {
    this.#hash = hash;
  }

  close(): void {
    this.#hints.clear();
    this.#stop();
  }

  #stop(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = null;
    this.#isResting = false;
    this.#subscription?.connection.destroy();
    this.#subscription = null;
    this.#hash = null;
  }

  /** One at a time: a server that does not answer is not asked again meanwhile. */
  async #poll(): Promise<void> {
    let isWanted = true;
    this.#isResting = false;
    this.#cancelPoll = () => {
      isWanted = false;
    };
    await this.#lookOnce(() => isWanted);
    if (isWanted) this.#rest();
  }

  #rest(): void {
    const { clock, pollMs } = this.#options;
    const restMs = this.#subscription === null ? pollMs : TOLD_POLLS * pollMs;
    this.#isResting = true;
    this.#cancelPoll = clock.after(restMs, () => void this.#poll(), { background: true });
  }

  /** No more messages come: the next look is also for another subscription. */
  #lose(connection: RedisConnection): void {
    if (this.#subscription?.connection !== connection) return;
    this.#subscription = null;
    if (!this.#isResting) return;
    this.#cancelPoll?.();
    this.#rest();
  }

  async #lookOnce(isWanted: () => boolean): Promise<void> {
    try {
      const { link, hash } = await this.#options.look();
      if (!isWanted()) return;
      const isNew = hash !== this.#hash;
      this.#hash = hash;
      if (isNew) this.tell();
      await this.#follow(link, isWanted);
    } catch {
      // What stands against the store is told to whoever asks it for something.
    }
  }

  async #follow(link: RedisLink, isWanted: () => boolean): Promise<void> {
    if (this.#subscription?.link === link) return;
    this.#subscription?.connection.destroy();
    this.#subscription = null;
    this.#pollsToRest -= 1;
    if (this.#pollsToRest > 0) return;
    try {
      const connection = await this.#subscribe(link);
      if (!isWanted()) return connection.destroy();
      this.#subscription = { link, connection };
      this.#failures = 0;
      // What was said before may have been missed.
      this.tell();
    } catch (error) {
      this.#failures += 1;
      this.#pollsToRest = Math.min(REST_MAX_POLLS, 2 ** this.#failures);
      throw error;
    }
  }

  async #subscribe(link: RedisLink): Promise<RedisConnection> {
    const { connect, channel, clock, patienceMs } = this.#options;
    const connection = await connect(link, () => this.#lose(connection));
    try {
      const subscribed = connection.subscribe(channel, (message) => this.#hear(message));
      await within(subscribed, patienceMs, inBackground(clock), () => new Error('no answer'));
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  #hear(message: string): void {
    const { writerId, take } = this.#options;
    const said = parseMessage(message);
    if (said.writerId === writerId) return;
    if (said.batch !== null) this.#hash = said.batch.hash;
    const batch = said.batch === null ? null : take(said.batch);
    if (batch === null) this.tell();
    else this.tell(batch);
  }
}
