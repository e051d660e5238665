// The log in etcd: a head, and a key for each batch, which are only ever written together.
//
// An append is one transaction: where the head still has the value that was expected, it is replaced and the batch put beside it;
// where not, the same transaction answers the true head and what was missed. A read is a transaction too, of ranges alone, so
// that the head, what was truncated and the batches are those of one moment. Both are linearizable: they speak for a majority.
//
// Calls overlap, so an answer may be older than what another call has seen meanwhile: it is held against what had been
// seen when it was asked for.

import { headAfter, verifyChain } from '../../ports/chain.ts';
import {
  type Appended,
  type Conflict,
  EMPTY_HEAD,
  type LogHead,
  type StoredBatch,
  StoreFault,
} from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { historyTruncated, isNext, isSameHead, takeBatches } from '../../ports/log-range.ts';
import { regressedBehind, SeenHead } from '../../ports/seen-head.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { FleetKeys } from './keys.ts';
import { PageSize } from './page-size.ts';
import { batchIn, batchValue, headIn, headText } from './stored-values.ts';
import {
  afterPrefix,
  base64,
  foundBy,
  hasValue,
  isUnchangedSince,
  type Operation,
  type RangeReply,
  type RawKeyValue,
  type TxnReply,
} from './wire.ts';

export interface EtcdLogOptions {
  readonly client: EtcdClient;
  readonly keys: FleetKeys;
  readonly hasher: Hasher;
  readonly location: string;
  /** The head was seen as it was last changed at this revision of etcd; `isOwn`: by an append of this handle. */
  readonly onHead: (revision: number, isOwn: boolean) => void;
}

/** What one transaction shows of the log. */
interface Page {
  readonly head: LogHead;
  /** Where what was truncated ended. */
  readonly base: LogHead;
  readonly batches: readonly StoredBatch[];
  readonly isLast: boolean;
}

/** An append that lost is told of so many batches that it missed; whoever missed more reads. */
const MISSED_BATCHES = 8;

export class EtcdLog {
  readonly #options: EtcdLogOptions;
  readonly #seen = new SeenHead();
  readonly #pageSize = new PageSize();
  #damage: StoreFault | null = null;
  /** Of the last append that was tried, as long as it may have been won. */
  #ownValue: string | null = null;

  constructor(options: EtcdLogOptions) {
    this.#options = options;
  }

  /** Where the log ends, which from now on it must not fall behind. */
  async begin(): Promise<LogHead> {
    const head = await this.head();
    this.#seen.follow(head);
    return head;
  }

  async head(untilMs?: number): Promise<LogHead> {
    const { client, keys, location } = this.#options;
    const seen = this.#seen.now;
    const reply = await client.ask<RangeReply>('/v3/kv/range', { key: base64(keys.head) }, 'read', untilMs);
    const head = headIn(reply.kvs?.[0], location);
    this.#seen.expectNotBehind(head, seen);
    this.#tell(reply.kvs?.[0]);
    return head;
  }

  async read(after: number, limit: number): Promise<readonly StoredBatch[]> {
    const found: StoredBatch[] = [];
    let events = 0;
    for (;;) {
      const previous = found.at(-1);
      const page = await this.#page(previous?.lastSeq ?? after, limit - events);
      if (previous === undefined) this.#expectReaches(page, after);
      // Cut off since the page before: what was found is whole.
      else if (previous.lastSeq < page.base.seq) return takeBatches(found, 0, limit);
      this.#expectChain(previous === undefined ? null : headAfter(previous), page.batches);
      this.#seen.expectContinues(previous?.lastSeq ?? after, page.batches);
      found.push(...page.batches);
      events += page.batches.reduce((sum, batch) => sum + batch.count, 0);
      if (page.isLast || events >= limit) return takeBatches(found, 0, limit);
    }
  }

