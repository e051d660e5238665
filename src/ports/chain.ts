// The chain of the log: each batch names the hash of the one before it, so order, gaps and accidental damage show when
// it is read. It proves tampering only against a head hash that was kept elsewhere.

import { EPOCH_STRIDE, type LogHead, type StoredBatch } from './event-store.ts';
import type { Hasher } from './hasher.ts';

/** Hash of a batch: SHA-256 over the previous hash and the exact stored body, 64 hex digits. */
export function chainHash(hasher: Hasher, prevHash: string, body: string): string {
  return hasher.sha256Hex(prevHash, body);
}

/** Where the log stands after `batch`. */
export function headAfter(batch: StoredBatch): LogHead {
  return { epoch: batch.epoch, seq: batch.lastSeq, hash: batch.hash, format: batch.format };
}

/** First number of a batch of `epoch` that follows `head`: the next one, or the start of a new epoch. */
export function nextSeq(head: Pick<LogHead, 'epoch' | 'seq'>, epoch: number): number {
  return epoch > head.epoch ? epoch * EPOCH_STRIDE : head.seq + 1;
}

/** The first batch that does not continue what stands before it, and why. */
export interface ChainBreak {
  readonly seq: number;
  readonly batchId: string;
  readonly problem: string;
}

/**
 * The first break in `batches`, or null. `before` is the head they are said to follow; null where it is not known, then
 * the first batch is checked by itself only.
 */
export function verifyChain(
  hasher: Hasher,
  before: LogHead | null,
  batches: readonly StoredBatch[],
): ChainBreak | null {
  let head = before;
  for (const batch of batches) {
    const problem = problemOf(hasher, head, batch);
    if (problem !== null) return { seq: batch.firstSeq, batchId: batch.id, problem };
    head = headAfter(batch);
  }
  return null;
}

function problemOf(hasher: Hasher, head: LogHead | null, batch: StoredBatch): string | null {
  if (!hasForm(batch)) return 'a field of it is missing or is of another kind';
  if (batch.count < 1 || batch.lastSeq - batch.firstSeq + 1 !== batch.count) {
    return `it says ${batch.count} events and is numbered ${batch.firstSeq} to ${batch.lastSeq}`;
  }
  if (chainHash(hasher, batch.prevHash, batch.body) !== batch.hash) return 'its hash is not that of its content';
  if (head === null) return null;
  if (batch.prevHash !== head.hash)
    return `it follows hash ${batch.prevHash}, the log before it ends with ${head.hash}`;
  if (batch.epoch < head.epoch) return `its epoch ${batch.epoch} is lower than epoch ${head.epoch} before it`;
  if (batch.format < head.format) return `its format ${batch.format} is lower than format ${head.format} before it`;
  const expected = nextSeq(head, batch.epoch);
  return batch.firstSeq === expected ? null : `it starts at ${batch.firstSeq} where ${expected} is next`;
}

/** A store may be handed anything where a batch should be; the hash covers the body, and not the numbers beside it. */
function hasForm({ id, epoch, format, count, firstSeq, lastSeq, body, hash, prevHash }: StoredBatch): boolean {
  const numbers: readonly unknown[] = [epoch, format, count, firstSeq, lastSeq];
  const texts: readonly unknown[] = [id, body, hash, prevHash];
  return numbers.every((each) => Number.isSafeInteger(each)) && texts.every((each) => typeof each === 'string');
}
