// Taking the locks that `brigade run` holds: for whom, since when, and what is given back at the end.

import type { AcquireArguments, Seat } from '../../../app/seat/seat.ts';
import type { SeatOutcome } from '../../../app/seat/seat-outcome.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { AcquireReply } from '../../../core/reply.ts';
import { presencesOf } from '../../answer/presences.ts';
import { blockersIn, spokenAcquire, spokenRejection } from '../../answer/spoken.ts';
import { refuseHeld, remarkOn } from '../acting.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruptible.ts';
import { runSeat } from '../occupant.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { queuedLines } from '../text/acquire-text.ts';
import type { Belief, KeptLease } from './keep-leases.ts';

export interface Held {
  readonly seat: Seat;
  readonly sessionId: string;
  /** Secret handle of the session; only the command gets it. */
  readonly handle: string;
  readonly leases: readonly KeptLease[];
  readonly belief: Belief;
  /** Number of the log after which news of these leases comes. */
  readonly since: number;
  /** Gives back what was taken for this run; what the session held before stays with it. False where the log could not be told. */
  giveBack(): Promise<boolean>;
}

export type LockAsk = AcquireArguments & { readonly resources: readonly string[]; readonly ttlMs: number };

/** Takes them all; or tells why not, and answers the exit code. */
export async function holdLocks(context: Context, fleet: SeenFleet, ask: LockAsk): Promise<Held | number> {
  const joined = await runSeat(context.cli, fleet, ask.resources);
  if (isRejection(joined)) return context.refuse(joined);
  const { seat, handle, isOwn } = joined;
  const since = fleet.coordinator.health().head.seq;
  const sentMonoMs = fleet.clock.monotonicMs();
  const outcome = await interruptible(context, fleet, (call) => seat.acquire(ask, call));
  if (typeof outcome === 'number') {
    context.remark('Left the line; the command was not started.');
    if (isOwn) await seat.leave();
    return outcome;
  }
  remarkOn(context, outcome);
  const { answer, acting } = outcome;
  if (isRejection(answer)) return refuse(context, fleet, seat, outcome, answer);
  if (answer.status === 'queued' || acting === null) return stillQueued(context, fleet, seat, outcome, answer);
  const leases = answer.leases.map(({ resource, token }) => ({ resource, token, ttlMs: ask.ttlMs }));
  const taken = leases.filter((lease) => lease.token > since);
  return {
    seat,
    sessionId: acting.sessionId,
    handle,
    leases,
    belief: { sentMonoMs, waitedMs: outcome.waitedMs, safeForMs: outcome.safeForMs },
    since,
    giveBack: async () => {
      const released = taken.length > 0 ? (await seat.release(taken)).answer : null;
      if (isOwn) await seat.leave();
      return released === null || !isRejection(released) || released.category !== 'unavailable';
    },
  };
}

async function refuse(
  context: Context,
  fleet: SeenFleet,
  seat: Seat,
  outcome: SeatOutcome<AcquireReply>,
  answer: Rejection,
): Promise<number> {
  const presences = await presencesOf(seat, blockersIn(answer));
  return refuseHeld(context, spokenRejection(answer, { at: outcome.at, worktree: fleet.worktree.id }, presences));
}

/** Nobody waits on for a command that was never started, so the place in line is given up. */
async function stillQueued(
  context: Context,
  fleet: SeenFleet,
  seat: Seat,
  outcome: SeatOutcome<AcquireReply>,
  answer: AcquireReply,
): Promise<number> {
  if (answer.ticket !== null) await seat.withdraw(answer.ticket);
  const presences = await presencesOf(seat, answer.blockedBy);
  const spoken = spokenAcquire({ ...outcome, answer }, presences);
  if (context.json) context.refuse(timedOut(spoken.blockedBy));
  else {
    const look = context.cli.screen.look(fleet.worktree.id);
    context.cli.screen.err(
      ...queuedLines(spoken, look).slice(0, -1),
      'The command was not started; the place in line is given up.',
    );
  }
  return EXIT.contended;
}

function timedOut(blockedBy: unknown): Rejection {
  return reject('WAIT_TIMED_OUT', {
    message: 'The locks were not granted in time; the command was not started and the place in line is given up.',
    next: 'Wait longer with --wait, or work on something else.',
    details: { blockedBy },
  });
}
