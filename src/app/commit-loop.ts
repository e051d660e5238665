// The one place where anything is decided. The life of a command:
//
//   queued ──> decided on the overlay of a batch ──> the batch is appended ──> merged, answered
//     │             │                                       │
//     │             └── conflict: the overlay is dropped, catch up, wait for a turn, decide again
//     │                                                     └── reply lost: read again and look for the batch by its id
//     └── queue full: BUSY at once; deadline over: STORE_UNAVAILABLE
//
// One append is under way at a time, and what arrives meanwhile forms the next batch, so many callers share one sync of
// the disk. Answers are given only after everything that they rest on is in the log; that goes for decisions that
// change nothing too, which are made on state that was caught up after the command came in.
//
// What others wrote is decided on before the disk has it, for the append that follows brings it there too; where nothing is
// appended, the disk is asked before the answer is given.
//
// What this process believes to know to its end it does not read before it decides: because it wrote last, or because
// whatever is written to a shared log comes here by itself. The append compares the head, and proves that it was right; a batch
// with nothing to append is proved by reading.
//
// Fairness between hosts: they take turns (`turns.ts`). Fairness between processes of one host: a batch that lost a race is
// decided again at once, with what came later behind it, and from the third loss on after a short jittered pause, so that no
// process depends on being the fastest each time.

import type { Command } from '../core/command.ts';
import { settleDeadlines } from '../core/due.ts';
import type { Answer } from '../core/reply.ts';
import type { Clock } from '../ports/clock.ts';
import { StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { IdSource } from '../ports/id-source.ts';
import { isSameHead } from '../ports/log-range.ts';
import type { Logger } from '../ports/logger.ts';
import { Appender, type DecidedOn, type OnAppended } from './appender.ts';
import { closed } from './commit-refusals.ts';
import { decideBatch } from './decide-batch.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import { jitterMs } from './jitter.ts';
import type { NextTurn } from './next-turn.ts';
import { type Pending, PendingQueue } from './pending-queue.ts';
import { rejectionOf } from './trouble.ts';
import { TurnTaker } from './turn-taker.ts';

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
  readonly onAppended?: OnAppended;
  /** What others write comes here by itself, as soon as it is written. */
  readonly isFed: () => boolean;
  /** Other places share the log, whether they write or not. */
  readonly hasCompany: () => boolean;
}

export interface CommitOptions {
  /** Of this coordinator itself: taken even when the queue is full. */
  readonly ownBehalf?: boolean;
  /** The caller does not want it any more; what is being appended already is not taken back. */
  readonly givenUp?: AbortSignal;
  /** Asked before each decision: false once the caller may ask elsewhere. Then nothing is decided. */
  readonly isStillAsked?: () => boolean;
}

const BATCH_COMMANDS = 512;
/** After this many lost races in a row each further try comes after a pause. */
const FREE_RACES = 2;
const PAUSE_MAX_MS = 20;
const PAUSE_AFTER_FAULT_MS = 100;

/** What became of a batch: nothing is left to do, or it is to be decided again, on a log that is known to its end or not. */
type Finished = 'done' | 'known' | 'unread';

export class CommitLoop {
  readonly #options: CommitLoopOptions;
  readonly #queue: PendingQueue;
  readonly #appender: Appender;
  readonly #turns: TurnTaker;
  #isRunning = false;
  #isHurried = false;
  #isClosed = false;
  #idle: (() => void)[] = [];

  constructor(options: CommitLoopOptions) {
    const { clock, log } = options;
    const queue = new PendingQueue({ clock, trouble: () => log.trouble });
    this.#options = options;
    this.#queue = queue;
    this.#appender = new Appender({ ...options, settle: (...answered) => queue.settle(...answered) });
    this.#turns = new TurnTaker({ ...options, isOwn: (batch) => this.#appender.isOwn(batch) });
  }

