// A coordinator without its wrapping: the same steps over decide and apply that the real one takes, each of them a separate
// event, so that others come in between. It queues, catches up, decides a batch on an overlay, appends it in one piece or in
// several cut between groups, merges or drops, answers; parks calls, leaves for them, claims their offers, keeps their
// sessions active, sweeps, and saves images. It may stall, crash at any step, and come back from an image and the tail.

import { alertChanges, isWorthWatching } from '../../src/core/alert/watch.ts';
import { apply } from '../../src/core/apply.ts';
import type { Command } from '../../src/core/command.ts';
import { decide } from '../../src/core/decide.ts';
import { nextDeadline, settleDeadlines } from '../../src/core/due.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import { exportState, importState } from '../../src/core/fleet/state-image.ts';
import { emptyState, type FleetState, forkState, mergeState } from '../../src/core/fleet-state.ts';
import type { Policy } from '../../src/core/governance/policy.ts';
import { checkDraft } from '../../src/core/invariants.ts';
import { activityDueAt, lateRecordAt } from '../../src/core/lease/silence.ts';
import { answerOfTicket } from '../../src/core/lease/ticket-answer.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { react } from '../../src/core/react.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../src/core/reply.ts';
import { isSignOfWork } from '../../src/core/session/presence.ts';
import type { Random } from '../support/random.ts';
import { BrokenPromise } from '../support/witness.ts';
import { LATE } from './cases.ts';
import type { Coverage } from './coverage.ts';
import { checkRepeat } from './repeats.ts';
import type { SharedLog } from './shared-log.ts';
import type { Timeline } from './timeline.ts';

/** A call that was answered: the answer, and fleet time at the moment of speaking. */
export interface Spoken {
  readonly answer: Answer;
  readonly at: number;
  readonly waitedMs: number;
  readonly state: FleetState;
}

/** How a call ends before its answer: its stream is cut, or it is cancelled in so many words. */
export interface CallHandle {
  cut(): void;
  cancel(): void;
}

interface Pending {
  readonly command: Command;
  readonly receivedMs: number;
  readonly resolve: (answer: Answer) => void;
  isSettled: boolean;
  /** Where the log stood before it was decided: what it was granted has larger tokens. */
  seqBefore: number;
}

interface Parked {
  readonly ticket: string;
  readonly handleHash: string;
  readonly untilMs: number;
  readonly resolve: (answer: Answer) => void;
  isLeaving: boolean;
  isDone: boolean;
}

export interface CoordinatorParts {
  readonly name: string;
  readonly timeline: Timeline;
  readonly log: SharedLog;
  readonly random: Random;
  readonly coverage: Coverage;
  /** What a fleet that it founds begins with. */
  readonly policy: Policy | null;
  /** Unique in the whole simulation. */
  readonly newId: (prefix: string) => string;
}

/** After these somebody may wait for what was not waited for before. */
const MAKES_LATE: ReadonlySet<FleetEvent['type']> = new Set([
  'lease.queued',
  'lease.granted',
  'policy.adopted',
  'names.folded',
  'agent.resumed',
  'agent.restored',
]);
const WATCH_AT_REST_MS = 600_000;
const BATCH_COMMANDS = 8;
const PLACE = 'place-1';

