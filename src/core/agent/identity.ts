// Which agent a registration names, decided without prompts, the same way every time.
//
//   nothing                      <client>_<user>_<yyyymmdd>_<hhmm>, made unique
//   nothing, at a command line   cli_<user>, the same each time
//   a purpose                    <client>_<purpose>, made unique
//   an id nobody has             that id
//   an id of an agent that is not here now    that agent again
//   an id in use, or one that looks like another's    a sibling (_2, _3 ...) with a warning, or ID_TAKEN
//   a generic id                 only with a suffix, with a warning
//
// Nobody is ever logged out, impersonated or stripped of leases by a registration.

import type { RegisterCommand } from '../command.ts';
import type { FleetState } from '../fleet-state.ts';
import { isRejection, type Rejection, reject } from '../rejection.ts';
import type { AgentRow } from '../rows.ts';
import { isGeneric, lookAlikeKey } from './agent-id.ts';

export interface Identity {
  readonly agentId: string;
  /** The agent is known and goes on; otherwise it is registered anew. */
  readonly isKnown: boolean;
  readonly named: boolean;
  readonly warnings: readonly string[];
  /** The id that was asked for, where the agent that has it is at work. */
  readonly inUse?: string;
}

/** The identity for this registration, or ID_TAKEN, or why the agent of that name may not come back. */
export function identify(state: FleetState, command: RegisterCommand): Identity | Rejection {
  if (command.agentId !== null) return identifyNamed(state, command, command.agentId);
  if (command.purpose === null && command.client === PERSON) return identifyPerson(state, command);
  const wish =
    command.purpose === null
      ? slug(`${command.client}_${command.user}_${command.stamp}`)
      : slug(`${command.client}_${command.purpose}`);
  if (isGeneric(wish)) return { ...suffixed(state, wish), named: false };
  return { agentId: uniqueId(state, wish, 2), isKnown: false, named: false, warnings: [] };
}

/**
 * A person at a command line is one agent, whatever they type and however often they come: the first of `cli_<user>`,
 * `cli_<user>_2` ... that is not in use by another terminal now.
 */
function identifyPerson(state: FleetState, { client, user }: RegisterCommand): Identity | Rejection {
  const wish = slug(`${client}_${user}`);
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? wish : suffixOf(wish, n);
    const known = state.agents.get(id);
    if (known === undefined) {
      if (firstLookAlike(state, id) === undefined) return { agentId: id, isKnown: false, named: false, warnings: [] };
    } else if (!known.named && known.client === client && !isHere(state, known) && mayReturn(known)) {
      const back = comeBack(known);
      return isRejection(back) ? back : { ...back, named: false };
    }
  }
}

/** Archived or retired by somebody, it is passed over; paused, it stands in the way and says so. */
function mayReturn(agent: AgentRow): boolean {
  return agent.lifecycle === 'active' || agent.lifecycle === 'paused' || isArchivedBySilence(agent);
}

function identifyNamed(state: FleetState, command: RegisterCommand, id: string): Identity | Rejection {
  if (isGeneric(id)) {
    const identity = suffixed(state, id);
    if (command.onTaken !== 'refuse') return identity;
    return taken(id, `${id} is a generic id: nobody can tell such agents apart.`, identity.agentId);
  }
  const known = state.agents.get(id);
  if (known !== undefined && !isHere(state, known)) return comeBack(known);
  const lookAlike = known ?? firstLookAlike(state, id);
  if (lookAlike === undefined) return fresh(id, []);
  const why =
    known === undefined
      ? `${id} looks like ${lookAlike.agentId}, which exists`
      : `${id} is in use by ${whoIsLive(state, id)}`;
  const agentId = uniqueId(state, id, 2);
  if (command.onTaken === 'refuse') return taken(id, `${why}.`, agentId);
  const identity = fresh(agentId, [`${why}, so you are ${agentId}.`]);
  return known === undefined ? identity : { ...identity, inUse: id };
}

/** A generic id is only given with a suffix, and says so. */
function suffixed(state: FleetState, id: string): Identity {
  const agentId = uniqueId(state, id, 1, true);
  return fresh(agentId, [
    `${id} is a generic id that any agent might use, so you are ${agentId}. Register a purpose to be told apart.`,
  ]);
}

function comeBack(known: AgentRow): Identity | Rejection {
  const id = known.agentId;
  if (known.lifecycle === 'paused')
    return reject('AGENT_PAUSED', {
      message: `${id} is paused.`,
      next: 'An operator can resume it; recover needs a session of it.',
    });
  if (known.lifecycle === 'archived' && !isArchivedBySilence(known))
    return reject('AGENT_ARCHIVED', {
      message: `${id} is archived.`,
      next: 'An operator can restore it, or register another id.',
    });
  if (known.lifecycle === 'retired')
    return reject('AGENT_RETIRED', { message: `${id} is retired for ever.`, next: 'Register another id.' });
  return { agentId: id, isKnown: true, named: true, warnings: [] };
}

/** Policy archived it because nothing was heard of it; nobody meant to keep it out. */
export function isArchivedBySilence({ lifecycle, change, pause }: AgentRow): boolean {
  return lifecycle === 'archived' && change?.by === 'policy' && pause === null;
}

function fresh(agentId: string, warnings: readonly string[]): Identity {
  return { agentId, isKnown: false, named: true, warnings };
}

function taken(id: string, why: string, free: string): Rejection {
  return reject('ID_TAKEN', {
    message: why,
    next: `Register another id, for instance ${free}, or show the handle of the session that has it.`,
    details: { id, free },
  });
}

function isHere(state: FleetState, agent: AgentRow): boolean {
  return state.sessions.countIn('liveAgent', agent.agentId) > 0;
}

function whoIsLive(state: FleetState, agentId: string): string {
  for (const session of state.sessions.in('liveAgent', agentId)) {
    const process = session.attachments[0];
    const where = process === undefined ? '' : `, process ${process.pid}`;
    return `a live session (${session.client}${where}, since ${session.openedWallAt})`;
  }
  return 'an agent that is registered';
}

function firstLookAlike(state: FleetState, id: string): AgentRow | undefined {
  for (const agent of state.agents.in('lookAlike', lookAlikeKey(id))) return agent;
  return undefined;
}

/** `id`, or `id_2`, `id_3` ...: the first that neither is nor looks like a known one. */
function uniqueId(state: FleetState, id: string, first: number, suffixAlways = false): string {
  if (!suffixAlways && firstLookAlike(state, id) === undefined) return id;
  for (let n = first; ; n += 1) {
    const candidate = suffixOf(id, n);
    if (firstLookAlike(state, candidate) === undefined) return candidate;
  }
}

function suffixOf(id: string, n: number): string {
  const suffix = `_${n}`;
  return `${id.slice(0, ID_LENGTH - suffix.length)}${suffix}`;
}

/** Of the command line, where a person and not a client acts. */
const PERSON = 'cli';
const ID_LENGTH = 63;

/** Text of a client or person turned into an id: lower case, one separator, no edges that an id cannot have. */
function slug(text: string): string {
  const cleaned = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '_')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, ID_LENGTH);
  return cleaned === '' ? 'agent_unnamed' : cleaned;
}
