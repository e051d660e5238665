// The way of every call of a seat: whom it is made for, what is submitted in whose name, and what comes back besides the
// answer. What a call asks is its plan; this file knows no tool and no command of its own.

import type { Caller, Command } from '../../core/command.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { Reply } from '../../core/reply.ts';
import type { Notice } from '../../core/rows.ts';
import { bodyHash } from '../body-hash.ts';
import type { Outcome } from '../coordinator.ts';
import { setupRejection } from '../setup-rejection.ts';
import { rejectionOf } from '../trouble.ts';
import type { Call } from './call.ts';
import type { Occupant, Worktree } from './occupant.ts';
import type { Registered } from './open-session.ts';
import { narrow, needsSession, refused, type SeatOutcome } from './seat-outcome.ts';
import type { SeatPorts } from './seat-ports.ts';
import { Sessions } from './sessions.ts';
import { Standing } from './standing.ts';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A command without what every command has. */
export type Body = DistributiveOmit<Command, 'by' | 'requestId' | 'bodyHash' | 'dryRun'>;

export interface Plan {
  /** What the caller asked, in its own words: what a repeat must repeat. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Runs before anybody is registered, so that a call which cannot succeed registers nobody. */
  readonly body: (worktree: Worktree) => Body | Rejection | Promise<Body | Rejection>;
}

export class SessionCalls {
  readonly sessions: Sessions;
  readonly #ports: SeatPorts;
  readonly #occupant: Occupant;
  readonly #told = new Set<Standing>();

  constructor(ports: SeatPorts, occupant: Occupant) {
    this.#ports = ports;
    this.#occupant = occupant;
    this.sessions = new Sessions(ports, occupant);
  }