  async append(expected: LogHead, batch: StoredBatch): Promise<Appended | Conflict> {
    if (this.#damage !== null) throw this.#damage;
    const { client, location } = this.#options;
    const untilMs = client.deadline();
    // It must not win at a head that this handle knows to be over, not even on a log that was rolled back to it.
    if (this.#seen.isPast(expected)) return { appended: false, head: await this.head(untilMs) };
    const value = await batchValue(batch, location);
    const seen = this.#seen.now;
    this.#ownValue = value;
    try {
      const reply = await client.ask<TxnReply>('/v3/kv/txn', this.#appending(expected, batch, value), 'once', untilMs);
      return reply.succeeded === true ? this.#won(batch, reply) : await this.#lost(expected, reply, seen);
    } catch (error) {
      this.#ownValue = null;
      const head = isFull(error) ? await this.head(untilMs) : expected;
      if (isSameHead(head, expected)) throw error;
      return { appended: false, head };
    }
  }

  /** As `EventStore.beginBehind`. */
  async beginBehind(base: LogHead): Promise<Appended | Conflict> {
    const { client, keys, location } = this.#options;
    const seen = this.#seen.now;
    const value = base64(headText(base));
    const txn = {
      compare: [isUnchangedSince(keys.head, '0')],
      success: [{ request_put: { key: base64(keys.head), value } }, { request_put: { key: base64(keys.base), value } }],
      failure: [{ request_range: { key: base64(keys.head) } }],
    };
    const reply = await client.ask<TxnReply>('/v3/kv/txn', txn, 'once');
    const head = reply.succeeded === true ? base : headIn(foundBy(reply, 0).kvs?.[0], location);
    this.#seen.expectNotBehind(head, seen);
    if (reply.succeeded === true) this.#seen.follow(head);
    return { appended: reply.succeeded === true, head };
  }

  /** The batch that ends at `seq`, null where there is none. */
  async batchAt(seq: number): Promise<StoredBatch | null> {
    const { client, keys, location } = this.#options;
    const reply = await client.ask<RangeReply>('/v3/kv/range', { key: base64(keys.batch(seq)) }, 'read');
    const found = reply.kvs?.[0];
    return found === undefined ? null : batchIn(found, location);
  }

  /** A batch that came by itself; null for the one that this handle has just appended. Throws for what is not whole. */
  async received(found: RawKeyValue): Promise<StoredBatch | null> {
    if (found.value === this.#ownValue) return null;
    const batch = await batchIn(found, this.#options.location);
    this.#expectChain(null, [batch]);
    return batch;
  }

  #appending(expected: LogHead, batch: StoredBatch, value: string): object {
    const { head, log, batch: keyOf } = this.#keys();
    const isEmpty = isSameHead(expected, EMPTY_HEAD);
    const isExpected = isEmpty ? isUnchangedSince(head, '0') : hasValue(head, headText(expected));
    const missed = { key: base64(keyOf(expected.seq + 1)), range_end: base64(afterPrefix(log)) };
    return {
      compare: [isExpected],
      success: [
        { request_put: { key: base64(head), value: base64(headText(headAfter(batch))) } },
        { request_put: { key: base64(keyOf(batch.lastSeq)), value } },
      ],
      failure: [
        { request_range: { key: base64(head) } },
        { request_range: { ...missed, limit: String(MISSED_BATCHES) } },
      ],
    };
  }

  #won(batch: StoredBatch, { header }: TxnReply): Appended {
    const head = headAfter(batch);
    this.#seen.follow(head);
    this.#options.onHead(Number(header.revision), true);
    return { appended: true, head };
  }

  async #lost(expected: LogHead, reply: TxnReply, seen: LogHead | null): Promise<Conflict> {
    const { location, hasher } = this.#options;
    const found = foundBy(reply, 0).kvs?.[0];
    const head = headIn(found, location);
    this.#seen.expectNotBehind(head, seen);
    this.#tell(found);
    const missed = await this.#batches(foundBy(reply, 1).kvs);
    const follows = missed[0]?.prevHash === expected.hash && verifyChain(hasher, expected, missed) === null;
    if (!follows) return { appended: false, head };
    this.#seen.expectContinues(expected.seq, missed);
    return { appended: false, head, missed };
  }

  async #page(after: number, limit: number): Promise<Page> {
    const { client, location } = this.#options;
    const { head, base, log, batch } = this.#keys();
    const seen = this.#seen.now;
    const [reply, size] = await this.#pageSize.fitted(limit, (count) => {
      const batches = { key: base64(batch(after + 1)), range_end: base64(afterPrefix(log)), limit: String(count) };
      const success: Operation[] = [
        { request_range: { key: base64(head) } },
        { request_range: { key: base64(base) } },
        { request_range: batches },
      ];
      return client.ask<TxnReply>('/v3/kv/txn', { success }, 'read');
    });
    const ends = headIn(foundBy(reply, 0).kvs?.[0], location);
    this.#seen.expectNotBehind(ends, seen);
    this.#tell(foundBy(reply, 0).kvs?.[0]);
    const { kvs = [], more = false } = foundBy(reply, 2);
    this.#pageSize.learn(
      kvs.length,
      kvs.reduce((sum, { value = '' }) => sum + value.length, 0),
      size,
    );
    return {
      head: ends,
      base: headIn(foundBy(reply, 1).kvs?.[0], location),
      batches: await this.#batches(kvs),
      isLast: !more,
    };
  }

  /** The page shows what follows `after`, as far as a page can. */
  #expectReaches({ head, base, batches: [first] }: Page, after: number): void {
    if (after > head.seq) throw regressedBehind(after, head);
    if (after < base.seq) throw historyTruncated(after, base);
    if (after === head.seq || (first !== undefined && isNext(first, after))) return;
    throw this.#damaged(
      `${this.#options.location} lacks events: what follows ${after} is not there, and the log ends at ${head.seq}.`,
      { seq: after + 1 },
    );
  }

  #expectChain(before: LogHead | null, batches: readonly StoredBatch[]): void {
    const found = verifyChain(this.#options.hasher, before, batches);
    if (found === null) return;
    const says = `${this.#options.location} is damaged at event ${found.seq}: batch ${found.batchId} does not fit, ${found.problem}.`;
    throw this.#damaged(says, { ...found });
  }

  #damaged(says: string, details: Readonly<Record<string, unknown>>): StoreFault {
    this.#damage = new StoreFault(
      'STORE_DAMAGED',
      `${says} Nothing more is written; \`brigade doctor\` explains what can be saved.`,
      { details: { location: this.#options.location, ...details } },
    );
    return this.#damage;
  }

  #batches(found: readonly RawKeyValue[] = []): Promise<StoredBatch[]> {
    return Promise.all(found.map((each) => batchIn(each, this.#options.location)));
  }

  #tell(head: RawKeyValue | undefined): void {
    if (head?.mod_revision !== undefined) this.#options.onHead(Number(head.mod_revision), false);
  }

  #keys(): {
    readonly head: string;
    readonly base: string;
    readonly log: string;
    readonly batch: (seq: number) => string;
  } {
    const { keys } = this.#options;
    return { head: keys.head, base: keys.base, log: keys.log, batch: (seq) => keys.batch(seq) };
  }
}

/** etcd refuses whatever writes while its quota is used up, also what would have changed nothing. */
function isFull(error: unknown): boolean {
  return error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE' && error.details.outcome === 'none';
}
