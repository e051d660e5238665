// The one place where anything is decided. The life of a command:
//
//   queued ──> decided on the overlay of a batch ──> the batch is appended ──> merged, answered
//     │             │                                       │
//     │             └── conflict: the overlay is dropped, catch up, decide again
//     │                                                     └── reply lost: read again and look for the batch by its id
//     └── queue full: BUSY at once; deadline over: STORE_UNAVAILABLE
//
// One append is under way at a time, and what arrives meanwhile forms the next batch, so many callers share one sync of
// the disk. Answers are given only after everything that they rest on is in the log; that goes for decisions that
// change nothing too, which are made on state that was caught up after the command came in.
//
// While nobody else writes, as far as this process knows, it does not read before it decides: the append compares the
// head, and proves that it was right; a batch with nothing to append is proved by reading.
//
// Fairness between processes: a batch that lost a race is decided again at once, in front of what came later, and from the
// third loss on after a short jittered pause, so that no process depends on being the fastest each time.

import type { Command } from '../core/command.ts';
import { settleDeadlines } from '../core/due.ts';
import { FORMAT } from '../core/event.ts';
import { type Rejection, reject } from '../core/rejection.ts';
import type { Answer } from '../core/reply.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import { type Batch, type LogHead, StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { IdSource } from '../ports/id-source.ts';
import { isSameHead } from '../ports/log-range.ts';
import type { Logger } from '../ports/logger.ts';
import { encodeBatch } from './batch-codec.ts';
import { cutParts, type Part } from './cut-parts.ts';
import { type BatchLimits, type DecidedBatch, decideBatch } from './decide-batch.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import { jitterMs } from './jitter.ts';
import type { NextTurn } from './next-turn.ts';
import type { FoldedBatch } from './replica.ts';
import { rejectionOf, type Trouble } from './trouble.ts';

export interface CommitLoopOptions {
  readonly log: FleetLog;
  readonly fleetClock: FleetClock;
  /** What this place must say before anything else is decided on this state. */
  readonly preludes: () => readonly Command[];
  readonly placeId: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly nextTurn: NextTurn;
}

/** Commands of callers that may wait here; more hear BUSY. */
const QUEUE_MAX = 4_096;
const BATCH_COMMANDS = 512;
/** Every store takes a group of this size; more is not appended at once, so that no append holds the others for long. */
const BATCH_BYTES = 640 * 1024;
/** Room for what the body says besides its events. */
const BODY_BYTES = 1_024;
/** No command waits longer than this for its decision and the disk; stores give up after 5 s themselves. */
const DEADLINE_MS = 10_000;
const BUSY_RETRY_MS = 250;
/** After this many lost races in a row each further try comes after a pause. */
const FREE_RACES = 2;
const PAUSE_MAX_MS = 20;
const PAUSE_AFTER_FAULT_MS = 100;

type Outcome = 'done' | 'conflict' | 'stale' | 'unknown' | 'refused';

interface Pending {
  readonly command: Command;
  readonly deadlineMs: number;
  /** Part of an append whose outcome is not known. */
  isUncertain: boolean;
  isSettled: boolean;
  readonly resolve: (answer: Answer) => void;
}

/** An append that was asked for and not answered. */
interface Uncertain {
  readonly answers: readonly { readonly pending: Pending; readonly answer: Answer }[];
}

/** One append of a decided batch. */
interface MadePart {
  readonly expected: LogHead;
  readonly batch: Batch;
  readonly folded: FoldedBatch;
  readonly part: Part;
  readonly isWhole: boolean;
}

export class CommitLoop {
  readonly #options: CommitLoopOptions;
  #queue: Pending[] = [];
  /** Every command without an answer, oldest first, which is also the order of their deadlines. */
  readonly #unsettled = new Set<Pending>();
  readonly #uncertain = new Map<string, Uncertain>();
  #isRunning = false;
  #isClosed = false;
  #isHurried = false;
  #cancelWatch: Cancel | null = null;
  #idle: (() => void)[] = [];
  #appends = 0;
  /** Of the last batch that this process appended; null after anything that speaks for other writers. */
  #ownHash: string | null = null;
  #conflicts = 0;

