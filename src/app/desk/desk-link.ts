// A guest's end of the connection to a desk: greets, asks, and hears the answers. It is lost when the connection closes, or
// when the desk owes an answer and is silent for two seconds; then everything unanswered is asked again elsewhere.
// Nobody who owes and is owed nothing keeps a timer.

import type { Command } from '../../core/command.ts';
import type { Rejection } from '../../core/rejection.ts';
import type { PastMoment, PastQuery, PastView } from '../../core/view/past.ts';
import type { Query, ViewOf } from '../../core/view/views.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { DESK_MESSAGE_BYTES, type DeskConnection, type DeskFault } from '../../ports/desk-door.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { tooManyParked } from '../commit-refusals.ts';
import type { FeedEvent, Outcome, SubmitOptions } from '../coordinator.ts';
import type { HookAnswer, HookCall, HookCaller } from '../hook/hook-call.ts';
import { errorOf, LinkLost } from './faults.ts';
import { deskMessage } from './message-forms.ts';
import {
  type DeskStatus,
  type FromDesk,
  type FromGuest,
  type GuestRow,
  type Hello,
  proofOf,
  type RefusalReason,
  SILENCE_MS,
} from './protocol.ts';

export interface LinkOptions {
  readonly connection: DeskConnection;
  readonly hello: Hello;
  readonly key: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
}

export interface Refusal {
  /** What the desk said; what was met on the way to it; or `silent`, or `foreign`: whoever answers is no desk of ours. */
  readonly why: RefusalReason | DeskFault['code'] | 'silent' | 'foreign';
  readonly message: string;
}

/** Calls under way on one link. */
const CALLS_MAX = 10_000;

/** What a desk answers to something that was asked. */
type DeskAnswer = Extract<FromDesk, { readonly id: number }>;

interface Asked {
  readonly hear: (message: DeskAnswer) => void;
  readonly lose: (lost: LinkLost) => void;
}

export class DeskLink {
  /** Called once: whoever asks next asks elsewhere. */
  onLost: (lost: LinkLost) => void = () => undefined;
  /** Called when the desk asks this process to open the next one. */
  onOpen: () => void = () => undefined;
  readonly #options: LinkOptions;
  readonly #asked = new Map<number, Asked>();
  #onGreeting: ((message: FromDesk | null) => void) | null = null;
  #status: DeskStatus | null = null;
  #lastId = 0;
  #lost: LinkLost | null = null;
  #heardMs: number;
  #cancelWatch: Cancel | null = null;
  #watchedForMs = 0;

  private constructor(options: LinkOptions) {
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    options.connection.onMessage = (text) => this.#hear(text);
    options.connection.onClose = () => this.#lose(false);
  }

  /** Greets. What the desk answers instead of a welcome is a refusal; the connection is closed then. */
  static async greet(options: LinkOptions): Promise<DeskLink | Refusal> {
    const link = new DeskLink(options);
    const refusal = await link.#greet();
    if (refusal === null) return link;
    link.leave();
    return refusal;
  }

  /** Nothing can be asked of it any more. */
  get isLost(): boolean {
    return this.#lost !== null;
  }

