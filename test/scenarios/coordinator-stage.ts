// Coordinators on one store as a stage. Each session keeps to one of them, time passes on a clock that the table holds, and
// what falls due happens by itself, between rows too. A call that parks is answered with what the log says of its ticket;
// the answer it gets in the end must say the same.

import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import type { Command } from '../../src/core/command.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { answerOfTicket } from '../../src/core/lease/ticket-answer.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer, ReadMessagesReply } from '../../src/core/reply.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import type { Place } from '../../src/ports/place.ts';
import { CallsUnderWay } from '../support/calls-under-way.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { FleetRig, HERE } from '../support/fleet-rig.ts';
import { BrokenPromise, differenceOf, textOf, Witness } from '../support/witness.ts';
import type { Stage, Told } from './stage.ts';

interface Call {
  readonly command: Command;
  /** When it was said. */
  readonly atMs: number;
  answer: Answer | null;
  isChecked: boolean;
}

export interface CoordinatorStageOptions {
  readonly coordinators: number;
  /** A handle on the log for each; without it they share one in memory. */
  readonly makeStore?: () => EventStore;
  /** Each is on a host of its own. */
  readonly areApart?: boolean;
  readonly cleanUp?: () => Promise<void>;
}

/** What its clock says when a table begins. */
const STARTS_AT_MS = 1_000_000;
/** Nobody leaves the log to others for longer. */
const TURN_WITHIN_MS = 2_000;
/** Looks after which a parked call has heard of what it waits for, been claimed for, and answered. */
const LOOKS = 3;

export class CoordinatorStage implements Stage {
  readonly #options: CoordinatorStageOptions;
  readonly #calls = new CallsUnderWay();
  readonly #rig: FleetRig;
  readonly #witness = new Witness();
  readonly #coordinators: LocalCoordinator[] = [];
  readonly #placeOf = new Map<string, LocalCoordinator>();
  readonly #parked: Call[] = [];
  #atMs = 0;
  /** Time that the table does not know of: all that follows is so much later. */
  #lateMs = 0;