export class LightCoordinator {
  readonly #parts: CoordinatorParts;
  #state = emptyState();
  #queue: Pending[] = [];
  #parked = new Set<Parked>();
  /** Session -> when it was heard of here, where the log may not have it. */
  readonly #heard = new Map<string, number>();
  readonly #watched = new Map<string, number>();
  #isBusy = false;
  #isWatching = false;
  #sweepAt = Number.POSITIVE_INFINITY;
  #sweeps = 0;
  /** A crashed coordinator's events come to nothing: each life has a number. */
  #life = 0;
  #stalledUntilMs = 0;
  isUp = false;

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
  }

  get state(): FleetState {
    return this.#state;
  }

  /** Opens: the newest image that can be read, then the tail. */
  start(): void {
    const { log, random, newId } = this.#parts;
    this.isUp = true;
    this.#life += 1;
    this.#state = emptyState();
    for (const image of log.images.toReversed()) {
      const state = readImage(image.text);
      if (state === null || random.chance(0.2)) continue;
      this.#state = state;
      break;
    }
    this.#catchUp();
    const anchor: Command = {
      ...systemHead(newId('sys')),
      op: 'anchor',
      placeId: PLACE,
      bootId: 'b1',
      host: 'h',
      anchorAt: 0,
      anchorMonoMs: 0,
      why: 'start',
    };
    const { policy } = this.#parts;
    const founding = { ...systemHead(newId('sys')), op: 'found', fleetId: 'f1' } as const;
    if (this.#state.fleet === null) this.#submitOwn(policy === null ? founding : { ...founding, policy });
    if (this.#state.places.get(PLACE) === undefined) this.#submitOwn(anchor);
    this.#armSweep();
    this.#isWatching = false;
    this.#armWatch();
  }

  /** Everything it had in memory is gone, answers on their way included. */
  crash(): void {
    this.isUp = false;
    this.#parts.log.silences.out(this.#parts.name, this.#parts.timeline.nowMs);
    this.#heard.clear();
    this.#watched.clear();
    this.#life += 1;
    this.#queue = [];
    this.#parked = new Set();
    this.#isBusy = false;
    this.#sweepAt = Number.POSITIVE_INFINITY;
    this.#stalledUntilMs = 0;
  }

  /** Stopped like a process group at a random moment; goes on where it stood. */
  stall(ms: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#parts.timeline.nowMs + ms);
    this.#parts.log.silences.out(this.#parts.name, this.#stalledUntilMs);
  }

  /** Takes a call. The answer comes by `hear`, unless this coordinator crashes first. */
  submit(command: Command, hear: (spoken: Spoken) => void): CallHandle {
    const receivedMs = this.#parts.timeline.nowMs;
    const life = this.#life;
    let parked: Parked | null = null;
    let isDropped: 'cut' | 'cancelled' | null = null;
    const speak = (answer: Answer): void => {
      this.#do(life, 0, () => {
        const waitedMs = Math.floor(this.#parts.timeline.nowMs - receivedMs);
        hear({ answer, at: this.#now(), waitedMs, state: this.#state });
      });
    };
    const pending = this.#enqueue(command, (answer) => {
      if (isDropped !== null) return this.#undo(pending, answer, isDropped);
      if (!isWaiting(command) || !isQueued(answer)) return speak(answer);
      parked = this.#park(command, answer, speak);
    });
    const drop = (how: 'cut' | 'cancelled'): void => {
      isDropped ??= how;
      if (parked !== null) this.#leave(parked, how === 'cut' ? 'undelivered' : 'withdraw');
    };
    return {
      cut: () => this.#do(life, 0, () => drop('cut')),
      cancel: () => this.#do(life, 0, () => drop('cancelled')),
    };
  }

  saveImage(isTorn: boolean): void {
    const { log } = this.#parts;
    this.#catchUp();
    const text = JSON.stringify(exportState(this.#state));
    log.images.push({ seq: this.#state.position.seq, text: isTorn ? text.slice(0, text.length / 2) : text });
  }

  /** Its log is another one now: everything is read anew. */
  reopen(): void {
    const parked = [...this.#parked];
    this.#state = emptyState();
    this.#sweepAt = Number.POSITIVE_INFINITY;
    this.#catchUp();
    for (const call of parked) this.#look(call);
    this.#armSweep();
  }

  #enqueue(command: Command, resolve: (answer: Answer) => void): Pending {
    this.#parts.coverage.count('command', command.op);
    const pending = { command, receivedMs: this.#parts.timeline.nowMs, resolve, isSettled: false, seqBefore: 0 };
    this.#queue.push(pending);
    this.#wake();
    return pending;
  }

  #submitOwn(command: Command, resolve: (answer: Answer) => void = () => undefined): void {
    this.#enqueue(command, resolve);
  }

  #wake(): void {
    if (this.#isBusy || this.#queue.length === 0) return;
    this.#isBusy = true;
    this.#do(this.#life, this.#parts.random.between(0, 3), () => this.#turn());
  }

  /** Decides a batch and asks for it to be appended. */
  #turn(): void {
    const batch = this.#queue.splice(0, BATCH_COMMANDS);
    if (batch.length === 0) {
      this.#isBusy = false;
      return;
    }
    this.#catchUp();
    const moment = {
      at: this.#now(),
      wallAt: new Date(Date.UTC(2025, 10, 19, 22) + this.#parts.timeline.nowMs).toISOString(),
      stays: true,
    };
    settleDeadlines(this.#state, moment.at);
    const overlay = forkState(this.#state);
    const groups: (readonly FleetEvent[])[] = [];
    const decided = batch.map((pending) => {
      pending.seqBefore = overlay.position.seq;
      const decision = decide(overlay, pending.command, moment);
      const violation = checkDraft(overlay, decision.draft);
      if (violation !== null)
        throw new BrokenPromise(violation.invariant, `${violation.detail}, deciding ${pending.command.op}`);
      mergeState(overlay, decision.draft);
      const { command } = pending;
      const { answer } = decision;
      this.#parts.log.silences.decided({ command, answer, after: overlay, at: moment.at, by: this.#parts.name });
      if (this.#parts.random.chance(0.3)) checkRepeat(overlay, pending.command, decision.answer, moment);
      groups.push(...decision.groups);
      return { pending, answer: decision.answer, needs: groups.length };
    });
    for (const group of groups) checkGroup(group);
    for (const { pending, answer, needs } of decided) if (needs === 0) this.#settle(pending, answer);
    this.#appendParts({ groups, decided, overlay, from: 0, expected: this.#state.position.seq });
  }

  #appendParts(work: Work): void {
    const { random, log, newId, coverage } = this.#parts;
    if (work.from >= work.groups.length) {
      this.#finish(work.decided);
      return;
    }
    const left = work.groups.length - work.from;
    const take = left > 1 && random.chance(0.2) ? random.between(1, left - 1) : left;
    const events = work.groups.slice(work.from, work.from + take).flat();
    const id = newId('b');
    this.#do(this.#life, random.between(0, 4), () => {
      const isAppended = log.append(work.expected, id, events);
      if (!isAppended) coverage.count('fault', 'conflict');
      if (take < left) coverage.count('fault', 'batch cut between groups');
      const isLost = random.chance(0.05);
      if (isLost) coverage.count('fault', isAppended ? 'reply of an append lost' : 'reply of a conflict lost');
      this.#do(this.#life, random.between(0, 5), () => {
        // A lost reply is made up for by reading: the batch is there under its id, or it is not.
        const happened = isLost ? log.holds(id) : isAppended;
        if (happened) this.#appended(work, take, events);
        else this.#again(work.decided);
      });
    });
  }

  #appended(work: Work, take: number, events: readonly FleetEvent[]): void {
    const reached = work.from + take;
    const isWhole = work.from === 0 && reached === work.groups.length;
    if (isWhole && this.#state.position.seq === work.expected) {
      mergeState(this.#state, work.overlay);
      this.#parts.log.compare(this.#state);
      this.#folded(events);
    } else this.#catchUp();
    for (const { pending, answer, needs } of work.decided) if (needs <= reached) this.#settle(pending, answer);
    this.#appendParts({ ...work, from: reached, expected: events.at(-1)?.seq ?? work.expected });
  }

  /** A conflict: what was not answered is decided again, in front of what came later. */
  #again(decided: Work['decided']): void {
    const open = decided.map((each) => each.pending).filter((pending) => !pending.isSettled);
    this.#queue.unshift(...open);
    this.#turn();
  }

  #finish(decided: Work['decided']): void {
    for (const { pending, answer } of decided) this.#settle(pending, answer);
    this.#isBusy = false;
    this.#wake();
  }

  #settle(pending: Pending, answer: Answer): void {
    if (pending.isSettled) return;
    pending.isSettled = true;
    this.#parts.coverage.count(
      'command',
      `${pending.command.op}: ${isRejection(answer) ? answer.code : outcomeWord(answer)}`,
    );
    this.#noteHeard(pending.command, answer);
    pending.resolve(answer);
  }

  /** Remembers what was not recorded, and writes it down in time. */
  #noteHeard(command: Command, answer: Answer): void {
    if (command.by.kind !== 'session' || command.dryRun === true || !isSignOfWork(command, answer)) return;
    const at = this.#now();
    for (const session of this.#state.sessions.in('handle', command.by.handleHash)) {
      if (session.state !== 'live' || session.activeAt >= at) continue;
      this.#heard.set(session.sessionId, at);
      this.#watchHeard(session.sessionId);
    }
  }

  /** Once, for as long as it is not written down and somebody waits. */
  #watchHeard(sessionId: string): void {
    const session = this.#state.sessions.get(sessionId);
    const at = this.#heard.get(sessionId);
    if (at === undefined || session === undefined || session.activeAt >= at) this.#heard.delete(sessionId);
    if (at === undefined || session === undefined) return;
    const dueAt = lateRecordAt(this.#state, session, at);
    // A new policy may want it sooner than it is watched for.
    if ((this.#watched.get(sessionId) ?? Number.POSITIVE_INFINITY) <= dueAt) return;
    if (dueAt === Number.POSITIVE_INFINITY || this.#state.agents.get(session.agentId)?.lifecycle !== 'active') return;
    this.#watched.set(sessionId, dueAt);
    this.#do(this.#life, Math.max(20, dueAt - this.#now()), () => {
      const heard = [{ sessionId, at: this.#heard.get(sessionId) ?? at }];
      this.#submitOwn({ ...systemHead(this.#parts.newId('sys')), op: 'touch', sessionIds: [], heard }, (answer) => {
        if (isChange(answer)) this.#parts.coverage.count('case', LATE);
        this.#watched.delete(sessionId);
        this.#watchHeard(sessionId);
      });
    });
  }

  #catchUp(): void {
    for (const { events } of this.#parts.log.after(this.#state.position.seq)) {
      for (const event of events) apply(this.#state, event);
      this.#parts.log.compare(this.#state);
      this.#folded(events);
    }
  }

  #folded(events: readonly FleetEvent[]): void {
    if (events.some(({ type }) => MAKES_LATE.has(type)))
      for (const known of this.#heard.keys()) this.#watchHeard(known);
    for (const event of events) {
      for (const effect of react(event)) {
        if (effect.kind !== 'ticket') continue;
        for (const call of this.#parked) if (call.ticket === effect.ticket) this.#look(call);
      }
    }
    this.#armSweep();
    this.#armWatch();
  }

  #park(
    command: Command & { op: 'acquire' | 'await' },
    answer: AcquireReply & { readonly ticket: string },
    resolve: (answer: Answer) => void,
  ): Parked {
    const handleHash = command.by.kind === 'session' ? command.by.handleHash : '';
    const call: Parked = {
      ticket: answer.ticket,
      handleHash,
      untilMs: this.#parts.timeline.nowMs + command.waitMs,
      resolve,
      isLeaving: false,
      isDone: false,
    };
    this.#parked.add(call);
    this.#do(this.#life, command.waitMs, () => this.#leave(call, 'leave_wait'));
    this.#keepActive(call);
    this.#look(call);
    return call;
  }

  #look(call: Parked): void {
    if (call.isLeaving || call.isDone) return;
    const answer = answerOfTicket(this.#state, call.ticket, this.#now());
    if (!isQueued(answer)) {
      this.#end(call, answer);
      return;
    }
    if (answer.offeredUntil === null) return;
    call.isLeaving = true;
    const waitMs = Math.max(0, Math.floor(call.untilMs - this.#parts.timeline.nowMs));
    const claim: Command = { ...this.#headFor(call), op: 'await', ticket: call.ticket, waitMs };
    this.#enqueue(claim, (claimed) => {
      if (!isQueued(claimed) || waitMs === 0) {
        this.#end(call, claimed);
        return;
      }
      call.isLeaving = false;
      this.#look(call);
    });
  }

  #leave(call: Parked, op: 'leave_wait' | 'undelivered' | 'withdraw'): void {
    if (call.isLeaving || call.isDone) return;
    call.isLeaving = true;
    this.#enqueue({ ...this.#headFor(call), op, ticket: call.ticket }, (answer) => this.#end(call, answer));
  }

  #end(call: Parked, answer: Answer): void {
    if (call.isDone) return;
    call.isDone = true;
    this.#parked.delete(call);
    call.resolve(answer);
  }

  /** A call whose caller has gone was granted something: it becomes an offer, or is given back. */
  #undo({ command, seqBefore }: Pending, answer: Answer, how: 'cut' | 'cancelled'): void {
    if (isRejection(answer) || answer.op !== 'acquire' || command.by.kind !== 'session') return;
    // Granted before this call came, it may have been heard by an earlier reply, and is believed in.
    const isOlder = answer.leases.length > 0 && answer.leases.every((lease) => lease.token <= seqBefore);
    if (how === 'cut' && isOlder) return;
    const head = { by: command.by, requestId: this.#parts.newId('sys'), bodyHash: '' };
    if (answer.ticket !== null) {
      this.#enqueue(
        { ...head, op: how === 'cut' ? 'undelivered' : 'withdraw', ticket: answer.ticket },
        () => undefined,
      );
    } else if (how === 'cancelled' && answer.leases.length > 0 && answer.status === 'granted') {
      this.#enqueue(
        { ...head, op: 'release', leases: answer.leases.map(({ resource, token }) => ({ resource, token })) },
        () => undefined,
      );
    }
  }

  #keepActive(call: Parked): void {
    const session = [...this.#state.sessions.in('handle', call.handleHash)][0];
    if (call.isDone || session?.state !== 'live') return;
    const dueAt = activityDueAt(this.#state, session);
    this.#do(this.#life, Math.max(50, dueAt - this.#now()), () => {
      if (call.isDone) return;
      this.#submitOwn({ ...systemHead(this.#parts.newId('sys')), op: 'touch', sessionIds: [session.sessionId] }, () =>
        this.#keepActive(call),
      );
    });
  }

  #armSweep(): void {
    const dueAt = nextDeadline(this.#state);
    if (dueAt === null || dueAt >= this.#sweepAt) return;
    this.#sweepAt = dueAt;
    this.#sweeps += 1;
    const armed = this.#sweeps;
    const jitterMs = this.#parked.size > 0 ? 0 : this.#parts.random.between(0, 200);
    this.#do(this.#life, Math.max(20, dueAt - this.#now() + jitterMs), () => {
      // Another one that was due earlier took its place.
      if (armed !== this.#sweeps) return;
      this.#sweepAt = Number.POSITIVE_INFINITY;
      this.#catchUp();
      settleDeadlines(this.#state, this.#now());
      const isDue = (nextDeadline(this.#state) ?? Number.POSITIVE_INFINITY) <= this.#now();
      if (isDue) this.#submitOwn({ ...systemHead(this.#parts.newId('sys')), op: 'sweep' }, () => this.#armSweep());
      else this.#armSweep();
    });
  }

  /** Looks while somebody waits; otherwise now and then, so that a quiet night is over in reasonable time. */
  #armWatch(): void {
    if (this.#isWatching || !isWorthWatching(this.#state, this.#now())) return;
    this.#isWatching = true;
    const { random } = this.#parts;
    const inMs = this.#state.tickets.size > 0 ? random.between(400, 3_000) : WATCH_AT_REST_MS;
    this.#do(this.#life, inMs, () => {
      this.#isWatching = false;
      this.#catchUp();
      const { open, repeat, close, rescue } = alertChanges(this.#state, this.#now());
      const isFound = open.length + repeat.length + close.length > 0 || rescue;
      if (isFound) this.#submitOwn({ ...systemHead(this.#parts.newId('sys')), op: 'watch' }, () => this.#armWatch());
      else this.#armWatch();
    });
  }

  #headFor(call: Parked): { readonly by: Command['by']; readonly requestId: string; readonly bodyHash: string } {
    return { by: { kind: 'session', handleHash: call.handleHash }, requestId: this.#parts.newId('sys'), bodyHash: '' };
  }

  #now(): number {
    return Math.max(this.#state.position.at, Math.floor(this.#parts.timeline.nowMs));
  }

  /** Runs `step` after `ms` in this life, later if it is stalled then, never after a crash. */
  #do(life: number, ms: number, step: () => void): void {
    const { timeline } = this.#parts;
    timeline.after(ms, () => {
      if (life !== this.#life) return;
      if (timeline.nowMs < this.#stalledUntilMs) this.#do(life, this.#stalledUntilMs - timeline.nowMs, step);
      else step();
    });
  }
}

interface Work {
  readonly groups: readonly (readonly FleetEvent[])[];
  readonly decided: readonly { readonly pending: Pending; readonly answer: Answer; readonly needs: number }[];
  readonly overlay: FleetState;
  readonly from: number;
  readonly expected: number;
}

export function systemHead(requestId: string): {
  readonly by: { readonly kind: 'system'; readonly name: string };
  readonly requestId: string;
  readonly bodyHash: string;
} {
  return { by: { kind: 'system', name: 'simulation' }, requestId, bodyHash: '' };
}

/** The state of an image; null when it is torn. */
function readImage(text: string): FleetState | null {
  try {
    return importState(JSON.parse(text));
  } catch {
    return null; // a torn image is no image: an older one, or the log from its beginning
  }
}

function checkGroup(group: readonly FleetEvent[]): void {
  if (group.length <= LIMITS.groupEvents) return;
  throw new BrokenPromise('bounded groups', `${group.length} events in one group`);
}

function isChange(answer: Answer): boolean {
  return !isRejection(answer) && answer.op === 'done' && answer.changed;
}

function isWaiting(command: Command): command is Command & { op: 'acquire' | 'await' } {
  return (command.op === 'acquire' || command.op === 'await') && command.waitMs > 0 && command.dryRun !== true;
}

function isQueued(answer: Answer): answer is AcquireReply & { readonly ticket: string } {
  return !isRejection(answer) && answer.op === 'acquire' && answer.status === 'queued' && answer.ticket !== null;
}

function outcomeWord(answer: Exclude<Answer, { code: string }>): string {
  if (answer.op === 'recover') return answer.resumed ? 'resumed' : 'refused';
  if (answer.op === 'lifecycle' || answer.op === 'adopt_policy') return answer.changed ? 'changed' : 'same';
  return answer.op === 'acquire' ? answer.status : 'ok';
}
