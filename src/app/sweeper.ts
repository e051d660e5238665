// Notices what nobody calls about: processes that ended without a word, places that are gone, and items that fall due.
//
// Every coordinator of a place sweeps, so that a dead holder is noticed whoever else lives; they race harmlessly, since
// taking away what is gone already changes nothing. Correctness never waits for this: whatever is due is settled before any
// decision that it touches. Nothing is swept before this process has had something decided: looking changes nothing.

import type { Command } from '../core/command.ts';
import { nextDeadline, settleDeadlines } from '../core/due.ts';
import { isRejection } from '../core/rejection.ts';
import type { Answer } from '../core/reply.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import { jitterMs } from './jitter.ts';
import type { DeadProcess, PresenceSurvey } from './presence.ts';
import { systemCommand } from './system-command.ts';

export interface SweeperOptions {
  readonly log: FleetLog;
  readonly fleetClock: FleetClock;
  readonly presence: PresenceSurvey;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly submit: (command: Command) => Promise<Answer>;
  /** Somebody waits here: then a moment that falls due is not left to others. */
  readonly isWaitedFor: () => boolean;
  /** What others write comes here by itself. */
  readonly isFed: () => boolean;
}

const SWEEP_MS = 1_000;
/** Others that wait for what falls due come first; the rest stands behind them. */
const STAND_BEHIND_MS = 200;
/** Between two sweeps that found all they could. */
const REST_MS = 50;
const RETRY_MS = 1_000;

export class Sweeper {
  readonly #options: SweeperOptions;
  #isRunning = false;
  #isSurveying = false;
  #cancelSurvey: Cancel | null = null;
  #cancelDue: Cancel | null = null;
  #dueAt = Number.POSITIVE_INFINITY;
  #suspects = new Set<string>();

  constructor(options: SweeperOptions) {
    this.#options = options;
    options.log.folded.listen(() => this.#armDue());
    options.log.replaced.listen(() => this.#armDue());
  }

  /** From the first thing decided here on. Harmless to repeat. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#armSurvey();
    this.#armDue();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelSurvey?.();
    this.#disarmDue();
  }

  /** Somebody begins to wait for these sessions: if their processes are gone, that is noticed now and not in a second. */
  suspect(sessionIds: readonly string[]): void {
    const isFirst = this.#suspects.size === 0;
    for (const sessionId of sessionIds) this.#suspects.add(sessionId);
    if (isFirst && this.#suspects.size > 0) queueMicrotask(() => void this.#checkSuspects());
  }

  /** Somebody was refused because of these sessions: takes off those of gone processes. True when there were any. */
  async clear(sessionIds: readonly string[]): Promise<boolean> {
    const { log, presence } = this.#options;
    let found = false;
    await this.#guard(async () => {
      const dead = await presence.check(log.state, sessionIds);
      await this.#detach(dead);
      found = dead.length > 0;
    });
    return found;
  }

  async #checkSuspects(): Promise<void> {
    const { log, presence } = this.#options;
    const suspects = this.#suspects;
    this.#suspects = new Set();
    await this.#guard(async () => this.#detach(await presence.check(log.state, suspects)));
  }

  #armSurvey(): void {
    this.#cancelSurvey = this.#options.clock.after(SWEEP_MS, () => void this.#survey(), { background: true });
  }

  async #survey(): Promise<void> {
    const { log, presence, isFed } = this.#options;
    if (!this.#isRunning) return;
    this.#armSurvey();
    if (this.#isSurveying) return;
    this.#isSurveying = true;
    await this.#guard(async () => {
      if (!isFed()) await log.readAhead();
      await this.#detach(await presence.survey(log.state));
    });
    this.#isSurveying = false;
  }

  async #detach(dead: readonly DeadProcess[]): Promise<void> {
    const { ids, submit } = this.#options;
    await Promise.all(
      dead.map((process) => submit({ ...systemCommand(ids, 'presence'), op: 'detach', cause: 'dead', ...process })),
    );
  }

  /** One timer at the next deadline; most of what is folded does not move it. */
  #armDue(leastMs = 0): void {
    if (!this.#isRunning) return;
    const { log, fleetClock, clock, ids, isWaitedFor } = this.#options;
    const dueAt = nextDeadline(log.state);
    if (dueAt === this.#dueAt && this.#cancelDue !== null) return;
    this.#disarmDue();
    if (dueAt === null) return;
    this.#dueAt = dueAt;
    const behindMs = isWaitedFor() ? 0 : jitterMs(ids, STAND_BEHIND_MS);
    const inMs = Math.max(dueAt - fleetClock.now(log.state), leastMs) + behindMs;
    this.#cancelDue = clock.after(inMs, () => void this.#sweep(), { background: true });
  }

  #disarmDue(): void {
    this.#cancelDue?.();
    this.#cancelDue = null;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  async #sweep(): Promise<void> {
    const { log, fleetClock, ids, submit } = this.#options;
    this.#disarmDue();
    let waitMs = 0;
    await this.#guard(async () => {
      await log.readAhead();
      // What was renewed by reference is not due; that shows only when it is asked again.
      const at = fleetClock.now(log.state);
      settleDeadlines(log.state, at);
      const dueAt = nextDeadline(log.state);
      if (dueAt === null || dueAt > at) return;
      const answer = await submit({ ...systemCommand(ids, 'sweep'), op: 'sweep' });
      const isDone = !isRejection(answer) && answer.op === 'done';
      waitMs = isDone ? (answer.more ? 0 : REST_MS) : RETRY_MS;
    });
    if (this.#cancelDue === null) this.#armDue(waitMs);
  }

  /** Sweeping is tried again by itself, so what goes wrong is only noted. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'sweeping failed');
    }
  }
}
