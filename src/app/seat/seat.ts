// A seat: one client session's standing in a fleet, as MCP over stdio and the command line have it, or that of everybody who
// calls over HTTP. It turns plain arguments into commands, and finds for each call the session it is made for:
//
//   a call that shows a handle     that session, and no other
//   a mutating call without one    the default session; the first such call registers or resumes it
//   a read without one             registers nobody
//
// Every method answers; none throws for what a caller did, or for trouble with the log or the state folder.

import type { LeaseRef, RescueCommand } from '../../core/command.ts';
import type { Mode } from '../../core/event.ts';
import { LIMITS } from '../../core/limits.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type * as replies from '../../core/reply.ts';
import { keyFromDescription, type ResourceKey, worktreeIn } from '../../core/resource/resource-key.ts';
import { plainValue } from '../../core/state/plain-value.ts';
import type { Query, ViewOf } from '../../core/view/views.ts';
import { bodyHash } from '../body-hash.ts';
import type { FeedEvent } from '../coordinator.ts';
import { canonicalResource } from '../resource/canonical-resource.ts';
import type { Call } from './call.ts';
import { GovernanceCalls } from './governance-calls.ts';
import { isWorktreeId, keysOf, leaseRefsOf, type ReadName } from './lease-names.ts';
import { MessageCalls } from './message-calls.ts';
import type { Occupant, Worktree } from './occupant.ts';
import { type RegisterArguments, registerAgent, type SeatRegistration } from './register-agent.ts';
import { type Acting, refused, type SeatOutcome, type SeatView, wrongHandle } from './seat-outcome.ts';
import type { SeatPorts } from './seat-ports.ts';
import { type Body, SessionCalls } from './session-calls.ts';

export interface AcquireArguments {
  /** As the caller wrote them: `src/a.ts`, `file:src/`, `task:review` ... */
  readonly resources: readonly string[];
  readonly waitMs: number;
  readonly mode?: Mode | undefined;
  readonly ttlMs?: number | undefined;
  readonly reason?: string | undefined;
  readonly priority?: number | undefined;
}

export type PutCondition = { readonly ifVersion: number } | LeaseRef;

export class Seat {
  /** What its agent says of its own work. */
  readonly governance: GovernanceCalls;
  /** What it writes to others, and what they write to it. */
  readonly messages: MessageCalls;
  readonly #ports: SeatPorts;
  readonly #occupant: Occupant;
  readonly #calls: SessionCalls;
  readonly #read: ReadName;

  constructor(ports: SeatPorts, occupant: Occupant) {
    this.#ports = ports;
    this.#occupant = occupant;
    this.#calls = new SessionCalls(ports, occupant);
    this.governance = new GovernanceCalls(this.#calls, ports.hasher);
    this.messages = new MessageCalls(this.#calls, (name, worktree) => this.#keyIn(name, worktree));
    this.#read = (name, { id, root }) =>
      canonicalResource(
        name,
        { worktree: id, root, cwd: occupant.folder ?? root, isWorktree: isWorktreeId },
        ports.prober,
      );
  }

  /** The worktree from which names are seen where no session says another one. */
  get worktree(): string {
    return this.#occupant.worktree.id;
  }

  /** Names the default session, or opens a further one; see `registerAgent`. */
  async register(asked: RegisterArguments, call: Call = {}): Promise<SeatRegistration> {
    try {
      const parts = { ports: this.#ports, occupant: this.#occupant, sessions: this.#calls.sessions };
      return await registerAgent(parts, asked, this.#calls.whole(call));
    } catch (error) {
      return { ...this.#calls.failed(error), handle: null };
    }
  }

  acquire(asked: AcquireArguments, call: Call = {}): Promise<SeatOutcome<replies.AcquireReply>> {
    const { resources, waitMs, mode = 'exclusive', ttlMs = LIMITS.ttlMs, reason = '', priority = 0 } = asked;
    return this.#calls.act('acquire', call, {
      asked: { op: 'acquire', resources, mode, ttlMs, reason, priority },
      body: async (worktree) => {
        const keys = await keysOf(resources, worktree, this.#read);
        return isRejection(keys) ? keys : { op: 'acquire', resources: keys, mode, waitMs, ttlMs, reason, priority };
      },
    });
  }

  /** Goes on waiting with a ticket, or claims its offer. */
  await(
    asked: { readonly ticket: string; readonly waitMs: number },
    call: Call = {},
  ): Promise<SeatOutcome<replies.AcquireReply>> {
    const { ticket, waitMs } = asked;
    return this.#calls.act('acquire', call, {
      asked: { op: 'await', ticket },
      body: () => ({ op: 'await', ticket, waitMs }),
    });
  }

  renew(
    asked: { readonly leases: readonly LeaseRef[]; readonly ttlMs?: number | undefined },
    call: Call = {},
  ): Promise<SeatOutcome<replies.AcquireReply>> {
    const { leases, ttlMs = null } = asked;
    return this.#calls.act('acquire', call, {
      asked: { op: 'renew', leases, ttlMs },
      body: (worktree) => this.#withLeases(leases, worktree, (found) => ({ op: 'renew', leases: found, ttlMs })),
    });
  }

