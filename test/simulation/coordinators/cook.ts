// An agent of the simulation: a careful client of whichever coordinator it talks to. It sends calls, loses replies,
// repeats them with the same requestId, stalls, vanishes, and uses tokens that are old or not its own. It believes in a
// lease exactly as long as a reply allows, and judges every reply against the log.

import { nodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import { bodyHash } from '../../../src/app/body-hash.ts';
import type { Outcome } from '../../../src/app/coordinator.ts';
import type { Caller, Command, LeaseRef } from '../../../src/core/command.ts';
import type { Attachment, Mode } from '../../../src/core/event.ts';
import { isRejection } from '../../../src/core/rejection.ts';
import type { Answer, LeaseFacts, RegisterReply, Reply } from '../../../src/core/reply.ts';
import type { Place } from '../../../src/ports/place.ts';
import type { Random } from '../../support/random.ts';
import { BrokenPromise } from '../../support/witness.ts';
import type { SimProcess } from './agenda.ts';
import { expectLogged, expectSameEffect } from './judge.ts';
import type { Station, World } from './world.ts';

/** What a command says besides who says it and under which id. */
type Ask = {
  [Op in Command['op']]: Omit<Extract<Command, { op: Op }>, 'by' | 'requestId' | 'bodyHash'>;
}[Command['op']];

/** A call on its way. */
export interface Call {
  readonly command: Command;
  readonly station: Station;
  readonly sentMs: number;
  readonly sessionId: string;
  /** How often the log had been begun anew when it was sent. */
  readonly epochs: number;
  readonly cut: AbortController;
  readonly cancelled: AbortController;
  /** The caller does not listen any more. */
  isUnheard: boolean;
  isSettled: boolean;
  readonly onHeard: (answer: Answer | null, outcome: Outcome | null) => void;
}

/** Of a command that was sent before. */
export interface Again {
  readonly sessionId?: string;
  /** The first reply to it. */
  readonly first?: Reply;
}

export interface Seat {
  readonly agentId: string;
  readonly sessionId: string;
  readonly handleHash: string;
}

export interface HeldLease extends LeaseRef {
  readonly mode: Mode;
  readonly sessionId: string;
}

/** Longest time a call may take besides its wait: two decisions on the way in, one on the way out, each with its deadline. */
const CALL_BOUND_MS = 60_000;

export class Cook {
  readonly name: string;
  readonly world: World;
  readonly random: Random;
  readonly process: SimProcess;
  station: Station;
  seat: Seat | null = null;
  /** What replies said it holds; some of it may have ended since. */
  held: HeldLease[] = [];
  tickets: string[] = [];
  readonly calls = new Set<Call>();
  /** It was told so, and was not told since that it goes on. */
  isPaused = false;
  /** Agent it acted for -> the last message that it heard. */
  readonly cursors = new Map<string, number>();
  /** Calls that may be repeated, with the first reply that came. */
  readonly past: {
    readonly command: Command;
    readonly first: Reply;
    readonly sessionId: string;
    readonly epochs: number;
  }[] = [];
  isRegistering = false;
  /** Of its last session. */
  lastHandle: string | null = null;
  /** Processes that are known to act for its session. */
  readonly attachments = new Set<SimProcess>();
  /** Where its own process runs, whichever coordinator it talks to. */
  readonly #home: Place;
  /** Its clock runs slower than the machine's by so much, at most a thousandth: it believes longer than it was told. */
  readonly #slowness: number;
  #noticesSeen = 0;
  #asked = 0;
  /** Resource -> replies to calls sent until then are not believed: they may be older than giving it up. */
  readonly #gaveUpMs = new Map<string, number>();
  /** Tokens that a call of its own may end at any time. */
  readonly #given = new Set<number>();
  #givenAllMs = Number.NEGATIVE_INFINITY;
  /** Resource -> calls that may still give it back. */
  readonly #unsettled = new Map<string, Set<Call>>();
  readonly #asksOf = new Map<string, readonly string[]>();

  constructor(world: World, station: Station, name: string, random: Random) {
    this.world = world;
    this.station = station;
    this.name = name;
    this.random = random;
    this.#home = station.at.place;
    this.#slowness = 1 + random.next() / 1_000;
    this.process = station.at.processes.start(world.agenda, name);
  }

  get isGone(): boolean {
    return this.process.isGone;
  }

  register(agentId: string | null, resumeHandleHash: string | null, isOwnProcess: boolean): void {
    const handleHash = this.#fresh('handle');
    const process = isOwnProcess ? this.process : this.station.process;
    this.isRegistering = true;
    const by: Caller = { kind: 'system', name: 'simulation' };
    const command: Command = {
      op: 'register',
      by,
      requestId: this.#fresh('reg'),
      bodyHash: '',
      agentId,
      purpose: agentId === null ? 'stirring' : null,
      client: 'sim',
      user: 'cook',
      stamp: '20251119_2325',
      onTaken: this.random.chance(0.8) ? 'sibling' : 'refuse',
      tags: [],
      notes: '',
      resumeHandleHash,
      clientSession: null,
      transport: 'process',
      worktree: 'w1',
      root: '/w',
      foldsCase: false,
      attachment: this.attachmentOf(process),
      freshSessionId: this.#fresh('ses'),
      freshHandleHash: handleHash,
      joinTokenHash: null,
      asPaused: this.random.chance(0.5),
    };
    this.send(command, this.station, (answer) => {
      this.isRegistering = false;
      if (answer === null || isRejection(answer) || answer.op !== 'register') return;
      this.#sitDown(answer, handleHash, process);
    });
  }

  attachmentOf(process: SimProcess): Attachment {
    const { pid, startTime } = process;
    const { placeId } = process === this.process ? this.#home : this.station.at.place;
    return { attachmentId: this.#fresh('att'), placeId, pid, startTime, kind: 'mcp' };
  }

  /** Asks as the session; does nothing without one. */
  ask(ask: Ask, onHeard: Call['onHeard'] = () => undefined, station = this.station): Call | null {
    if (this.seat === null) return null;
    const by: Caller = { kind: 'session', handleHash: this.seat.handleHash, noticesSeen: this.#noticesSeen };
    const body = bodyHash(nodeHasher, ask);
    const command = { ...ask, by, requestId: this.#fresh('req'), bodyHash: body } as Command;
    return this.send(command, station, onHeard);
  }

  /** Sends a command, perhaps one that was sent before. */
  send(command: Command, station: Station, onHeard: Call['onHeard'], again: Again = {}): Call {
    const { agenda } = this.world;
    const sentMs = agenda.nowMs;
    const { sessionId = this.seat?.sessionId ?? '', first = null } = again;
    const [cut, cancelled] = [new AbortController(), new AbortController()];
    const call: Call = {
      command,
      station,
      sentMs,
      sessionId,
      epochs: this.world.observer.epochs.length,
      cut,
      cancelled,
      isUnheard: false,
      isSettled: false,
      onHeard,
    };
    this.calls.add(call);
    this.world.tell(`${this.name} asks ${station.name}: ${inShort(command)}`);
    // Nobody may be there to take it.
    if (station.process.isGone) this.process.after(1, () => this.lost(station));
    station.process.after(this.random.between(0, 3), () => void this.#deliver(call, first));
    return call;
  }

  /** The call has arrived at the coordinator, and its answer comes back some time. */
  async #deliver(call: Call, first: Reply | null): Promise<void> {
    const { agenda, coverage, observer } = this.world;
    const { command, station, cut, cancelled, sessionId } = call;
    const { process, coordinator } = station;
    const arrivedMs = agenda.nowMs - process.idleMs;
    try {
      const outcome = await coordinator.submit(command, { cut: cut.signal, cancelled: cancelled.signal });
      const { answer } = outcome;
      call.isSettled = true;
      this.#settle(call);
      coverage.count('answer', isRejection(answer) ? answer.code : wordOf(answer));
      this.#expectInTime(command, agenda.nowMs - process.idleMs - arrivedMs);
      expectLogged(observer, command, answer, sessionId);
      if (command.dryRun !== true) this.#expectDurable(outcome);
      this.process.after(this.random.between(0, 3), () => this.#hear(call, outcome, first));
    } catch (error) {
      this.world.fail(error);
    }
  }

  /** Gives a lease up before anybody else can be told. */
  giveUp({ resource, token }: LeaseRef): void {
    this.#given.add(token);
    this.#block(resource);
    if (this.seat !== null) this.world.beliefs.giveUp(this.seat.sessionId, resource);
  }

  /** Until `untilMs` nothing is believed in. */
  giveUpAll(untilMs = this.world.agenda.nowMs): void {
    this.#givenAllMs = untilMs;
    if (this.seat !== null) this.world.beliefs.forgetSession(this.seat.sessionId);
    this.held = [];
  }

  /** What `call` was asking for may be given back behind our back, until it is known to be over. */
  giveUpUntilSettled(call: Call, resources: readonly string[]): void {
    for (const resource of resources) {
      const pending = this.#unsettled.get(resource) ?? new Set();
      this.#unsettled.set(resource, pending.add(call));
      if (this.seat !== null) this.world.beliefs.giveUp(this.seat.sessionId, resource);
    }
  }

  /** One process less acts for its session. */
  detached(process: SimProcess): void {
    if (this.attachments.delete(process) && this.attachments.size === 0) this.leave();
  }

  resourcesOf(ticket: string): readonly string[] {
    return this.#asksOf.get(ticket) ?? [];
  }

  /** Its session ends, or may have ended. */
  leave(): void {
    this.giveUpAll();
    this.seat = null;
    this.tickets = [];
    this.attachments.clear();
    this.#unsettled.clear();
  }

  /** Whatever was on its way to this station is lost with it. */
  lost(station: Station): void {
    for (const call of this.calls) {
      if (call.station !== station) continue;
      this.calls.delete(call);
      if (!call.isSettled) call.onHeard(null, null);
    }
  }

  /** Kill -9 of the agent itself. */
  vanish(): void {
    this.process.end();
    this.leave();
  }

  #sitDown({ agentId, sessionId }: RegisterReply, handleHash: string, process: SimProcess): void {
    this.leave();
    this.seat = { agentId, sessionId, handleHash };
    this.lastHandle = handleHash;
    this.attachments.clear();
    // A process that died while the reply was on its way has taken the session with it.
    this.attachments.add(process);
    if (process.isGone) this.detached(process);
    this.held = [];
    this.tickets = [];
    this.#noticesSeen = 0;
    this.#givenAllMs = this.world.agenda.nowMs - 1;
  }

  #hear(call: Call, outcome: Outcome, first: Reply | null): void {
    const isExpected = this.calls.delete(call);
    if (call.isUnheard || !isExpected) return;
    const { answer, notices } = outcome;
    this.world.tell(`${this.name} hears: ${inShort(answer)} ${JSON.stringify(outcome.safeForMs)}`);
    const isMine = this.seat !== null && call.sessionId === this.seat.sessionId;
    if (isMine) this.#hearOfPause(answer, notices);
    if (isMine) this.#noticesSeen = Math.max(this.#noticesSeen, ...notices.map((notice) => notice.seq));
    if (isRejection(answer)) this.#hearRejection(call, answer.code);
    else {
      this.#remember(call, answer, first);
      if (isMine) this.#believe(call, answer, outcome);
    }
    call.onHeard(answer, outcome);
  }

  /** What is heard twice is the same; unless the log was lost meanwhile, and what it held with it. */
  #remember({ command, sessionId, epochs }: Call, answer: Reply, first: Reply | null): void {
    if (epochs !== this.world.observer.epochs.length) return;
    if (first !== null) expectSameEffect(command, first, answer);
    else if (command.dryRun !== true) this.past.push({ command, first: answer, sessionId, epochs });
  }

  #hearOfPause(answer: Answer, notices: Outcome['notices']): void {
    for (const { kind } of notices) if (kind === 'paused' || kind === 'resumed') this.isPaused = kind === 'paused';
    if (isRejection(answer)) this.isPaused ||= answer.code === 'AGENT_PAUSED';
    else if (answer.op === 'check_in') this.isPaused = answer.verdict === 'pause';
    else if (answer.op === 'acquire' || (answer.op === 'recover' && answer.resumed)) this.isPaused = false;
  }

  #settle(call: Call): void {
    for (const [resource, pending] of this.#unsettled) {
      if (!pending.delete(call) || pending.size > 0) continue;
      this.#unsettled.delete(resource);
      this.#block(resource);
    }
  }

  #hearRejection(call: Call, code: string): void {
    if (code === 'INTERNAL' || code === 'REQUEST_REUSED')
      throw new BrokenPromise('answer', `${code} to ${JSON.stringify(call.command)}`);
    const isEnded = code === 'CREDENTIAL_WRONG' || code === 'CREDENTIAL_REQUIRED';
    if (isEnded && this.seat?.sessionId === call.sessionId && call.sessionId !== '') this.leave();
  }

  #believe(call: Call, answer: Reply, { waitedMs, safeForMs }: Outcome): void {
    if (call.command.dryRun === true) return;
    if (answer.op === 'acquire' && answer.ticket !== null) this.#keepTicket(answer.ticket, call.command);
    for (const lease of leasesIn(answer, call.sessionId)) {
      const { token, resource, mode } = lease;
      this.#hold({ token, resource, mode, sessionId: call.sessionId });
      const safeMs = safeForMs[token] ?? 0;
      if (safeMs === 0 || !this.#mayBelieve(call, lease)) continue;
      const untilMs = call.sentMs + (waitedMs + safeMs) * this.#slowness;
      this.world.beliefs.believe(
        { sessionId: call.sessionId, resource, mode, token, untilMs },
        this.world.agenda.nowMs,
      );
    }
  }

  #mayBelieve(call: Call, { resource, token }: LeaseFacts): boolean {
    if (this.#given.has(token) || call.sentMs <= this.#givenAllMs || this.#unsettled.has(resource)) return false;
    return call.sentMs > (this.#gaveUpMs.get(resource) ?? Number.NEGATIVE_INFINITY);
  }

  #hold(lease: HeldLease): void {
    if (!this.held.some((known) => known.token === lease.token)) this.held.push(lease);
    if (this.held.length > 30) this.held.shift();
  }

  #keepTicket(ticket: string, command: Command): void {
    if (command.op === 'acquire') this.#asksOf.set(ticket, command.resources);
    if (!this.tickets.includes(ticket)) this.tickets.push(ticket);
    if (this.tickets.length > 10) this.tickets.shift();
  }

  #block(resource: string): void {
    this.#gaveUpMs.set(resource, this.world.agenda.nowMs);
  }

  #expectInTime(command: Command, tookMs: number): void {
    const waitMs = 'waitMs' in command ? command.waitMs : 0;
    if (tookMs > waitMs + CALL_BOUND_MS)
      this.world.fail(new BrokenPromise('no call hangs', `${command.op} with waitMs ${waitMs} took ${tookMs} ms`));
  }

  /** Nobody is told of anything that a power loss could undo. */
  #expectDurable({ answer, notices }: Outcome): void {
    const leases = isRejection(answer) || answer.op !== 'acquire' ? [] : answer.leases;
    const told = Math.max(0, ...leases.map((lease) => lease.token), ...notices.map((notice) => notice.seq));
    const { durableSeq } = this.world.disk;
    if (told > durableSeq)
      this.world.fail(
        new BrokenPromise(
          'durable before told',
          `${isRejection(answer) ? answer.code : answer.op} told of ${told}, safe is ${durableSeq}`,
        ),
      );
  }

  #fresh(what: string): string {
    this.#asked += 1;
    return `${what}-${this.name}-${this.#asked}`;
  }
}

function wordOf(answer: Reply): string {
  if (answer.op === 'recover') return answer.resumed ? 'recover: resumed' : 'recover: refused';
  if (answer.op === 'read_messages' && answer.messages.length === 0) return 'read_messages: nothing';
  return answer.op;
}

function inShort(said: object): string {
  const dropped = new Set(['by', 'bodyHash', 'message', 'next', 'details', 'blockedBy']);
  return JSON.stringify(said, (key, value: unknown) => (dropped.has(key) ? undefined : value));
}

/** Leases of this session; a check tells of everybody's. */
function leasesIn(answer: Reply, sessionId: string): readonly LeaseFacts[] {
  if (answer.op === 'acquire') return answer.leases;
  if (answer.op === 'check')
    return answer.lease === null || answer.holder?.sessionId !== sessionId ? [] : [answer.lease];
  return answer.op === 'answer_handoff' && answer.lease !== null ? [answer.lease] : [];
}
