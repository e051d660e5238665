// Sends what alerts have to tell outside the fleet. What is to be sent, who sends it and what became of it is in the log; this
// only carries it out, and may end between any two lines:
//
//   a message is due ──> the work for its target is claimed ──> it is sent ──> what became of it is recorded ──> the next one
//
// Whoever ends before the record leaves the message as it was, so the next sender sends it again under the same id. A message
// is sent only once its event is durable, and the next one about the same alert only once the log says what became of it.
//
// With nothing to send it owns no timer.

import type { Command, SettleDeliveriesCommand } from '../core/command.ts';
import { dueDeliveries } from '../core/delivery/due.ts';
import { messageOf } from '../core/delivery/message.ts';
import { isDisabled } from '../core/delivery/rules.ts';
import { type DeliveryTarget, targetsOf } from '../core/delivery/target.ts';
import type { DeliveryWorker, FleetEvent } from '../core/event.ts';
import { isRejection } from '../core/rejection.ts';
import type { Answer } from '../core/reply.ts';
import type { DeliveryRow } from '../core/rows.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Logger } from '../ports/logger.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { ProcessTable } from '../ports/process-table.ts';
import type { FeedEvent } from './coordinator.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import { fraction } from './jitter.ts';
import { onAbort } from './on-abort.ts';
import { systemCommand } from './system-command.ts';

/** What a process needs that may send. */
export interface Delivering {
  readonly notifier: Notifier;
  /** Its own. */
  readonly pid: number;
}

export interface OutboxOptions extends Delivering {
  readonly log: FleetLog;
  readonly fleetClock: FleetClock;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly processes: ProcessTable;
  readonly placeId: string;
  readonly logger: Logger;
  readonly submit: (command: Command) => Promise<Answer>;
  /** The event of this number, durable; null where the log no longer has it. Throws `StoreFault`. */
  readonly read: (seq: number) => Promise<FeedEvent | null>;
}

type SentOutcome = SettleDeliveriesCommand['outcomes'][number];

/** One target as this process works for it. */
interface Lane {
  /** Messages that are sent or recorded just now. */
  readonly underWay: Set<number>;
  outcomes: readonly SentOutcome[];
  isRecording: boolean;
  /** Told to the operator of this process already. */
  saidWhyNot: string | null;
}

