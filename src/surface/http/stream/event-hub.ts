// The log as it grows, for everybody in this process who follows it: one follower of the coordinator's feed, whoever and
// however many they are. It starts with the first and ends with the last.
//
//   feed ──> follower ─┬─> listeners, fact by fact (metrics)
//                      └─> kept ──> joined for up to 20 ms ──> readers, each with a bounded queue of its own
//
// A reader that begins in the past reads the log by itself, at its own pace, and meets the live edge where what is kept here
// continues what it has: in one turn, so that nothing is missed and nothing told twice. What is told is made into text once;
// who reads all of it gets the same bytes.

import type { Coordinator, FeedEvent } from '../../../app/coordinator.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import type { Rejection } from '../../../core/rejection.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import { KeptEvents } from './kept-events.ts';
import { ToldEvent } from './told-event.ts';

export interface EventHubParts {
  readonly coordinator: Pick<Coordinator, 'feed' | 'view' | 'health'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Id of the worktree whose files are named without it. */
  readonly worktree: string;
}

/** Facts that are told together. */
export interface LiveBatch {
  readonly events: readonly ToldEvent[];
  /** All readers get the same of it. */
  readonly isPlain: boolean;
  /** All frames, for who reads everything and nobody's mail. Made once. */
  bytes(): Uint8Array;
}

/** Whoever follows live. */
export interface LiveReader {
  /** It has everything up to here. */
  readonly seq: number;
  /** In order; it may hold some that the reader has already. */
  take(batch: LiveBatch): void;
  /** Now and then, so that the connection is seen to live. */
  tick(): void;
  end(reason: EndReason, why?: Rejection): void;
}

/**
 * `slow`: it did not take what came. `stopping`: the server does. `credential`: what it showed gives no right any more.
 * `trouble`: the log cannot be read, and waiting does not help.
 */
export type EndReason = 'slow' | 'stopping' | 'credential' | 'trouble';

export const JOIN_MS = 20;
export const TICK_MS = 15_000;
/** While the log cannot be read, it is tried again this often. */
export const RETRY_MS = 1_000;
/** More than this is told at once, and sockets get their turn before there is more. */
const JOINED_CHARACTERS = 128 * 1024;
/** What a reader missed is given to it in pieces that its queue takes. */
const MISSED_EVENTS = 256;
/** Trouble that passes: readers stay. */
const PASSING: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_REGRESSED', 'BUSY']);

export function isPassing({ code }: Pick<Rejection, 'code'>): boolean {
  return PASSING.has(code);
}

const encoder = new TextEncoder();

export function encoded(text: string): Uint8Array {
  return encoder.encode(text);
}

export class EventHub {
  readonly #parts: EventHubParts;
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  /** Readers, those that still read the past among them. */
  readonly #readers = new Set<LiveReader>();
  readonly #live = new Set<LiveReader>();
  readonly #kept = new KeptEvents(0);
  #following: AbortController | null = null;
  #begun = Promise.withResolvers<void>();
  #isClosed = false;
  /** The last fact that came; null while nobody follows. */
  #seq: number | null = null;
  #pending: ToldEvent[] = [];
  #pendingCharacters = 0;
  #toldMs = Number.NEGATIVE_INFINITY;
  #cancelTelling: Cancel | null = null;
  #cancelTick: Cancel | null = null;
  /** Code of what stands against following; null when nothing does. */
  #trouble: string | null = null;

  constructor(parts: EventHubParts) {
    this.#parts = parts;
  }

  /** Number of the last fact that came; null before the first look at the log. */
  get seq(): number | null {
    return this.#seq;
  }

  /** How many readers there are. */
  get readers(): number {
    return this.#readers.size;
  }

  get worktree(): string {
    return this.#parts.worktree;
  }

  /** Hears every fact from about now on, until the answer is called. Listeners must not throw. */
  listen(hear: (event: FeedEvent) => void): () => void {
    this.#listeners.add(hear);
    this.#look();
    return () => {
      this.#listeners.delete(hear);
      this.#look();
    };
  }

  /** A reader begins, and will meet the live edge: from now on what it needs for that is kept. Ends with the answer. */
  join(reader: LiveReader): () => void {
    this.#readers.add(reader);
    this.#look();
    return () => {
      this.#readers.delete(reader);
      this.#live.delete(reader);
      this.#look();
    };
  }

  /** Resolves when the log is followed, and when it will not be any more. */
  begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** What came after number `seq` and is kept; null when the log has to be read for it. */
  after(seq: number): readonly ToldEvent[] | null {
    return this.#seq === null ? null : this.#kept.after(seq);
  }

