// Calls that are parked in this process, by ticket.
//
//   parked ── the log ends the wait ──────────────> answered with what the log says
//     ├─ its time is over, or its stream was cut ─> `leave_wait` is logged first, then what the log says is the answer
//     ├─ an offer of its ticket is seen ──────────> claimed at once, for the caller is here
//     └─ cancelled ───────────────────────────────> withdrawn
//
// Only merged state is asked, never an overlay, and what it says is durable before it is told. Time runs on the monotonic
// clock, because a caller's patience is not fleet time. A call that has asked the log for something on its way out is
// not woken any more; the answer to that decides.

import type { AcquireCommand, AwaitCommand, Command, SessionCaller } from '../core/command.ts';
import type { Instant } from '../core/instant.ts';
import { answerOfTicket } from '../core/lease/ticket-answer.ts';
import { react } from '../core/react.ts';
import { isRejection } from '../core/rejection.ts';
import type { AcquireReply, Answer } from '../core/reply.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import { dropped } from './commit-refusals.ts';
import type { SubmitOptions } from './coordinator.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import type { NextTurn } from './next-turn.ts';
import { onAbort } from './on-abort.ts';
import type { FoldedBatch } from './replica.ts';
import { followUp } from './system-command.ts';
import { rejectionOf } from './trouble.ts';

export interface WaitRegistryOptions {
  readonly log: FleetLog;
  readonly fleetClock: FleetClock;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly nextTurn: NextTurn;
  readonly submit: (command: Command) => Promise<Answer>;
  /** Called when a call parks; the answer is called when it leaves. */
  readonly onParked: (call: { readonly sessionId: string; readonly reply: AcquireReply }) => () => void;
}

/** Only a session stands in a line. */
export type WaitingCommand = (AcquireCommand | AwaitCommand) & { readonly by: SessionCaller };

export type QueuedReply = AcquireReply & {
  readonly ticket: string;
  readonly position: number;
  readonly parkedUntil: Instant;
};

export interface ParkedAsk {
  readonly command: WaitingCommand;
  /** What the log said when the call was queued. */
  readonly reply: QueuedReply;
  readonly receivedMonoMs: number;
  readonly options: SubmitOptions;
}

/** Calls parked in one process; more are answered BUSY before they are decided. */
const PARKED_MAX = 10_000;
/** Places in line are looked at again this long after a line moved, so that long lines cost little. */
const PROGRESS_MS = 250;
const PROGRESS_AT_ONCE = 32;
/** Places in line from which a call may be next before the log is looked at again. */
const NEAR_PLACES = 2;
/** With more calls than this somebody is near, as good as always; finding out who would cost more than it saves. */
const COUNTED_CALLS = 64;
/** After the disk did not confirm that a wait is over. */
const CONFIRM_AGAIN_MS = 250;

interface ParkedCall {
  readonly ask: ParkedAsk;
  readonly ticket: string;
  /** All that wait here with its ticket. */
  readonly company: Set<ParkedCall>;
  readonly untilMonoMs: number;
  readonly resolve: (answer: Answer) => void;
  /** A command of its own is on the way to the log. */
  isLeaving: boolean;
  isDone: boolean;
  position: number | null;
  /** How many waits must have ended, anywhere, before this call can be near the front of its line. */
  readonly nearAfter: number;
  readonly onEnd: (() => void)[];
}

export class WaitRegistry {
  readonly #options: WaitRegistryOptions;
  readonly #byTicket = new Map<string, Set<ParkedCall>>();
  /** Those that want to hear of their place. */
  readonly #listening = new Set<ParkedCall>();
  #count = 0;
  /** Of all waits in the log, since this process follows it. */
  #endedWaits = 0;
  #cancelProgress: Cancel | null = null;
  #isClosed = false;