/** Messages of one target at a time: a slow receiver holds up only so many alerts. */
const AT_ONCE = 4;
/** A try begins only with this much left of the claim: longer than it can take. */
const NEEDED_MS = 20_000;
/** Between two looks whether whoever has the work is still there. */
const WATCH_MS = 2_000;
/** Between two looks whether the user of this host has enabled a target. */
const STANDING_MS = 30_000;
/** While something waits, fleet time may have jumped ahead of this clock. */
const LOOK_MS = 60_000;
const RETRY_MS = 1_000;
const RECORDED_AT_ONCE = 64;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #worker: DeliveryWorker;
  readonly #lanes = new Map<string, Lane>();
  readonly #sending = new Set<Promise<void>>();
  readonly #leaving = new AbortController();
  #cancel: Cancel | null = null;
  #looking: Promise<void> | null = null;
  #isToLookAgain = false;

  constructor(options: OutboxOptions) {
    const { processes, placeId, pid, ids, log } = options;
    const startTime = processes.evidenceOf(pid)?.startTime ?? '';
    this.#options = options;
    this.#worker = { id: ids.newId('wrk'), placeId, pid, startTime };
    log.folded.listen(({ events }) => {
      if (events.some(isOfInterest)) this.#look();
    });
    log.replaced.listen(() => this.#look());
  }

  /** Ends what is being sent, records what was delivered, and leaves the rest to others at once. */
  async close(): Promise<void> {
    this.#leaving.abort();
    this.#cancel?.();
    await this.#looking;
    await Promise.all(this.#sending);
    for (const name of this.#lanes.keys()) await this.#giveBack(name);
  }

  get #isOver(): boolean {
    return this.#leaving.signal.aborted;
  }

  /** Looks what there is to do; asked meanwhile, it looks once more. */
  #look(): void {
    if (this.#isOver) return;
    this.#isToLookAgain = this.#looking !== null;
    this.#looking ??= this.#lookThrough().finally(() => {
      this.#looking = null;
      if (this.#isToLookAgain) this.#look();
    });
  }

  async #lookThrough(): Promise<void> {
    const { log, clock } = this.#options;
    let waitMs = Number.POSITIVE_INFINITY;
    for (const target of targetsOf(log.state)) {
      const hasWork = log.state.deliveries.countIn('open', target.name) > 0;
      if (hasWork && !isDisabled(log.state, target.name)) waitMs = Math.min(waitMs, await this.#workOrWarn(target));
    }
    this.#cancel?.();
    this.#cancel = null;
    if (waitMs === Number.POSITIVE_INFINITY || this.#isOver) return;
    this.#cancel = clock.after(Math.min(Math.max(waitMs, 1), LOOK_MS), () => this.#look(), { background: true });
  }

  /** What is wrong with one target holds up no other one. */
  async #workOrWarn(target: DeliveryTarget): Promise<number> {
    try {
      return await this.#work(target);
    } catch (error) {
      this.#options.logger.warn({ err: error, target: target.name }, 'messages about alerts could not be looked at');
      return STANDING_MS;
    }
  }

  /** Begins to send what is due. Answers when to look again, in milliseconds; Infinity where something else will tell. */
  async #work(target: DeliveryTarget): Promise<number> {
    const lane = this.#laneOf(target.name);
    const due = this.#due(target.name, lane);
    if (due.rows.length === 0) return due.laterMs;
    if (!(await this.#isEnabled(target, lane))) return STANDING_MS;
    if (!(await this.#hold(target.name))) return WATCH_MS;
    // Whoever had the work before may have done some of it since: what is due is what the log says now that the work is held.
    const { rows, laterMs } = this.#due(target.name, lane);
    for (const row of rows) this.#begin(target, row);
    return laterMs;
  }

  /** What may be sent now, and in how long there is more. */
  #due(target: string, { underWay }: Lane): { readonly rows: readonly DeliveryRow[]; readonly laterMs: number } {
    const { log, fleetClock } = this.#options;
    const at = fleetClock.now(log.state);
    const { ready, nextAt } = dueDeliveries(log.state, target, at);
    const room = Math.max(0, AT_ONCE - underWay.size);
    const rows = ready.filter(({ message }) => !underWay.has(message)).slice(0, room);
    return { rows, laterMs: nextAt === null ? Number.POSITIVE_INFINITY : nextAt - at };
  }

  async #isEnabled(target: DeliveryTarget, lane: Lane): Promise<boolean> {
    const why = await this.#options.notifier.standingAgainst(target);
    if (why !== null && why !== lane.saidWhyNot)
      this.#options.logger.warn(
        { target: target.name, why },
        'messages wait for a target that is not reached from here',
      );
    lane.saidWhyNot = why;
    return why === null;
  }

  /** True when this process has the work for the target, for long enough. */
  async #hold(target: string): Promise<boolean> {
    const { log, fleetClock, ids, submit, placeId, processes } = this.#options;
    if (this.#leftMs(target) > NEEDED_MS) return true;
    const claim = log.state.targets.get(target)?.claim ?? null;
    let gone: string | null = null;
    if (claim !== null && claim.worker.id !== this.#worker.id && claim.until > fleetClock.now(log.state)) {
      const [seen] = claim.worker.placeId === placeId ? await processes.judgeMany([claim.worker]) : [];
      if (seen !== 'dead') return false;
      gone = claim.worker.id;
    }
    const command = { op: 'claim_delivery', target, worker: this.#worker, gone, release: false } as const;
    await submit({ ...systemCommand(ids, 'outbox'), ...command });
    return this.#leftMs(target) > NEEDED_MS;
  }

  /** What is left of this process's claim; 0 where another one has it, or nobody. */
  #leftMs(target: string): number {
    const { log, fleetClock } = this.#options;
    const claim = log.state.targets.get(target)?.claim ?? null;
    return claim?.worker.id === this.#worker.id ? Math.max(0, claim.until - fleetClock.now(log.state)) : 0;
  }

  #begin(target: DeliveryTarget, row: DeliveryRow): void {
    const lane = this.#laneOf(target.name);
    lane.underWay.add(row.message);
    const sending = this.#send(target, row, lane).finally(() => {
      this.#sending.delete(sending);
      this.#look();
    });
    this.#sending.add(sending);
  }

  async #send(target: DeliveryTarget, row: DeliveryRow, lane: Lane): Promise<void> {
    const outcome = await this.#outcomeOf(target, row);
    // A try that was cut short says nothing about the receiver.
    if (outcome === null || (this.#isOver && outcome.result !== 'delivered')) lane.underWay.delete(row.message);
    else {
      lane.outcomes = [...lane.outcomes, outcome];
      await this.#record(target.name, lane);
    }
  }

  /** Null where the log could not be read: the message waits. */
  async #outcomeOf(target: DeliveryTarget, row: DeliveryRow): Promise<SentOutcome | null> {
    const { log, ids, notifier, logger, read } = this.#options;
    const { message } = row;
    const jitter = fraction(ids);
    try {
      const event = await read(message);
      if (event === null) return { message, result: 'lost', detail: LOST, retryAfterMs: null, jitter };
      const outgoing = messageOf(log.state.fleet?.fleetId ?? '', row, event);
      const sent = await notifier.send(target, outgoing, this.#leaving.signal);
      const retryAfterMs = sent.result === 'failed' ? sent.retryAfterMs : null;
      return { message, result: sent.result, detail: sent.detail, retryAfterMs, jitter };
    } catch (error) {
      logger.warn({ err: error, target: target.name, message }, 'a message about an alert could not be sent');
      await this.#pause();
      return null;
    }
  }

  /** Records what became of messages; what others finish meanwhile goes with the next record. */
  async #record(target: string, lane: Lane): Promise<void> {
    const { ids, submit } = this.#options;
    if (lane.isRecording) return;
    lane.isRecording = true;
    while (lane.outcomes.length > 0) {
      const outcomes = lane.outcomes.slice(0, RECORDED_AT_ONCE);
      const command = { op: 'settle_deliveries', target, worker: this.#worker.id, outcomes } as const;
      const answer = await submit({ ...systemCommand(ids, 'outbox'), ...command });
      const isLost = isRejection(answer) && this.#isOver;
      if (isRejection(answer) && !isLost) await this.#pause();
      else {
        lane.outcomes = lane.outcomes.slice(outcomes.length);
        for (const { message } of outcomes) lane.underWay.delete(message);
      }
    }
    lane.isRecording = false;
  }

  /** Another process need not wait until the claim is over. */
  async #giveBack(target: string): Promise<void> {
    const { log, ids, submit } = this.#options;
    const hasWork = log.state.deliveries.countIn('open', target) > 0;
    if (!hasWork || this.#leftMs(target) === 0) return;
    const command = { op: 'claim_delivery', target, worker: this.#worker, gone: null, release: true } as const;
    await submit({ ...systemCommand(ids, 'outbox'), ...command });
  }

  #laneOf(target: string): Lane {
    const known = this.#lanes.get(target);
    if (known !== undefined) return known;
    const lane: Lane = { underWay: new Set(), outcomes: [], isRecording: false, saidWhyNot: null };
    this.#lanes.set(target, lane);
    return lane;
  }

  /** Ends at once when this process does. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(RETRY_MS, end, { background: true });
      const unlisten = onAbort(this.#leaving.signal, end);
      function end(): void {
        cancel();
        unlisten();
        resolve();
      }
    });
  }
}

const LOST = 'the log no longer has what it was to tell; retention leaves it there for 7 days';

function isOfInterest({ type }: FleetEvent): boolean {
  return type === 'policy.adopted' || type === 'epoch.started' || type.startsWith('delivery.');
}
