// Commands that wait for their answer: bounded, in the order in which they came, each with a deadline. Nothing hangs: while
// there are any, one timer stands at the deadline of the oldest, and the others come after it.

import type { Command } from '../core/command.ts';
import type { Answer } from '../core/reply.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import { busy, dropped, late } from './commit-refusals.ts';
import { onAbort } from './on-abort.ts';
import { rejectionOf, type Trouble } from './trouble.ts';

export interface Pending {
  readonly command: Command;
  readonly deadlineMs: number;
  /** Part of an append whose outcome is not known. */
  isUncertain: boolean;
  isSettled: boolean;
  /** False once the caller may ask elsewhere: it is not to be decided any more. */
  readonly isStillAsked: () => boolean;
  readonly resolve: (answer: Answer) => void;
  /** Nobody needs to hear any more that it is given up: the signal may outlive many calls. */
  unlisten: () => void;
}

/** Commands of callers that may wait here; more hear BUSY. */
const QUEUE_MAX = 4_096;
/** No command waits longer than this for its decision and the disk; stores give up after 5 s themselves. */
const DEADLINE_MS = 10_000;
const NOTHING = (): void => undefined;
const ALWAYS = (): boolean => true;

export interface QueueOptions {
  readonly clock: Clock;
  /** What stands against the store now, for those whose deadline is over. */
  readonly trouble: () => Trouble | null;
}

export class PendingQueue {
  readonly #options: QueueOptions;
  readonly #queue: Pending[] = [];
  /** Every command without an answer, oldest first, which is also the order of their deadlines. */
  readonly #unsettled = new Set<Pending>();
  #cancelWatch: Cancel | null = null;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Commands that nobody has taken yet. */
  get size(): number {
    return this.#queue.length;
  }

  /**
   * Answers when the command is settled. One `ownBehalf` of this coordinator is taken even when the queue is full: there
   * are few of them, and callers wait for them. `givenUp`: the caller does not want it any more.
   */
  add(
    command: Command,
    options: {
      readonly ownBehalf?: boolean;
      readonly givenUp?: AbortSignal;
      readonly isStillAsked?: () => boolean;
    },
  ): Promise<Answer> {
    if (options.ownBehalf !== true && this.#queue.length >= QUEUE_MAX) return Promise.resolve(busy(QUEUE_MAX));
    return new Promise((resolve) => {
      const deadlineMs = this.#options.clock.monotonicMs() + DEADLINE_MS;
      const pending: Pending = {
        command,
        deadlineMs,
        isUncertain: false,
        isSettled: false,
        isStillAsked: options.isStillAsked ?? ALWAYS,
        resolve,
        unlisten: NOTHING,
      };
      this.#queue.push(pending);
      this.#unsettled.add(pending);
      const { givenUp } = options;
      if (givenUp?.aborted === false) pending.unlisten = onAbort(givenUp, () => this.#drop(pending));
      this.#watch();
    });
  }

  /** The first `most` that still want an answer. */
  take(most: number): readonly Pending[] {
    return this.#queue.splice(0, most).filter((pending) => !pending.isSettled);
  }

  /** Those of them that are to be decided; whoever may ask elsewhere by now is dropped. */
  stillAsked(pendings: readonly Pending[]): readonly Pending[] {
    for (const pending of pendings) if (!pending.isSettled && !pending.isStillAsked()) this.settle(pending, dropped());
    return pendings.filter((pending) => !pending.isSettled);
  }

  /** In front of what came later. */
  putBack(pendings: readonly Pending[]): void {
    this.#queue.unshift(...pendings);
  }

  /** The first answer counts. It is given once `durable` resolves; where that fails, the call hears why. */
  settle(pending: Pending, answer: Answer, durable?: Promise<void>): void {
    if (pending.isSettled) return;
    pending.isSettled = true;
    this.#unsettled.delete(pending);
    pending.unlisten();
    if (this.#unsettled.size === 0) this.#unwatch();
    if (durable === undefined) pending.resolve(answer);
    else
      durable.then(
        () => pending.resolve(answer),
        (error: unknown) => pending.resolve(rejectionOf(error)),
      );
  }

  /** What is being appended already is not taken back. */
  #drop(pending: Pending): void {
    const at = this.#queue.indexOf(pending);
    if (at === -1) return;
    this.#queue.splice(at, 1);
    this.settle(pending, dropped());
  }

  #watch(): void {
    if (this.#cancelWatch !== null) return;
    const [oldest] = this.#unsettled;
    if (oldest === undefined) return;
    const { clock } = this.#options;
    this.#cancelWatch = clock.after(oldest.deadlineMs - clock.monotonicMs(), () => this.#expire());
  }

  #unwatch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = null;
  }

  #expire(): void {
    this.#cancelWatch = null;
    const nowMs = this.#options.clock.monotonicMs();
    for (const pending of this.#unsettled) {
      if (pending.deadlineMs > nowMs) break;
      this.settle(pending, late(DEADLINE_MS, pending.isUncertain, this.#options.trouble()));
    }
    this.#watch();
  }
}
