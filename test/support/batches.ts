// Batches for tests that care about the log and not about what is in it.

import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { chainHash } from '../../src/ports/chain.ts';
import type { Appended, Batch, EventStore, LogHead, StoredBatch } from '../../src/ports/event-store.ts';

export interface BatchParts {
  readonly id?: string;
  readonly count?: number;
  readonly epoch?: number;
  readonly format?: number;
  readonly body?: string;
}

let made = 0;

/** A batch that continues `head`. */
export function batchAfter(head: LogHead, parts: BatchParts = {}): Batch {
  made += 1;
  const id = parts.id ?? `batch-${process.pid}-${made}`;
  const body = parts.body ?? JSON.stringify({ id, text: 'Grüße, 厨房, 👩‍🍳, line\nbreak' });
  return {
    id,
    epoch: parts.epoch ?? head.epoch,
    format: parts.format ?? Math.max(head.format, 1),
    count: parts.count ?? 1,
    body,
    hash: chainHash(nodeHasher, head.hash, body),
  };
}

/** Appends batch after batch and answers the heads, the first of them the one it began at. */
export async function appendAll(store: EventStore, from: LogHead, parts: readonly BatchParts[]): Promise<LogHead[]> {
  const heads = [from];
  let head = from;
  for (const part of parts) {
    head = await mustAppend(store, head, part);
    heads.push(head);
  }
  return heads;
}

export async function mustAppend(store: EventStore, head: LogHead, parts: BatchParts = {}): Promise<LogHead> {
  const answer: { readonly appended: boolean; readonly head: Appended['head'] } = await store.append(
    head,
    batchAfter(head, parts),
  );
  if (!answer.appended) throw new Error(`expected to append at ${head.seq}, the log is at ${answer.head.seq}`);
  return answer.head;
}

/** The whole log, read in pieces. */
export async function readAll(store: EventStore, after = 0, limit = 1000): Promise<StoredBatch[]> {
  const found: StoredBatch[] = [];
  for (;;) {
    const batches = await store.read(found.at(-1)?.lastSeq ?? after, limit);
    if (batches.length === 0) return found;
    found.push(...batches);
  }
}