  get counts(): { readonly queued: number; readonly appends: number; readonly conflicts: number } {
    return { queued: this.#queue.size, ...this.#appender.counts };
  }

  /** Answers when the command is decided and durable, or why it is not; never throws. */
  submit(command: Command, options: CommitOptions = {}): Promise<Answer> {
    if (this.#isClosed) return Promise.resolve(closed());
    const answer = this.#queue.add(command, options);
    if (!this.#isRunning) void this.#run();
    return answer;
  }

  /** From now on neither a store out of reach nor a turn is waited for: what this process still has to say is said now or never. */
  hurry(): void {
    this.#isHurried = true;
    this.#turns.hurry();
  }

  /** Takes nothing more and resolves once everything taken is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#isRunning) await new Promise<void>((resolve) => void this.#idle.push(resolve));
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#queue.size > 0) {
        // Callers that were just answered may come back in this same turn, and then share the batch.
        await this.#options.nextTurn();
        const isKnown = (await this.#turns.wait()) || this.#options.isFed();
        await this.#commit(isKnown);
      }
    } finally {
      this.#isRunning = false;
      for (const done of this.#idle.splice(0)) done();
    }
  }

  /** Brings every command that it takes to its answer, or puts those that did not fit back to the front of the queue. */
  async #commit(isKnownAtFirst: boolean): Promise<void> {
    let isKnown = isKnownAtFirst;
    let open: readonly Pending[] = [];
    for (let races = 1; ; races += 1) {
      open = [...open.filter(isOpen), ...this.#queue.take(BATCH_COMMANDS - open.length)];
      if (open.length === 0) return;
      const isRead = !this.#mayTrust(isKnown);
      if (isRead && !(await this.#prepare(open, 'ahead'))) return;
      // Reading may have found that an earlier try was appended after all.
      const decided = this.#decide(this.#queue.stillAsked(open));
      if (decided === null) return;
      const finished = await this.#finish(decided, isRead);
      if (finished === 'done') return;
      if (finished === 'unread') this.#appender.forgetOwn();
      if (races > FREE_RACES && !this.#turns.areTaken) await this.#pause(jitterMs(this.#options.ids, PAUSE_MAX_MS));
      isKnown = (await this.#turns.wait()) || finished === 'known';
    }
  }

  async #finish(decided: DecidedOn, isRead: boolean): Promise<Finished> {
    const { log } = this.#options;
    const isQuiet = decided.groups.length === 0;
    if (isQuiet && !(isRead && log.isConfirmed) && !(await this.#prove(decided, isRead))) return 'unread';
    if (isQuiet || (isRead && log.isConfirmed)) this.#appender.answerUpTo(decided, 0);
    const outcome = await this.#appender.append(decided);
    switch (outcome.kind) {
      case 'done':
        if (!isQuiet) this.#turns.won(outcome.tookMs);
        this.#queue.putBack(decided.left);
        return 'done';
      case 'conflict':
        this.#turns.lost();
        return log.head.seq >= outcome.head.seq ? 'known' : 'unread';
      case 'unknown':
        if (this.#isHurried) return this.#lose(decided, outcome.error);
        await this.#pause(PAUSE_AFTER_FAULT_MS);
        return 'unread';
      case 'refused':
        return this.#lose(decided, outcome.error);
    }
  }

  #lose({ decided, left }: DecidedOn, error: unknown): Finished {
    this.#answerAll([...decided.map((each) => each.pending), ...left], error);
    return 'done';
  }

  /** Nothing was written that is not known here, as far as we know; or we wrote last, and there is nothing to be said first. */
  #mayTrust(isKnown: boolean): boolean {
    const { log, preludes } = this.#options;
    if (!log.isOpen || log.trouble !== null) return false;
    return isKnown || (this.#appender.isLastOwn && preludes().length === 0);
  }

  /** Catches up and makes sure that deciding is allowed. False when the batch was answered with what stands against it. */
  async #prepare(open: readonly Pending[], how: 'ahead' | 'durable'): Promise<boolean> {
    const { log } = this.#options;
    for (;;) {
      try {
        await (how === 'ahead' ? log.readAhead() : log.catchUp());
        if (open.some((pending) => pending.command.dryRun !== true)) await log.settleLoss();
        return true;
      } catch (error) {
        if (!this.#mayPass(error) || !open.some(isOpen)) {
          this.#answerAll(open, error);
          return false;
        }
      }
      await this.#pause(PAUSE_AFTER_FAULT_MS);
    }
  }

  /** A store out of reach may come back before the deadline; anything else is told at once. */
  #mayPass(error: unknown): boolean {
    return error instanceof StoreFault && error.code === 'STORE_UNAVAILABLE' && !this.#isHurried;
  }

  /** Makes durable what the batch was decided on. One that was not read for is right if nothing came in between. */
  async #prove({ head, decided }: DecidedOn, isRead: boolean): Promise<boolean> {
    const isDurable = await this.#prepare(
      decided.map((each) => each.pending),
      'durable',
    );
    return isDurable && (isRead || isSameHead(this.#options.log.head, head));
  }

  /** Null when there is nothing to decide, or when every call was answered with what went wrong. */
  #decide(pendings: readonly Pending[]): DecidedOn | null {
    const { log, fleetClock, preludes, clock, logger } = this.#options;
    const { state, head } = log;
    if (pendings.length === 0) return null;
    try {
      const first = preludes();
      const moment = fleetClock.moment(state);
      settleDeadlines(state, moment.at);
      const { limits } = this.#appender;
      return { head, ...decideBatch({ state, moment, preludes: first, pendings, limits, clock, logger }) };
    } catch (error) {
      logger.error({ err: error }, 'a batch could not be decided');
      this.#answerAll(pendings, error);
      return null;
    }
  }

  #answerAll(pendings: readonly Pending[], error: unknown): void {
    for (const pending of pendings) this.#queue.settle(pending, rejectionOf(error));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }
}

function isOpen(pending: Pending): boolean {
  return !pending.isSettled;
}
