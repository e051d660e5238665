// Whoever is attached to a log keeps it from being replaced or left: he would go on with what he knows of it.

import { clock } from '../../../compose.ts';
import { type Rejection, reject } from '../../../core/rejection.ts';
import type { AgentView, SessionView } from '../../../core/view/views.ts';
import type { Operator } from '../authority.ts';
import type { Context } from '../context.ts';
import { callerSeat } from '../occupant.ts';
import type { SeenFleet } from '../open-fleet.ts';

/** A token is checked against the log that it comes from: what takes its place may be older than the token. */
export async function refuseStranger(seen: SeenFleet, operator: Operator): Promise<Rejection | null> {
  if (operator.proof === 'terminal') return null;
  const { tokenHash } = operator.proof;
  const isKnown = await seen.coordinator.view({ kind: 'token', which: 'operator', tokenHash }).catch(() => false);
  if (isKnown) return null;
  return reject('CREDENTIAL_WRONG', {
    message: 'BRIGADE_OPERATOR_TOKEN is not the operator token of this fleet.',
    next: 'Run it in a terminal without the token.',
  });
}

/** Why nobody may be attached, where somebody is. It looks for a while where that cannot be told at once. */
export async function refuseAttached(context: Context, seen: SeenFleet): Promise<Rejection | null> {
  const own = (await (await callerSeat(context.cli, seen)).who())?.sessionId ?? null;
  const sessions = await attachedSessions(context, seen, own);
  const attached = sessions.map(attachedText);
  if (attached.length === 0) return null;
  const shown = attached.slice(0, 5).join(', ');
  const more = attached.length > 5 ? ` and ${attached.length - 5} more` : '';
  return reject('NOT_SAFE', {
    message: `Agents are attached to this log, and would be cut off from it: ${shown}${more}.`,
    next: sessions.every(isElsewhere)
      ? 'They are in another container or on another machine, and end by themselves some minutes after that is gone if anybody here is at work. Where you know that it is gone: brigade archive AGENT --reason "..."'
      : 'End their processes first; `brigade agents` shows them. Their sessions end by themselves within seconds.',
    details: { attached },
  });
}

/** Nobody, where the log cannot be read: then no agent can go on with it either. */
async function agentsOf({ coordinator }: SeenFleet): Promise<readonly AgentView[]> {
  try {
    return (await coordinator.view({ kind: 'agents', limit: 1_000 })).items;
  } catch {
    // The damage is what this restores from.
    return [];
  }
}

/**
 * Live sessions of others whose processes may be there. Processes of an earlier start of this machine are proved gone by looking
 * for a while, which somebody has to do.
 */
async function attachedSessions(
  context: Context,
  seen: SeenFleet,
  own: string | null,
): Promise<readonly SessionView[]> {
  const look = async (): Promise<readonly SessionView[]> => {
    const sessions = (await agentsOf(seen)).flatMap((agent) => agent.sessions);
    return sessions.filter(
      ({ state, presence, sessionId }) => state === 'live' && presence !== 'gone' && sessionId !== own,
    );
  };
  let attached = await look();
  const untilMs = clock.monotonicMs() + LOOK_MS;
  if (attached.some(isElsewhere)) {
    context.remark('Sessions of an earlier start or another container: looking for 20 s whether anybody is there ...');
    seen.fleet.coordinator.watchOver();
  }
  while (attached.some(isElsewhere) && clock.monotonicMs() < untilMs) {
    await new Promise<void>((passed) => void clock.after(LOOK_AGAIN_MS, passed));
    attached = await look();
  }
  return attached;
}

/** A little more than an earlier start of a machine is watched before it counts as gone. */
const LOOK_MS = 20_000;
const LOOK_AGAIN_MS = 500;

function isElsewhere({ presence, processes }: SessionView): boolean {
  return presence === 'unknown' && processes.length > 0;
}

function attachedText({ agentId, processes }: SessionView): string {
  return `${agentId} (${processes.map(({ kind, pid }) => `${kind} ${pid}`).join(', ') || 'no process'})`;
}
