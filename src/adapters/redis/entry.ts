// What scripts answer, as heads and batches. Whatever does not have the form in which it was written is damage.

import { EMPTY_HEAD, type LogHead, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import type { RedisReply } from './redis-connection.ts';

/** In the order in which a batch is written; scripts go by the position of count (8), hash (12) and body (14). */
const FIELDS = ['id', 'epoch', 'format', 'count', 'prev', 'hash', 'body'] as const;

/** Why a piece of the log ends where it does: `size` says that there may be more that fits. */
export type Stopped = 'limit' | 'size' | 'end';

/** A piece of the log, and where the log ended and began at the same moment. */
export interface LogPiece {
  readonly head: LogHead;
  readonly base: LogHead;
  readonly batches: readonly StoredBatch[];
  readonly stopped: Stopped;
}

export function pieceIn(reply: RedisReply): LogPiece {
  const [head = null, base = null, entries = null, stopped = null] = listIn(reply);
  return {
    head: headIn(head),
    base: headIn(base),
    batches: listIn(entries).map(batchIn),
    stopped: stopped === 'limit' || stopped === 'size' ? stopped : 'end',
  };
}

export function headIn(reply: RedisReply): LogHead {
  const [epoch = null, seq = null, hash = null, format = null] = listIn(reply);
  return { epoch: numberIn(epoch), seq: numberIn(seq), hash: hashIn(hash), format: numberIn(format) };
}

/** Epoch, seq, hash and format, as scripts take them. */
export function headArgs({ epoch, seq, hash, format }: LogHead): string[] {
  return [String(epoch), String(seq), hash, String(format)];
}

export function listIn(reply: RedisReply): readonly RedisReply[] {
  if (Array.isArray(reply)) return reply as readonly RedisReply[];
  throw misshapen('a list');
}

function batchIn(entry: RedisReply): StoredBatch {
  const [entryId = null, fields = null] = listIn(entry);
  const flat = listIn(fields);
  if (flat.length !== 2 * FIELDS.length || FIELDS.some((name, index) => flat[2 * index] !== name)) {
    throw misshapen(`batch ${String(entryId)}`);
  }
  const [id = null, epoch = null, format = null, count = null, prev = null, hash = null, body = null] = FIELDS.map(
    (_, index) => flat[2 * index + 1] ?? null,
  );
  const [, last = ''] = /^(\d+)-0$/.exec(textIn(entryId)) ?? [];
  const lastSeq = numberIn(last);
  return {
    id: textIn(id),
    epoch: numberIn(epoch),
    format: numberIn(format),
    count: numberIn(count),
    body: textIn(body),
    hash: hashIn(hash),
    firstSeq: lastSeq - numberIn(count) + 1,
    lastSeq,
    prevHash: hashIn(prev),
  };
}

function textIn(reply: RedisReply): string {
  if (typeof reply === 'string') return reply;
  throw misshapen('a text');
}

function numberIn(reply: RedisReply): number {
  const number = typeof reply === 'string' && /^\d{1,16}$/.test(reply) ? Number(reply) : reply;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw misshapen('a number');
}

function hashIn(reply: RedisReply): string {
  const text = textIn(reply);
  if (text.length === EMPTY_HEAD.hash.length) return text;
  throw misshapen('a hash');
}

function misshapen(what: string): StoreFault {
  return new StoreFault(
    'STORE_DAMAGED',
    `What is kept in Redis under the names of this fleet is not a log of Brigade, or was changed: ${what} does not have its form.`,
  );
}
