// Snapshots and checks of the whole state, off the event loop. A snapshot is due every 5,000 events; any coordinator that
// decides things may make it, and a jittered start lets one be first; the farther behind, the sooner. A log is checked once
// by each process that begins to decide on it: at once where the state is small, else off the loop.
//
// On a log that hosts share each of them folds everything, and none sees what the others save. So it falls to whichever host was
// the first to write in a stretch of fleet time, which all read in the log alike; the others look now and then whether it did.
//
// Where processes die often, none may live long enough to make one beside its work, and each would read farther than the one
// before it. So whoever had to read far saves what it has read, before it does anything else.

import type { Command } from '../core/command.ts';
import { type FleetState, TABLE_NAMES } from '../core/fleet-state.ts';
import { checkState, type Violation } from '../core/invariants.ts';
import type { Answer } from '../core/reply.ts';
import type { BackgroundFold, FoldReport } from '../ports/background-fold.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { FleetLog } from './fleet-log.ts';
import { saveChecked } from './fold-log.ts';
import { jitterMs } from './jitter.ts';
import type { FoldedBatch } from './replica.ts';
import { systemCommand } from './system-command.ts';

export interface SnapshotScheduleOptions {
  readonly log: FleetLog;
  /** Null where nothing outlives the process. */
  readonly fold: BackgroundFold | null;
  readonly placeId: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly submit: (command: Command) => Promise<Answer>;
}

const EVERY_EVENTS = 5_000;
/** Reading this far takes about as long as saving what was read. */
const FAR_EVENTS = 20_000;
/** So that of several coordinators one is first and the others find its snapshot. */
const SPREAD_MS = 5_000;
/** After one was made, and after one could not be made. */
const REST_MS = 10_000;
const REST_AFTER_FAULT_MS = 60_000;
/** On a shared log one host in so much fleet time makes one; whoever it does not fall to looks so often. */
const STRETCH_MS = 10_000;
const LOOK_MS = 60_000;
/** A state of this size is checked within a few milliseconds. */
const SMALL_ROWS = 500;

export class SnapshotSchedule {
  readonly #options: SnapshotScheduleOptions;
  #isRunning = false;
  #isBusy = false;
  #cancel: Cancel | null = null;
  #notBeforeMs = 0;
  #snapshotSeq = 0;
  /** Of fleet time: the one in which was written last. */
  #stretch = 0;
  #looksAtMs = 0;

  constructor(options: SnapshotScheduleOptions) {
    this.#options = options;
    options.log.folded.listen((batch) => this.#consider(batch));
  }

  /** Of what was made from here; 0 for nothing. */
  get latestSeq(): number {
    return this.#snapshotSeq;
  }

  /** From the first thing decided here on. Harmless to repeat. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { log, fold, clock } = this.#options;
    this.#snapshotSeq = log.snapshotSeq;
    this.#looksAtMs = clock.monotonicMs() + LOOK_MS;
    const isFar = log.head.seq - this.#snapshotSeq >= FAR_EVENTS;
    if (isFar && fold !== null) void this.#make(() => saveChecked(log.store, log, this.#snapshotSeq));
    else if (rowsOf(log.state) <= SMALL_ROWS) void this.#report(checkState(log.state));
    else if (fold !== null) void this.#run();
  }

  async close(): Promise<void> {
    this.#isRunning = false;
    this.#cancel?.();
    await this.#options.fold?.close();
  }

  #consider(batch: FoldedBatch): void {
    const { log, fold, clock, ids } = this.#options;
    const isOurs = this.#fallsToUs(batch);
    if (!this.#isRunning || fold === null || this.#cancel !== null || this.#isBusy) return;
    const behind = log.head.seq - this.#snapshotSeq;
    const nowMs = clock.monotonicMs();
    if (behind < EVERY_EVENTS || nowMs < this.#notBeforeMs || !(isOurs || nowMs >= this.#looksAtMs)) return;
    const spreadMs = Math.ceil((SPREAD_MS * EVERY_EVENTS) / behind);
    this.#cancel = clock.after(jitterMs(ids, spreadMs), () => void this.#run(), { background: true });
  }

  #fallsToUs({ placeId, at }: FoldedBatch): boolean {
    const { log, placeId: ownPlaceId } = this.#options;
    const stretch = Math.floor(at / STRETCH_MS);
    const isFirst = stretch > this.#stretch;
    this.#stretch = Math.max(stretch, this.#stretch);
    return !log.traits.sharedAcrossHosts || (isFirst && placeId === ownPlaceId);
  }

  async #run(): Promise<void> {
    const { fold, clock } = this.#options;
    this.#cancel = null;
    this.#looksAtMs = clock.monotonicMs() + LOOK_MS;
    if (fold !== null && this.#isRunning) await this.#make(() => fold.run(EVERY_EVENTS));
  }

  async #make(make: () => Promise<FoldReport>): Promise<void> {
    const { clock, logger } = this.#options;
    this.#isBusy = true;
    try {
      const { snapshotSeq, violations } = await make();
      this.#notBeforeMs = clock.monotonicMs() + REST_MS;
      this.#snapshotSeq = snapshotSeq;
      await this.#report(violations);
    } catch (error) {
      // Without a snapshot opening takes longer, and nothing else.
      this.#notBeforeMs = clock.monotonicMs() + REST_AFTER_FAULT_MS;
      if (this.#isRunning) logger.warn({ err: error }, 'no snapshot was made');
    }
    this.#isBusy = false;
  }

  /** A broken invariant in the log stops granting for everybody, until an operator repairs it. */
  async #report(
    violations: readonly Pick<Violation, 'detail'>[] & readonly { readonly invariant: string }[],
  ): Promise<void> {
    const [first] = violations;
    if (first === undefined) return;
    const { ids, logger, submit } = this.#options;
    logger.error({ violations }, 'the state of the fleet breaks an invariant');
    const { invariant, detail } = first;
    await submit({ ...systemCommand(ids, 'checks'), op: 'report_break', invariant, detail });
  }
}

function rowsOf(state: FleetState): number {
  return TABLE_NAMES.reduce((sum, name) => sum + state[name].size, 0);
}
