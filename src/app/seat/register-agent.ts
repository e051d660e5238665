// What `register` does, decided from what the caller says alone:
//
//   with a session handle          the agent of that handle: a live session is joined, an ended one followed by a new one
//   without, first time            names the default session of this process
//   without, the same agent again  answers the default session once more
//   without, another agent         opens a second session beside the default one, and returns its handle
//   without, over HTTP             opens a session, and returns its handle

import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import type { RegisterReply } from '../../core/reply.ts';
import type { Call } from './call.ts';
import type { Occupant, Worktree } from './occupant.ts';
import { type Earlier, type OpenRequest, openSession, type Registered } from './open-session.ts';
import type { RegisterAsk } from './registration.ts';
import { refused, type SeatOutcome, wrongHandle } from './seat-outcome.ts';
import type { SeatPorts } from './seat-ports.ts';
import type { Sessions } from './sessions.ts';
import type { Standing } from './standing.ts';

export interface RegisterArguments extends RegisterAsk {
  /** A folder in the worktree the agent works in, when it is not the one this process was started in. */
  readonly root?: string | undefined;
}

export interface SeatRegistration extends SeatOutcome<RegisterReply> {
  /** The secret handle; null when it was refused, or when only its first receiver has it. */
  readonly handle: string | null;
}

interface Context {
  readonly ports: SeatPorts;
  readonly occupant: Occupant;
  readonly sessions: Sessions;
}

/** Registers or resumes an agent. */
export async function registerAgent(context: Context, asked: RegisterArguments, call: Call): Promise<SeatRegistration> {
  const { ports, occupant } = context;
  const { root, ...said } = asked;
  const worktree = root === undefined ? occupant.worktree : await ports.worktreeAt(root);
  if (isRejection(worktree)) return refuse(context, worktree);
  const isNamed = said.id !== undefined || said.purpose !== undefined;
  const ask = isNamed ? said : { ...said, id: occupant.agentId, purpose: occupant.purpose };
  const request = { ask, said, earlier: null, worktree, requestId: call.requestId };
  const registered =
    call.session === undefined ? await registerHere(context, request) : await comeBack(context, call.session, request);
  return isRejection(registered) ? refuse(context, registered) : answer(registered, worktree);
}

async function registerHere(context: Context, request: OpenRequest): Promise<Registered | Rejection> {
  if (context.occupant.process === null) return openOnly(context, request);
  const { default: session } = context.sessions;
  for (;;) {
    const current = await session.current();
    const known = current === null ? await session.kept() : earlierOf(current);
    const isSame = known !== null && (await isSameAgent(context, request.ask, known.agentId));
    if (current !== null && !isSame) return openBeside(context, request, current);
    const same = isSame ? { ...request, ask: { ...request.ask, id: known.agentId }, earlier: known } : request;
    const registered = await session.register(same, { current, replaces: known?.sessionId });
    if (registered !== null) return registered;
  }
}

async function openOnly({ ports, occupant, sessions }: Context, request: OpenRequest): Promise<Registered | Rejection> {
  const opened = await openSession(ports, occupant, request);
  if (isRejection(opened) || opened.standing === null) return opened;
  // Whoever registers and is never heard of again costs nothing here: a handle is looked up when it is first shown. Only what
  // was told with the registration must be known until the next call confirms it.
  if (opened.notices.length > 0) sessions.add(opened.standing);
  return opened;
}

/** A second session, which only calls that show its handle act for. */
async function openBeside(context: Context, request: OpenRequest, current: Standing): Promise<Registered | Rejection> {
  const { ports, occupant, sessions } = context;
  const opened = await openSession(ports, occupant, request);
  if (isRejection(opened)) return opened;
  const standing =
    opened.standing === null ? sessions.bySessionId(opened.reply.sessionId) : sessions.add(opened.standing);
  const agentId = current.facts.acting?.agentId ?? 'before';
  const warning = `Calls without \`session\` go on as ${agentId}; show this session's handle to act as ${opened.reply.agentId}.`;
  return { ...opened, standing, reply: { ...opened.reply, warnings: [...opened.reply.warnings, warning] } };
}

/** The holder of a handle comes back. A handle of nobody registers nobody. */
async function comeBack(context: Context, handle: string, request: OpenRequest): Promise<Registered | Rejection> {
  const { ports, occupant, sessions } = context;
  const shown = await sessions.shown(handle);
  if (isRejection(shown)) return shown;
  const earlier = earlierOf(shown);
  if (earlier === null) return wrongHandle();
  const { id } = request.said ?? {};
  if (id != null && id !== earlier.agentId && !isSiblingOf(id, earlier.agentId)) return otherAgent(earlier.agentId, id);
  const same = { ...request, ask: { ...request.ask, id: earlier.agentId }, earlier };
  for (;;) {
    const current = await sessions.default.current();
    const isDefault = (current?.facts.handle ?? (await sessions.default.kept())?.handle) === handle;
    if (!isDefault) break;
    const registered = await sessions.default.register(same, { current, replaces: earlier.sessionId });
    if (registered !== null) return registered;
  }
  const opened = await openSession(ports, occupant, same);
  if (!isRejection(opened) && opened.standing !== null) sessions.add(opened.standing);
  return opened;
}

/**
 * Does the caller mean this agent? An id that led to a sibling (`_2`) means the sibling when it is asked for again, unless
 * the caller would rather be refused than be one.
 */
async function isSameAgent({ ports }: Context, ask: RegisterAsk, agentId: string): Promise<boolean> {
  if (ask.id != null) return agentId === ask.id || (ask.onTaken !== 'refuse' && isSiblingOf(ask.id, agentId));
  if (ask.purpose == null) return true;
  const agents = await ports.coordinator.view({ kind: 'agents', agentId });
  return agents.items[0]?.purpose === ask.purpose;
}

function isSiblingOf(id: string, agentId: string): boolean {
  return agentId.startsWith(`${id}_`) && /_\d+$/.test(agentId);
}

function earlierOf(standing: Standing): Earlier | null {
  const { acting, handle } = standing.facts;
  return acting === null ? null : { ...acting, handle };
}

function answer({ standing, reply, notices }: Registered, worktree: Worktree): SeatRegistration {
  standing?.hear(notices);
  return {
    answer: reply,
    at: 0,
    waitedMs: 0,
    safeForMs: {},
    notices,
    acting: { agentId: reply.agentId, sessionId: reply.sessionId },
    registered: null,
    worktree: worktree.id,
    handle: standing?.facts.handle ?? null,
  };
}

function refuse({ occupant }: Context, rejection: Rejection): SeatRegistration {
  return { ...refused(rejection, occupant.worktree.id), handle: null };
}

function otherAgent(agentId: string, id: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `The session handle is ${agentId}'s; it cannot register ${id}.`,
    next: `Leave out \`id\` to go on as ${agentId}, or leave out \`session\` to register ${id}.`,
    details: { path: 'id' },
  });
}