  release(leases: readonly LeaseRef[] | 'all', call: Call = {}): Promise<SeatOutcome<replies.ReleaseReply>> {
    return this.#calls.act('release', call, {
      asked: { op: 'release', leases },
      body: (worktree) =>
        leases === 'all'
          ? { op: 'release', leases }
          : this.#withLeases(leases, worktree, (found) => ({ op: 'release', leases: found })),
    });
  }

  withdraw(ticket: string, call: Call = {}): Promise<SeatOutcome<replies.WithdrawReply>> {
    return this.#calls.act('withdraw', call, {
      asked: { op: 'withdraw', ticket },
      body: () => ({ op: 'withdraw', ticket }),
    });
  }

  handOff(asked: LeaseRef & { readonly to: string }, call: Call = {}): Promise<SeatOutcome<replies.HandOffReply>> {
    const { resource, token, to } = asked;
    return this.#calls.act('hand_off', call, {
      asked: { op: 'hand_off', resource, token, to },
      body: (worktree) => this.#withLease({ resource, token }, worktree, (found) => ({ op: 'hand_off', ...found, to })),
    });
  }

  answerHandoff(
    asked: { readonly offer: string; readonly answer: 'accept' | 'decline' },
    call: Call = {},
  ): Promise<SeatOutcome<replies.AnswerHandoffReply>> {
    const body = { op: 'answer_handoff', offer: asked.offer, answer: asked.answer } as const;
    return this.#calls.act('answer_handoff', call, { asked: body, body: () => body });
  }

  /** Acts on a finding of a diagnosis. A dry run registers nobody. */
  rescue(
    asked: Pick<RescueCommand, 'finding' | 'reason' | 'do' | 'to'>,
    call: Call = {},
  ): Promise<SeatOutcome<replies.RescueReply>> {
    const body = { op: 'rescue', ...asked } as const;
    const plan = { asked: body, body: () => ({ ...body, seen: [] }) };
    return call.dryRun === true ? this.#calls.ask('rescue', call, plan) : this.#calls.act('rescue', call, plan);
  }

  /** Ends the session that the call shows, and with it everything it holds and waits for. */
  closeSession(call: Call = {}): Promise<SeatOutcome<replies.DoneReply>> {
    const body = { op: 'close_session', why: 'it was closed by its agent' } as const;
    return this.#calls.ask('done', call, { asked: body, body: () => body });
  }

  /** Does the token hold? Registers nobody; asked by a session that is there, it is a use of its lease. */
  check(lease: LeaseRef, call: Call = {}): Promise<SeatOutcome<replies.CheckReply>> {
    return this.#calls.ask('check', call, {
      asked: { op: 'check', ...lease },
      body: (worktree) => this.#withLease(lease, worktree, (found) => ({ op: 'check', ...found })),
    });
  }

  putState(
    asked: { readonly key: string; readonly value: unknown; readonly condition: PutCondition },
    call: Call = {},
  ): Promise<SeatOutcome<replies.PutStateReply>> {
    const { key, condition } = asked;
    const plain = plainValue(asked.value);
    if ('flaw' in plain) return Promise.resolve(refused(plain.flaw, this.worktree));
    const { value } = plain;
    return this.#calls.act('put_state', call, {
      asked: { op: 'put_state', key, value, condition },
      body: (worktree) =>
        'ifVersion' in condition
          ? { op: 'put_state', key, value, condition }
          : this.#withLease(condition, worktree, (found) => ({ op: 'put_state', key, value, condition: found })),
    });
  }

  /** Writes down what its agent knows of an incident. */
  noteIncident(
    asked: { readonly incident: number; readonly text: string },
    call: Call = {},
  ): Promise<SeatOutcome<replies.DoneReply>> {
    const body = { op: 'note_incident', incident: asked.incident, text: asked.text } as const;
    return this.#calls.act('done', call, { asked: body, body: () => body });
  }

  /** A view of the fleet. Registers nobody; for a known session it counts as activity and brings its notices. */
  async view<Q extends Query>(query: Q, call: Call = {}): Promise<SeatView<ViewOf<Q>>> {
    try {
      const view = await this.#ports.coordinator.view(query);
      const reader = await this.#calls.sessions.reader(this.#calls.whole(call).session);
      const worktree = (reader?.facts.worktree ?? this.#occupant.worktree).id;
      if (reader === null) return { view, notices: [], worktree };
      const session = await this.#ports.coordinator.view({ kind: 'session', handleHash: reader.facts.handleHash });
      // A handle that the settings name may be of another fleet; one that a call shows was meant for this.
      if (session === null && call.session !== undefined) return { view: wrongHandle(), notices: [], worktree };
      if (session?.state === 'live') this.#touch(session.sessionId);
      return { view, notices: this.#calls.tell(reader, session?.notices ?? []), worktree };
    } catch (error) {
      return { view: this.#calls.failed(error).answer, notices: [], worktree: this.#occupant.worktree.id };
    }
  }

  /** For whom this process would act, as far as that is known without registering anybody. */
  async who(): Promise<Acting | null> {
    const reader = await this.#calls.sessions.reader(this.#calls.whole({}).session);
    return reader?.facts.acting ?? null;
  }

  /** A view for an answer that is about something else: no activity, no notices. */
  async look<Q extends Query>(query: Q): Promise<ViewOf<Q> | Rejection> {
    try {
      return await this.#ports.coordinator.view(query);
    } catch (error) {
      return this.#calls.failed(error).answer;
    }
  }

  /** The stored key of a name, for a view. A key that Brigade showed is taken as it stands, whosever worktree it names. */
  async keyOf(name: string, call: Call = {}): Promise<ResourceKey | Rejection> {
    try {
      const reader = await this.#calls.sessions.reader(this.#calls.whole(call).session);
      return await this.#keyIn(name, reader?.facts.worktree ?? this.#occupant.worktree);
    } catch (error) {
      return this.#calls.failed(error).answer;
    }
  }

  /** The worktree from which whoever calls sees names. Registers nobody, and is no activity. */
  async worktreeOf(call: Call = {}): Promise<string> {
    try {
      const reader = await this.#calls.sessions.reader(this.#calls.whole(call).session);
      return (reader?.facts.worktree ?? this.#occupant.worktree).id;
    } catch (error) {
      this.#calls.failed(error);
      return this.worktree;
    }
  }

  /** Facts from the number after `after` on, until the signal. Throws `StoreFault` where the log cannot be read. */
  feed(options: { readonly after: number; readonly signal: AbortSignal }): AsyncIterable<FeedEvent> {
    return this.#ports.coordinator.feed(options);
  }

  /** This process has shown the notices it was given and ends now: they do not come again. */
  confirmHeard(): Promise<void> {
    return this.#calls.confirmHeard();
  }

  /** Leaves every session this process acts for. The session of another process, such as the shell's, stays. */
  async leave(): Promise<void> {
    try {
      await this.#calls.sessions.leave();
    } catch (error) {
      this.#ports.logger.warn({ error }, 'could not leave; the others will find this process gone');
    }
  }

  /** Records activity where it is due, behind the read's back: a read never waits for a write. */
  #touch(sessionId: string): void {
    const { hasher, ids, coordinator, logger } = this.#ports;
    const asked = { op: 'touch', sessionIds: [sessionId] } as const;
    coordinator
      .submit({
        ...asked,
        by: { kind: 'system', name: 'seat' },
        requestId: ids.newId('req'),
        bodyHash: bodyHash(hasher, asked),
      })
      .catch((error: unknown) => logger.debug({ error }, 'activity was not recorded'));
  }

  async #keyIn(name: string, worktree: Worktree): Promise<ResourceKey | Rejection> {
    const shown = worktreeIn(name) === null ? null : keyFromDescription(name, worktree.id, isWorktreeId);
    return shown === null || isRejection(shown) ? this.#read(name, worktree) : shown;
  }

  async #withLease(ref: LeaseRef, worktree: Worktree, body: (found: LeaseRef) => Body): Promise<Body | Rejection> {
    return this.#withLeases([ref], worktree, (found) => body(found[0] ?? ref));
  }

  async #withLeases(
    refs: readonly LeaseRef[],
    worktree: Worktree,
    body: (found: readonly LeaseRef[]) => Body,
  ): Promise<Body | Rejection> {
    const found = await leaseRefsOf(refs, worktree, this.#read, this.#ports.coordinator);
    return isRejection(found) ? found : body(found);
  }
}