  get status(): DeskStatus {
    if (this.#status === null) throw new Error('not greeted yet');
    return this.#status;
  }

  /** Throws `LinkLost`. A command that is repeated waits for what is left of its time. */
  submit(command: Command, receivedMs: number, options: SubmitOptions): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const { onProgress, cut, cancelled } = options;
      const id = this.#ask({
        hear: (message) => {
          if (message.t === 'progress') {
            onProgress?.(message.progress);
            return;
          }
          end();
          if (message.t === 'outcome') resolve(message.outcome);
          else if (message.t === 'fault') reject(errorOf(message.fault));
          // Not heard in time: the same call, sent anew.
          else this.submit(command, receivedMs, options).then(resolve, reject);
        },
        lose: (lost) => {
          end();
          reject(lost);
        },
      });
      if (id === null) {
        resolve(refused());
        return;
      }
      const onCut = (): void => void this.#say({ t: 'cut', id });
      const onCancelled = (): void => void this.#say({ t: 'cancel', id });
      const end = (): void => {
        this.#answered(id);
        cut?.removeEventListener('abort', onCut);
        cancelled?.removeEventListener('abort', onCancelled);
      };
      const sentMs = this.#options.clock.monotonicMs();
      if (!this.#say({ t: 'submit', id, sentMs, receivedMs, command, progress: onProgress !== undefined })) {
        end();
        reject(tooLarge());
        return;
      }
      cut?.addEventListener('abort', onCut, { once: true });
      cancelled?.addEventListener('abort', onCancelled, { once: true });
      // Given up before it could be asked.
      if (cut?.aborted === true) onCut();
      if (cancelled?.aborted === true) onCancelled();
    });
  }

  /** Throws `LinkLost`, and what the desk's own view throws. */
  view<Q extends Query>(query: Q): Promise<ViewOf<Q>> {
    return this.#askValue((id) => ({ t: 'view', id, query })) as Promise<ViewOf<Q>>;
  }

  viewAt<Q extends PastQuery>(query: Q, moment: PastMoment): Promise<PastView<Q> | Rejection> {
    return this.#askValue((id) => ({ t: 'past', id, query, moment })) as Promise<PastView<Q> | Rejection>;
  }

  found(): Promise<string | Rejection> {
    return this.#askValue((id) => ({ t: 'found', id })) as Promise<string | Rejection>;
  }

  /** What becomes of the hook's call. Throws `LinkLost`. */
  hook(call: HookCall, caller: Omit<HookCaller, 'pid'>): Promise<HookAnswer> {
    return this.#askValue((id) => ({ t: 'hook', id, call, caller })) as Promise<HookAnswer>;
  }

  guests(): Promise<readonly GuestRow[]> {
    return this.#askValue((id) => ({ t: 'guests', id })) as Promise<readonly GuestRow[]>;
  }

  /** Facts in parts, each asked for when the one before was taken. Throws `LinkLost`. */
  async *feed(after: number, once: boolean, signal: AbortSignal | undefined): AsyncIterable<readonly FeedEvent[]> {
    const parts: (DeskAnswer | LinkLost)[] = [];
    let wake: () => void = () => undefined;
    const take = (part: DeskAnswer | LinkLost): void => {
      parts.push(part);
      wake();
    };
    const id = this.#ask({ hear: take, lose: take });
    if (id === null) throw tooMany();
    const onAbort = (): void => wake();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#say({ t: 'feed', id, after, once });
    try {
      for (;;) {
        if (parts.length === 0 && signal?.aborted !== true) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const part = parts.shift();
        if (part === undefined) return;
        if (part instanceof LinkLost) throw part;
        if (part.t === 'fault') throw errorOf(part.fault);
        if (part.t !== 'events') continue;
        yield part.events;
        if (part.isOver) return;
        this.#say({ t: 'more', id });
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#answered(id);
      this.#say({ t: 'stop', id });
    }
  }

  keepActive(sessionId: string): () => void {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#say({ t: 'keep', id, sessionId });
    return () => void this.#say({ t: 'stop', id });
  }

  /** The next desk is open here. */
  sayOpened(): void {
    this.#say({ t: 'opened' });
  }

  /** Leaves the desk; what is not answered is lost. */
  leave(): void {
    this.#lose(false);
    this.#options.connection.end();
  }

  async #greet(): Promise<Refusal | null> {
    const { hello, hasher, key } = this.#options;
    this.#say(hello);
    const proved = await this.#greeting();
    if (proved?.t !== 'prove') return refusalIn(proved);
    const said = { hello, deskNonce: proved.nonce };
    if (!hasher.isSameDigest(proofOf(hasher, key, 'desk', said), proved.mac))
      return { why: 'foreign', message: 'Whoever answers at the desk does not know the key.' };
    this.#say({ t: 'proof', mac: proofOf(hasher, key, 'guest', said) });
    const welcome = await this.#greeting();
    if (welcome?.t !== 'welcome') return refusalIn(welcome);
    this.#status = welcome.status;
    return null;
  }

  /** The next message; null when none comes. */
  #greeting(): Promise<FromDesk | null> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(SILENCE_MS, () => resolve(null));
      this.#onGreeting = (message) => {
        cancel();
        this.#onGreeting = null;
        resolve(message);
      };
      if (this.#lost !== null) this.#onGreeting(null);
    });
  }

  #hear(text: string): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    const message = deskMessage(text);
    if (message === null) this.#options.connection.destroy();
    else if (this.#onGreeting !== null) this.#onGreeting(message);
    else if (message.t === 'open') this.onOpen();
    else if (message.t === 'moved') this.leave();
    else if ('id' in message) this.#answer(message);
  }

  #answer(message: DeskAnswer): void {
    if (message.t === 'value') this.#status = message.status;
    this.#asked.get(message.id)?.hear(message);
  }

  #askValue(make: (id: number) => FromGuest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#ask({
        hear: (message) => {
          this.#answered(message.id);
          if (message.t === 'value') resolve(message.value);
          else if (message.t === 'fault') reject(errorOf(message.fault));
        },
        lose: reject,
      });
      if (id === null) reject(tooMany());
      else if (!this.#say(make(id))) {
        this.#answered(id);
        reject(tooLarge());
      }
    });
  }

  /** Null when too much is under way. */
  #ask(asked: Asked): number | null {
    if (this.#lost !== null) {
      const { lose } = asked;
      const lost = this.#lost;
      queueMicrotask(() => lose(lost));
      return 0;
    }
    if (this.#asked.size >= CALLS_MAX) return null;
    this.#lastId += 1;
    this.#asked.set(this.#lastId, asked);
    this.#watch();
    return this.#lastId;
  }

  #answered(id: number): void {
    this.#asked.delete(id);
    if (this.#asked.size === 0) this.#unwatch();
  }

  /** Somebody waits for an answer: the desk must be heard of. */
  #watch(): void {
    if (this.#cancelWatch !== null) return;
    this.#heardMs = this.#options.clock.monotonicMs();
    this.#watchFor(SILENCE_MS);
  }

  #watchFor(ms: number): void {
    const { clock } = this.#options;
    this.#watchedForMs = clock.monotonicMs() + ms;
    this.#cancelWatch = clock.after(ms, () => this.#listen(), { background: true });
  }

  #listen(): void {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    // Woken late: this process was held up itself, and what the desk said meanwhile is not read yet.
    const isOwnFault = nowMs - this.#watchedForMs > OWN_FAULT_MS;
    const leftMs = isOwnFault ? SILENCE_MS : this.#heardMs + SILENCE_MS - nowMs;
    if (leftMs > 0) this.#watchFor(leftMs);
    else this.#lose(true);
  }

  #unwatch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = null;
  }

  /** False, and nothing is said, for what is larger than a desk takes. */
  #say(message: FromGuest): boolean {
    if (this.#lost !== null) return true;
    const text = JSON.stringify(message);
    // Characters of UTF-16 take at most three bytes each in UTF-8.
    if (text.length * 3 > DESK_MESSAGE_BYTES && Buffer.byteLength(text) > DESK_MESSAGE_BYTES) return false;
    this.#options.connection.send(text);
    return true;
  }

  #lose(isSilent: boolean): void {
    if (this.#lost !== null) return;
    const lost = new LinkLost(isSilent);
    this.#lost = lost;
    this.#unwatch();
    if (isSilent) this.#options.connection.destroy();
    this.#onGreeting?.(null);
    // Whoever is asked next is found before anything is asked again.
    this.onLost(lost);
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { lose } of asked) lose(lost);
  }
}

const OWN_FAULT_MS = 500;

function refusalIn(message: FromDesk | null): Refusal {
  if (message === null) return { why: 'silent', message: 'The desk does not answer.' };
  if (message.t === 'refuse') return { why: message.why, message: message.message };
  return { why: 'foreign', message: 'Whoever answers at the desk speaks another language.' };
}

function refused(): Outcome {
  return { answer: tooManyParked(), at: 0, waitedMs: 0, safeForMs: {}, notices: [] };
}

function tooMany(): Error {
  return errorOf({ code: 'STORE_UNAVAILABLE', message: 'Too many calls are under way.', details: {} });
}

function tooLarge(): Error {
  const message = `The call is larger than a desk takes (${DESK_MESSAGE_BYTES} bytes).`;
  return errorOf({ code: 'TOO_LARGE', message, details: {} });
}
