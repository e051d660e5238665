// An agent of this very process: what it asks goes to the seat, and what it hears is in the words that every surface uses.

import type { Call } from '../app/seat/call.ts';
import type { Seat } from '../app/seat/seat.ts';
import type { SeatOutcome } from '../app/seat/seat-outcome.ts';
import type {
  AcquireOptions,
  Agent,
  Checked,
  CheckedIn,
  CheckIn,
  Identity,
  Lease,
  LeaseRef,
  Letter,
  Mail,
  Messages,
  Notice,
  PutCondition,
  ReadOptions,
  Registration,
  SharedState,
  StateEntry,
} from '../client/agent.ts';
import { BrigadeError } from '../client/brigade-error.ts';
import { type Granted, HeldLease, type LeaseDoor } from '../client/held-lease.ts';
import { guardOf } from '../client/lease-guard.ts';
import { type Line, type LineAnswer, waitInLine } from '../client/line.ts';
import { clock } from '../compose.ts';
import { LIMITS } from '../core/limits.ts';
import { isRejection, type Rejection } from '../core/rejection.ts';
import type { AcquireReply, Reply } from '../core/reply.ts';
import { type Replied, spokenAcquire, spokenCheck, spokenNotices, spokenRejection } from '../surface/answer/spoken.ts';
import { spokenCheckIn } from '../surface/answer/spoken-governance.ts';
import { spokenMail } from '../surface/answer/spoken-messages.ts';

export interface LibraryAgentParts {
  readonly seat: Seat;
  /** The program's own agent, which calls without a handle are made for; else one beside it. */
  readonly isOwn: boolean;
  readonly onNotice: (notice: Notice) => void;
}

/** Nobody sees the processes of others from here; who is in the way is named all the same. */
const NO_PRESENCES = new Map<string, never>();

export class LibraryAgent implements Agent {
  readonly state: SharedState;
  readonly messages: Messages;
  readonly #seat: Seat;
  readonly #isOwn: boolean;
  readonly #onNotice: (notice: Notice) => void;
  readonly #held = new Set<HeldLease>();
  readonly #door: LeaseDoor;
  #identity: Identity | null = null;
  #closing: Promise<void> | null = null;

  constructor({ seat, isOwn, onNotice }: LibraryAgentParts) {
    this.#seat = seat;
    this.#isOwn = isOwn;
    this.#onNotice = onNotice;
    this.state = {
      get: (key) => this.#getState(key),
      put: (key, value, condition) => this.#put(key, value, condition),
    };
    this.messages = { send: (letter) => this.#send(letter), read: (options) => this.#read(options) };
    this.#door = {
      time: clock,
      renew: (leases) => this.#renew(leases),
      check: (lease) => this.check(lease),
      release: (leases) => this.release(leases),
    };
  }

  async who(): Promise<Identity> {
    return this.#identity ?? this.enrol({});
  }

  /** Registers under what is asked. */
  async enrol(asked: Registration): Promise<Identity> {
    const { answer, handle, ...outcome } = await this.#seat.register(asked, this.#call());
    const { agentId, sessionId } = this.#reply({ ...outcome, answer });
    this.#identity = { agentId, sessionId, session: handle };
    return this.#identity;
  }

