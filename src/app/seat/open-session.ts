// Opening a session through the coordinator: a fresh one, or one that goes on from an earlier session of the same agent.

import { parseAgentId } from '../../core/agent/agent-id.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { DoneReply, RegisterReply } from '../../core/reply.ts';
import type { Notice } from '../../core/rows.ts';
import type { KeptSession } from '../../ports/state-folder.ts';
import { bodyHash } from '../body-hash.ts';
import { secretHash } from '../credentials.ts';
import type { Occupant, Worktree } from './occupant.ts';
import { attachmentOf, type RegisterAsk, registrationOf } from './registration.ts';
import { narrow } from './seat-outcome.ts';
import type { SeatPorts } from './seat-ports.ts';
import { Standing } from './standing.ts';

/** An earlier session that a registration goes on from. */
export type Earlier = Pick<KeptSession, 'agentId' | 'sessionId' | 'handle'>;

export interface OpenRequest {
  readonly ask: RegisterAsk;
  /** What the caller said, where `ask` says more: a repeat must repeat this. */
  readonly said?: RegisterAsk | undefined;
  readonly earlier: Earlier | null;
  readonly worktree: Worktree;
  readonly requestId?: string | undefined;
  /** A pause does not keep it from going on as the agent of `earlier`. */
  readonly asPaused?: boolean;
}

export interface Registered {
  /** Null when a repeat found that the handle was given out and used already; only its holder can act for the session. */
  readonly standing: Standing | null;
  readonly reply: RegisterReply;
  /** What the agent must know, also from its session before. */
  readonly notices: readonly Notice[];
}

/** Registers, or resumes the agent of `earlier`: a live session is joined, an ended one followed by a new one. */
export async function openSession(
  ports: SeatPorts,
  occupant: Occupant,
  request: OpenRequest,
): Promise<Registered | Rejection> {
  const { ask, earlier, worktree } = request;
  const id = ask.id == null ? null : parseAgentId(ask.id);
  if (isRejection(id)) return id;
  const registration = registrationOf(ports, occupant, {
    ask,
    said: request.said ?? ask,
    worktree,
    resume: earlier?.handle ?? null,
    requestId: request.requestId ?? null,
    asPaused: request.asPaused ?? false,
  });
  const outcome = narrow<RegisterReply>(await ports.coordinator.submit(registration.command), 'register');
  const { answer } = outcome;
  if (isRejection(answer)) return answer;
  const isFresh = answer.sessionId === registration.command.freshSessionId;
  const isForgotten = earlier !== null && isFresh && !answer.resumed;
  const own = isForgotten ? [forgotten(ports, earlier, answer.agentId)] : [];
  const notices = [...own, ...outcome.notices];
  const isEarlier = answer.resumed || answer.sessionId === earlier?.sessionId;
  const handle = answer.handleAccepted ? registration.handle : isEarlier ? (earlier?.handle ?? null) : null;
  if (handle === null) return { standing: null, reply: answer, notices };
  const standing = new Standing({
    handle,
    handleHash: secretHash(ports.hasher, handle),
    acting: { agentId: answer.agentId, sessionId: answer.sessionId },
    worktree,
    attachmentId: occupant.process?.role === 'self' ? (registration.attachment?.attachmentId ?? null) : null,
  });
  // The repeat of a registration that another process made: the session has that process only, which may be gone.
  if (!isFresh && !answer.resumed) await attachTo(ports, occupant, standing);
  return { standing, reply: answer, notices };
}

/** Makes this process one of the session's, so that it lives as long as this process does. Answers why not, else null. */
export async function attachTo(ports: SeatPorts, occupant: Occupant, standing: Standing): Promise<Rejection | null> {
  if (occupant.process === null) return null;
  const attachment = attachmentOf(occupant.process, ports.hasher);
  const { answer } = narrow<DoneReply>(
    await ports.coordinator.submit({
      op: 'attach',
      by: standing.caller(),
      requestId: ports.ids.newId('req'),
      bodyHash: bodyHash(ports.hasher, { op: 'attach', attachmentId: attachment.attachmentId }),
      attachment,
    }),
    'done',
  );
  return isRejection(answer) ? answer : null;
}

/** Ends a session that this process opened in vain. */
export async function giveUp(ports: SeatPorts, standing: Standing): Promise<void> {
  const why = 'another process of the same client session registered first';
  await ports.coordinator.submit({
    op: 'close_session',
    by: standing.caller(),
    requestId: ports.ids.newId('req'),
    bodyHash: bodyHash(ports.hasher, { op: 'close_session', why }),
    why,
  });
}

/** This process leaves the session. The last one to leave ends it. */
export async function detachFrom(ports: SeatPorts, standing: Standing): Promise<void> {
  const { acting, attachmentId } = standing.facts;
  if (acting === null || attachmentId === null) return;
  await ports.coordinator.submit({
    op: 'detach',
    by: { kind: 'system', name: 'seat' },
    requestId: ports.ids.newId('req'),
    bodyHash: bodyHash(ports.hasher, { op: 'detach', attachmentId }),
    sessionId: acting.sessionId,
    attachmentId,
    cause: 'exit',
    evidence: 'its process ended',
  });
}

/** The log does not know the earlier session: it was lost or rolled back. Numbered 0, since no event says it. */
function forgotten(ports: SeatPorts, earlier: Earlier, agentId: string): Notice {
  const same = agentId === earlier.agentId ? 'again' : `as ${agentId}`;
  return {
    seq: 0,
    kind: 'log_regressed',
    wallAt: ports.clock.wallAt(),
    text: `The log does not know your earlier session of ${earlier.agentId}: it was replaced or rolled back. You were registered ${same}; nothing you held before counts any more.`,
  };
}
