// When everybody is done: what coordinators show is what the log says, folded afresh.

import type { FleetState } from '../../../src/core/fleet-state.ts';
import type { AgentView, LockView, PolicyView, StateEntryView, WaitsView } from '../../../src/core/view/views.ts';

/** What one coordinator shows. */
export interface Shown {
  readonly who: string;
  readonly locks: readonly LockView[];
  readonly waits: WaitsView;
  readonly entries: readonly StateEntryView[];
  readonly agents: readonly AgentView[];
  readonly policy: PolicyView;
}

type Facts = Readonly<Record<'locks' | 'waiters' | 'entries' | 'agents' | 'policy', readonly string[]>>;

export function shownAndFolded(shown: Shown, state: FleetState): readonly string[] {
  const [seen, folded] = [factsShown(shown), factsFolded(state)];
  return (Object.keys(folded) as (keyof Facts)[]).flatMap((what) => {
    const missing = folded[what].filter((fact) => !seen[what].includes(fact));
    const more = seen[what].filter((fact) => !folded[what].includes(fact));
    if (missing.length + more.length === 0) return [];
    return [
      `${shown.who} shows other ${what} than the log: without ${JSON.stringify(missing)}, and ${JSON.stringify(more)}`,
    ];
  });
}

function factsShown({ locks, waits, entries, agents, policy }: Shown): Facts {
  return {
    locks: locks.flatMap(({ resource, mode, token, holder }) =>
      holder === null ? [] : [`${resource} ${mode} ${token} ${holder.sessionId}`],
    ),
    waiters: waits.waiters.map(({ ticket, sessionId }) => `${ticket} ${sessionId}`),
    entries: entries.map(({ key, version, value }) => entryText(key, version, value)),
    agents: agents.map(({ agentId, lifecycle }) => `${agentId} ${lifecycle}`),
    policy: [String(policy.adopted?.seq ?? 'none')],
  };
}

function factsFolded({ leases, tickets, entries, agents, fleet }: FleetState): Facts {
  return {
    locks: [...leases.rows()].map(
      ({ resource, mode, token, sessionId }) => `${resource} ${mode} ${token} ${sessionId}`,
    ),
    waiters: [...tickets.rows()].map(({ ticket, sessionId }) => `${ticket} ${sessionId}`),
    entries: [...entries.rows()].map(({ key, version, value }) => entryText(key, version, value)),
    agents: [...agents.rows()].map(({ agentId, lifecycle }) => `${agentId} ${lifecycle}`),
    policy: [String(fleet?.policy?.seq ?? 'none')],
  };
}

function entryText(key: string, version: number, value: unknown): string {
  return `${key} ${version} ${JSON.stringify(value)}`;
}
