// The log of the drill's fleet, followed live by a coordinator of the drill's own, as `brigade watch` does.

import type { Coordinator, FeedEvent } from '../../../../app/coordinator.ts';
import { heardLater } from './heard-later.ts';
import { SceneFault } from './scene-fault.ts';
import { within } from './within.ts';

const COMES_WITHIN_MS = 90_000;

export class LogWatch {
  readonly events: FeedEvent[] = [];
  readonly #end = new AbortController();
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  readonly #following: Promise<void>;

  /** Follows the log from its beginning, because its clock is anchored there. */
  constructor(coordinator: Coordinator) {
    this.#following = this.#follow(coordinator);
    heardLater(this.#following);
  }

  /** Hears each event once, as it comes. */
  onEvent(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first event, from number `after` on, of which `isIt` holds; waits for it. */
  async next(
    what: string,
    after: number,
    isIt: (event: FeedEvent) => boolean,
    withinMs = COMES_WITHIN_MS,
  ): Promise<FeedEvent> {
    const known = this.events.find((event) => event.seq > after && isIt(event));
    if (known !== undefined) return known;
    let forget: () => void = () => undefined;
    const coming = new Promise<FeedEvent>((resolve) => {
      forget = this.onEvent((event) => event.seq > after && isIt(event) && resolve(event));
    });
    try {
      return await within(withinMs, what, Promise.race([coming, this.#ended()]));
    } finally {
      forget();
    }
  }

  /** The same, or null when it has not come within `withinMs`. */
  async seen(after: number, isIt: (event: FeedEvent) => boolean, withinMs: number): Promise<FeedEvent | null> {
    try {
      return await this.next('an event', after, isIt, withinMs);
    } catch (error) {
      if (error instanceof SceneFault) return null;
      throw error;
    }
  }

  /** Reads up to the head and stops. Throws what reading the log threw. */
  async close(coordinator: Coordinator): Promise<void> {
    const { seq } = coordinator.health().head;
    if ((this.events.at(-1)?.seq ?? 0) < seq) await this.next('the end of the log', seq - 1, () => true);
    this.stop();
    await this.#following;
  }

  /** Stops at once; whoever waits for an event hears that none comes. */
  stop(): void {
    this.#end.abort();
  }

  async #ended(): Promise<never> {
    await this.#following;
    throw new SceneFault('the log is not followed any more');
  }

  async #follow(coordinator: Coordinator): Promise<void> {
    for await (const event of coordinator.feed({ after: 0, signal: this.#end.signal })) {
      this.events.push(event);
      for (const listener of this.#listeners) listener(event);
    }
  }
}
