// Processes that act for a session come and go; the last one gone ends it. A clean end is a close, a death is a loss. Either
// is one fact that ends the authority of all its leases at once; their individual ends follow as due groups.

import type { AttachCommand, CloseSessionCommand, Command, DetachCommand, Heard, TouchCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import { isActivityDue, silentAfterMs } from '../lease/silence.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection, reject } from '../rejection.ts';
import type { Answer, DoneReply } from '../reply.ts';
import type { SessionRow } from '../rows.ts';
import { isStill } from './standstill.ts';

export function attach(ledger: Ledger, command: AttachCommand, session: SessionRow): Answer {
  if (session.attachments.some((each) => each.attachmentId === command.attachment.attachmentId)) return done(false);
  if (session.attachments.length >= LIMITS.attachmentsPerSession) {
    return reject('QUEUE_FULL', {
      message: `${LIMITS.attachmentsPerSession} processes act for this session already.`,
      next: 'End some of them, or register another session.',
    });
  }
  ledger.emit({
    type: 'session.attached',
    agentId: session.agentId,
    sessionId: session.sessionId,
    attachment: command.attachment,
  });
  return done(true);
}

/** Taking away what is not there changes nothing: two coordinators may find the same process dead. */
export function detach(ledger: Ledger, command: DetachCommand): Answer {
  const session = ledger.state.sessions.get(command.sessionId);
  if (session?.state !== 'live' || !session.attachments.some((each) => each.attachmentId === command.attachmentId))
    return done(false);
  if (!isStill(ledger.state, command.still)) return done(false);
  const { agentId, sessionId } = session;
  ledger.group(() => {
    ledger.emit({
      type: 'session.detached',
      agentId,
      sessionId,
      attachmentId: command.attachmentId,
      how: command.cause,
      evidence: command.evidence,
    });
    if (session.attachments.length > 1) return;
    if (command.cause === 'exit') ledger.emit({ type: 'session.closed', agentId, sessionId, why: command.evidence });
    else ledger.emit({ type: 'session.lost', agentId, sessionId, evidence: command.evidence });
  });
  return done(true);
}

export function closeSession(ledger: Ledger, command: CloseSessionCommand, session: SessionRow): Answer {
  ledger.emit({ type: 'session.closed', agentId: session.agentId, sessionId: session.sessionId, why: command.why });
  return done(true);
}

/** Nothing is logged where there is nothing to forget. */
export function hear(ledger: Ledger, { agentId, sessionId }: SessionRow, upTo: number): Answer {
  const isNews = ledger.state.notices.get(sessionId)?.notices.some((notice) => notice.seq <= upTo) === true;
  if (isNews) ledger.emit({ type: 'notices.heard', agentId, sessionId, upTo });
  return done(isNews);
}

/** Records the activity of sessions with a parked call or a running command, where it is due. */
export function touch(ledger: Ledger, command: TouchCommand): Answer {
  let changed = false;
  for (const sessionId of command.sessionIds) {
    const session = ledger.state.sessions.get(sessionId);
    if (session !== undefined && isActing(ledger.state, session))
      changed = recordActivity(ledger, session, 0) || changed;
  }
  for (const heard of command.heard ?? []) changed = recordLate(ledger, heard) || changed;
  return done(changed);
}

/** What it does counts as activity: it is live, and its agent is not paused. */
export function isActing(state: FleetState, session: SessionRow): boolean {
  return session.state === 'live' && state.agents.get(session.agentId)?.lifecycle === 'active';
}

/** One `session.active` at most as often as it is due; the first use of a handle is recorded at once. */
export function recordActivity(ledger: Ledger, session: SessionRow, noticesSeen: number): boolean {
  const isDue = !session.handleUsed || isActivityDue(ledger.state, session, ledger.moment);
  if (!isDue) return false;
  const { agentId, sessionId } = session;
  ledger.emit({ type: 'session.active', agentId, sessionId, noticesSeen, ...following(ledger) });
  return true;
}

/** What was heard of a session that holds something, unless it is known already. */
function recordLate(ledger: Ledger, { sessionId, at }: Heard): boolean {
  const session = ledger.state.sessions.get(sessionId);
  if (session === undefined || !isActing(ledger.state, session)) return false;
  if (ledger.state.leases.countIn('session', sessionId) === 0) return false;
  const heardAt = Math.min(at, ledger.at);
  if (heardAt <= session.activeAt) return false;
  const { agentId } = session;
  ledger.emit({ type: 'session.active', agentId, sessionId, noticesSeen: 0, heardAt, ...following(ledger) });
  return true;
}

function following({ moment, state }: Ledger): { readonly followMs?: number } {
  return moment.stays === true ? { followMs: silentAfterMs(state) } : {};
}

/** They are the end of something, not a sign of work. */
const NO_ACTIVITY: ReadonlySet<Command['op']> = new Set(['end_turn', 'close_session', 'hear']);

/** The command was answered so by whoever may act: that its session did something is known. */
export function isSignOfWork(command: Command, answer: Answer): boolean {
  const isOfSession = command.by.kind === 'session' || command.by.kind === 'process';
  return isOfSession && !isRejection(answer) && !NO_ACTIVITY.has(command.op);
}

export function done(changed: boolean, more = false): DoneReply {
  return { op: 'done', changed, more };
}
