// What the client of one conversation of 2025 follows. It hears of changes on the stream that it listens on; a client that does
// not listen, because the stream broke or the server was restarted, hears of them when it listens again, or with the answer to
// its next call, whichever comes first. What was sent just before a stream ended may not have arrived: it is told again.

import type { Rejection } from '../../../core/rejection.ts';
import type { FleetWatch } from '../resources/fleet-watch.ts';
import { type Followed, Subscriptions } from '../resources/subscriptions.ts';

export interface FollowingOptions {
  readonly watch: FleetWatch;
  /** Hears when its client follows something more, or less. */
  readonly onChange: (followed: () => readonly Followed[]) => Promise<void>;
}

export class Following {
  readonly subscriptions: Subscriptions;
  /** Sends word of a change on the stream of the conversation. */
  send: (uri: string) => void = () => undefined;
  readonly #missed = new Set<string>();
  #listeners = 0;

  constructor({ watch, onChange }: FollowingOptions) {
    this.subscriptions = new Subscriptions(watch, () => onChange(() => this.subscriptions.followed()));
  }

  changed(uri: string): void {
    if (this.#listeners > 0) this.send(uri);
    else this.#missed.add(uri);
  }

  /** Follows what it followed before. Whatever of it changed meanwhile is not known, so all counts as changed. */
  async resume(followed: readonly Followed[]): Promise<Rejection | null> {
    const refused = await this.subscriptions.resume(followed, (uri) => this.changed(uri));
    for (const { uri } of followed) this.#missed.add(uri);
    return refused;
  }

  /** The client listens until the answer is called. */
  listen(): () => void {
    this.#listeners += 1;
    for (const uri of this.takeMissed()) this.send(uri);
    return () => {
      this.#listeners -= 1;
      for (const { uri } of this.subscriptions.followed()) this.#missed.add(uri);
    };
  }

  /** What changed while it did not listen; from here on it counts as told. */
  takeMissed(): readonly string[] {
    const followed = new Set(this.subscriptions.followed().map(({ uri }) => uri));
    const missed = [...this.#missed].filter((uri) => followed.has(uri));
    this.#missed.clear();
    return missed;
  }
}
