// A seat: one client session's standing in a fleet, as MCP over stdio and the command line have it. It turns plain
// arguments into commands, and finds for each call the session it is made for:
//
//   a call that shows a handle     that session, and no other
//   a mutating call without one    the default session; the first such call registers or resumes it
//   a read without one             registers nobody
//
// Every method answers; none throws for what a caller did, or for trouble with the log or the state folder.

import type { Caller, Command, LeaseRef } from '../../core/command.ts';
import type { Mode } from '../../core/event.ts';
import { LIMITS } from '../../core/limits.ts';
import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import type * as replies from '../../core/reply.ts';
import { keyFromDescription, type ResourceKey, worktreeIn } from '../../core/resource/resource-key.ts';
import type { Query, ViewOf } from '../../core/view/views.ts';
import { bodyHash } from '../body-hash.ts';
import type { Outcome } from '../coordinator.ts';
import { canonicalResource } from '../resource/canonical-resource.ts';
import { setupRejection } from '../setup-rejection.ts';
import { rejectionOf } from '../trouble.ts';
import type { Call } from './call.ts';
import { isWorktreeId, keysOf, leaseRefsOf, type ReadName } from './lease-names.ts';
import type { Occupant, Worktree } from './occupant.ts';
import type { Registered } from './open-session.ts';
import { type RegisterArguments, registerAgent, type SeatRegistration } from './register-agent.ts';
import { narrow, refused, type SeatOutcome, type SeatView } from './seat-outcome.ts';
import type { SeatPorts } from './seat-ports.ts';
import { Sessions } from './sessions.ts';
import { Standing } from './standing.ts';

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

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A command without what every command has. */
type Body = DistributiveOmit<Command, 'by' | 'requestId' | 'bodyHash' | 'dryRun'>;

interface Plan {
  /** What the caller asked, in its own words: what a repeat must repeat. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Runs before anybody is registered, so that a call which cannot succeed registers nobody. */
  readonly body: (worktree: Worktree) => Body | Rejection | Promise<Body | Rejection>;
}

export class Seat {
  readonly #ports: SeatPorts;
  readonly #occupant: Occupant;
  readonly #sessions: Sessions;
  readonly #read: ReadName;

  constructor(ports: SeatPorts, occupant: Occupant) {
    this.#ports = ports;
    this.#occupant = occupant;
    this.#sessions = new Sessions(ports, occupant);
    this.#read = (name, { id, root }) =>
      canonicalResource(name, { worktree: id, root, cwd: occupant.folder, isWorktree: isWorktreeId }, ports.prober);
  }

  /** Names the default session, or opens a further one; see `registerAgent`. */
  async register(asked: RegisterArguments, call: Call = {}): Promise<SeatRegistration> {
    try {
      return await registerAgent(
        { ports: this.#ports, occupant: this.#occupant, sessions: this.#sessions },
        asked,
        call,
      );
    } catch (error) {
      return { ...this.#failed(error), handle: null };
    }
  }

  acquire(asked: AcquireArguments, call: Call = {}): Promise<SeatOutcome<replies.AcquireReply>> {
    const { resources, waitMs, mode = 'exclusive', ttlMs = LIMITS.ttlMs, reason = '', priority = 0 } = asked;
    return this.#act('acquire', call, {
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
    return this.#act('acquire', call, {
      asked: { op: 'await', ticket },
      body: () => ({ op: 'await', ticket, waitMs }),
    });
  }

