// One look at the whole chain for all who ask: whoever comes while it is under way hears how far it is, whoever comes soon after
// hears what it found.

import { rejectionOf } from '../../../app/trouble.ts';
import type { Rejection } from '../../../core/rejection.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LogExamined, LogExaminer } from '../../../ports/log-examiner.ts';

export interface ChainCheck {
  /** `unchecked`: the log is no file, so there is nothing that could have been changed behind its back. */
  readonly state: 'checking' | 'whole' | 'broken' | 'unchecked';
  readonly checkedTo: number;
  /** Chain hash at `checkedTo`; null while it is looked. */
  readonly head: string | null;
  /** When it was found, or when the look began, in milliseconds since 1970. */
  readonly atMs: number;
  readonly events: number | null;
  readonly batches: number | null;
  readonly archives: number | null;
  readonly brokenAt: number | null;
  readonly message: string;
}

/** What was found is told for so long; the log is read as a whole for it, so not more often. */
const KEPT_MS = 60_000;
/** A log of usual size is through by then. */
const WAITED_MS = 1_000;

export class ChainChecks {
  readonly #examiner: LogExaminer | null;
  readonly #clock: Clock;
  #run: Promise<ChainCheck | Rejection> | null = null;
  #isRunning = false;
  #reached = 0;
  #beganAtMs = 0;
  #keptUntilMs = 0;

  constructor(examiner: LogExaminer | null, clock: Clock) {
    this.#examiner = examiner;
    this.#clock = clock;
  }

  async check(fleetId: string | null): Promise<ChainCheck | Rejection> {
    if (this.#examiner === null) return { ...this.#nothing(), state: 'unchecked', message: IN_MEMORY };
    const run = this.#current(this.#examiner, fleetId);
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const cancel = this.#clock.after(WAITED_MS, () => resolve(null), { background: true });
    const found = await Promise.race([run, late]);
    cancel();
    return found ?? { ...this.#nothing(), state: 'checking', message: `The chain is checked up to ${this.#reached}.` };
  }

  #current(examiner: LogExaminer, fleetId: string | null): Promise<ChainCheck | Rejection> {
    const isFresh = this.#isRunning || this.#clock.monotonicMs() < this.#keptUntilMs;
    if (this.#run !== null && isFresh) return this.#run;
    this.#isRunning = true;
    this.#reached = 0;
    this.#beganAtMs = this.#now();
    this.#run = this.#look(examiner, fleetId);
    return this.#run;
  }

  async #look(examiner: LogExaminer, fleetId: string | null): Promise<ChainCheck | Rejection> {
    try {
      const found = await examiner.examine(fleetId, (seq) => {
        this.#reached = seq;
      });
      this.#keptUntilMs = this.#clock.monotonicMs() + KEPT_MS;
      return told(found, this.#now());
    } catch (error) {
      return rejectionOf(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #nothing() {
    const counts = { events: null, batches: null, archives: null, brokenAt: null };
    return { checkedTo: this.#reached, head: null, atMs: this.#beganAtMs, ...counts };
  }

  #now(): number {
    return Date.parse(this.#clock.wallAt());
  }
}

const IN_MEMORY = 'The log is in the memory of one process; there is no file to check.';

function told({ flaw, headHash: head, ...found }: LogExamined, atMs: number): ChainCheck {
  const whole = `Up to number ${found.checkedTo} it is whole`;
  if (flaw === null) return { state: 'whole', ...found, head, atMs, brokenAt: null, message: `${whole}.` };
  const message = `The log is damaged or was changed: ${flaw.problem}. ${whole}.`;
  return { state: 'broken', ...found, head, atMs, brokenAt: flaw.seq, message };
}