  async acquire(resources: string | readonly string[], options: AcquireOptions = {}): Promise<Lease> {
    const { waitMs, signal, renews = true, ...wish } = options;
    const asked = { ...wish, resources: typeof resources === 'string' ? [resources] : resources };
    const cancelled = signal === undefined ? {} : { cancelled: signal };
    const line: Line = {
      ask: (ms) =>
        this.#inLine(signal, (call) => this.#seat.acquire({ ...asked, waitMs: ms }, { ...call, ...cancelled })),
      goOn: (ticket, ms) =>
        this.#inLine(signal, (call) => this.#seat.await({ ticket, waitMs: ms }, { ...call, ...cancelled })),
      withdraw: async (ticket) => void (await this.#seat.withdraw(ticket, this.#call())),
    };
    const patience = { time: clock, waitMs, signal, sliceMs: LIMITS.waitMaxMs };
    return this.#hold(await waitInLine(line, patience), renews);
  }

  async renew(leases: readonly LeaseRef[], options: { readonly ttlMs?: number } = {}): Promise<void> {
    this.#reply(await this.#seat.renew({ leases: leases.map(refOf), ...options }, this.#call()));
  }

  async release(leases: readonly LeaseRef[] | 'all'): Promise<void> {
    this.#reply(await this.#seat.release(leases === 'all' ? leases : leases.map(refOf), this.#call()));
  }

  async check(lease: LeaseRef): Promise<Checked> {
    const { holds, holder, currentToken } = spokenCheck(
      this.#replied(await this.#seat.check(refOf(lease), this.#call())),
    );
    return { holds, holder, currentToken };
  }

  async checkIn(report: CheckIn): Promise<CheckedIn> {
    const told = spokenCheckIn(this.#replied(await this.#seat.governance.checkIn(report, this.#call())));
    const { checkInId, verdict, reasons, next } = told;
    return { checkInId, verdict, reasons, next };
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Nothing more is renewed: whoever holds the seat leaves it for everybody. */
  abandon(): void {
    for (const lease of Array.from(this.#held)) lease.abandon();
  }

  async #leave(): Promise<void> {
    this.abandon();
    if (this.#identity !== null) await this.#seat.closeSession(this.#call());
  }

  #call(): Call {
    return this.#isOwn ? {} : { session: this.#identity?.session ?? undefined };
  }

  async #inLine(
    signal: AbortSignal | undefined,
    ask: (call: Call) => Promise<SeatOutcome<AcquireReply>>,
  ): Promise<LineAnswer> {
    const sentMs = clock.monotonicMs();
    const outcome = await ask(this.#call());
    // Its place is given up already, and what it was granted is given back.
    signal?.throwIfAborted();
    return { ...spokenAcquire(this.#replied(outcome), NO_PRESENCES), sentMs } as LineAnswer;
  }

  async #renew(leases: readonly LeaseRef[]): Promise<Granted> {
    const sentMs = clock.monotonicMs();
    const replied = this.#replied(await this.#seat.renew({ leases }, this.#call()));
    return { ...spokenAcquire(replied, NO_PRESENCES), sentMs } as Granted;
  }

  #hold(granted: Granted, renews: boolean): Lease {
    const lease = new HeldLease(granted, {
      door: this.#door,
      renews,
      onEnd: (ended) => void this.#held.delete(ended),
    });
    this.#held.add(lease);
    return lease;
  }

  async #getState(key: string): Promise<StateEntry | null> {
    const { view, worktree } = await this.#seat.view({ kind: 'state', key }, this.#call());
    if (isRejection(view)) throw errorOf(view, { at: 0, worktree });
    const [entry] = view.items;
    if (entry === undefined) return null;
    const { value, version, author, at } = entry;
    // Whoever asked may change it; what the fleet has stays as it is.
    return { key, value: structuredClone(value), version, author, at };
  }

  async #put(key: string, value: unknown, condition: PutCondition): Promise<number> {
    const own = 'ifVersion' in condition ? { ifVersion: condition.ifVersion } : refOf(guardOf(condition));
    return this.#reply(await this.#seat.putState({ key, value, condition: own }, this.#call())).version;
  }

  async #send({ type, ...letter }: Letter): Promise<string> {
    return this.#reply(await this.#seat.messages.send({ ...letter, kind: type }, this.#call())).messageId;
  }

  async #read({ signal, ...asked }: ReadOptions = {}): Promise<Mail> {
    const outcome = await this.#seat.messages.read(asked, { ...this.#call(), cancelled: signal });
    signal?.throwIfAborted();
    return spokenMail(this.#replied(outcome));
  }

  #reply<R extends Reply>(outcome: SeatOutcome<R>): R {
    return this.#replied(outcome).answer;
  }

  /** Hands on what the agent must know. Throws what was refused. */
  #replied<R extends Reply>(outcome: SeatOutcome<R>): Replied<R> {
    for (const notice of spokenNotices(outcome)) this.#onNotice(notice);
    const { answer } = outcome;
    if (isRejection(answer)) throw errorOf(answer, outcome);
    const { registered } = outcome;
    if (registered !== null && this.#identity === null) {
      // The first call that needed a session made one; its handle is of no use to anybody else.
      this.#identity = { agentId: registered.agentId, sessionId: registered.sessionId, session: null };
    }
    return { ...outcome, answer };
  }
}

function errorOf(rejection: Rejection, outcome: { readonly at: number; readonly worktree: string }): BrigadeError {
  return new BrigadeError(spokenRejection(rejection, outcome, NO_PRESENCES));
}

function refOf({ resource, token }: LeaseRef): LeaseRef {
  return { resource, token };
}
