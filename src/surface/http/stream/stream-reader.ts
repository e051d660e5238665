// One reader of the stream.
//
//   past ── what is kept continues what it has ──> live ── too much waits for it, or it shows nothing valid any more ──> dropped
//    │                                              │
//    └── the client goes ───────────────────────────┴──> gone
//
// In the past it reads the log as fast as the client takes it; a client that takes nothing for half a minute is dropped too.
// Live, what it does not take waits in a queue with a bound in number and in bytes. A reader that is dropped is told why, and
// from which number to go on, as the last event; then its connection is closed. It is never a reason for others to wait.

import type { Coordinator, FeedEvent } from '../../../app/coordinator.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import type { Rejection } from '../../../core/rejection.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Viewer } from '../rest/caller.ts';
import type { EventFilter } from './event-filter.ts';
import {
  type EndReason,
  type EventHub,
  encoded,
  isPassing,
  type LiveBatch,
  type LiveReader,
  RETRY_MS,
} from './event-hub.ts';
import { endsRight, mayReadText } from './reader-rights.ts';
import { ToldEvent } from './told-event.ts';

export interface StreamReaderParts {
  readonly hub: EventHub;
  readonly coordinator: Pick<Coordinator, 'feed'>;
  readonly clock: Clock;
  readonly filter: EventFilter;
  readonly viewer: Viewer;
  /** It has everything up to here. */
  readonly after: number;
  /** What it shows was valid up to here. */
  readonly provenSeq: number;
  /** What the client hears before any fact. */
  readonly greeting: string;
  /** Runs once, when the reader is over. */
  readonly onOver: () => void;
  /** Ends a connection whose client does not take its last words. */
  readonly destroy: () => void;
}

/** What may wait for a client that does not take it. */
const QUEUE_EVENTS = 8_192;
const QUEUE_BYTES = 2 * 1024 * 1024;
/** Handed to the connection before it asks for more. */
const AHEAD_BYTES = 64 * 1024;
/** Of the past as much is written at once. */
const PIECE_CHARACTERS = 64 * 1024;
/** Looking through the past, the event loop gets its turn this often. */
const EVENTS_A_TURN = 256;
/** A client that takes nothing of the past for this long does not read. */
const STALL_MS = 30_000;
/** What is left in the connection, with the last words, is waited for this long. */
const LAST_WORDS_MS = 10_000;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly events: number;
  /** Who has taken it has everything up to here. */
  seq: number;
}

export class StreamReader implements LiveReader {
  readonly body: ReadableStream<Uint8Array>;
  readonly #parts: StreamReaderParts;
  readonly #over = new AbortController();
  readonly #leave: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #queue: Chunk[] = [];
  #queuedBytes = 0;
  #queuedEvents = 0;
  /** Read or heard up to here. */
  #seq: number;
  /** What the connection was handed stands for everything up to here. */
  #handedSeq: number;
  /** The last number that the client was told. */
  #toldSeq: number;
  #onRoom: (() => void) | null = null;

