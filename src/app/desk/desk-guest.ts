// One guest at the desk: greeted, then served in the order in which its messages come. Nothing it says is taken before it
// has proved the key.
//
// A guest that closes without a word has either died or gone to another desk. Of one that died the calls are cut: whatever
// they are granted is offered to the next. Of one that lives nothing may be said, because what it was granted by way of the
// other desk would be taken from it. A desk that was stopped itself cannot tell, and says nothing either.

import type { Cancel, Clock } from '../../ports/clock.ts';
import { DESK_MESSAGE_BYTES, type DeskConnection } from '../../ports/desk-door.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { tooManyParked } from '../commit-refusals.ts';
import type { FeedEvent, Outcome, SubmitOptions } from '../coordinator.ts';
import type { AnswerHook } from '../hook/hook-call.ts';
import type { LocalCoordinator } from '../local-coordinator.ts';
import { faultOf } from './faults.ts';
import { guestMessage, isGreeting } from './message-forms.ts';
import {
  FEED_CHUNK_EVENTS,
  type FromDesk,
  type FromGuest,
  GREETING_CHARACTERS,
  type GuestRow,
  type Hello,
  proofOf,
  type RefusalReason,
  SILENCE_MS,
} from './protocol.ts';

export interface DeskHost {
  readonly local: LocalCoordinator;
  readonly key: string;
  readonly placeId: string;
  readonly store: string;
  readonly durability: string;
  readonly protocol: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly freshNonce: () => string;
  readonly isFull: () => boolean;
  readonly isLeaving: () => boolean;
  /** Since then the desk has not stood still for so long that a guest may have gone to another one. */
  readonly isAwakeSince: (ms: number) => boolean;
  /** The guest owes nothing, or is owed something, since now. */
  readonly onOwing: () => void;
  readonly onOpened: () => void;
  readonly onGone: (guest: DeskGuest) => void;
  readonly answerHook: AnswerHook;
  readonly guests: () => readonly GuestRow[];
}

/** Calls of one guest that may be under way. */
const CALLS_MAX = 10_000;
/** What a guest has not taken yet; then it is closed, and asks again if it lives. */
const OUTBOX_BYTES = 64 * 1024 * 1024;
/** A greeting takes no longer. */
const GREETING_MS = 2_000;

interface Call {
  readonly cut: AbortController;
  readonly cancelled: AbortController;
  readonly gone: AbortController;
}

interface Feed {
  readonly ended: AbortController;
  more: () => void;
}

export class DeskGuest {
  readonly #host: DeskHost;
  readonly #connection: DeskConnection;
  readonly #calls = new Map<number, Call>();
  readonly #feeds = new Map<number, Feed>();
  readonly #kept = new Map<number, () => void>();
  readonly #deskNonce: string;
  readonly #sinceMs: number;
  #heardMs: number;
  #asked = 0;
  #hello: Hello | null = null;
  #isWelcome = false;
  #isClosed = false;
  #cancelGreeting: Cancel;

  constructor(host: DeskHost, connection: DeskConnection) {
    this.#host = host;
    this.#connection = connection;
    this.#deskNonce = host.freshNonce();
    this.#sinceMs = host.clock.monotonicMs();
    this.#heardMs = this.#sinceMs;
    connection.onMessage = (text) => this.#hear(text);
    connection.onClose = () => this.#closed();
    this.#cancelGreeting = host.clock.after(GREETING_MS, () => connection.destroy(), { background: true });
  }

  get hello(): Hello | null {
    return this.#isWelcome ? this.#hello : null;
  }

  /** It waits for an answer of this desk. */
  get isOwed(): boolean {
    return this.#calls.size > 0 || this.#asked > 0 || this.#feeds.size > 0;
  }

