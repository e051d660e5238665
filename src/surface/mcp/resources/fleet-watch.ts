// Tells whoever follows something of the fleet that it has changed, and never what: they read it again.
//
// One feed for all who follow, and none while nobody does. What happens close together is told once, so a follower costs
// little however fast the log grows, and none of them can fall behind.
//
//   idle        nobody follows
//   starting    the head of the log is looked up; who begins to follow waits for it, so that nothing after goes untold
//   following   each event marks the followers it concerns, and a moment later they are told
//   broken      the log cannot be read: it is tried again, and since something may have been missed, all are told

import type { FeedEvent } from '../../../app/coordinator.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import type { Rejection } from '../../../core/rejection.ts';
import { isRejection, reject } from '../../../core/rejection.ts';
import { keysConflict } from '../../../core/resource/conflict.ts';
import type { ParsedKey } from '../../../core/resource/parsed-key.ts';
import { parseKey, type ResourceKey } from '../../../core/resource/resource-key.ts';

/** What is followed. */
export type Interest =
  | { readonly kind: 'fleet' | 'locks' }
  | { readonly kind: 'lock'; readonly key: ResourceKey }
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'incident'; readonly incident: number };

export interface FleetWatchOptions {
  readonly seat: () => Promise<Seat | Rejection>;
  /** Runs something once, later. */
  readonly after: (ms: number, run: () => void) => void;
  readonly onTrouble: (error: unknown) => void;
  /** Followers at once. */
  readonly max?: number;
}

interface Follower {
  readonly concerns: (event: FeedEvent) => boolean;
  readonly changed: () => void;
}

const FOLLOWERS_MAX = 10_000;
/** What happens within this time is told once. */
const TOGETHER_MS = 100;
/** A log that cannot be read is tried again after this. */
const AGAIN_MS = 1_000;

export class FleetWatch {
  readonly #options: FleetWatchOptions;
  readonly #followers = new Set<Follower>();
  #marked = new Set<Follower>();
  #following: { readonly started: Promise<void>; readonly end: AbortController } | null = null;

  constructor(options: FleetWatchOptions) {
    this.#options = options;
  }

  /** How many follow, for whoever looks whether they stop. */
  get size(): number {
    return this.#followers.size;
  }

  /** Calls `changed` after each change of what is followed, from the moment this resolves. Its answer ends it. */
  async follow(interest: Interest, changed: () => void): Promise<(() => void) | Rejection> {
    const { max = FOLLOWERS_MAX } = this.#options;
    if (this.#followers.size >= max) return busy(max);
    const follower = { concerns: concernOf(interest), changed };
    this.#followers.add(follower);
    this.#following ??= this.#start();
    await this.#following.started;
    return () => this.#leave(follower);
  }

  close(): void {
    this.#followers.clear();
    this.#marked.clear();
    this.#following?.end.abort();
    this.#following = null;
  }

  #leave(follower: Follower): void {
    this.#followers.delete(follower);
    this.#marked.delete(follower);
    if (this.#followers.size === 0) this.close();
  }

  #start() {
    const end = new AbortController();
    const { promise: started, resolve } = Promise.withResolvers<void>();
    void this.#run(end.signal, resolve);
    return { started, end };
  }

  async #run(signal: AbortSignal, onStart: () => void): Promise<void> {
    const { seat: seatNow, after, onTrouble } = this.#options;
    try {
      const seat = await seatNow();
      const view = isRejection(seat) ? seat : await seat.look({ kind: 'fleet' });
      onStart();
      if (isRejection(seat)) throw new Error(seat.message);
      if (isRejection(view)) throw new Error(view.message);
      for await (const event of seat.feed({ after: view.head.seq, signal })) this.#mark((each) => each.concerns(event));
    } catch (error) {
      onStart();
      if (!signal.aborted) onTrouble(error);
    }
    if (signal.aborted) return;
    after(AGAIN_MS, () => {
      if (signal.aborted) return;
      this.#mark(() => true);
      void this.#run(signal, () => undefined);
    });
  }

  #mark(concerns: (follower: Follower) => boolean): void {
    const wasQuiet = this.#marked.size === 0;
    for (const follower of this.#followers) {
      if (!this.#marked.has(follower) && concerns(follower)) this.#marked.add(follower);
    }
    if (wasQuiet && this.#marked.size > 0) this.#options.after(TOGETHER_MS, () => this.#tell());
  }

  #tell(): void {
    const marked = this.#marked;
    this.#marked = new Set();
    for (const { changed } of marked) changed();
  }
}

/** Events that change who holds what, or who waits for it. */
const LOCK_EVENTS = /^(?:lease|wait|offer|handoff)\./;

function concernOf(interest: Interest): Follower['concerns'] {
  switch (interest.kind) {
    case 'fleet':
      return () => true;
    case 'locks':
      return ({ type }) => LOCK_EVENTS.test(type);
    case 'lock': {
      const key = parseKey(interest.key);
      return (event) => LOCK_EVENTS.test(event.type) && meets(key, event);
    }
    case 'incident':
      return (event) => isOfIncident(event, interest.incident);
    case 'agent':
      return (event) => event.agentId === interest.agentId || event.actor === interest.agentId;
  }
}

/** What is told of an alert changes its incident, and an alert does not say to which it belongs: rather read once too often. */
function isOfIncident(event: FeedEvent, incident: number): boolean {
  return 'incident' in event ? event.incident === incident : event.type.startsWith('alert.');
}

/** Some events name a ticket alone: whoever follows a resource rather reads it once too often. */
function meets(key: ParsedKey, event: FeedEvent): boolean {
  const names = event.type === 'lease.queued' ? event.resources : event.resource === undefined ? [] : [event.resource];
  return names.length === 0 || names.some((name) => keysConflict(key, parseKey(name as ResourceKey), true));
}

function busy(max: number): Rejection {
  return reject('BUSY', {
    message: `${max} subscriptions are open here, which is all there may be.`,
    next: 'End subscriptions that are not needed, or try again later.',
    retryAfterMs: 60_000,
  });
}
