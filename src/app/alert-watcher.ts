// Looks every half second whether there is something to warn of, while there may be: somebody waits, is paused or asks in vain,
// granting rests, or an alert is open. A fleet at rest has no timer here.
//
// Looking writes nothing. What is found is asked for as a command, which looks again before it tells, so of several
// coordinators that find the same one tells it and the others find it told. A little chance in each look lets one be first.
// Every ten seconds, while somebody waits, the whole wait-for graph is searched for a circle that decisions have missed.

import { alertChanges, isWorthWatching } from '../core/alert/watch.ts';
import type { Command } from '../core/command.ts';
import { standingCircle } from '../core/deadlock/audit.ts';
import type { EventType } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { Answer } from '../core/reply.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import { jitterMs } from './jitter.ts';
import { systemCommand } from './system-command.ts';

export interface AlertWatcherOptions {
  readonly log: FleetLog;
  readonly fleetClock: FleetClock;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly submit: (command: Command) => Promise<Answer>;
}

/** Between two looks, with what chance adds: at most half a second. */
const LOOK_MS = 400;
const SPREAD_MS = 100;
/** Whoever has found something lets others be first for so long. */
const STAND_BEHIND_MS = 150;
const AUDIT_MS = 10_000;

/** After these a look may find something. */
const WAKING: ReadonlySet<EventType> = new Set([
  'lease.queued',
  'lease.offered',
  'request.refused',
  'agent.paused',
  'agent.imported',
  'alert.opened',
  'granting.suspended',
  'invariant.broken',
  'epoch.started',
]);

export class AlertWatcher {
  readonly #options: AlertWatcherOptions;
  #isRunning = false;
  #cancel: Cancel | null = null;
  #auditedMs = Number.NEGATIVE_INFINITY;

  constructor(options: AlertWatcherOptions) {
    const { log } = options;
    this.#options = options;
    log.folded.listen(({ events }) => {
      if (this.#cancel === null && events.some(({ type }) => WAKING.has(type))) this.#arm();
    });
    log.replaced.listen(() => this.#armIfWorth());
  }

  /** From the first thing decided here on. Harmless to repeat. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#armIfWorth();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel?.();
    this.#cancel = null;
  }

  #armIfWorth(): void {
    const { log, fleetClock } = this.#options;
    if (this.#isRunning && isWorthWatching(log.state, fleetClock.now(log.state))) this.#arm();
  }

  #arm(): void {
    const { clock, ids } = this.#options;
    if (!this.#isRunning || this.#cancel !== null) return;
    const inMs = LOOK_MS + jitterMs(ids, SPREAD_MS);
    this.#cancel = clock.after(inMs, () => void this.#look(), { background: true });
  }

  async #look(): Promise<void> {
    try {
      if (this.#hasFound()) await this.#tell();
      await this.#audit();
    } catch (error) {
      // It is looked again in half a second; what is wrong with the store is told to whoever asks it for something.
      this.#options.logger.debug({ err: error }, 'watching failed');
    }
    this.#cancel = null;
    this.#armIfWorth();
  }

  #hasFound(): boolean {
    const { log, fleetClock } = this.#options;
    const { open, repeat, close, rescue } = alertChanges(log.state, fleetClock.now(log.state));
    return rescue || open.length + repeat.length + close.length > 0;
  }

  async #tell(): Promise<void> {
    const { log, clock, ids, submit } = this.#options;
    await new Promise<void>(
      (resolve) => void clock.after(jitterMs(ids, STAND_BEHIND_MS), resolve, { background: true }),
    );
    await log.readAhead();
    if (this.#isRunning && this.#hasFound()) await submit({ ...systemCommand(ids, 'alerts'), op: 'watch' });
  }

  /** What is found is looked at once more on everything that the log holds, before it is believed. */
  async #audit(): Promise<void> {
    const { log, clock, ids, logger, submit } = this.#options;
    const nowMs = clock.monotonicMs();
    if (log.state.tickets.size === 0 || nowMs - this.#auditedMs < AUDIT_MS) return;
    this.#auditedMs = nowMs;
    if (standingCircle(log.state) === null) return;
    await log.readAhead();
    const circle = standingCircle(log.state);
    if (circle === null || !this.#isRunning) return;
    const detail = `${agentsOf(log.state, circle).join(', ')} wait for each other in a circle that no decision has broken`;
    logger.error({ invariant: 'no_cycle' }, detail);
    await submit({ ...systemCommand(ids, 'audit'), op: 'report_break', invariant: 'no_cycle', detail });
  }
}

/** As many as a sentence names. */
const NAMED = 16;

function agentsOf(state: FleetState, sessionIds: readonly string[]): readonly string[] {
  return sessionIds.slice(0, NAMED).map((each) => state.sessions.get(each)?.agentId ?? each);
}
