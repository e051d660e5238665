// Tells the fleet of trouble that only a process can see: that the log could not be written for a while, and that the wall clock
// of its host was set. While the log cannot be written nothing can be told; it is tried until it can.

import type { Command } from '../core/command.ts';
import { isRejection } from '../core/rejection.ts';
import type { Answer } from '../core/reply.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Place } from '../ports/place.ts';
import type { FleetLog } from './fleet-log.ts';
import { systemCommand } from './system-command.ts';
import type { Trouble } from './trouble.ts';

export interface TroubleReporterOptions {
  readonly log: FleetLog;
  readonly place: Place;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly submit: (command: Command) => Promise<Answer>;
}

/** Shorter outages are waited for by whoever calls, and nobody need know. */
const WORTH_TELLING_MS = 3_000;
const RETRY_MS = 5_000;
/** As far as this the two clocks may run apart between two readings: corrections of a time service are smaller. */
const JUMP_MS = 5_000;

/** These are told in other ways: as a rest, to the caller, or by the version that is to be started. */
const TOLD_OTHERWISE: ReadonlySet<string> = new Set([
  'STORE_REGRESSED',
  'STORE_VERSION',
  'HISTORY_TRUNCATED',
  'TOO_LARGE',
]);

interface Outage {
  readonly trouble: Trouble;
  readonly sinceMs: number;
}

interface Reading {
  readonly monoMs: number;
  readonly wallMs: number;
}

export class TroubleReporter {
  readonly #options: TroubleReporterOptions;
  #isRunning = false;
  #outage: Outage | null = null;
  #isReporting = false;
  #cancel: Cancel | null = null;
  #reading: Reading | null = null;

  constructor(options: TroubleReporterOptions) {
    this.#options = options;
    options.log.troubled.listen((trouble) => this.#hear(trouble));
  }

  /** From the first thing decided here on. Harmless to repeat. */
  start(): void {
    this.#isRunning = true;
  }

  stop(): void {
    this.#isRunning = false;
    this.#forget();
  }

  /** Both clocks are read at once, each second: what they differ by more than before is a jump of the wall clock. */
  readClocks(): void {
    const { clock, place, ids, submit } = this.#options;
    const before = this.#reading;
    const now = { monoMs: clock.monotonicMs(), wallMs: Date.parse(clock.wallAt()) };
    this.#reading = now;
    if (before === null || !this.#isRunning) return;
    const jumpMs = now.wallMs - before.wallMs - (now.monoMs - before.monoMs);
    if (Math.abs(jumpMs) <= JUMP_MS) return;
    const { placeId, hostName: host } = place;
    void submit({ ...systemCommand(ids, 'clock'), op: 'report_clock_jump', placeId, host, jumpMs });
  }

  #hear(trouble: Trouble | null): void {
    const { clock } = this.#options;
    if (trouble !== null) {
      if (this.#outage !== null || TOLD_OTHERWISE.has(trouble.code)) return;
      this.#outage = { trouble, sinceMs: clock.monotonicMs() };
      this.#cancel = clock.after(WORTH_TELLING_MS, () => void this.#report(), { background: true });
    } else if (this.#outage !== null && !this.#isReporting) {
      if (clock.monotonicMs() - this.#outage.sinceMs < WORTH_TELLING_MS) this.#forget();
      // Not inside what is happening to the log just now.
      else this.#again(0);
    }
  }

  /** Also the way to find out whether the log can be written again, where nobody else tries. */
  async #report(): Promise<void> {
    const outage = this.#outage;
    if (outage === null || this.#isReporting || !this.#isRunning) return;
    this.#isReporting = true;
    // It may be stopped while it reads.
    const isTold = (await this.#isReadable()) && this.#isRunning && (await this.#tell(outage));
    this.#isReporting = false;
    if (isTold || !this.#isRunning) this.#forget();
    else this.#again(RETRY_MS);
  }

  /** What cannot even be read is not written to: callers would wait for it behind this. */
  async #isReadable(): Promise<boolean> {
    try {
      await this.#options.log.readAhead();
      return true;
    } catch {
      // It is tried again until it can.
      return false;
    }
  }

  async #tell({ trouble: { code, message }, sinceMs }: Outage): Promise<boolean> {
    const { clock, place, ids, submit } = this.#options;
    const lastedMs = clock.monotonicMs() - sinceMs;
    const { hostName: host } = place;
    const head = systemCommand(ids, 'store');
    return !isRejection(await submit({ ...head, op: 'report_store_trouble', host, code, message, lastedMs }));
  }

  #again(inMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(inMs, () => void this.#report(), { background: true });
  }

  #forget(): void {
    this.#outage = null;
    this.#cancel?.();
    this.#cancel = null;
  }
}