  constructor(options: CommitLoopOptions) {
    this.#options = options;
    options.log.folded.listen((batch) => this.#recognise(batch));
  }

  get counts(): { readonly queued: number; readonly appends: number; readonly conflicts: number } {
    return { queued: this.#queue.length, appends: this.#appends, conflicts: this.#conflicts };
  }

  /**
   * Answers when the command is decided and durable, or why it is not; never throws. A command `ownBehalf` of this
   * coordinator is taken even when the queue is full: there are few of them, and callers wait for them.
   */
  submit(
    command: Command,
    options: { readonly ownBehalf?: boolean; readonly dropped?: AbortSignal } = {},
  ): Promise<Answer> {
    if (this.#isClosed) return Promise.resolve(closed());
    if (options.ownBehalf !== true && this.#queue.length >= QUEUE_MAX) return Promise.resolve(busy());
    return new Promise((resolve) => {
      const deadlineMs = this.#options.clock.monotonicMs() + DEADLINE_MS;
      const pending: Pending = { command, deadlineMs, isUncertain: false, isSettled: false, resolve };
      this.#queue.push(pending);
      this.#unsettled.add(pending);
      options.dropped?.addEventListener('abort', () => this.#drop(pending), { once: true });
      this.#watch();
      if (!this.#isRunning) void this.#run();
    });
  }

  /** From now on a store out of reach is not waited for: what this process still has to say is said now or never. */
  hurry(): void {
    this.#isHurried = true;
  }

  /** Takes nothing more and resolves once everything taken is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#isRunning) await new Promise<void>((resolve) => void this.#idle.push(resolve));
    this.#cancelWatch?.();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#queue.length > 0) {
        // Callers that were just answered may come back in this same turn, and then share the batch.
        await this.#options.nextTurn();
        const batch = this.#queue.splice(0, BATCH_COMMANDS).filter((pending) => !pending.isSettled);
        if (batch.length > 0) await this.#commit(batch);
      }
    } finally {
      this.#isRunning = false;
      for (const done of this.#idle.splice(0)) done();
    }
  }

  /** Brings every command of `batch` to its answer, or puts those that did not fit back to the front of the queue. */
  async #commit(batch: readonly Pending[]): Promise<void> {
    let races = 0;
    for (;;) {
      const open = batch.filter((pending) => !pending.isSettled);
      if (open.length === 0) return;
      const isProved = !this.#isAlone();
      if (isProved && !(await this.#prepare(open))) return;
      // Reading may have found that an earlier try was appended after all.
      const decided = this.#decide(open.filter((pending) => !pending.isSettled));
      if (decided === null) return;
      const outcome = await this.#append(decided, isProved);
      if (outcome === 'done') {
        this.#queue.unshift(...decided.left);
        return;
      }
      this.#ownHash = null;
      if (outcome === 'unknown' && !this.#isHurried) await this.#pause(PAUSE_AFTER_FAULT_MS);
      if (outcome !== 'conflict') continue;
      this.#conflicts += 1;
      races += 1;
      if (races > FREE_RACES) await this.#pause(jitterMs(this.#options.ids, PAUSE_MAX_MS));
    }
  }

  /** The last batch in the log is our own, as far as we know. */
  #isAlone(): boolean {
    const { log, preludes } = this.#options;
    return log.isOpen && log.head.hash === this.#ownHash && log.trouble === null && preludes().length === 0;
  }

  /** Catches up and makes sure that deciding is allowed. False when the batch was answered with what stands against it. */
  async #prepare(open: readonly Pending[]): Promise<boolean> {
    const { log } = this.#options;
    for (;;) {
      try {
        await log.catchUp();
        if (open.some((pending) => pending.command.dryRun !== true)) await log.settleLoss();
        return true;
      } catch (error) {
        if (!this.#mayPass(error, open)) {
          this.#answerAll(open, error);
          return false;
        }
      }
      await this.#pause(PAUSE_AFTER_FAULT_MS);
    }
  }

  /** A store out of reach may come back before the deadline; anything else is told at once. */
  #mayPass(error: unknown, open: readonly Pending[]): boolean {
    if (!(error instanceof StoreFault) || error.code !== 'STORE_UNAVAILABLE') return false;
    return !this.#isHurried && open.some((pending) => !pending.isSettled);
  }

  /** Null when there is nothing to decide, or when every call was answered with what went wrong. */
  #decide(open: readonly Pending[]): (DecidedBatch<Pending> & { readonly head: LogHead }) | null {
    const { log, fleetClock, preludes, clock, logger } = this.#options;
    const { state, head } = log;
    if (open.length === 0) return null;
    try {
      const first = preludes();
      const moment = fleetClock.moment(state);
      settleDeadlines(state, moment.at);
      const limits = this.#limits();
      return { head, ...decideBatch({ state, moment, preludes: first, pendings: open, limits, clock, logger }) };
    } catch (error) {
      logger.error({ err: error }, 'a batch could not be decided');
      this.#answerAll(open, error);
      return null;
    }
  }

  /** `stale`: decided on an old state. `refused`: every call was answered. `unknown`: the reply was lost, so read again. */
  async #append(decided: DecidedBatch<Pending> & { readonly head: LogHead }, isProved: boolean): Promise<Outcome> {
    const parts = cutParts(decided.groups, this.#limits());
    if (parts.length === 0 && !isProved && !(await this.#prove(decided))) return 'stale';
    if (parts.length === 0 || isProved) this.#answerUpTo(decided, 0);
    // Each part continues the one before it, and nothing else: what another process appends in between is a conflict.
    let expected = decided.head;
    for (const part of parts) {
      const made = this.#batchOf(expected, decided, part);
      const outcome = await this.#appendPart(decided, { ...made, expected, part, isWhole: parts.length === 1 });
      if (outcome !== 'done') return outcome;
      this.#answerUpTo(decided, part.reached);
      expected = made.folded.head;
    }
    return 'done';
  }

  /** Reads; true when nothing was appended since the batch was decided. */
  async #prove({ head, decided }: DecidedBatch<Pending> & { readonly head: LogHead }): Promise<boolean> {
    const isRead = await this.#prepare(decided.map((each) => each.pending));
    return isRead && isSameHead(this.#options.log.head, head);
  }

  async #appendPart(decided: DecidedBatch<Pending>, made: MadePart): Promise<Outcome> {
    const { log } = this.#options;
    const { expected, batch, folded, part, isWhole } = made;
    const answers = decided.decided.filter((each) => each.needsGroups <= part.reached && !each.pending.isSettled);
    for (const { pending } of decided.decided) pending.isUncertain = true;
    this.#uncertain.set(batch.id, { answers });
    try {
      const { appended } = await log.append(expected, batch);
      this.#forget(batch.id, decided);
      if (!appended) return 'conflict';
      this.#appends += 1;
      this.#ownHash = batch.hash;
      log.adopt(expected, folded, isWhole ? decided.overlay : null);
      return 'done';
    } catch (error) {
      if (isUnclear(error) && !this.#isHurried) return 'unknown';
      this.#forget(batch.id, decided);
      const pendings = decided.decided.map((each) => each.pending);
      this.#answerAll([...pendings, ...decided.left], error);
      return 'refused';
    }
  }

  #batchOf(
    expected: LogHead,
    decided: DecidedBatch<Pending>,
    part: Part,
  ): { readonly batch: Batch; readonly folded: FoldedBatch } {
    const { ids, placeId, hasher } = this.#options;
    const events = part.groups.flatMap((group) => group.events);
    const encoded = part.groups.flatMap((group) => group.encoded);
    const format = Math.max(expected.format, FORMAT);
    const parts = { id: ids.newId('b'), ...decided.moment, placeId, epoch: expected.epoch, format, hasher };
    const batch = encodeBatch(expected, encoded, parts);
    const firstSeq = expected.seq + 1;
    const head = { epoch: expected.epoch, seq: expected.seq + events.length, hash: batch.hash, format };
    return { batch, folded: { id: batch.id, placeId, at: decided.moment.at, head, firstSeq, events } };
  }

  /**
   * The append whose reply was lost is in the log after all, perhaps much later: its commands have their answers, and are
   * not decided again.
   */
  #recognise(batch: FoldedBatch): void {
    const uncertain = this.#uncertain.get(batch.id);
    // Another batch stands where they wanted to be, so none of them can be appended any more.
    this.#uncertain.clear();
    if (uncertain === undefined) return;
    for (const { pending, answer } of uncertain.answers) this.#settle(pending, answer);
  }

  #forget(batchId: string, decided: DecidedBatch<Pending>): void {
    this.#uncertain.delete(batchId);
    for (const { pending } of decided.decided) pending.isUncertain = false;
  }

  #answerUpTo(decided: DecidedBatch<Pending>, groups: number): void {
    for (const { pending, answer, needsGroups } of decided.decided) {
      if (needsGroups <= groups) this.#settle(pending, answer);
    }
  }

  #answerAll(pendings: readonly Pending[], error: unknown): void {
    for (const pending of pendings) this.#settle(pending, rejectionOf(error));
  }

  #settle(pending: Pending, answer: Answer): void {
    if (pending.isSettled) return;
    pending.isSettled = true;
    this.#unsettled.delete(pending);
    pending.resolve(answer);
  }

