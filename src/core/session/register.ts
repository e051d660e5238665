// Registering: an agent gets a session, whose handle is its credential. A handle shown again resumes its agent.

import { identify, isArchivedBySilence } from '../agent/identity.ts';
import { pausedAtOrigin } from '../agent/origin.ts';
import type { RegisterCommand } from '../command.ts';
import { foldNames } from '../fleet/fold-names.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Ledger } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { isRejection, type Rejection, reject } from '../rejection.ts';
import type { Answer, RegisterReply } from '../reply.ts';
import type { Registered } from '../request-memory.ts';
import { utf8Bytes } from '../resource/key-text.ts';
import type { RequestRow, SessionRow } from '../rows.ts';
import { refuseLifecycle, sessionOfHandle } from './credential.ts';

export function register(ledger: Ledger, command: RegisterCommand): Answer {
  const invalid = checkTexts(command) ?? checkJoin(ledger.state, command) ?? checkRoom(ledger.state);
  if (invalid !== null) return invalid;
  return ledger.group(() => {
    const known = command.resumeHandleHash === null ? null : sessionOfHandle(ledger.state, command.resumeHandleHash);
    if (known !== null && (command.agentId === null || command.agentId === known.agentId))
      return resume(ledger, command, known);
    const bound = pausedAtOrigin(ledger.state, command);
    if (bound !== null) return pausedHere(bound.agentId);
    const identity = identify(ledger.state, command);
    if (isRejection(identity)) return identity;
    if (command.foldsCase) foldNames(ledger, command.worktree);
    if (identity.isKnown) comeBack(ledger, { agentId: identity.agentId });
    else {
      const { client, purpose, tags, notes } = command;
      ledger.emit({
        type: 'agent.registered',
        agentId: identity.agentId,
        client,
        purpose,
        tags,
        notes,
        named: identity.named,
      });
    }
    const { agentId, warnings, inUse } = identity;
    return open(ledger, command, { agentId, warnings, resumedFrom: null, asked: inUse });
  });
}

/** A live session: this process acts for it too. An ended one: the same agent in a new session. */
function resume(ledger: Ledger, command: RegisterCommand, known: SessionRow): Answer {
  const back = comeBack(ledger, known);
  const refused = back ? null : refuseLifecycle(ledger.state, known);
  if (refused !== null && !(refused.code === 'AGENT_PAUSED' && command.asPaused === true)) return refused;
  if (command.foldsCase) foldNames(ledger, command.worktree, known.state === 'live' ? known : null);
  if (known.state !== 'live') {
    const ended = `Your last session ended (${known.endedWhy ?? known.state}); what it held was released.`;
    const { agentId, sessionId: resumedFrom } = known;
    return { ...open(ledger, command, { agentId, warnings: [ended], resumedFrom, asked: undefined }), resumed: true };
  }
  if (
    command.attachment !== null &&
    !known.attachments.some((each) => each.attachmentId === command.attachment?.attachmentId)
  ) {
    ledger.emit({
      type: 'session.attached',
      agentId: known.agentId,
      sessionId: known.sessionId,
      attachment: command.attachment,
    });
  }
  return {
    op: 'register',
    agentId: known.agentId,
    sessionId: known.sessionId,
    resumed: true,
    warnings: [],
    handleAccepted: false,
  };
}

/** An agent that policy archived for its silence was not sent away: it is restored when it comes. */
function comeBack(ledger: Ledger, { agentId }: { readonly agentId: string }): boolean {
  const agent = ledger.state.agents.get(agentId);
  if (agent === undefined || !isArchivedBySilence(agent)) return false;
  ledger.emit({ type: 'agent.restored', agentId, by: 'return', reason: 'It came back.' });
  return true;
}

function pausedHere(agentId: string): Rejection {
  return reject('AGENT_PAUSED', {
    message: `${agentId} is paused, and it was this process or client session that acted for it: the pause binds it too.`,
    next: `Go on as ${agentId}: check in and recover; or ask an operator to resume it.`,
    details: { agentId },
  });
}

/** What a new session is opened as. */
interface Opening {
  readonly agentId: string;
  readonly warnings: readonly string[];
  readonly resumedFrom: string | null;
  /** The id that was asked for, where it is in use. */
  readonly asked: string | undefined;
}

function open(
  ledger: Ledger,
  command: RegisterCommand,
  { agentId, warnings, resumedFrom, asked }: Opening,
): RegisterReply {
  const sessionId = command.freshSessionId;
  const { client, clientSession, transport, worktree, root, attachment } = command;
  ledger.emit({
    type: 'session.opened',
    agentId,
    sessionId,
    handleHash: command.freshHandleHash,
    client,
    clientSession,
    transport,
    worktree,
    root,
    attachment,
    warnings,
    resumedFrom,
    ...(asked === undefined ? {} : { asked }),
  });
  return { op: 'register', agentId, sessionId, resumed: resumedFrom !== null, warnings, handleAccepted: true };
}

/** The repeat of a registration: the same session, with a fresh handle while the first was never used. */
export function repeatRegister(ledger: Ledger, command: RegisterCommand, remembered: RequestRow): Answer {
  const session = remembered.sessionId === null ? undefined : ledger.state.sessions.get(remembered.sessionId);
  if (session === undefined) {
    return reject('REQUEST_REUSED', {
      message: 'This registration was made before and its session is gone.',
      next: 'Register with a new requestId.',
    });
  }
  const shown = command.resumeHandleHash === null ? null : sessionOfHandle(ledger.state, command.resumeHandleHash);
  // Who resumed it by its handle has that handle, and so may others.
  const isResumedByIt = shown?.sessionId === session.sessionId;
  const handleAccepted = !isResumedByIt && !session.handleUsed && session.state === 'live';
  if (handleAccepted) {
    ledger.emit({
      type: 'session.handle_renewed',
      agentId: session.agentId,
      sessionId: session.sessionId,
      handleHash: command.freshHandleHash,
    });
  }
  return {
    op: 'register',
    agentId: session.agentId,
    sessionId: session.sessionId,
    ...(JSON.parse(remembered.outcome ?? '{}') as Registered),
    handleAccepted,
  };
}

function checkTexts(command: RegisterCommand): Rejection | null {
  const longest = Math.max(utf8Bytes(command.notes), utf8Bytes(command.purpose ?? ''), utf8Bytes(command.root));
  if (longest > LIMITS.textBytes)
    return tooLarge(`Notes, purpose and root are at most ${LIMITS.textBytes} bytes each.`);
  if (command.tags.length > LIMITS.tags || command.tags.some((tag) => utf8Bytes(tag) > LIMITS.tagBytes)) {
    return tooLarge(`At most ${LIMITS.tags} tags of ${LIMITS.tagBytes} bytes.`);
  }
  return null;
}

function tooLarge(message: string): Rejection {
  return reject('TOO_LARGE', { message, next: 'Shorten it.' });
}

/** Over a shared address a join token is required once one exists. */
function checkJoin(state: FleetState, command: RegisterCommand): Rejection | null {
  const known = state.fleet?.joinTokenHash ?? null;
  if (command.joinTokenHash === null || command.joinTokenHash === known) return null;
  return reject('CREDENTIAL_WRONG', {
    message: 'This join token is not the one of this fleet.',
    next: 'brigade token join prints it, in a terminal.',
  });
}

function checkRoom(state: FleetState): Rejection | null {
  if (state.sessions.countIn('live', 'live') < LIMITS.sessionsLive) return null;
  return reject('QUEUE_FULL', {
    message: `${LIMITS.sessionsLive} sessions are open, the most there may be.`,
    next: 'Close some.',
  });
}
