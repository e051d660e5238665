// Whose edit is it? The client names its session in every hook, so all hooks of one session are one agent, and so is the MCP
// server of a client that gives it the same name (Claude Code). A client that does not, or that has changed the name since
// the server was started, is found by its process: a server and a hook that one process started are one agent.
//
//   kept under the client's name of the session, and live      that session
//   live, of the same client, by a process of the same starter that session, acted for without its handle
//   neither                                                    a session of its own, kept under the client's name; and under its
//                                                              process, where a server that comes later has no other name
//
// A hook is over in a moment, so it is no process that a session could live by. The session lives by the client's own process
// where that can be seen among the ancestors of the hook, and ends within two seconds of it; else as one over HTTP does. A
// client with one process for many sessions (an editor) tells which session it is by name alone.

import type { Caller } from '../../core/command.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { SessionView } from '../../core/view/views.ts';
import type { ProcessEvidence } from '../../ports/process-table.ts';
import type { ClientSessionKey } from '../../ports/state-folder.ts';
import { clientProcessKey, normalClientName } from '../client-session.ts';
import { secretHash } from '../credentials.ts';
import type { Occupant, Worktree } from '../seat/occupant.ts';
import { SessionCalls } from '../seat/session-calls.ts';
import { starterOf } from '../starter.ts';
import type { HookCall, HookCaller } from './hook-call.ts';
import type { HookPorts } from './hook-ports.ts';

export interface HookSession {
  readonly worktree: Worktree;
  /** For calls in the name of the client's session. */
  readonly calls: SessionCalls;
  /** Where the client's session is one whose handle is not known here: who acts for it all the same. */
  readonly by: Extract<Caller, { kind: 'process' }> | null;
  /** The handle that the request shows, over HTTP. */
  readonly shown: string | undefined;
  /** The client's session has a name of its own: a sub-agent that is an agent too. */
  readonly isOwnAgent: boolean;
}

/** Programs of a terminal: one process, one session at a time. */
const BY_PROCESS: ReadonlySet<string> = new Set(['claude-code', 'codex', 'gemini']);

/** Who the call is made for; registers nobody. A rejection where its folder is in no worktree of the fleet. */
export async function hookSessionOf(
  ports: HookPorts,
  call: HookCall,
  { caller, subagents }: { readonly caller: HookCaller; readonly subagents: 'share' | 'separate' },
): Promise<HookSession | Rejection> {
  const found = await ports.seat.worktreeAt(call.folder ?? ports.root);
  const worktree = isRejection(found) ? await ports.seat.worktreeAt(ports.root) : found;
  if (isRejection(worktree)) return worktree;
  const ownLabel = subagents === 'separate' ? call.label : null;
  const starter = caller.pid === null ? null : starterOf(ports.processes.ancestorsOf(caller.pid));
  const shown = caller.secret === null ? undefined : await handleIn(ports, caller.secret);
  const occupant = occupantOf(ports, call, { caller, worktree, ownLabel, starter });
  const calls = new SessionCalls(ports.seat, occupant);
  const by = ownLabel !== null || shown !== undefined ? null : await byProcess(ports, call, { calls, starter });
  return { worktree, calls, by, shown, isOwnAgent: ownLabel !== null };
}

interface Seen {
  readonly caller: HookCaller;
  readonly worktree: Worktree;
  /** Of a sub-agent that is an agent too. */
  readonly ownLabel: string | null;
  readonly starter: ProcessEvidence | null;
}

function occupantOf(ports: HookPorts, call: HookCall, { caller, worktree, ownLabel, starter }: Seen): Occupant {
  const { placeId } = ports.place;
  const process =
    starter === null
      ? null
      : { placeId, pid: starter.pid, startTime: starter.startTime, kind: 'client', role: 'other' as const };
  const keptAs = keyOf(call, { ownLabel, starter });
  return {
    client: call.client,
    user: ports.user,
    agentId: ownLabel === null ? caller.agentId : null,
    purpose: ownLabel === null ? caller.purpose : purposeOf(ownLabel),
    handle: null,
    keptAs,
    alsoKeptAs: ownLabel === null ? clientProcessKey(call.client, starter) : null,
    clientSession: call.sessionId,
    process,
    worktree,
    folder: call.folder,
  };
}

/** Null where neither the client nor its process tells sessions apart. */
function keyOf(
  { client, sessionId }: HookCall,
  { ownLabel, starter }: Pick<Seen, 'ownLabel' | 'starter'>,
): ClientSessionKey | null {
  const id = sessionId ?? (starter === null ? null : `process ${starter.pid} ${starter.startTime}`);
  if (id === null) return null;
  return { client, id: ownLabel === null ? id : JSON.stringify([id, ownLabel]) };
}

/** The name of a kind of sub-agent, as a purpose: `code-reviewer` of `code-reviewer:a1b2`. */
function purposeOf(label: string): string {
  return label.replace(/:.*/s, '');
}

async function byProcess(
  ports: HookPorts,
  call: HookCall,
  { calls, starter }: { readonly calls: SessionCalls; readonly starter: ProcessEvidence | null },
): Promise<HookSession['by']> {
  if (starter === null || !BY_PROCESS.has(call.client)) return null;
  if ((await liveByName(ports, calls)) !== null) return null;
  const { items } = await ports.seat.coordinator.view({ kind: 'sessions', limit: SESSIONS_LOOKED_AT });
  const session = items.find((each) => isOfStarter(ports, each, call.client, starter));
  return session === undefined ? null : { kind: 'process', sessionId: session.sessionId };
}

/** There are rarely more than a few processes on a host that agents live by. */
const SESSIONS_LOOKED_AT = 200;

async function liveByName({ seat }: HookPorts, calls: SessionCalls): Promise<SessionView | null> {
  const kept = await calls.sessions.default.peek();
  if (kept === null) return null;
  const session = await seat.coordinator.view({ kind: 'session', handleHash: kept.facts.handleHash });
  return session?.state === 'live' ? session : null;
}

function isOfStarter(ports: HookPorts, session: SessionView, client: string, starter: ProcessEvidence): boolean {
  if (session.state !== 'live' || normalClientName(session.client) !== client) return false;
  return session.processes.some(({ placeId, pid, kind }) => {
    if (placeId !== ports.place.placeId || kind !== 'mcp') return false;
    const its = starterOf(ports.processes.ancestorsOf(pid));
    return its?.pid === starter.pid && its.startTime === starter.startTime;
  });
}

/** The secret, where it is the handle of a session. */
async function handleIn({ seat }: HookPorts, secret: string): Promise<string | undefined> {
  const handleHash = secretHash(seat.hasher, secret);
  const session = await seat.coordinator.view({ kind: 'session', handleHash });
  return session === null ? undefined : secret;
}