  /** The caller does not want it any more; what is being appended already is not taken back. */
  #drop(pending: Pending): void {
    const at = this.#queue.indexOf(pending);
    if (at === -1) return;
    this.#queue.splice(at, 1);
    this.#settle(pending, dropped());
  }

  #limits(): BatchLimits {
    const { maxBatchEvents, maxBatchBytes } = this.#options.log.store.traits;
    return { maxEvents: maxBatchEvents, maxBytes: Math.min(BATCH_BYTES, maxBatchBytes - BODY_BYTES) };
  }

  /** One timer for the oldest command without an answer; the others come after it. */
  #watch(): void {
    if (this.#cancelWatch !== null) return;
    const [oldest] = this.#unsettled;
    if (oldest === undefined) return;
    const { clock } = this.#options;
    this.#cancelWatch = clock.after(oldest.deadlineMs - clock.monotonicMs(), () => this.#expire());
  }

  #expire(): void {
    this.#cancelWatch = null;
    const nowMs = this.#options.clock.monotonicMs();
    for (const pending of this.#unsettled) {
      if (pending.deadlineMs > nowMs) break;
      this.#settle(pending, late(pending.isUncertain, this.#options.log.trouble));
    }
    this.#watch();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }
}

function busy(): Rejection {
  return reject('BUSY', {
    message: `${QUEUE_MAX} calls wait here already.`,
    next: 'Ask again in a moment.',
    retryAfterMs: BUSY_RETRY_MS,
  });
}

function closed(): Rejection {
  return reject('STORE_UNAVAILABLE', {
    message: 'This process is leaving the fleet and decides nothing more.',
    next: 'Start it again, or use another one.',
    retryAfterMs: BUSY_RETRY_MS,
  });
}

function dropped(): Rejection {
  return reject('WAIT_TIMED_OUT', {
    message: 'The call was cancelled before it was decided; nothing happened.',
    next: 'Ask again if it is still wanted.',
  });
}

/** Whether it was appended shows when the log is read again. A store that says that nothing was written is believed. */
function isUnclear(error: unknown): boolean {
  return error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE' && error.details.outcome !== 'none';
}

function late(isUncertain: boolean, trouble: Trouble | null): Rejection {
  const message = isUncertain
    ? `The log did not confirm this call within ${DEADLINE_MS} ms; it may or may not have been done.`
    : `The log took nothing for ${DEADLINE_MS} ms; this call was not decided.`;
  return reject('STORE_UNAVAILABLE', {
    message: trouble === null ? message : `${message} ${trouble.message}`,
    next: 'Repeat the call with the same requestId: if it was done after all, the answer is the same.',
    retryAfterMs: BUSY_RETRY_MS,
  });
}