  row(): GuestRow | null {
    if (this.hello === null) return null;
    const nowMs = this.#host.clock.monotonicMs();
    const times = { connectedMs: nowMs - this.#sinceMs, idleMs: nowMs - this.#heardMs };
    return { ...this.hello.person, ...times, isDesk: false, calls: this.#calls.size };
  }

  say(message: FromDesk): void {
    if (this.#isClosed) return;
    // Whoever takes nothing any more does not fill the desk's memory.
    if (this.#connection.queuedBytes > OUTBOX_BYTES) {
      this.destroy();
      return;
    }
    const text = JSON.stringify(message);
    // Characters of UTF-16 take at most three bytes each in UTF-8.
    if (text.length * 3 <= DESK_MESSAGE_BYTES || Buffer.byteLength(text) <= DESK_MESSAGE_BYTES)
      this.#connection.send(text);
    else if ('id' in message) this.say({ t: 'fault', id: message.id, fault: TOO_LARGE });
  }

  /** Closes once everything said has gone out. */
  end(): void {
    this.#connection.end();
  }

  destroy(): void {
    this.#connection.destroy();
  }

  /** Whoever asked is not there to hear: what its calls are granted is offered to the next. */
  cut(): void {
    for (const { cut } of this.#calls.values()) cut.abort();
  }

  /** Whoever asked asks elsewhere now. */
  forget(): void {
    for (const { gone } of this.#calls.values()) gone.abort();
  }

  #hear(text: string): void {
    this.#heardMs = this.#host.clock.monotonicMs();
    const isTooLong = !this.#isWelcome && text.length > GREETING_CHARACTERS;
    const message = isTooLong ? null : guestMessage(text);
    if (message === null) this.destroy();
    else if (this.#isWelcome) this.#serve(message);
    else if (this.#hello === null) this.#greet(message);
    else this.#admit(this.#hello, message);
  }

  #greet(message: FromGuest): void {
    const isOurs = message.t === 'hello' && (message.protocol !== this.#host.protocol || isGreeting(message));
    if (!isOurs) {
      this.destroy();
      return;
    }
    this.#hello = message;
    const refusal = this.#refusalOf(message);
    if (refusal === null) this.say({ t: 'prove', nonce: this.#deskNonce, mac: this.#proofOf('desk', message) });
    else this.#refuse(...refusal);
  }

  #admit(hello: Hello, message: FromGuest): void {
    if (message.t !== 'proof') this.destroy();
    else if (this.#host.hasher.isSameDigest(this.#proofOf('guest', hello), message.mac)) {
      this.#cancelGreeting();
      this.#isWelcome = true;
      this.say({ t: 'welcome', status: this.#status() });
    } else this.#refuse('key', 'The key of this process is not that of the desk.');
  }

  #proofOf(who: 'desk' | 'guest', hello: Hello): string {
    const { hasher, key } = this.#host;
    return proofOf(hasher, key, who, { hello, deskNonce: this.#deskNonce });
  }

  #refusalOf(hello: Hello): readonly [RefusalReason, string] | null {
    const { protocol, placeId, store, durability, isFull, isLeaving } = this.#host;
    if (hello.protocol !== protocol)
      return ['protocol', `The desk speaks protocol ${protocol}, and this process ${hello.protocol}.`];
    if (hello.placeId !== placeId) return ['place', 'The desk serves another boot, host or container.'];
    if (hello.store !== store) return ['store', `The desk serves ${store}, and this process wants ${hello.store}.`];
    if (hello.durability !== durability)
      return ['durability', `The desk keeps its log with durability ${durability}, and this process wants another.`];
    if (isLeaving()) return ['leaving', 'The desk is leaving.'];
    return isFull() ? ['full', 'The desk has too many guests already.'] : null;
  }

  #refuse(why: RefusalReason, message: string): void {
    this.say({ t: 'refuse', why, message });
    this.end();
  }

  #serve(message: FromGuest): void {
    switch (message.t) {
      case 'submit':
        void this.#submit(message);
        break;
      case 'cut':
        this.#calls.get(message.id)?.cut.abort();
        break;
      case 'cancel':
        this.#calls.get(message.id)?.cancelled.abort();
        break;
      case 'view':
        void this.#ask(message.id, () => this.#host.local.view(message.query));
        break;
      case 'past':
        void this.#ask(message.id, () => this.#host.local.viewAt(message.query, message.moment));
        break;
      case 'found':
        void this.#ask(message.id, () => this.#host.local.found());
        break;
      case 'guests':
        void this.#ask(message.id, () => Promise.resolve(this.#host.guests()));
        break;
      case 'hook': {
        const pid = this.#hello?.person.pid ?? null;
        void this.#ask(message.id, () => this.#host.answerHook(message.call, { ...message.caller, pid }));
        break;
      }
      case 'feed':
        void this.#feed(message);
        break;
      case 'more':
        this.#feeds.get(message.id)?.more();
        break;
      case 'stop':
        this.#stop(message.id);
        break;
      case 'keep':
        this.#keep(message.id, message.sessionId);
        break;
      case 'opened':
        this.#host.onOpened();
        break;
      default:
        this.destroy();
    }
  }

  #keep(id: number, sessionId: string): void {
    if (this.#kept.size < CALLS_MAX) this.#kept.set(id, this.#host.local.keepActive(sessionId));
  }

  async #submit(said: Extract<FromGuest, { t: 'submit' }>): Promise<void> {
    const { local, clock, onOwing } = this.#host;
    const { id, command, sentMs, receivedMs } = said;
    // Whoever sent this has given it up long ago; or both were stopped, and then it asks again.
    const isStale = clock.monotonicMs() - sentMs >= SILENCE_MS;
    if (isStale || this.#calls.size >= CALLS_MAX) {
      this.say(isStale ? { t: 'stale', id } : { t: 'outcome', id, outcome: refused() });
      return;
    }
    const heardMs = this.#heardMs;
    let isDropped = false;
    const isStillAsked = (): boolean => {
      isDropped = !this.#host.isAwakeSince(heardMs);
      return !isDropped;
    };
    const call: Call = { cut: new AbortController(), cancelled: new AbortController(), gone: new AbortController() };
    this.#calls.set(id, call);
    onOwing();
    const options: SubmitOptions = {
      cut: call.cut.signal,
      cancelled: call.cancelled.signal,
      gone: call.gone.signal,
      isStillAsked,
      receivedMonoMs: receivedMs,
      ...(said.progress ? { onProgress: (progress) => this.say({ t: 'progress', id, progress }) } : {}),
    };
    try {
      const outcome = await local.submit(command, options);
      this.#calls.delete(id);
      // Whoever is still there asks again.
      this.say(isDropped ? { t: 'stale', id } : { t: 'outcome', id, outcome });
    } catch (error) {
      this.#calls.delete(id);
      this.say({ t: 'fault', id, fault: faultOf(error) });
    }
  }

  async #ask(id: number, work: () => Promise<unknown>): Promise<void> {
    this.#asked += 1;
    this.#host.onOwing();
    try {
      const value = await work();
      this.say({ t: 'value', id, value, status: this.#status() });
    } catch (error) {
      this.say({ t: 'fault', id, fault: faultOf(error) });
    } finally {
      this.#asked -= 1;
    }
  }

  /** Sends a part, and the next one only when the guest asks for it. */
  async #feed({ id, after, once }: Extract<FromGuest, { t: 'feed' }>): Promise<void> {
    if (this.#feeds.size >= CALLS_MAX) {
      this.destroy();
      return;
    }
    const feed: Feed = { ended: new AbortController(), more: () => undefined };
    this.#feeds.set(id, feed);
    this.#host.onOwing();
    try {
      let events: FeedEvent[] = [];
      // What is there already goes out together; what comes live goes out as it comes.
      const head = this.#host.local.health().head.seq;
      for await (const event of this.#host.local.feed({ after, once, signal: feed.ended.signal })) {
        events.push(event);
        if (events.length < FEED_CHUNK_EVENTS && event.seq < head) continue;
        const taken = new Promise<void>((resolve) => {
          feed.more = resolve;
        });
        this.say({ t: 'events', id, events, isOver: false });
        events = [];
        await taken;
      }
      this.say({ t: 'events', id, events, isOver: true });
    } catch (error) {
      this.say({ t: 'fault', id, fault: faultOf(error) });
    } finally {
      this.#feeds.delete(id);
    }
  }

  /** Ends a feed, or lets go of a session that was kept active. */
  #stop(id: number): void {
    this.#kept.get(id)?.();
    this.#kept.delete(id);
    const feed = this.#feeds.get(id);
    feed?.ended.abort();
    feed?.more();
  }

  #status(): { readonly fleetId: string | null; readonly health: ReturnType<LocalCoordinator['health']> } {
    const { local } = this.#host;
    return { fleetId: local.fleetId(), health: local.health() };
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelGreeting();
    for (const id of [...this.#feeds.keys(), ...this.#kept.keys()]) this.#stop(id);
    this.#host.onGone(this);
  }
}

const TOO_LARGE = {
  code: 'TOO_LARGE',
  message: `The answer is larger than a desk hands out (${DESK_MESSAGE_BYTES} bytes). Ask for less in one call.`,
  details: {},
} as const;

function refused(): Outcome {
  return { answer: tooManyParked(), at: 0, waitedMs: 0, safeForMs: {}, notices: [] };
}