  /** Says to the log what this process has shown of notices: it ends now, and no next call will. Never throws. */
  async confirmHeard(): Promise<void> {
    const { logger } = this.#ports;
    for (const standing of this.#told) {
      await this.#submit({ op: 'hear' }, standing.caller(), { op: 'hear' }, {}).catch((error: unknown) =>
        logger.debug({ error }, 'what was heard was not confirmed'),
      );
    }
    this.#told.clear();
  }

  /** Notes who was told something by this process. */
  tell(standing: Standing, notices: readonly Notice[]): readonly Notice[] {
    const fresh = standing.hear(notices);
    if (fresh.length > 0) this.#told.add(standing);
    return fresh;
  }

  /** For whom it is made where it does not say so, and when it arrived. */
  whole(call: Call): Call {
    const session = call.session ?? this.#occupant.handle ?? undefined;
    return { ...call, session, receivedMonoMs: call.receivedMonoMs ?? this.#ports.clock.monotonicMs() };
  }

  /** Makes a call for its session, registering or resuming the default one if it names none. Never throws. */
  async act<R extends Reply>(op: R['op'], call: Call, plan: Plan): Promise<SeatOutcome<R>> {
    try {
      return await this.#decide<R>(op, this.whole(call), plan);
    } catch (error) {
      return this.failed(error);
    }
  }

  /**
   * Makes a call that registers nobody, for a session that is there or, failing that, for anybody. Never throws. A session
   * that a call shows by its handle must be there.
   */
  async ask<R extends Reply>(op: R['op'], call: Call, plan: Plan): Promise<SeatOutcome<R>> {
    const { session, ...whole } = this.whole(call);
    try {
      const reader = await this.sessions.reader(session);
      const { worktree, acting } = reader?.facts ?? { worktree: this.#occupant.worktree, acting: null };
      const body = await plan.body(worktree);
      if (isRejection(body)) return refused(body, worktree.id);
      const submit = async (by: Caller): Promise<Outcome & { readonly answer: R | Rejection }> =>
        narrow<R>(await this.#submit(body, by, plan.asked, whole), op);
      const own = reader === null ? null : await submit(reader.caller());
      const isOwn = own !== null && (session !== undefined || !isStale(own.answer));
      const outcome = isOwn ? own : await submit({ kind: 'system', name: 'seat' });
      const notices = isOwn && reader !== null ? this.tell(reader, outcome.notices) : [];
      return { ...outcome, notices, acting: isOwn ? acting : null, registered: null, worktree: worktree.id };
    } catch (error) {
      return this.failed(error);
    }
  }

  async #decide<R extends Reply>(op: R['op'], call: Call, plan: Plan): Promise<SeatOutcome<R>> {
    const known =
      call.session === undefined ? await this.sessions.default.current() : await this.sessions.shown(call.session);
    if (isRejection(known)) return refused(known, this.#occupant.worktree.id);
    const worktree = known?.facts.worktree ?? this.#occupant.worktree;
    const body = await plan.body(worktree);
    if (isRejection(body)) return refused(body, worktree.id);
    const taken = known ?? (call.dryRun === true ? await this.#onlySeen() : await this.sessions.default.take());
    const submitted = await this.#submitAs<R>(op, taken, { body, call, plan });
    const mayRenew = call.session === undefined && call.dryRun !== true && taken instanceof Standing;
    if (!mayRenew || !isStale(submitted.answer)) return submitted;
    const renewed = await this.sessions.default.renew(taken);
    return renewed === null ? submitted : this.#submitAs<R>(op, renewed, { body, call, plan });
  }

  async #submitAs<R extends Reply>(
    op: R['op'],
    taken: Registered | Standing | Rejection,
    { body, call, plan }: { readonly body: Body; readonly call: Call; readonly plan: Plan },
  ): Promise<SeatOutcome<R>> {
    if (isRejection(taken)) return refused(taken, this.#occupant.worktree.id);
    const standing = taken instanceof Standing ? taken : taken.standing;
    if (standing === null) return refused(needsSession(), this.#occupant.worktree.id);
    const isRead = body.op === 'read_messages';
    const own = isRead ? { ...body, seen: standing.confirmMail(call.requestId) } : body;
    const outcome = narrow<R>(await this.#submit(own, standing.caller(), plan.asked, call), op);
    if (standing.facts.acting === null) await this.sessions.learn(standing);
    const { acting, worktree } = standing.facts;
    if (isRead && isListening(call)) standing.hearMail(outcome.answer);
    const notices = this.tell(standing, outcome.notices);
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

  /** A dry run takes nothing: it asks in the name of the session that is known already. */
  async #onlySeen(): Promise<Standing | Rejection> {
    return (await this.sessions.reader(undefined)) ?? needsSession();
  }

  #submit(body: Body, by: Caller, asked: Plan['asked'], call: Call): Promise<Outcome> {
    const { hasher, ids, coordinator } = this.#ports;
    const base = { by, requestId: call.requestId ?? ids.newId('req'), bodyHash: bodyHash(hasher, asked) };
    const command = { ...body, ...base, ...(call.dryRun === true ? { dryRun: true } : {}) } as Command;
    return coordinator.submit(command, {
      ...(call.receivedMonoMs === undefined ? {} : { receivedMonoMs: call.receivedMonoMs }),
      ...(call.cut === undefined ? {} : { cut: call.cut }),
      ...(call.cancelled === undefined ? {} : { cancelled: call.cancelled }),
      ...(call.onProgress === undefined ? {} : { onProgress: call.onProgress }),
    });
  }

  /** The refusal that `error` stands for. */
  failed(error: unknown): SeatOutcome<never> & { readonly answer: Rejection } {
    const rejection = setupRejection(error) ?? rejectionOf(error);
    if (rejection.code === 'INTERNAL') this.#ports.logger.error({ error }, 'a call failed by a fault of ours');
    return { ...refused(rejection, this.#occupant.worktree.id), answer: rejection };
  }
}

/** Somebody takes the answer for one: it was neither given up nor only a look. */
function isListening({ cut, cancelled, dryRun }: Call): boolean {
  return cut?.aborted !== true && cancelled?.aborted !== true && dryRun !== true;
}

/** The log refuses the handle of the default session: the session ended, or the log was replaced. */
function isStale(answer: unknown): boolean {
  return isRejection(answer) && answer.code === 'CREDENTIAL_WRONG';
}
