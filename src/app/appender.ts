// Brings a decided batch into the log, part by part, and its commands to their answers.
//
// An append whose reply was lost is remembered by the id of its batch: when reading finds that batch, be it much later, its
// commands have their answers and are not decided again. As soon as another batch stands where it wanted to be, it can
// never be appended, and is forgotten.

import { type FleetEvent, FORMAT } from '../core/event.ts';
import type { Moment } from '../core/instant.ts';
import type { Answer } from '../core/reply.ts';
import type { Clock } from '../ports/clock.ts';
import { type Batch, type LogHead, StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { IdSource } from '../ports/id-source.ts';
import { encodeBatch } from './batch-codec.ts';
import { cutParts, type Part } from './cut-parts.ts';
import type { BatchLimits, DecidedBatch } from './decide-batch.ts';
import type { FleetLog } from './fleet-log.ts';
import type { Pending } from './pending-queue.ts';
import type { FoldedBatch } from './replica.ts';

export interface AppenderOptions {
  readonly log: FleetLog;
  readonly placeId: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly ids: IdSource;
  /** Answers at once, or when what the answer rests on is durable. */
  readonly settle: (pending: Pending, answer: Answer, durable?: Promise<void>) => void;
  readonly onAppended?: OnAppended;
}

/** What this process brought into the log, once it is there, and when it was decided: null where the reply was lost. */
export type OnAppended = (events: readonly FleetEvent[], decidedAt: Moment | null) => void;

/** A batch with the head on which it was decided. */
export type DecidedOn = DecidedBatch<Pending> & { readonly head: LogHead };

export type AppendOutcome =
  /** `tookMs`: the last append of it, until it was answered. */
  | { readonly kind: 'done'; readonly tookMs: number }
  /** Another process was first, and the log ends at `head`; what is not answered must be decided again. */
  | { readonly kind: 'conflict'; readonly head: LogHead }
  /** The reply was lost; reading will show what became of it. */
  | { readonly kind: 'unknown'; readonly error: unknown }
  /** Nothing was written, and trying again would not help. */
  | { readonly kind: 'refused'; readonly error: unknown };

/** Every store takes a group of this size; more is not appended at once, so that no append holds the others for long. */
const BATCH_BYTES = 640 * 1024;
/** Room for what the body says besides its events. */
const BODY_BYTES = 1_024;

/** One append of a decided batch. */
interface MadePart {
  readonly expected: LogHead;
  readonly batch: Batch;
  readonly folded: FoldedBatch;
  readonly part: Part;
  readonly isWhole: boolean;
}

type Answered = { readonly pending: Pending; readonly answer: Answer };

export class Appender {
  readonly #options: AppenderOptions;
  /** Appends that were asked for and not answered, by the id of their batch. */
  readonly #uncertain = new Map<string, readonly Answered[]>();
  /** Of the last batch that this process appended; null after anything that speaks for other writers. */
  #ownHash: string | null = null;
  /** Of the last batch that this process asked for, whatever became of it. */
  #askedId: string | null = null;
  #appends = 0;
  #conflicts = 0;

  constructor(options: AppenderOptions) {
    this.#options = options;
    options.log.folded.listen((batch) => this.#recognise(batch));
  }

  get counts(): { readonly appends: number; readonly conflicts: number } {
    return { appends: this.#appends, conflicts: this.#conflicts };
  }

  /** The last batch in the log is our own, as far as we know. */
  get isLastOwn(): boolean {
    return this.#options.log.head.hash === this.#ownHash;
  }

  /** Of the store that is or was open: a loss may be met at any moment, and appending opens the log again. */
  get limits(): BatchLimits {
    const { maxBatchEvents, maxBatchBytes } = this.#options.log.traits;
    return { maxEvents: maxBatchEvents, maxBytes: Math.min(BATCH_BYTES, maxBatchBytes - BODY_BYTES) };
  }

  /** Answers each command as soon as everything that its answer rests on is in the log. */
  async append(decided: DecidedOn): Promise<AppendOutcome> {
    const parts = cutParts(decided.groups, this.limits);
    // Each part continues the one before it, and nothing else: what another process appends in between is a conflict.
    let expected = decided.head;
    let tookMs = 0;
    for (const part of parts) {
      const made = this.#make(expected, decided, part);
      const outcome = await this.#appendPart(decided, { ...made, expected, part, isWhole: parts.length === 1 });
      if (outcome.kind !== 'done') return outcome;
      this.answerUpTo(decided, part.reached);
      ({ tookMs } = outcome);
      expected = made.folded.head;
    }
    return { kind: 'done', tookMs };
  }

  /** Answers the commands that need no more than this many groups of the batch. */
  answerUpTo({ decided }: DecidedOn, groups: number): void {
    for (const { pending, answer, needsGroups } of decided) {
      if (needsGroups <= groups) this.#options.settle(pending, answer);
    }
  }

  /** Asked of the newest batch of this log: it is by this process. */
  isOwn({ id }: FoldedBatch): boolean {
    return id === this.#askedId;
  }

  /** Others write too: reading comes before the next decision. */
  forgetOwn(): void {
    this.#ownHash = null;
  }

  async #appendPart({ decided, overlay, moment }: DecidedOn, made: MadePart): Promise<AppendOutcome> {
    const { log, clock } = this.#options;
    const { expected, batch, folded, part, isWhole } = made;
    const beganMs = clock.monotonicMs();
    for (const { pending } of decided) pending.isUncertain = true;
    this.#askedId = batch.id;
    this.#uncertain.set(
      batch.id,
      decided.filter((each) => each.needsGroups <= part.reached),
    );
    try {
      const { appended, head } = await log.append(expected, batch);
      this.#forget(batch.id, decided);
      if (!appended) {
        this.#conflicts += 1;
        return { kind: 'conflict', head };
      }
      this.#appends += 1;
      this.#ownHash = batch.hash;
      log.adopt(expected, folded, isWhole ? overlay : null);
      this.#options.onAppended?.(folded.events, moment);
      return { kind: 'done', tookMs: clock.monotonicMs() - beganMs };
    } catch (error) {
      if (isUnclear(error)) return { kind: 'unknown', error };
      this.#forget(batch.id, decided);
      return { kind: 'refused', error };
    }
  }

  #make(expected: LogHead, decided: DecidedOn, part: Part): Pick<MadePart, 'batch' | 'folded'> {
    const { ids, placeId, hasher } = this.#options;
    const events = part.groups.flatMap((group) => group.events);
    const encoded = part.groups.flatMap((group) => group.encoded);
    const { epoch } = expected;
    const format = Math.max(expected.format, FORMAT);
    const batch = encodeBatch(expected, encoded, {
      id: ids.newId('b'),
      ...decided.moment,
      placeId,
      epoch,
      format,
      hasher,
    });
    const head = { epoch, seq: expected.seq + events.length, hash: batch.hash, format };
    return {
      batch,
      folded: { id: batch.id, placeId, at: decided.moment.at, head, firstSeq: expected.seq + 1, events },
    };
  }

  #recognise(batch: FoldedBatch): void {
    const uncertain = this.#uncertain.get(batch.id);
    const answered = (uncertain ?? []).filter(({ pending }) => !pending.isSettled);
    this.#uncertain.clear();
    if (uncertain !== undefined) this.#options.onAppended?.(batch.events, null);
    if (answered.length === 0) return;
    const { log, settle } = this.#options;
    const durable = log.isConfirmed ? undefined : log.confirm();
    for (const { pending, answer } of answered) settle(pending, answer, durable);
  }

  #forget(batchId: string, decided: readonly Answered[]): void {
    this.#uncertain.delete(batchId);
    for (const { pending } of decided) pending.isUncertain = false;
  }
}

/** Whether it was appended shows when the log is read again. A store that says that nothing was written is believed. */
function isUnclear(error: unknown): boolean {
  return error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE' && error.details.outcome !== 'none';
}
