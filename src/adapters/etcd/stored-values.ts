// The values under a fleet's keys. A head is JSON, always in the same order, because it is compared as text. A batch is a line of
// JSON that says what it is, and its body after that line.

import { EMPTY_HEAD, type LogHead, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import { pack, unpack } from './packed.ts';
import { base64, bytesOf, type RawKeyValue, textOf } from './wire.ts';

/**
 * Room for a batch in one request of 1.5 MiB, etcd's default, with its keys and the head. A body that does not compress may take
 * all of it but the line before it.
 */
const VALUE_BYTES = 1_536 * 1024 - 8 * 1024;

/**
 * As the other stores: the first event of an epoch carries the whole state, and leases compress to a tenth. What compresses less
 * may be refused although it is smaller.
 */
export const BODY_BYTES = 16 * 1024 * 1024;

export function headText({ epoch, seq, hash, format }: LogHead): string {
  return JSON.stringify({ epoch, seq, hash, format });
}

/** The head that a key holds; that of an empty log where there is no such key. */
export function headIn(found: RawKeyValue | undefined, location: string): LogHead {
  if (found === undefined) return EMPTY_HEAD;
  const { epoch, seq, hash, format } = parseLine(textOf(found.value), found, location);
  return { epoch: Number(epoch), seq: Number(seq), hash: String(hash), format: Number(format) };
}

/** What stands under the key of a batch. Throws TOO_LARGE for what fits no request. */
export async function batchValue({ body, ...rest }: StoredBatch, location: string): Promise<string> {
  const { id, epoch, format, count, firstSeq, prevHash, hash } = rest;
  const { isCompressed, bytes } = await pack(body);
  const line = JSON.stringify({
    id,
    epoch,
    format,
    count,
    firstSeq,
    prevHash,
    hash,
    ...(isCompressed ? { z: 1 } : {}),
  });
  const value = Buffer.concat([Buffer.from(`${line}\n`), bytes]);
  if (value.length <= VALUE_BYTES) return base64(value);
  throw new StoreFault(
    'TOO_LARGE',
    `A batch of ${Buffer.byteLength(body)} bytes takes ${value.length} bytes compressed, and a request to etcd has room for ` +
      `${VALUE_BYTES}. Nothing was written.`,
    { details: { location, bytes: Buffer.byteLength(body), compressedBytes: value.length, outcome: 'none' } },
  );
}

/** Throws STORE_DAMAGED for what was never written by Brigade. Whether it is unchanged shows by the chain. */
export async function batchIn(found: RawKeyValue, location: string): Promise<StoredBatch> {
  const value = bytesOf(found.value);
  const end = value.indexOf(0x0a);
  const line = parseLine(value.subarray(0, Math.max(end, 0)).toString(), found, location);
  const body = await unpack({ isCompressed: line.z === 1, bytes: value.subarray(end + 1) }, BODY_BYTES);
  if (body === null) throw damaged(found, location, 'its body cannot be expanded');
  const [firstSeq, count] = [Number(line.firstSeq), Number(line.count)];
  const lastSeq = firstSeq + count - 1;
  if (textOf(found.key).endsWith(String(lastSeq).padStart(16, '0'))) {
    const { id, epoch, format, prevHash, hash } = line;
    const names = { id: String(id), prevHash: String(prevHash), hash: String(hash) };
    return { ...names, epoch: Number(epoch), format: Number(format), count, firstSeq, lastSeq, body };
  }
  throw damaged(found, location, `it says that it ends at ${lastSeq}`);
}

function parseLine(text: string, found: RawKeyValue, location: string): Readonly<Record<string, unknown>> {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null) return line as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw damaged(found, location, 'it is not what Brigade writes there', error);
  }
  throw damaged(found, location, 'it is not what Brigade writes there');
}

function damaged(found: RawKeyValue, location: string, problem: string, cause?: unknown): StoreFault {
  const key = textOf(found.key);
  return new StoreFault(
    'STORE_DAMAGED',
    `${location}: the value of ${key} is damaged: ${problem}. Nothing was changed; \`brigade doctor\` explains what can be saved.`,
    { cause, details: { location, key } },
  );
}
