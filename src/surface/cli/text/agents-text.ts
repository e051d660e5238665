// Agents as a table: who they are, whether their processes are there, and what they hold.

import { oneLine } from '../../../core/view/one-line.ts';
import type { AgentView, Presence } from '../../../core/view/views.ts';
import type { Look } from '../output/screen.ts';
import { type Column, tableLines } from '../output/table.ts';
import { ageText } from './age-text.ts';
import { paintPresence } from './presence-text.ts';

export function agentsText(agents: readonly AgentView[], look: Look): readonly string[] {
  return tableLines(columnsFor(look), agents, { width: look.width, title: look.paint.title });
}

export const NO_AGENTS = [
  'No agent is here.',
  'Agents join by starting `brigade mcp` from their client, or with the first `brigade acquire` of a shell.',
];

function columnsFor({ paint }: Look): readonly Column<AgentView>[] {
  return [
    { title: 'AGENT', text: (agent) => oneLine(agent.agentId), cut: 'middle', least: 40, paint: paint.strong },
    { title: 'STATE', text: stateText, paint: (text, agent) => paintPresence(paint, presenceOf(agent))(text) },
    {
      title: 'SEEN',
      text: (agent) => (agent.idleForMs === null ? 'never' : seenText(agent.idleForMs)),
      align: 'right',
    },
    { title: 'LOCKS', text: (agent) => countText(agent.leases), align: 'right' },
    { title: 'WAITS', text: (agent) => countText(agent.waits), align: 'right' },
    { title: 'CLIENT', text: (agent) => oneLine(agent.client), cut: 'middle', leaveOut: 1 },
    { title: 'PROCESS', text: processText, cut: 'end', leaveOut: 2, paint: paint.faint },
    { title: 'PURPOSE', text: (agent) => oneLine(agent.purpose ?? ''), cut: 'end', leaveOut: 3, paint: paint.faint },
  ];
}

function stateText(agent: AgentView): string {
  const presence = presenceOf(agent);
  const word = agent.liveSessions === 0 ? 'gone' : presence === 'unknown' ? placeText(agent) : presence;
  return agent.lifecycle === 'active' ? word : `${agent.lifecycle}, ${word}`;
}

/** Where an agent is whose process cannot be seen: on another host, or calling over HTTP without one. */
function placeText({ sessions }: AgentView): string {
  return sessions.every(({ processes }) => processes.length === 0) ? 'over HTTP' : 'elsewhere';
}

/** The best of its sessions: an agent is there as long as one of them is. */
function presenceOf(agent: AgentView): Presence {
  const order: readonly Presence[] = ['alive', 'unknown', 'stopped', 'gone'];
  const found = agent.sessions.map((session) => session.presence);
  return order.find((each) => found.includes(each)) ?? 'gone';
}

function countText(count: number): string {
  return count === 0 ? '-' : String(count);
}

function processText(agent: AgentView): string {
  const processes = agent.sessions.flatMap((session) => session.processes);
  const named = processes.slice(0, 3).map((process) => `${process.kind} ${process.pid}`);
  return processes.length > 3 ? `${named.join(', ')} +${processes.length - 3}` : named.join(', ');
}

function seenText(idleForMs: number): string {
  return idleForMs < 1_000 ? 'now' : `${ageText(idleForMs)} ago`;
}
