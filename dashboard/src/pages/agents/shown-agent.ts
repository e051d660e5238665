// An agent as the page lists it, and which ones it lists.

import type { AgentView, Presence } from '../../data/types.ts';

/** Of several sessions the one that is best off: an agent is stopped or gone when all of it is. */
export function presenceOf({ sessions }: Pick<AgentView, 'sessions'>): Presence {
  return BEST_FIRST.find((presence) => sessions.some((session) => session.presence === presence)) ?? 'gone';
}

const BEST_FIRST: readonly Presence[] = ['alive', 'stopped', 'unknown', 'gone'];

export interface AgentFilter {
  readonly text: string;
  /** A lifecycle; empty for all. */
  readonly state: string;
}

/** `text` is looked for in names, clients, purposes, tags and plans. */
export function filterAgents(agents: readonly AgentView[], filter: AgentFilter): readonly AgentView[] {
  const text = filter.text.trim().toLowerCase();
  return agents.filter(
    (agent) =>
      (filter.state === '' || agent.lifecycle === filter.state) &&
      (text === '' || wordsOf(agent).some((each) => each.toLowerCase().includes(text))),
  );
}

function wordsOf({ agentId, client, purpose, tags, plan }: AgentView): readonly string[] {
  return [agentId, client, purpose ?? '', ...tags, plan?.goal ?? '', plan?.task ?? ''];
}
