// What every store checks before it writes, said once: size, chain, numbering. A store that is handed a batch which
// cannot continue `expected` refuses it whole, whatever its own head is.

import { chainHash, nextSeq } from './chain.ts';
import { type Batch, type LogHead, type StoredBatch, StoreFault, type StoreTraits } from './event-store.ts';
import type { Hasher } from './hasher.ts';

type BatchLimits = Pick<StoreTraits, 'maxBatchEvents' | 'maxBatchBytes'>;

/**
 * `batch` with the numbers it gets after `expected`. Throws TOO_LARGE above a limit, STORE_VERSION when its format is
 * older than the head's, and STORE_DAMAGED when it does not continue the chain: that is a fault of the writer, and
 * nothing was written.
 */
export function placeBatch(hasher: Hasher, expected: LogHead, batch: Batch, limits: BatchLimits): StoredBatch {
  refuseTooLarge(batch, limits);
  if (batch.format < expected.format) {
    throw new StoreFault(
      'STORE_VERSION',
      `The log has format ${expected.format} and this version of Brigade writes format ${batch.format}. ` +
        'Start a version that is at least as new as the one that moved the log.',
      { details: { logFormat: expected.format, ownFormat: batch.format } },
    );
  }
  const problem = problemOf(hasher, expected, batch);
  if (problem !== null) {
    throw new StoreFault('STORE_DAMAGED', `Batch ${batch.id} was refused and nothing was written: ${problem}.`, {
      details: { batchId: batch.id },
    });
  }
  const firstSeq = nextSeq(expected, batch.epoch);
  return { ...batch, firstSeq, lastSeq: firstSeq + batch.count - 1, prevHash: expected.hash };
}

function refuseTooLarge(batch: Batch, limits: BatchLimits): void {
  const bytes = Buffer.byteLength(batch.body);
  if (batch.count <= limits.maxBatchEvents && bytes <= limits.maxBatchBytes) return;
  throw new StoreFault(
    'TOO_LARGE',
    `A batch of ${batch.count} events and ${bytes} bytes is more than this store takes at once ` +
      `(${limits.maxBatchEvents} events, ${limits.maxBatchBytes} bytes). Nothing was written.`,
    { details: { events: batch.count, bytes, ...limits } },
  );
}

function problemOf(hasher: Hasher, expected: LogHead, batch: Batch): string | null {
  if (!Number.isSafeInteger(batch.count) || batch.count < 1) return `it says that it holds ${batch.count} events`;
  if (batch.epoch < expected.epoch) return `its epoch ${batch.epoch} is lower than the log's ${expected.epoch}`;
  if (!batch.body.isWellFormed()) return 'its body is not well-formed Unicode and could not be kept as it is';
  if (chainHash(hasher, expected.hash, batch.body) !== batch.hash) return 'it does not continue the chain of hashes';
  return null;
}