  constructor(parts: StreamReaderParts) {
    this.#parts = parts;
    this.#seq = parts.after;
    this.#handedSeq = parts.after;
    this.#toldSeq = parts.after;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          controller.enqueue(encoded(parts.greeting));
        },
        pull: () => this.#pump(),
        cancel: () => this.gone(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }),
    );
    this.#leave = parts.hub.join(this);
    this.#run().catch((error: unknown) => this.end('trouble', rejectionOf(error)));
  }

  get seq(): number {
    return this.#seq;
  }

  take(batch: LiveBatch): void {
    if (this.#isOver) return;
    const { filter, viewer } = this.#parts;
    const { events, isPlain } = batch;
    const isAll = filter === null && (isPlain || viewer.kind === 'anybody') && (events[0]?.seq ?? 0) > this.#seq;
    const last = events.at(-1)?.seq ?? this.#seq;
    if (isAll) this.#push({ bytes: batch.bytes(), events: events.length, seq: last });
    else this.#takeSome(events);
    this.#seq = Math.max(this.#seq, last);
    // What is not for this reader has been passed over with what came before it.
    const before = this.#queue.at(-1);
    if (before === undefined) this.#handedSeq = Math.max(this.#handedSeq, this.#seq);
    else before.seq = Math.max(before.seq, this.#seq);
  }

  tick(): void {
    if (this.#isOver || this.#queue.length > 0 || !this.#hasRoom) return;
    // Facts that were passed over move the place from which the client will go on.
    const place = this.#handedSeq > this.#toldSeq ? `id: ${this.#handedSeq}\n` : '';
    this.#toldSeq = Math.max(this.#toldSeq, this.#handedSeq);
    this.#controller?.enqueue(encoded(`:\n${place}\n`));
  }

  end(reason: EndReason, why?: Rejection): void {
    if (this.#isOver) return;
    const frame = lastWords(reason, this.#handedSeq, why);
    this.#finish();
    this.#controller?.enqueue(encoded(frame));
    this.#controller?.close();
    this.#parts.clock.after(LAST_WORDS_MS, () => this.#parts.destroy(), { background: true });
  }

  /** The client is gone. */
  gone(): void {
    if (!this.#isOver) this.#finish();
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  get #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #finish(): void {
    this.#over.abort();
    this.#queue = [];
    this.#leave();
    this.#onRoom?.();
    this.#parts.onOver();
  }

  /** From where it begins to the live edge. */
  async #run(): Promise<void> {
    const { hub } = this.#parts;
    while (!this.#isOver) {
      await hub.begun();
      if (this.#isOver) return;
      const met = hub.meet(this);
      if (met === 'met') return;
      if (met === null) await this.#readLog();
      else await this.#write(met);
    }
  }

  async #readLog(): Promise<void> {
    const { coordinator, clock, hub } = this.#parts;
    const before = this.#seq;
    try {
      let piece: ToldEvent[] = [];
      let characters = 0;
      for await (const event of coordinator.feed({ after: before, once: true, signal: this.#over.signal })) {
        const told = new ToldEvent(event, hub.worktree);
        piece.push(told);
        if (this.#isFor(event)) characters += told.json(this.#mayRead(event)).length;
        if (piece.length < EVENTS_A_TURN && characters < PIECE_CHARACTERS) continue;
        await this.#write(piece);
        if (this.#isOver) return;
        piece = [];
        characters = 0;
      }
      await this.#write(piece);
    } catch (error) {
      const why = rejectionOf(error);
      if (!isPassing(why)) this.end('trouble', why);
    }
    // In trouble that passes, and where the follower is behind what stands in the log.
    if (this.#seq === before) await new Promise<void>((resolve) => void clock.after(RETRY_MS, resolve));
  }

  /** Hands a piece of the past to the client, and waits until it takes more. */
  async #write(events: readonly ToldEvent[]): Promise<void> {
    if (this.#isOver) return;
    this.#takeSome(events);
    this.#seq = Math.max(this.#seq, events.at(-1)?.seq ?? 0);
    if (this.#queue.length === 0) this.#handedSeq = Math.max(this.#handedSeq, this.#seq);
    await this.#turn();
    if (!this.#hasRoom) await this.#room();
  }

  #takeSome(events: readonly ToldEvent[]): void {
    let frames = '';
    let count = 0;
    let last = this.#seq;
    for (const told of events) {
      if (told.seq <= this.#seq) continue;
      if (!told.isPlain && told.seq > this.#parts.provenSeq && endsRight(this.#parts.viewer, told.event)) {
        this.end('credential');
        return;
      }
      last = told.seq;
      if (!this.#isFor(told.event)) continue;
      frames += told.frame(this.#mayRead(told.event));
      count += 1;
    }
    if (count > 0) this.#push({ bytes: encoded(frames), events: count, seq: last });
  }

  #isFor(event: FeedEvent): boolean {
    return this.#parts.filter?.(event) ?? true;
  }

  #mayRead(event: FeedEvent): boolean {
    return mayReadText(this.#parts.viewer, event);
  }

  #push(chunk: Chunk): void {
    if (this.#isOver) return;
    const isFirst = this.#queue.length === 0;
    if (isFirst && this.#hasRoom) {
      this.#hand(chunk);
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.bytes.length;
    this.#queuedEvents += chunk.events;
    // One that is larger than the bound by itself is waited for, or it could never be told.
    const isTooMuch = this.#queuedBytes > QUEUE_BYTES || this.#queuedEvents > QUEUE_EVENTS;
    if (isTooMuch && !isFirst) this.end('slow');
  }

  #hand({ bytes, seq }: Chunk): void {
    this.#handedSeq = Math.max(this.#handedSeq, seq);
    this.#toldSeq = this.#handedSeq;
    this.#controller?.enqueue(bytes);
  }

  /** The client took something. */
  #pump(): void {
    while (!this.#isOver && this.#hasRoom) {
      const chunk = this.#queue.shift();
      if (chunk === undefined) break;
      this.#queuedBytes -= chunk.bytes.length;
      this.#queuedEvents -= chunk.events;
      this.#hand(chunk);
    }
    if (this.#hasRoom) this.#onRoom?.();
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => void this.#parts.clock.after(0, resolve));
  }

  async #room(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.after(STALL_MS, () => this.end('slow'), { background: true });
      this.#onRoom = () => {
        cancel();
        this.#onRoom = null;
        resolve();
      };
    });
  }
}

const REASONS: Readonly<Record<EndReason, string>> = {
  slow: 'This reader did not take what came; too much was waiting for it.',
  stopping: 'The server is stopping.',
  credential: 'What this reader showed gives no right any more: its session has ended, or the token is another one.',
  trouble: 'The log cannot be read.',
};

/** Why the stream ends, and the number to go on from: everything up to it was told. */
function lastWords(reason: EndReason, seq: number, why: Rejection | undefined): string {
  const told = {
    reason,
    ...(why === undefined ? {} : { code: why.code, next: why.next }),
    message: why?.message ?? REASONS[reason],
    resumeAfter: seq,
  };
  return `event: dropped\nid: ${seq}\ndata: ${JSON.stringify(told)}\n\n`;
}
