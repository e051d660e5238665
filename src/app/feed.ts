// The log as a stream of facts: from a past number on, then live. A slow reader costs nobody anything: it holds its place
// as a number, and reads what it missed from the store.

import type { FleetEvent } from '../core/event.ts';
import { decodeBatch } from './batch-codec.ts';
import type { FeedEvent } from './coordinator.ts';
import type { FleetLog } from './fleet-log.ts';
import type { Tail } from './tail.ts';

export interface FeedOptions {
  readonly after: number;
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

const READ_EVENTS = 500;

/** Throws `StoreFault` where the log cannot be read, HISTORY_TRUNCATED among them. Ends without an error by the signal. */
export async function* feedOf(log: FleetLog, tail: Tail, options: FeedOptions): AsyncIterable<FeedEvent> {
  const { once = false, signal } = options;
  await log.catchUpSettled();
  const grown = new Growth(log);
  const unfollow = once ? null : tail.follow('feed');
  const end = (): void => grown.wake();
  signal?.addEventListener('abort', end, { once: true });
  // With `once`, what is appended while we read is not part of it.
  const last = once ? log.head.seq : Number.POSITIVE_INFINITY;
  const isAborted = (): boolean => signal?.aborted === true;
  let seq = options.after;
  try {
    while (!isAborted() && seq < last) {
      const seen = grown.count;
      const found = await batchesAfter(log, seq);
      for (const { events, hash } of found) {
        for (const event of events) {
          if (event.seq <= seq || event.seq > last) continue;
          if (isAborted()) return;
          yield { ...event, hash };
          seq = event.seq;
        }
      }
      if (found.length === 0 && once) return;
      if (found.length === 0) await grown.since(seen, signal);
    }
  } finally {
    signal?.removeEventListener('abort', end);
    unfollow?.();
    grown.close();
  }
}

interface FoundBatch {
  readonly hash: string;
  readonly events: readonly FleetEvent[];
}

async function batchesAfter(log: FleetLog, seq: number): Promise<readonly FoundBatch[]> {
  if (seq >= log.head.seq) return [];
  const recent = log.recent.after(seq);
  // Confirming covers what was taken before it, and perhaps more.
  if (recent !== null) await log.confirm();
  if (recent !== null) return recent.map(({ head, events }) => ({ hash: head.hash, events }));
  const stored = await log.read(seq, READ_EVENTS);
  return stored.map((batch) => ({ hash: batch.hash, events: decodeBatch(batch).events }));
}

/** Tells a reader at the head when there is more. */
class Growth {
  count = 0;
  readonly #stop: () => void;
  #wake: (() => void) | null = null;

  constructor(log: FleetLog) {
    this.#stop = log.grown.listen(() => this.wake());
  }

  wake(): void {
    this.count += 1;
    this.#wake?.();
    this.#wake = null;
  }

  /** Resolves at the first growth after `seen` was read. */
  async since(seen: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.count !== seen || signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#stop();
  }
}
