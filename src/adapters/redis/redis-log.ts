// The log of one fleet, call by call: each asks one link once, checks what comes back, and remembers how far the log was seen.
// Links come and go; what was seen stays, so a server that knows less than the last one is noticed whoever it is.

import { headAfter, verifyChain } from '../../ports/chain.ts';
import { type Appended, type Conflict, type LogHead, type StoredBatch, StoreFault } from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { historyTruncated, isNext, isSameHead } from '../../ports/log-range.ts';
import { regressedBehind, SeenHead } from '../../ports/seen-head.ts';
import { headArgs, headIn, type LogPiece, listIn, pieceIn } from './entry.ts';
import { messageOf } from './hint-message.ts';
import type { LogKeys } from './log-keys.ts';
import type { RedisReply } from './redis-connection.ts';
import type { RedisLink } from './redis-link.ts';
import { APPEND } from './scripts/append.ts';
import { BEGIN_BEHIND } from './scripts/begin-behind.ts';
import { CONFIRM } from './scripts/confirm.ts';
import { READ } from './scripts/read.ts';

export interface RedisLogOptions {
  readonly keys: LogKeys;
  readonly hasher: Hasher;
  readonly location: string;
  /** Of this handle, so that it is not woken by itself. */
  readonly writerId: string;
}

/** A piece of the log that is fetched at once: what the event loop is busy with in one go. */
const PIECE_BYTES = 256 * 1024;
/** What a conflict brings along; who missed more reads it. */
const MISSED_EVENTS = 512;
const MISSED_BYTES = 64 * 1024;

export interface ReadStep {
  readonly batches: readonly StoredBatch[];
  /** False when the step stopped for its own sake: there may be more that fits. */
  readonly isComplete: boolean;
}

export class RedisLog {
  readonly #options: RedisLogOptions;
  readonly #seen = new SeenHead();
  #damage: StoreFault | null = null;

  constructor(options: RedisLogOptions) {
    this.#options = options;
  }

  /** How far the log has been seen; null before it was opened. */
  get seen(): LogHead | null {
    return this.#seen.now;
  }

  /** Where the log ends. Takes note of it, once the last batch was read and is whole. */
  async begin(link: RedisLink, untilMs: number): Promise<LogHead> {
    const { head, base } = await this.#piece(link, { after: 0, limit: 0, mayExceed: false }, untilMs);
    if (head.seq > base.seq) await this.read(link, { after: head.seq - 1, limit: 1, previous: null }, untilMs);
    this.#seen.follow(head);
    return head;
  }

  /** Throws STORE_REGRESSED where this server does not hold what was seen. */
  async expectSeen(link: RedisLink, untilMs: number): Promise<void> {
    const seen = this.#seen.now;
    if (seen === null || seen.seq === 0) return;
    try {
      await this.read(link, { after: seen.seq - 1, limit: 1, previous: null }, untilMs);
    } catch (error) {
      // What was seen has been cut off since, and so a snapshot of it was there.
      if (!(error instanceof StoreFault) || error.code !== 'HISTORY_TRUNCATED') throw error;
    }
  }

  /** `previous`: the batch before, where the caller has just read it. */
  async read(
    link: RedisLink,
    {
      after,
      limit,
      previous,
    }: { readonly after: number; readonly limit: number; readonly previous: StoredBatch | null },
    untilMs: number,
  ): Promise<ReadStep> {
    const piece = await this.#piece(link, { after, limit, mayExceed: previous === null }, untilMs);
    const { head, base, batches, stopped } = piece;
    if (after > head.seq) throw regressedBehind(after, head);
    if (after < base.seq) {
      // What was cut off meanwhile is not part of what was asked for any more.
      if (previous !== null) return { batches: [], isComplete: true };
      throw historyTruncated(after, base);
    }
    this.#expectWhole(after === base.seq ? base : previous === null ? null : headAfter(previous), piece, after);
    this.#seen.expectContinues(after, batches);
    return { batches, isComplete: stopped !== 'size' };
  }

