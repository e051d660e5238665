// What an operator of a simulated fleet says about agents, policy and what another system knew.

import type { Command, LifecycleCommand } from '../../src/core/command.ts';
import type { Lifecycle } from '../../src/core/event.ts';
import type { FleetState } from '../../src/core/fleet-state.ts';
import { isWanted } from '../../src/core/lease/conflict.ts';
import type { Random } from '../support/random.ts';
import { strictPolicy } from './sim-policy.ts';

export type OperatorHead = Pick<Command, 'by' | 'requestId' | 'bodyHash'>;

/** Mostly what makes sense for some agent now, sometimes what does not; null where there is nobody. */
export function wordOfOperator(state: FleetState, head: OperatorHead, random: Random): Command | null {
  return random.weighted<() => Command | null>([
    [1, () => change('pause', 'active')],
    [1, () => pauseHolder()],
    [1.5, () => change('pause', 'paused')],
    [6, () => change('resume', 'paused')],
    [1.2, () => change('archive', random.chance(0.5) ? 'paused' : 'active')],
    [4, () => change('restore', 'archived')],
    [0.25, () => change('retire', 'active')],
    [0.5, () => change(random.pick(['pause', 'resume', 'archive', 'restore']), null)],
    [1.5, () => adopt()],
    [0.5, () => outcome()],
    [0.5, () => message()],
    [2, () => alertWord()],
    [1, () => incidentWord()],
    [0.4, () => importAgent()],
    [0.4, () => importHistory()],
  ])();

  function change(op: LifecycleCommand['op'], lifecycle: Lifecycle | null): Command | null {
    const agents = [...state.agents.rows()].filter((agent) => lifecycle === null || agent.lifecycle === lifecycle);
    if (agents.length === 0) return null;
    return word(op, random.pick(agents).agentId);
  }

  /** Somebody that others wait for. */
  function pauseHolder(): Command | null {
    const holders = [...state.leases.rows()].filter((lease) => isWanted(state, lease)).map(({ agentId }) => agentId);
    return holders.length === 0 ? null : word('pause', random.pick(holders));
  }

  function word(op: LifecycleCommand['op'], agentId: string): Command {
    return { ...head, bodyHash: `${op} ${agentId}`, op, agentId, reason: `${op} it` };
  }

  function adopt(): Command {
    const policy = random.chance(0.1) ? {} : strictPolicy(random);
    const seq = state.fleet?.policy?.seq ?? null;
    const instead = random.chance(0.3) ? {} : { instead: random.chance(0.9) ? seq : 1 };
    return { ...head, op: 'adopt_policy', policy, reason: 'as agreed', ...instead };
  }

  function outcome(): Command | null {
    const checkIns = [...state.checkIns.rows()];
    if (checkIns.length === 0) return null;
    const { checkInId } = random.pick(checkIns);
    return { ...head, op: 'record_outcome', checkInId, kind: 'review', ok: random.chance(0.5), evidence: 'looked' };
  }

  function message(): Command | null {
    const agents = [...state.agents.rows()];
    if (agents.length === 0) return null;
    const to = random.chance(0.3) ? '*' : random.pick(agents).agentId;
    return { ...head, op: 'send_message', to, kind: 'info', text: 'mind it', replyTo: null, resource: null };
  }

  function alertWord(): Command | null {
    const alerts = [...state.alerts.rows()].slice(-20);
    if (alerts.length === 0) return null;
    // Few alerts are ever acknowledged: that it is taken back is looked for.
    const taken = alerts.filter(({ acknowledged }) => acknowledged !== null);
    const { alert } = random.pick(taken.length > 0 && random.chance(0.5) ? taken : alerts);
    if (random.chance(0.4)) return { ...head, op: 'acknowledge_alert', alert, note: 'on it' };
    if (random.chance(0.4)) return { ...head, op: 'unacknowledge_alert', alert, note: 'off it' };
    return { ...head, op: 'silence_alert', alert, forMs: random.pick([0, 30_000, 600_000]), note: 'known' };
  }

  function incidentWord(): Command | null {
    const incidents = [...state.incidents.rows()].slice(-10);
    if (incidents.length === 0) return null;
    const { incident } = random.pick(incidents);
    const op = random.chance(0.7) ? 'note_incident' : 'close_incident';
    return { ...head, op, incident, text: 'it was the night' };
  }

  function importAgent(): Command {
    const agentId = random.chance(0.8) ? `old-${random.between(1, 3)}` : 'agent-a';
    const lifecycle = random.pick(['active', 'paused', 'archived', 'retired'] as const);
    const digest = `${lifecycle} ${random.between(1, 2)}`;
    const facts = { lifecycle, createdWallAt: null, tags: [], notes: '', record: { status: lifecycle }, digest };
    return { ...head, op: 'import_agent', agentId, ...facts, source: 'agent_metadata.json' };
  }

  function importHistory(): Command {
    const agentId = `old-${random.between(1, 3)}`;
    const after = random.chance(0.9) ? (state.imports.get(agentId)?.lines ?? 0) : 99;
    const facts = { columns: ['update'], rows: [[`${after}`]], lines: [after + 2], after, digest: `to ${after}` };
    return { ...head, op: 'import_history', agentId, source: `governance_history_${agentId}.csv`, ...facts };
  }
}
