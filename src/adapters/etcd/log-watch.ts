// When to look whether the log has grown. While somebody listens, one streaming watch tells of every batch as it is written, and
// brings it. Its life:
//
//   resting ──> asking ──> watching ──> over: a connection that ended, a compaction that overtook it, a dead connection
//      ^                                  │
//      └── a little longer each time ─────┘   each new watch begins with a hint: what came in between was told by nobody
//
// A connection can be dead without anybody being told. The kernel asks after some seconds; and a head that anybody has seen
// and the watch has not told of from one poll to the next ends it. The poll stands behind it all: it looks at the head,
// unless another call has just done so. It also finds out which endpoint to ask and gets a fresh token, for the next watch.
// Nothing here keeps the process alive.

import type { Cancel, Clock } from '../../ports/clock.ts';
import type { EtcdClient } from './etcd-client.ts';
import { watchStream } from './watch-stream.ts';
import type { RawKeyValue } from './wire.ts';

export interface LogWatchOptions {
  readonly client: EtcdClient;
  /** Of the keys of all batches. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pollMs: number;
  /** The log may have grown; `batch` is by what, where that came along. Must not throw. */
  readonly onHint: (batch: RawKeyValue | null) => void;
  /** Looks where the log ends, and tells `noteHead`. */
  readonly look: () => Promise<unknown>;
}

/** Who watches asks for the head so much less often: only a connection that died unnoticed could keep it from being told. */
const WATCHED_POLLS = 4;
const REST_MIN_MS = 100;
const REST_MAX_MS = 5_000;

export class LogWatch {
  readonly #options: LogWatchOptions;
  /** Null while nobody listens; another object each time somebody begins to. */
  #listening: object | null = null;
  #endStream: (() => void) | null = null;
  #cancelPoll: Cancel | null = null;
  #cancelRest: Cancel | null = null;
  #restMs = REST_MIN_MS;
  /** Revisions of etcd: up to which the watch has told, at which the head was last seen, and for which there was a hint. */
  #watchedTo = 0;
  #headAt = 0;
  #hintedFor = 0;
  /** Where the head was at the poll before. */
  #headBefore = 0;
  #headSeenAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#listening !== null) return;
    this.#listening = {};
    this.#poll();
    void this.#watch();
  }

  stop(): void {
    this.#listening = null;
    this.#cancelPoll?.();
    this.#cancelRest?.();
    this.#endStream?.();
    this.#endStream = null;
  }

  /** The head was seen as it was changed at this revision. `isOwn`: by an append of this process, which needs no hint. */
  noteHead(revision: number, isOwn: boolean): void {
    this.#headSeenAtMs = this.#options.clock.monotonicMs();
    this.#headAt = revision;
    if (isOwn) this.#hintedFor = revision;
  }

  #poll(): void {
    const listening = this.#listening;
    this.#cancelPoll = this.#options.clock.after(
      this.#options.pollMs,
      () => {
        void this.#lookAround().finally(() => {
          if (this.#listening === listening) this.#poll();
        });
      },
      { background: true },
    );
  }

  async #lookAround(): Promise<void> {
    const { clock, pollMs, look, onHint } = this.#options;
    const freshMs = this.#endStream === null ? pollMs : WATCHED_POLLS * pollMs;
    try {
      if (clock.monotonicMs() - this.#headSeenAtMs >= freshMs) await look();
    } catch {
      // What is wrong is told to whoever reads next.
    }
    if (this.#listening === null) return;
    if (this.#headBefore > this.#watchedTo) this.#endStream?.();
    this.#headBefore = this.#headAt;
    // Another one, be it newer or of an etcd that was restored.
    if (this.#headAt === this.#hintedFor) return;
    this.#hintedFor = this.#headAt;
    onHint(null);
  }

  async #watch(): Promise<void> {
    const { client, prefix } = this.#options;
    const listening = this.#listening;
    try {
      const end = await watchStream(client, prefix, {
        begun: (revision) => this.#begin(revision),
        changed: (found, isRemoval) => this.#tell(found, isRemoval),
        over: () => {
          if (this.#listening === listening) this.#rest();
        },
      });
      if (this.#listening === listening) this.#endStream = end;
      else end();
    } catch {
      // Nobody could be asked; the poll tells those who read.
      if (this.#listening === listening) this.#rest();
    }
  }

  #begin(revision: number): void {
    this.#restMs = REST_MIN_MS;
    this.#watchedTo = revision;
    this.#options.onHint(null);
  }

  #tell(found: RawKeyValue, isRemoval: boolean): void {
    const revision = Number(found.mod_revision ?? 0);
    this.#watchedTo = Math.max(this.#watchedTo, revision);
    if (!isRemoval) {
      this.#headAt = revision;
      this.#hintedFor = revision;
    }
    this.#options.onHint(isRemoval ? null : found);
  }

  #rest(): void {
    const { clock, random } = this.#options;
    this.#endStream = null;
    const restMs = this.#restMs * (0.5 + random() / 2);
    this.#restMs = Math.min(this.#restMs * 2, REST_MAX_MS);
    const again = (): void => void this.#watch();
    this.#cancelRest = clock.after(restMs, again, { background: true });
  }
}