  /**
   * `met`: from now on the reader is told everything after its place. Facts: it takes these first, and asks again. Null: it
   * reads the log first.
   */
  meet(reader: LiveReader): 'met' | readonly ToldEvent[] | null {
    const missed = this.after(reader.seq);
    if (missed === null) return null;
    if (missed.length > MISSED_EVENTS) return missed.slice(0, MISSED_EVENTS);
    this.#live.add(reader);
    if (missed.length > 0) reader.take(batchOf(missed));
    return 'met';
  }

  /** The server stops: readers hear so, and nobody is told anything any more. */
  close(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.end('stopping');
    this.#listeners.clear();
    this.#readers.clear();
    this.#live.clear();
    this.#look();
    this.#begun.resolve();
  }

  /** Starts or ends the follower, as there is somebody to follow for. */
  #look(): void {
    const isWanted = !this.#isClosed && this.#listeners.size + this.#readers.size > 0;
    if (this.#readers.size === 0 && this.#seq !== null) this.#forget(this.#seq);
    if (isWanted && this.#following === null) this.#start();
    if (!isWanted && this.#following !== null) this.#stop();
    if (this.#readers.size > 0) this.#keepTicking();
  }

  #start(): void {
    this.#following = new AbortController();
    void this.#follow(this.#following.signal);
  }

  #stop(): void {
    this.#following?.abort();
    this.#following = null;
    this.#seq = null;
    if (!this.#isClosed) this.#begun = Promise.withResolvers<void>();
    this.#cancelTick?.();
    this.#cancelTick = null;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const after = this.#seq ?? (await this.#begin(signal));
        for await (const event of this.#parts.coordinator.feed({ after, signal })) {
          if (signal.aborted) return;
          this.#trouble = null;
          this.#hear(event);
          if (this.#pendingCharacters < JOINED_CHARACTERS) continue;
          this.#tell();
          await this.#pause(0);
        }
      } catch (error) {
        if (!signal.aborted) this.#note(error);
      }
      if (!signal.aborted) await this.#pause(RETRY_MS);
    }
  }

  /** Where the log stands now: what was before is history, however long it is. */
  async #begin(signal: AbortSignal): Promise<number> {
    const { coordinator } = this.#parts;
    await coordinator.view({ kind: 'counts' });
    const { seq } = coordinator.health().head;
    if (signal.aborted) return seq;
    this.#seq = seq;
    this.#kept.forget(seq);
    this.#begun.resolve();
    return seq;
  }

  #hear(event: FeedEvent): void {
    this.#seq = event.seq;
    for (const hear of this.#listeners) hear(event);
    if (this.#readers.size === 0) {
      this.#kept.forget(event.seq);
      return;
    }
    const told = new ToldEvent(event, this.#parts.worktree);
    this.#kept.add(told);
    this.#pending.push(told);
    this.#pendingCharacters += told.json(false).length;
    if (this.#cancelTelling !== null) return;
    // At once after a quiet moment; else together with what comes within the next one.
    const { clock } = this.#parts;
    const waitMs = Math.max(0, this.#toldMs + JOIN_MS - clock.monotonicMs());
    this.#cancelTelling = clock.after(waitMs, () => this.#tell());
  }

  #tell(): void {
    this.#cancelTelling?.();
    this.#cancelTelling = null;
    this.#toldMs = this.#parts.clock.monotonicMs();
    const batch = batchOf(this.#pending);
    this.#pending = [];
    this.#pendingCharacters = 0;
    if (batch.events.length === 0) return;
    for (const reader of this.#live) {
      try {
        reader.take(batch);
      } catch (error) {
        this.#parts.logger.error({ err: error }, 'a reader could not be told');
        reader.end('trouble', rejectionOf(error));
      }
    }
  }

  #forget(seq: number): void {
    this.#kept.forget(seq);
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.#cancelTelling?.();
    this.#cancelTelling = null;
  }

  #note(error: unknown): void {
    const why = rejectionOf(error);
    if (this.#trouble !== why.code) this.#parts.logger.warn({ err: error }, 'the log cannot be followed');
    this.#trouble = why.code;
    if (isPassing(why)) return;
    for (const reader of this.#live) reader.end('trouble', why);
  }

  #keepTicking(): void {
    this.#cancelTick ??= this.#parts.clock.after(
      TICK_MS,
      () => {
        this.#cancelTick = null;
        for (const reader of this.#readers) reader.tick();
        if (this.#readers.size > 0) this.#keepTicking();
      },
      { background: true },
    );
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#parts.clock.after(ms, resolve, { background: ms > 0 }));
  }
}

function batchOf(events: readonly ToldEvent[]): LiveBatch {
  let bytes: Uint8Array | null = null;
  return {
    events,
    isPlain: events.every((event) => event.isPlain),
    bytes: () => {
      bytes ??= encoded(events.map((event) => event.frame(false)).join(''));
      return bytes;
    },
  };
}
