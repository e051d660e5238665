// Retention: where the policy says so, the beginning of the log moves into archives, a stretch at a time. Every coordinator
// that decides and stays looks now and then; while one of a host is at it the others leave it alone.
//
//   archive ── whole, on the disk ──> noted in the log ──> cut off
//
// What a message about an alert is to tell stays while it waits, up to a bound (core/delivery/due.ts).
//
// Whoever dies on the way leaves what the next one goes on from; what is cut off is always in an archive before.

import type { Command } from '../../core/command.ts';
import { oldestAwaited } from '../../core/delivery/due.ts';
import type { ArchivedSegment } from '../../core/event.ts';
import { movedFrom } from '../../core/fleet/moved.ts';
import type { FleetState } from '../../core/fleet-state.ts';
import { fleetPolicy, type RetentionPolicy } from '../../core/governance/policy.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { Answer } from '../../core/reply.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { StoreFault } from '../../ports/event-store.ts';
import type { IdSource } from '../../ports/id-source.ts';
import type { LogKeeper } from '../../ports/log-keeper.ts';
import type { Logger } from '../../ports/logger.ts';
import type { FleetClock } from '../fleet-clock.ts';
import type { FleetLog } from '../fleet-log.ts';
import { jitterMs } from '../jitter.ts';
import { systemCommand } from '../system-command.ts';
import { whereHistoryIs } from '../trouble.ts';

export interface RetentionOptions {
  readonly log: FleetLog;
  /** Null where nobody keeps archives. */
  readonly keeper: LogKeeper | null;
  readonly fleetClock: FleetClock;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly submit: (command: Command) => Promise<Answer>;
}

/** Between two looks. History is kept for hours at least: nobody waits for it to go. */
const LOOK_MS = 60_000;
/** There may be more to do at once. */
const NEXT_MS = 5_000;
/** After it could not be done: a full disk does not empty itself. */
const REST_AFTER_FAULT_MS = 600_000;

/** Whoever asks for what was cut off hears where it is. */
export function namingArchive(rejection: Rejection, state: FleetState): Rejection {
  if (rejection.code !== 'HISTORY_TRUNCATED' || state.fleet?.archived === undefined) return rejection;
  const details = { ...rejection.details, ...archiveOf(state.fleet.archived) };
  return { ...rejection, next: whereHistoryIs(details), details };
}

/** The same for whoever reads the log itself: what it throws when it reaches back too far. */
export function faultNamingArchive(error: unknown, { fleet }: FleetState): unknown {
  const isCutOff = error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED';
  if (!isCutOff || fleet?.archived === undefined) return error;
  const details = { ...error.details, ...archiveOf(fleet.archived) };
  return new StoreFault(error.code, error.message, { cause: error, details });
}

function archiveOf({ lastSeq, file }: ArchivedSegment) {
  return { archivedUpTo: lastSeq, archive: file };
}

export class Retention {
  readonly #options: RetentionOptions;
  #isRunning = false;
  #cancel: Cancel = () => undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** From the first thing decided here on. Harmless to repeat. */
  start(): void {
    if (this.#isRunning || this.#options.keeper === null) return;
    this.#isRunning = true;
    this.#lookIn(LOOK_MS);
  }

  async close(): Promise<void> {
    this.#isRunning = false;
    this.#cancel();
    await this.#options.keeper?.close();
    await this.#working;
  }

  #lookIn(ms: number): void {
    if (!this.#isRunning) return;
    const { clock, ids } = this.#options;
    this.#cancel = clock.after(ms + jitterMs(ids, ms), () => this.#look(), { background: true });
  }

  #look(): void {
    const { state } = this.#options.log;
    const keep = fleetPolicy(state.fleet?.policy?.content ?? null).retention;
    if ((keep.keepMs === null && keep.keepEvents === null) || movedFrom(state) !== null) this.#lookIn(LOOK_MS);
    else this.#working = this.#archive(keep);
  }

  async #archive(keep: RetentionPolicy): Promise<void> {
    const { keeper, log, fleetClock, logger } = this.#options;
    const { fleet } = log.state;
    if (keeper === null || fleet === null) return;
    try {
      const awaited = oldestAwaited(log.state, fleetClock.now(log.state));
      const segment = await keeper.archive(fleet.fleetId, { ...keep, awaited });
      if (segment !== null && (await this.#note(segment))) await keeper.cut(segment);
      this.#lookIn(segment === null ? LOOK_MS : NEXT_MS);
    } catch (error) {
      // The log is longer than it should be, and nothing else.
      if (this.#isRunning) logger.warn({ err: error }, 'the beginning of the log was not archived');
      this.#lookIn(REST_AFTER_FAULT_MS);
    }
  }

  /** Where the log does not take it, nothing is cut. */
  async #note(segment: ArchivedSegment): Promise<boolean> {
    const { ids, submit } = this.#options;
    const answer = await submit({ ...systemCommand(ids, 'retention'), op: 'note_archived', segment });
    return !isRejection(answer);
  }
}