  /** What it answers is not taken note of yet: it may have to be confirmed first. */
  async append(link: RedisLink, expected: LogHead, batch: StoredBatch, untilMs: number): Promise<Appended | Conflict> {
    if (this.#damage !== null) throw this.#damage;
    const { keys, writerId } = this.#options;
    const seen = this.#seen.now;
    const head = headAfter(batch);
    const args = [
      ...headArgs(expected),
      ...headArgs(head),
      batch.id,
      String(batch.count),
      batch.body,
      keys.appended,
      messageOf(batch, writerId),
      String(MISSED_EVENTS),
      String(MISSED_BYTES),
    ];
    const reply = listIn(await link.run(APPEND, [keys.head, keys.log], args, untilMs));
    if (reply[0] !== 1) return this.#conflict(expected, pieceIn(reply.slice(1)), seen);
    return { appended: true, head };
  }

  /** An append or a beginning of one's own is acknowledged: from now on the log must have it. */
  follow(head: LogHead): void {
    this.#seen.follow(head);
  }

  /** Has what was written on this link so far wait for replicas, by writing something more. */
  async mark(link: RedisLink, untilMs: number): Promise<void> {
    const { keys } = this.#options;
    const seen = this.#seen.now;
    const head = headIn(await link.run(CONFIRM, [keys.head, keys.confirmed], [], untilMs));
    this.#seen.expectNotBehind(head, seen);
  }

  async beginBehind(link: RedisLink, base: LogHead, untilMs: number): Promise<Appended | Conflict> {
    const seen = this.#seen.now;
    const reply = listIn(await link.run(BEGIN_BEHIND, [this.#options.keys.head], headArgs(base), untilMs));
    if (reply[0] === 1) return { appended: true, head: base };
    const head = headIn(reply[1] ?? null);
    this.#seen.expectNotBehind(head, seen);
    return { appended: false, head };
  }

  /** Takes note of a batch that came by itself. False when it does not follow what was seen. */
  follows(batch: StoredBatch): boolean {
    const seen = this.#seen.now;
    if (seen === null || verifyChain(this.#options.hasher, seen, [batch]) !== null) return false;
    this.#seen.follow(headAfter(batch));
    return true;
  }

  /** Where the log begins: what stands there, and the head before it. */
  async start(link: RedisLink, untilMs: number): Promise<LogPiece> {
    const { base } = await this.#piece(link, { after: 0, limit: 0, mayExceed: false }, untilMs);
    return this.#piece(link, { after: base.seq, limit: 1, mayExceed: true }, untilMs);
  }

  /** The head as it was after the batch that ends at `seq`; null where none does. */
  async headAt(link: RedisLink, seq: number, untilMs: number): Promise<LogHead | null> {
    const { batches } = await this.#piece(link, { after: seq - 1, limit: 1, mayExceed: true }, untilMs);
    const [batch] = batches;
    return batch?.lastSeq === seq ? headAfter(batch) : null;
  }

  /** The whole of what was missed where this log holds the expected head, and nothing else; reading tells what is wrong. */
  #conflict(expected: LogHead, { head, base, batches }: LogPiece, seen: LogHead | null): Conflict {
    this.#seen.expectNotBehind(head, seen);
    const isOurs = expected.seq >= base.seq && batches.length > 0;
    if (!isOurs || verifyChain(this.#options.hasher, expected, batches) !== null) return { appended: false, head };
    this.#seen.expectContinues(expected.seq, batches);
    return { appended: false, head, missed: batches };
  }

  async #piece(
    link: RedisLink,
    { after, limit, mayExceed }: { readonly after: number; readonly limit: number; readonly mayExceed: boolean },
    untilMs: number,
  ): Promise<LogPiece> {
    const { head, log } = this.#options.keys;
    const seen = this.#seen.now;
    const args = [String(after), String(limit), String(PIECE_BYTES), mayExceed ? '1' : '0'];
    const piece = this.#parsed(await link.run(READ, [head, log], args, untilMs));
    this.#seen.expectNotBehind(piece.head, seen);
    return piece;
  }

  #parsed(reply: RedisReply): LogPiece {
    try {
      return pieceIn(reply);
    } catch (error) {
      if (error instanceof StoreFault) this.#damage = error;
      throw error;
    }
  }

  /** `before`: the head that the piece follows, where it is known. */
  #expectWhole(before: LogHead | null, piece: LogPiece, after: number): void {
    const broken = verifyChain(this.#options.hasher, before, piece.batches);
    if (broken !== null) throw this.#damaged(broken.seq, `batch ${broken.batchId} does not fit, ${broken.problem}`);
    const [first, last] = [piece.batches[0], piece.batches.at(-1)];
    if (first !== undefined && !isNext(first, after))
      throw this.#damaged(after + 1, `the next batch starts at ${first.firstSeq}`);
    if (piece.stopped !== 'end') return;
    const end = last === undefined ? after : last.lastSeq;
    const isEnd = end === piece.head.seq && (last === undefined || isSameHead(headAfter(last), piece.head));
    if (!isEnd)
      throw this.#damaged(
        end + 1,
        `it should end at ${piece.head.seq} with hash ${piece.head.hash} and ends at ${end}`,
      );
  }

  #damaged(seq: number, problem: string): StoreFault {
    const { location } = this.#options;
    this.#damage = new StoreFault(
      'STORE_DAMAGED',
      `The log in ${location} is damaged at event ${seq}: ${problem}. Nothing more is written; \`brigade doctor\` explains ` +
        'what can be saved.',
      { details: { location, seq, problem } },
    );
    return this.#damage;
  }
}