  private constructor(options: CoordinatorStageOptions) {
    const { makeStore } = options;
    this.#options = options;
    this.#rig = FleetRig.onFakeClock({
      clock: createFakeClock(STARTS_AT_MS, () => this.#calls.rest()),
      ...(makeStore === undefined ? {} : { makeStore: () => this.#calls.counted(makeStore()) }),
    });
  }

  static async open(options: CoordinatorStageOptions): Promise<CoordinatorStage> {
    const stage = new CoordinatorStage(options);
    for (let i = 0; i < options.coordinators; i += 1) {
      const place = options.areApart === true ? hostOf(`host-${i}`) : HERE;
      stage.#coordinators.push(await stage.#rig.coordinator(`c${i}-`, place));
    }
    return stage;
  }

  get folded(): FleetState {
    return this.#witness.state;
  }

  get lateMs(): number {
    return this.#lateMs;
  }

  async say(command: Command, at: number): Promise<Told> {
    const events: FleetEvent[] = [];
    await this.#passTime(at + this.#lateMs, events);
    const call: Call = { command, atMs: this.#atMs, answer: null, isChecked: false };
    void this.#hear(call);
    await this.#comeToRest(events);
    while (this.#isInLine(call) && this.#atMs < call.atMs + TURN_WITHIN_MS)
      await this.#passTime(this.#atMs + 1, events);
    this.#lateMs = this.#atMs - at;
    if (call.answer !== null) return { answer: call.answer, events };
    this.#parked.push(call);
    return { answer: this.#answerOfParked(command), events };
  }

  async #hear(call: Call): Promise<void> {
    const { answer } = await this.#coordinatorOf(call.command).submit(call.command);
    call.answer = answer;
  }

  state(): Promise<readonly FleetEvent[]> {
    throw new Error('a coordinator logs only what commands make; the table is for the core only');
  }

  async end(): Promise<void> {
    this.#witness.verify();
    await this.#rig.close();
    await this.#options.cleanUp?.();
  }

  /** Neither answered nor parked: its coordinator leaves the log to another one first, which takes a moment. */
  #isInLine({ answer }: Call): boolean {
    const parked = this.#coordinators.reduce((sum, coordinator) => sum + coordinator.health().parked, 0);
    const known = this.#parked.filter((call) => call.answer === null).length;
    return answer === null && parked === known;
  }

  /** Until the table's next moment; what falls due meanwhile happens when it does. */
  async #passTime(at: number, events: FleetEvent[]): Promise<void> {
    const ms = at - this.#atMs;
    this.#atMs = at;
    if (ms > 0) await this.#rig.clock.advance(ms);
    await this.#comeToRest(events);
  }

  async #comeToRest(events: FleetEvent[]): Promise<void> {
    for (let look = 0; look < LOOKS; look += 1) {
      await this.#calls.rest();
      // A view reads the log to its head, and whoever waits in that coordinator hears of it.
      for (const coordinator of this.#coordinators) await coordinator.view({ kind: 'holder', resource: 'task:any' });
    }
    await this.#calls.rest();
    for await (const { hash: _, ...event } of this.#first().feed({
      after: this.#witness.state.position.seq,
      once: true,
    })) {
      this.#witness.take([event]);
      events.push(event);
    }
    this.#compare();
    this.#checkAnswered();
  }

  /** Every coordinator shows the state that the log folds to. */
  #compare(): void {
    const text = this.#witness.verify();
    for (const { replica } of this.#coordinators) {
      const shown = textOf(replica.state);
      if (shown !== text) throw new BrokenPromise('one state', differenceOf(text, shown));
    }
  }

  /** A parked call that has its answer was answered with what the log says. */
  #checkAnswered(): void {
    for (const call of this.#parked) {
      const { answer } = call;
      if (call.isChecked || answer === null) continue;
      call.isChecked = true;
      if (!isRejection(answer) && answer.op === 'read_messages') this.#checkRead(call, answer);
      if (isRejection(answer) || answer.op !== 'acquire' || answer.ticket === null) continue;
      const ended = this.#witness.state.endedTickets.get(answer.ticket);
      const tokens = answer.leases.map((lease) => lease.token).join(' ');
      if (answer.status === 'granted' && ended?.tokens.join(' ') !== tokens) {
        throw new BrokenPromise(
          'answers',
          `${answer.ticket} was answered ${tokens}, logged ${ended?.tokens.join(' ')}`,
        );
      }
    }
  }

  /** Who waited for a message is told one that is there, or nothing when its time is over. */
  #checkRead({ command, atMs }: Call, { messages }: ReadMessagesReply): void {
    const waitMs = command.op === 'read_messages' ? command.waitMs : 0;
    const isOver = this.#atMs >= atMs + waitMs;
    const isThere = messages.every(({ messageId }) => this.folded.messages.get(messageId) !== undefined);
    if (messages.length > 0 ? !isThere : !isOver)
      throw new BrokenPromise(
        'answers',
        `a call that waited for a message was told ${messages.length} after ${waitMs} ms`,
      );
  }

  #answerOfParked(command: Command): Answer {
    const { state } = this.#witness;
    if (command.op === 'read_messages') {
      const parkedUntil = state.position.at + command.waitMs;
      return { op: 'read_messages', messages: [], cursor: command.after ?? 0, more: false, parkedUntil };
    }
    return answerOfTicket(state, this.#ticketOf(command), state.position.at);
  }

  #ticketOf(command: Command): string {
    if (command.op === 'await') return command.ticket;
    const handle = command.by.kind === 'session' ? command.by.handleHash : '';
    for (const session of this.folded.sessions.in('handle', handle)) {
      for (const { ticket, resources, mode } of this.folded.tickets.in('session', session.sessionId)) {
        if (command.op !== 'acquire' || command.mode !== mode) continue;
        if (isSameSet(command.resources, resources)) return ticket;
      }
    }
    throw new BrokenPromise('answers', `${command.op} has no answer and waits for nothing`);
  }

  /** Whoever shows a handle speaks to one coordinator; the others take turns. */
  #coordinatorOf(command: Command): LocalCoordinator {
    const speaker = command.by.kind === 'session' ? command.by.handleHash : command.requestId;
    const known = this.#placeOf.get(speaker);
    if (known !== undefined) return known;
    const coordinator = this.#coordinators[this.#placeOf.size % this.#coordinators.length] as LocalCoordinator;
    this.#placeOf.set(speaker, coordinator);
    return coordinator;
  }

  #first(): LocalCoordinator {
    return this.#coordinators[0] as LocalCoordinator;
  }
}

function hostOf(name: string): Place {
  return { ...HERE, placeId: `p_${name}`, machineId: name, bootId: name, hostName: name };
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === b.length && a.every((each) => b.includes(each));
}