  renew(
    asked: { readonly leases: readonly LeaseRef[]; readonly ttlMs?: number | undefined },
    call: Call = {},
  ): Promise<SeatOutcome<replies.AcquireReply>> {
    const { leases, ttlMs = null } = asked;
    return this.#act('acquire', call, {
      asked: { op: 'renew', leases, ttlMs },
      body: (worktree) => this.#withLeases(leases, worktree, (found) => ({ op: 'renew', leases: found, ttlMs })),
    });
  }

  release(leases: readonly LeaseRef[] | 'all', call: Call = {}): Promise<SeatOutcome<replies.ReleaseReply>> {
    return this.#act('release', call, {
      asked: { op: 'release', leases },
      body: (worktree) =>
        leases === 'all'
          ? { op: 'release', leases }
          : this.#withLeases(leases, worktree, (found) => ({ op: 'release', leases: found })),
    });
  }

  withdraw(ticket: string, call: Call = {}): Promise<SeatOutcome<replies.WithdrawReply>> {
    return this.#act('withdraw', call, { asked: { op: 'withdraw', ticket }, body: () => ({ op: 'withdraw', ticket }) });
  }

  handOff(asked: LeaseRef & { readonly to: string }, call: Call = {}): Promise<SeatOutcome<replies.HandOffReply>> {
    const { resource, token, to } = asked;
    return this.#act('hand_off', call, {
      asked: { op: 'hand_off', resource, token, to },
      body: (worktree) => this.#withLease({ resource, token }, worktree, (found) => ({ op: 'hand_off', ...found, to })),
    });
  }

  answerHandoff(
    asked: { readonly offer: string; readonly answer: 'accept' | 'decline' },
    call: Call = {},
  ): Promise<SeatOutcome<replies.AnswerHandoffReply>> {
    const body = { op: 'answer_handoff', offer: asked.offer, answer: asked.answer } as const;
    return this.#act('answer_handoff', call, { asked: body, body: () => body });
  }

  /** Does the token hold? Registers nobody; asked by a session that is there, it is a use of its lease. */
  async check(lease: LeaseRef, call: Call = {}): Promise<SeatOutcome<replies.CheckReply>> {
    const receivedMonoMs = call.receivedMonoMs ?? this.#ports.clock.monotonicMs();
    try {
      const reader = await this.#sessions.reader(call.session);
      const { worktree, acting } = reader?.facts ?? { worktree: this.#occupant.worktree, acting: null };
      const body = await this.#withLease(lease, worktree, (found) => ({ op: 'check', ...found }));
      if (isRejection(body)) return refused(body, worktree.id);
      const ask = async (by: Caller): Promise<Outcome & { readonly answer: replies.CheckReply | Rejection }> =>
        narrow<replies.CheckReply>(
          await this.#submit(body, by, { op: 'check', ...lease }, { ...call, receivedMonoMs }),
          'check',
        );
      const asked = reader === null ? null : await ask(reader.caller());
      // Whoever names no session asks as anybody may, also when the session before has ended.
      const isAnybody = asked === null || (call.session === undefined && isStale(asked.answer));
      const outcome = isAnybody ? await ask({ kind: 'system', name: 'seat' }) : asked;
      const notices = isAnybody ? [] : (reader?.hear(outcome.notices) ?? []);
      return { ...outcome, notices, acting: isAnybody ? null : acting, registered: null, worktree: worktree.id };
    } catch (error) {
      return this.#failed(error);
    }
  }

  putState(
    asked: { readonly key: string; readonly value: unknown; readonly condition: PutCondition },
    call: Call = {},
  ): Promise<SeatOutcome<replies.PutStateReply>> {
    const { key, value, condition } = asked;
    return this.#act('put_state', call, {
      asked: { op: 'put_state', key, value, condition },
      body: (worktree) =>
        'ifVersion' in condition
          ? { op: 'put_state', key, value, condition }
          : this.#withLease(condition, worktree, (found) => ({ op: 'put_state', key, value, condition: found })),
    });
  }

  /** A view of the fleet. Registers nobody; for a known session it counts as activity and brings its notices. */
  async view<Q extends Query>(query: Q, call: Call = {}): Promise<SeatView<ViewOf<Q>>> {
    try {
      const view = await this.#ports.coordinator.view(query);
      const reader = await this.#sessions.reader(call.session);
      const worktree = (reader?.facts.worktree ?? this.#occupant.worktree).id;
      if (reader === null) return { view, notices: [], worktree };
      const session = await this.#ports.coordinator.view({ kind: 'session', handleHash: reader.facts.handleHash });
      if (session?.state === 'live') this.#touch(session.sessionId);
      return { view, notices: reader.hear(session?.notices ?? []), worktree };
    } catch (error) {
      return { view: this.#failed(error).answer, notices: [], worktree: this.#occupant.worktree.id };
    }
  }

  /** A view for an answer that is about something else: no activity, no notices. */
  async look<Q extends Query>(query: Q): Promise<ViewOf<Q> | Rejection> {
    try {
      return await this.#ports.coordinator.view(query);
    } catch (error) {
      return this.#failed(error).answer;
    }
  }

  /** The stored key of a name, for a view. A key that Brigade showed is taken as it stands, whosever worktree it names. */
  async keyOf(name: string, call: Call = {}): Promise<ResourceKey | Rejection> {
    try {
      const reader = await this.#sessions.reader(call.session);
      const worktree = reader?.facts.worktree ?? this.#occupant.worktree;
      const shown = worktreeIn(name) === null ? null : keyFromDescription(name, worktree.id, isWorktreeId);
      return shown === null || isRejection(shown) ? await this.#read(name, worktree) : shown;
    } catch (error) {
      return this.#failed(error).answer;
    }
  }

  /** Leaves every session this process acts for. The session of another process, such as the shell's, stays. */
  async leave(): Promise<void> {
    try {
      await this.#sessions.leave();
    } catch (error) {
      this.#ports.logger.warn({ error }, 'could not leave; the others will find this process gone');
    }
  }

  async #act<R extends replies.Reply>(op: R['op'], call: Call, plan: Plan): Promise<SeatOutcome<R>> {
    const receivedMonoMs = call.receivedMonoMs ?? this.#ports.clock.monotonicMs();
    try {
      return await this.#decide<R>(op, { ...call, receivedMonoMs }, plan);
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #decide<R extends replies.Reply>(op: R['op'], call: Call, plan: Plan): Promise<SeatOutcome<R>> {
    const known =
      call.session === undefined ? await this.#sessions.default.current() : await this.#sessions.shown(call.session);
    if (isRejection(known)) return refused(known, this.#occupant.worktree.id);
    const worktree = known?.facts.worktree ?? this.#occupant.worktree;
    const body = await plan.body(worktree);
    if (isRejection(body)) return refused(body, worktree.id);
    const taken = known ?? (call.dryRun === true ? needsSession() : await this.#sessions.default.take());
    const submitted = await this.#submitAs<R>(op, taken, { body, call, plan });
    if (call.session !== undefined || !(taken instanceof Standing) || !isStale(submitted.answer)) return submitted;
    const renewed = await this.#sessions.default.renew(taken);
    return renewed === null ? submitted : this.#submitAs<R>(op, renewed, { body, call, plan });
  }

  async #submitAs<R extends replies.Reply>(
    op: R['op'],
    taken: Registered | Standing | Rejection,
    { body, call, plan }: { readonly body: Body; readonly call: Call; readonly plan: Plan },
  ): Promise<SeatOutcome<R>> {
    if (isRejection(taken)) return refused(taken, this.#occupant.worktree.id);
    const standing = taken instanceof Standing ? taken : taken.standing;
    if (standing === null) return refused(needsSession(), this.#occupant.worktree.id);
    const outcome = narrow<R>(await this.#submit(body, standing.caller(), plan.asked, call), op);
    if (standing.facts.acting === null) await this.#sessions.learn(standing);
    const { acting, worktree } = standing.facts;
    const notices = standing.hear(outcome.notices);
    if (taken instanceof Standing) return { ...outcome, notices, acting, registered: null, worktree: worktree.id };
    return {
      ...outcome,
      // What the log says comes with the outcome too; the rest only this process knows.
      notices: [...taken.notices.filter((notice) => notice.seq === 0), ...notices],
      acting,
      registered: taken.reply,
      worktree: worktree.id,
    };
  }

  #submit(body: Body, by: Caller, asked: Plan['asked'], call: Call): Promise<Outcome> {
    const { hasher, ids, coordinator } = this.#ports;
    const base = { by, requestId: call.requestId ?? ids.newId('req'), bodyHash: bodyHash(hasher, asked) };
    const command = { ...body, ...base, ...(call.dryRun === true ? { dryRun: true } : {}) } as Command;
    return coordinator.submit(command, {
      receivedMonoMs: call.receivedMonoMs ?? this.#ports.clock.monotonicMs(),
      ...(call.cut === undefined ? {} : { cut: call.cut }),
      ...(call.cancelled === undefined ? {} : { cancelled: call.cancelled }),
      ...(call.onProgress === undefined ? {} : { onProgress: call.onProgress }),
    });
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

  #failed(error: unknown): SeatOutcome<never> & { readonly answer: Rejection } {
    const rejection = setupRejection(error) ?? rejectionOf(error);
    if (rejection.code === 'INTERNAL') this.#ports.logger.error({ error }, 'a call failed by a fault of ours');
    return { ...refused(rejection, this.#occupant.worktree.id), answer: rejection };
  }
}

/** The log refuses the handle of the default session: the session ended, or the log was replaced. */
function isStale(answer: unknown): boolean {
  return isRejection(answer) && answer.code === 'CREDENTIAL_WRONG';
}

function needsSession(): Rejection {
  return reject('CREDENTIAL_REQUIRED', {
    message: 'This call needs a session, and it registers none.',
    next: 'Call register first, or show the session handle that it returned.',
  });
}
