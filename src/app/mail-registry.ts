// Calls that wait in this process for a message, by agent.
//
//   parked ── a message for its agent is folded ──> the log is asked again; what it says is durable before it is told
//     ├─ its session ended ───────────────────────> the log is asked, and says so
//     ├─ its time is over ────────────────────────> answered with nothing
//     └─ cut, cancelled, gone, or this process leaves: answered with nothing
//
// A parked call stands in no line and holds nothing, and being answered marks nothing as read, so whoever leaves without
// hearing an answer loses nothing: the next call finds the message. Time runs on the monotonic clock, because a caller's
// patience is not fleet time.

import type { Command, ReadMessagesCommand, SessionCaller } from '../core/command.ts';
import type { Instant } from '../core/instant.ts';
import { EVERYBODY, hasMail } from '../core/message/mailbox.ts';
import { react } from '../core/react.ts';
import { isRejection } from '../core/rejection.ts';
import type { Answer, ReadMessagesReply } from '../core/reply.ts';
import { sessionOfHandle } from '../core/session/credential.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import { dropped } from './commit-refusals.ts';
import type { SubmitOptions } from './coordinator.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetLog } from './fleet-log.ts';
import { onAbort } from './on-abort.ts';
import type { FoldedBatch } from './replica.ts';
import { followUp } from './system-command.ts';

export interface MailRegistryOptions {
  readonly log: FleetLog;
  readonly fleetClock: FleetClock;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly submit: (command: Command) => Promise<Answer>;
  /** Called when a call of this session parks; the answer is called when it leaves. */
  readonly onParked: (sessionId: string) => () => void;
}

/** Only a session has messages of its own. */
export type WaitingRead = ReadMessagesCommand & { readonly by: SessionCaller };

export type NothingReadReply = ReadMessagesReply & { readonly parkedUntil: Instant };

export interface ParkedRead {
  readonly command: WaitingRead;
  /** What the log said when there was nothing. */
  readonly reply: NothingReadReply;
  readonly options: SubmitOptions;
}

/** Calls parked in one process; more are answered BUSY before they are decided. */
const PARKED_MAX = 10_000;

interface ParkedCall {
  readonly ask: ParkedRead;
  readonly agentId: string;
  readonly sessionId: string;
  readonly resolve: (answer: Answer) => void;
  /** There was nothing up to this number. */
  cursor: number;
  /** The log is being asked. */
  isAsking: boolean;
  isLate: boolean;
  isDone: boolean;
  readonly onEnd: (() => void)[];
}

export class MailRegistry {
  readonly #options: MailRegistryOptions;
  readonly #byAgent = new Map<string, Set<ParkedCall>>();
  #count = 0;
  #isClosed = false;

  constructor(options: MailRegistryOptions) {
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

  /** Resolves with what the log says when there is a message, or with nothing when the waiting is over. */
  park(ask: ParkedRead): Promise<Answer> {
    return new Promise((resolve) => {
      const call = this.#enter(ask, resolve);
      this.#follow(call);
      // A message may have come between the decision and now, even in the same batch.
      this.#look(call);
    });
  }

  /** Every parked call is answered with nothing. */
  close(): void {
    this.#isClosed = true;
    for (const call of this.#calls()) this.#leave(call);
  }

  #enter(ask: ParkedRead, resolve: (answer: Answer) => void): ParkedCall {
    const { command, reply } = ask;
    const { state } = this.#options.log;
    const { agentId, sessionId } = sessionOfHandle(state, command.by.handleHash) ?? { agentId: '', sessionId: '' };
    const call: ParkedCall = {
      ask,
      agentId,
      sessionId,
      resolve,
      cursor: reply.cursor,
      isAsking: false,
      isLate: false,
      isDone: false,
      onEnd: [],
    };
    const calls = this.#byAgent.get(agentId) ?? new Set();
    this.#byAgent.set(agentId, calls.add(call));
    this.#count += 1;
    call.onEnd.push(this.#options.onParked(sessionId));
    return call;
  }

  /** What ends the call besides the log. */
  #follow(call: ParkedCall): void {
    const { clock, fleetClock, log } = this.#options;
    const { command, reply, options } = call.ask;
    const leftMs = Math.min(reply.parkedUntil - fleetClock.now(log.state), command.waitMs);
    call.onEnd.push(clock.after(Math.max(0, leftMs), () => this.#expire(call)));
    call.onEnd.push(onAbort(options.cancelled, () => this.#leave(call)));
    call.onEnd.push(onAbort(options.cut, () => this.#leave(call)));
    call.onEnd.push(onAbort(options.gone, () => this.#end(call, dropped())));
  }

  #wake(batch: FoldedBatch): void {
    if (this.#count === 0) return;
    for (const event of batch.events) {
      if (event.type === 'epoch.started') this.#wakeAll();
      for (const effect of react(event)) {
        if (effect.kind === 'mail') this.#lookAll(effect.to === EVERYBODY ? this.#calls() : this.#callsOf(effect.to));
        else if (effect.kind === 'session') this.#lookAll(this.#callsOf(event.agentId ?? ''));
      }
    }
  }

  #wakeAll(): void {
    this.#lookAll(this.#calls());
  }

  #lookAll(calls: Iterable<ParkedCall>): void {
    for (const call of calls) this.#look(call);
  }

  /** Asks merged state whether it is worth asking the log. */
  #look(call: ParkedCall): void {
    if (call.isAsking || call.isDone) return;
    const { state } = this.#options.log;
    const isLive = state.sessions.get(call.sessionId)?.state === 'live';
    if (!isLive || hasMail(state, call.agentId, call.cursor)) void this.#ask(call);
  }

  async #ask(call: ParkedCall): Promise<void> {
    const { ids, submit } = this.#options;
    const { command } = call.ask;
    call.isAsking = true;
    // What the caller said about notices was confirmed by the call itself.
    const by = { kind: 'session', handleHash: command.by.handleHash } as const;
    const answer = await submit({ ...command, ...followUp(ids, by), waitMs: 0 });
    call.isAsking = false;
    if (call.isLate || !isNothing(answer)) {
      this.#end(call, answer);
      return;
    }
    // Another session of its agent was faster and has read it: this one waits on, from there.
    call.cursor = answer.cursor;
    this.#look(call);
  }

  #expire(call: ParkedCall): void {
    // A message that is on its way is not left behind.
    if (call.isAsking) call.isLate = true;
    else this.#leave(call);
  }

  #leave(call: ParkedCall): void {
    this.#end(call, { ...call.ask.reply, cursor: call.cursor, parkedUntil: null });
  }

  #end(call: ParkedCall, answer: Answer): void {
    if (call.isDone) return;
    call.isDone = true;
    this.#count -= 1;
    const calls = this.#byAgent.get(call.agentId);
    calls?.delete(call);
    if (calls?.size === 0) this.#byAgent.delete(call.agentId);
    for (const end of call.onEnd) end();
    call.resolve(answer);
  }

  /** Whoever is looked at may leave meanwhile. */
  #callsOf(agentId: string): readonly ParkedCall[] {
    return [...(this.#byAgent.get(agentId) ?? [])];
  }

  #calls(): readonly ParkedCall[] {
    return [...this.#byAgent.values()].flatMap((calls) => [...calls]);
  }
}

function isNothing(answer: Answer): answer is ReadMessagesReply {
  return !isRejection(answer) && answer.op === 'read_messages' && answer.messages.length === 0;
}