  constructor(options: WaitRegistryOptions) {
    this.#options = options;
    options.log.folded.listen((batch) => this.#wake(batch));
    options.log.replaced.listen(() => this.#wakeAll());
  }

  get size(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= PARKED_MAX || this.#isClosed;
  }

  /** A call parked here may be among the first of its line: at least whenever it is. */
  get isSomebodyNear(): boolean {
    if (this.#count > COUNTED_CALLS) return true;
    for (const call of this.#calls()) if (call.nearAfter <= this.#endedWaits) return true;
    return false;
  }

  /** Resolves with what the log says when the wait is over. */
  park(ask: ParkedAsk): Promise<Answer> {
    return new Promise((resolve) => {
      const call = this.#enter(ask, resolve);
      this.#follow(call);
      // The wait may have ended between the decision and now, even in the same batch.
      this.#look(call);
      if (!call.isDone) this.#tell(call, ask.reply);
    });
  }

  /** Every parked call leaves its wait; the tickets keep their places. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelProgress?.();
    await Promise.all([...this.#calls()].map((call) => this.#leave(call)));
  }

  #enter(ask: ParkedAsk, resolve: (answer: Answer) => void): ParkedCall {
    const { clock, fleetClock, log, onParked } = this.#options;
    const { ticket, parkedUntil } = ask.reply;
    const leftMs = Math.min(parkedUntil - fleetClock.now(log.state), ask.command.waitMs);
    const untilMonoMs = clock.monotonicMs() + Math.max(0, leftMs);
    const company = this.#byTicket.get(ticket) ?? new Set();
    const call: ParkedCall = {
      ask,
      ticket,
      company,
      untilMonoMs,
      resolve,
      isLeaving: false,
      isDone: false,
      position: null,
      nearAfter: this.#endedWaits + ask.reply.position - NEAR_PLACES,
      onEnd: [],
    };
    this.#byTicket.set(ticket, company.add(call));
    this.#count += 1;
    const sessionId = log.state.tickets.get(ticket)?.sessionId ?? '';
    call.onEnd.push(onParked({ sessionId, reply: ask.reply }));
    if (ask.options.onProgress !== undefined) this.#listening.add(call);
    return call;
  }

  /** What moves the call on besides the log. */
  #follow(call: ParkedCall): void {
    const { clock } = this.#options;
    const { cut, cancelled, gone } = call.ask.options;
    call.onEnd.push(clock.after(call.untilMonoMs - clock.monotonicMs(), () => void this.#leave(call)));
    call.onEnd.push(onAbort(cancelled, () => void this.#withdraw(call)));
    call.onEnd.push(onAbort(cut, () => void this.#leaveUndelivered(call)));
    call.onEnd.push(onAbort(gone, () => this.#forget(call)));
  }

  #wake(batch: FoldedBatch): void {
    if (this.#count === 0) return;
    for (const event of batch.events) {
      if (event.type === 'epoch.started') this.#wakeAll();
      for (const effect of react(event)) {
        if (effect.kind === 'mail') continue;
        if (effect.kind !== 'line') this.#endedWaits += 1;
        if (effect.kind === 'ticket') for (const call of this.#byTicket.get(effect.ticket) ?? []) this.#look(call);
        else this.#noteProgress();
      }
    }
  }

  #wakeAll(): void {
    for (const call of this.#calls()) this.#look(call);
  }

  /** Asks merged state what became of the ticket. */
  #look(call: ParkedCall): void {
    if (call.isLeaving || call.isDone) return;
    const ticket = this.#options.log.state.tickets.get(call.ticket);
    // Asking for the whole answer costs a walk along the line.
    if (ticket === undefined) void this.#tellEnd(call);
    else if (ticket.state === 'offered') void this.#claim(call);
  }

  /** What became of an ended ticket never changes again, so it may be asked for once it is durable. */
  async #tellEnd(call: ParkedCall): Promise<void> {
    const { log, clock } = this.#options;
    try {
      if (!log.isConfirmed) await log.confirm();
    } catch {
      // Until the disk answers, the call waits; when its time is over it leaves, and hears what stands against the log.
      call.onEnd.push(clock.after(CONFIRM_AGAIN_MS, () => this.#look(call)));
      return;
    }
    if (!call.isLeaving) this.#end(call, this.#answerNow(call));
  }

  async #claim(call: ParkedCall): Promise<void> {
    const { clock } = this.#options;
    const waitMs = Math.max(0, call.untilMonoMs - clock.monotonicMs());
    const answer = await this.#ask(call, (head) => ({ ...head, op: 'await', ticket: call.ticket, waitMs }));
    const isPutRight = isRejection(answer) && answer.code === 'STORE_REGRESSED';
    if (waitMs === 0 || !(isPutRight || isStillQueued(answer))) return this.#end(call, answer);
    // Its time may have run out while it asked.
    call.isLeaving = false;
    const leftMs = call.untilMonoMs - clock.monotonicMs();
    if (leftMs <= 0) return this.#leave(call);
    // Somebody of its session was faster, or the offer had lapsed, or the log was lost and is put right: it waits on.
    if (!isPutRight) return this.#look(call);
    call.onEnd.push(clock.after(Math.min(leftMs, answer.retryAfterMs ?? 0), () => this.#look(call)));
  }

  async #leave(call: ParkedCall): Promise<void> {
    if (call.isLeaving || call.isDone) return;
    // Another call waits here with the same ticket: the wait goes on, only this call ends.
    if (this.#hasCompany(call)) return this.#part(call);
    const answer = await this.#ask(call, (head) => ({ ...head, op: 'leave_wait', ticket: call.ticket }));
    this.#end(call, answer);
  }

  async #leaveUndelivered(call: ParkedCall): Promise<void> {
    if (call.isLeaving || call.isDone) return;
    if (this.#hasCompany(call)) return this.#part(call);
    // Leaves the wait too, where nothing was granted yet.
    const answer = await this.#ask(call, (head) => ({ ...head, op: 'undelivered', ticket: call.ticket }));
    this.#end(call, answer);
  }

  /** The caller waits elsewhere now: nothing is said of it in the log, or the wait there would seem to be over. */
  #forget(call: ParkedCall): void {
    if (!call.isLeaving) this.#end(call, dropped());
  }

  async #withdraw(call: ParkedCall): Promise<void> {
    if (call.isLeaving || call.isDone) return;
    const answer = await this.#ask(call, (head) => ({ ...head, op: 'withdraw', ticket: call.ticket }));
    this.#end(call, answer);
  }

  #ask(call: ParkedCall, make: (head: ReturnType<typeof followUp>) => Command): Promise<Answer> {
    call.isLeaving = true;
    return this.#options.submit(make(followUp(this.#options.ids, callerOf(call))));
  }

  #end(call: ParkedCall, answer: Answer): void {
    if (call.isDone) return;
    call.isDone = true;
    this.#count -= 1;
    this.#listening.delete(call);
    call.company.delete(call);
    if (call.company.size === 0) this.#byTicket.delete(call.ticket);
    for (const end of call.onEnd) end();
    call.resolve(answer);
  }

  /** Only this call ends. */
  async #part(call: ParkedCall): Promise<void> {
    call.isLeaving = true;
    this.#end(call, await this.#durableAnswer(call));
  }

  async #durableAnswer(call: ParkedCall): Promise<Answer> {
    try {
      await this.#options.log.confirm();
      return this.#answerNow(call);
    } catch (error) {
      return rejectionOf(error);
    }
  }

  #hasCompany(call: ParkedCall): boolean {
    for (const other of call.company) if (other !== call && !other.isLeaving) return true;
    return false;
  }

  #answerNow(call: ParkedCall): Answer {
    const { log, fleetClock } = this.#options;
    return answerOfTicket(log.state, call.ticket, fleetClock.now(log.state));
  }

  #noteProgress(): void {
    if (this.#listening.size === 0) return;
    this.#cancelProgress ??= this.#options.clock.after(PROGRESS_MS, () => void this.#tellAll(), { background: true });
  }

  async #tellAll(): Promise<void> {
    const { log, nextTurn } = this.#options;
    let told = 0;
    for (const call of Array.from(this.#listening)) {
      if (call.isDone) continue;
      const answer = log.isConfirmed ? this.#answerNow(call) : await this.#durableAnswer(call);
      if (isStillQueued(answer)) this.#tell(call, answer);
      told += 1;
      if (told % PROGRESS_AT_ONCE === 0) await nextTurn();
    }
    this.#cancelProgress = null;
  }

  #tell(call: ParkedCall, reply: AcquireReply): void {
    if (call.position !== null && call.position === reply.position) return;
    call.position = reply.position;
    const { onProgress } = call.ask.options;
    const waitedMs = this.#options.clock.monotonicMs() - call.ask.receivedMonoMs;
    onProgress?.({ ticket: call.ticket, position: reply.position, blockedBy: reply.blockedBy, waitedMs });
  }

  *#calls(): Iterable<ParkedCall> {
    // Whoever is looked at may leave meanwhile.
    for (const calls of Array.from(this.#byTicket.values())) yield* Array.from(calls);
  }
}

/** The caller of a parked call, without what it said about notices: that was confirmed by the call itself. */
function callerOf({ ask: { command } }: ParkedCall): SessionCaller {
  return { kind: 'session', handleHash: command.by.handleHash };
}

function isStillQueued(answer: Answer): answer is AcquireReply {
  return !isRejection(answer) && answer.op === 'acquire' && answer.status === 'queued';
}
