// What an agent is told when its session begins, or goes on: who else is at work here, what is locked, what others plan, and
// which messages it has not read. Short, because it is read by somebody who has other things to do; nothing where there is
// nothing to tell.

import { durationText } from '../../core/view/duration-text.ts';
import { oneLine } from '../../core/view/one-line.ts';
import type { AgentView, FleetView, LockView, MessageView } from '../../core/view/views.ts';
import type { Coordinator } from '../coordinator.ts';
import type { Standing } from '../seat/standing.ts';
import type { HookMoment } from './hook-call.ts';
import { pathText } from './path-text.ts';

export interface Beginning {
  readonly how: Extract<HookMoment, { kind: 'session-start' }>['how'];
  /** From which names are seen. */
  readonly worktree: string;
  /** Its session, where it has one already. */
  readonly own: Standing | null;
}

/** Of each kind so many are named; the rest is counted. */
const NAMED = 8;
const MESSAGES = 5;

/** Null where nobody else is here and nothing is to be told. */
export async function whoIsHere(coordinator: Coordinator, { how, worktree, own }: Beginning): Promise<string | null> {
  const fleet = await coordinator.view({ kind: 'fleet' });
  const ownId = own?.facts.acting?.agentId ?? null;
  const lines = [
    ...ownLines(fleet, { ownId, how, worktree }),
    ...otherLines(fleet, ownId),
    ...lockLines(fleet, ownId, worktree),
    ...planLines(fleet, ownId),
    ...(ownId === null ? [] : messageLines(await messagesFor(coordinator, ownId))),
  ];
  return lines.length === 0 ? null : [HEAD, ...lines, TAIL].join('\n');
}

const HEAD =
  'Several agents may work in this workspace at once; Brigade keeps them from editing the same file at the same time.';
const TAIL =
  'Edit as usual: a file is locked for you while you edit it, and freed when your turn ends. If an edit is denied, the reason says who holds the file and what to do.';

function ownLines(
  fleet: FleetView,
  {
    ownId,
    how,
    worktree,
  }: { readonly ownId: string | null; readonly how: Beginning['how']; readonly worktree: string },
): readonly string[] {
  if (ownId === null) return [];
  const held = fleet.locks.filter(({ holder }) => holder?.agentId === ownId).map((lock) => nameOf(lock, worktree));
  const still = how === 'new' ? '' : ' still';
  const holds = held.length === 0 ? '' : ` You${still} hold ${listed(held)}.`;
  return [`- You are ${ownId} here.${holds}`];
}

function otherLines({ agents, leftOut }: FleetView, ownId: string | null): readonly string[] {
  const here = agents.filter(({ agentId, liveSessions }) => agentId !== ownId && liveSessions > 0);
  if (here.length === 0) return [];
  const names = here.slice(0, NAMED).map(agentText);
  const more = here.length - names.length + leftOut.agents;
  return [`- Here now: ${names.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`];
}

function agentText({ agentId, purpose, lifecycle, idleForMs }: AgentView): string {
  const what = purpose === null || purpose === '' ? '' : ` (${oneLine(purpose, 60)})`;
  const paused = lifecycle === 'active' ? '' : `, ${lifecycle}`;
  const idle = idleForMs === null ? '' : `, active ${durationText(idleForMs)} ago`;
  return `${agentId}${what}${paused}${idle}`;
}

function lockLines({ locks, leftOut }: FleetView, ownId: string | null, worktree: string): readonly string[] {
  const others = locks.filter(({ holder }) => holder !== null && holder.agentId !== ownId);
  if (others.length === 0) return [];
  const names = others.slice(0, NAMED).map((lock) => `${nameOf(lock, worktree)} by ${lock.holder?.agentId ?? ''}`);
  const more = others.length - names.length + leftOut.locks;
  return [`- Locked: ${names.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`];
}

function planLines({ plans }: FleetView, ownId: string | null): readonly string[] {
  return plans
    .filter(({ agentId }) => agentId !== ownId)
    .slice(0, NAMED)
    .map(({ agentId, goal, task }) => `- ${agentId} works on: ${oneLine(task === '' ? goal : task, 160)}`);
}

async function messagesFor(coordinator: Coordinator, agentId: string): Promise<readonly MessageView[]> {
  const { items } = await coordinator.view({ kind: 'messages', agentId, limit: MESSAGES_LOOKED_AT });
  return items.filter(({ isRead, from }) => isRead === false && from !== agentId).slice(-MESSAGES);
}

const MESSAGES_LOOKED_AT = 50;

function messageLines(messages: readonly MessageView[]): readonly string[] {
  return messages.map(({ from, kind, text, agoMs }) => {
    return `- Message from ${oneLine(from, 80)} (${kind}, ${durationText(agoMs)} ago): "${oneLine(text, 400)}"`;
  });
}

function nameOf({ resource }: LockView, worktree: string): string {
  return pathText(resource, worktree);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
}
