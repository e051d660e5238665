// Policy: what a fleet has decided about its agents. The policy in force is in the log; the defaults are here. What a policy
// leaves out is the default; what it says of agents by name or pattern comes on top.

import type { DeliveryTarget } from '../delivery/target.ts';

export type EstimatorName = 'evidence' | 'eisv-v1';

/** Settings that may differ from agent to agent. */
export interface AgentPolicy {
  readonly estimator?: EstimatorName;
  /** What becomes of the leases of an agent that is paused: kept until their TTL, or released at once. */
  readonly onPause?: 'keep' | 'release';
  /** A session without a process (over HTTP) ends after this much silence. */
  readonly silentSessionMs?: number;
  readonly evidence?: Partial<EvidencePolicy>;
  /** Archives agents that nobody named and that were silent for long; null never does. */
  readonly archive?: ArchivePolicy | null;
}

/** As somebody wrote it: everything may be left out. */
export interface Policy extends AgentPolicy {
  /** By agent id or pattern (`*` stands for any characters), in order: of those that match, later ones win. */
  readonly agents?: Readonly<Record<string, AgentPolicy>>;
  /** Of the fleet as a whole, and not of some agents: an alert concerns several of them. */
  readonly alerts?: AlertsSays;
  readonly silentHolder?: Partial<SilentHolderPolicy>;
  readonly retention?: Partial<RetentionPolicy>;
  readonly hooks?: HooksSays;
}

/** What a policy says of alerts: when there is one, and who is told of it besides the fleet. */
export interface AlertsSays extends Partial<AlertsPolicy> {
  readonly deliver?: readonly DeliveryTarget[];
}

/** When something is worth an alert, and when it no longer is. */
export interface AlertsPolicy {
  /** Contention: somebody waits longer than this for a resource. */
  readonly waitMs: number;
  /** Contention: more than this many stand in line for it. */
  readonly queueLength: number;
  /** Starvation: somebody waits longer than this. */
  readonly starvationMs: number;
  /** Offers to one waiter that lapsed. */
  readonly lapses: number;
  /** An alert whose cause may come back any moment is not closed sooner than this after it was told. */
  readonly closeAfterMs: number;
  /** An open alert that nobody looks after is told again after so long. */
  readonly repeatMs: number;
}

/** What is done about a holder that somebody waits for and that does nothing. */
export interface SilentHolderPolicy {
  readonly afterMs: number;
  /** Take the lease back; otherwise people are told. */
  readonly revoke: boolean;
}

/** How much of the log is kept as it is; what is older goes into archives. Where both are said, the longer one counts. */
export interface RetentionPolicy {
  /** By the wall time at which it was logged. Null: for ever. */
  readonly keepMs: number | null;
  readonly keepEvents: number | null;
}

/** What hooks of clients and of git do for agents that never heard of Brigade. */
export interface HooksPolicy {
  /** An agent is about to edit what another one holds: the edit is refused, or a person is asked. */
  readonly onHeld: 'deny' | 'ask';
  /** Nobody can say whether an edit is free: it goes ahead, or it does not. */
  readonly onFault: 'open' | 'closed';
  /** Sub-agents act for the session of the agent that started them, or each for one of its own. */
  readonly subagents: 'share' | 'separate';
  /** A lease covers the path in one worktree, or in all of them. */
  readonly scope: 'file' | 'repo';
  /** A lease that a hook took ends after so long without an edit; after a quarter of it once somebody waits. */
  readonly quietMs: number;
  readonly git: GitHooksPolicy;
}

export interface GitHooksPolicy {
  /** A commit has changes of what another agent holds. */
  readonly onHeld: 'refuse' | 'warn';
  /** The same of a commit that comes from no session: a person's. */
  readonly onPerson: 'warn' | 'refuse';
  /** Agent and tokens are written into the message of its commits. */
  readonly trailers: boolean;
  /** What is pushed is looked at too. */
  readonly push: boolean;
  /** `brigade guard watch` saw somebody change what another one holds: it is told in the log, or is an alert too. */
  readonly watch: 'report' | 'alert';
}

/** As somebody wrote it. */
export interface HooksSays extends Partial<Omit<HooksPolicy, 'git'>> {
  readonly git?: Partial<GitHooksPolicy>;
}

export interface EvidencePolicy {
  /** Check-ins before an agent is judged at all. */
  readonly minCheckIns: number;
  /** Labels before calibration is judged. */
  readonly minLabels: number;
  /** `guide` above this Brier score. */
  readonly guideBrier: number;
  /** Failed check-ins in a row. */
  readonly guideFailures: number;
  readonly pauseFailures: number;
  /** Equal summaries among the last `guideEqualOf` check-ins. */
  readonly guideEqual: number;
  readonly guideEqualOf: number;
  readonly pauseEqual: number;
  readonly pauseEqualOf: number;
  /** Leases lost within `lostLeasesMs`. */
  readonly pauseLostLeases: number;
  readonly lostLeasesMs: number;
  /** A paused agent is in bounds again when no rule that pauses matches its last check-ins, this many. */
  readonly boundsOf: number;
}

export interface ArchivePolicy {
  /** Without any activity. */
  readonly silentMs: number;
}

export interface EffectivePolicy {
  readonly estimator: EstimatorName;
  readonly onPause: 'keep' | 'release';
  readonly silentSessionMs: number;
  readonly evidence: EvidencePolicy;
  readonly archive: ArchivePolicy | null;
  readonly alerts: AlertsPolicy;
  readonly silentHolder: SilentHolderPolicy;
  readonly retention: RetentionPolicy;
  readonly hooks: HooksPolicy;
}

/** Why each is as it is: `policy-settings.ts`. */
export const DEFAULT_POLICY: EffectivePolicy = {
  estimator: 'evidence',
  onPause: 'keep',
  silentSessionMs: 30 * 60_000,
  evidence: {
    minCheckIns: 3,
    minLabels: 10,
    guideBrier: 0.25,
    guideFailures: 3,
    pauseFailures: 5,
    guideEqual: 3,
    guideEqualOf: 10,
    pauseEqual: 6,
    pauseEqualOf: 20,
    pauseLostLeases: 3,
    lostLeasesMs: 3_600_000,
    boundsOf: 10,
  },
  archive: { silentMs: 7 * 86_400_000 },
  alerts: {
    waitMs: 60_000,
    queueLength: 8,
    starvationMs: 600_000,
    lapses: 3,
    closeAfterMs: 30_000,
    repeatMs: 30 * 60_000,
  },
  silentHolder: { afterMs: 120_000, revoke: false },
  retention: { keepMs: null, keepEvents: null },
  hooks: {
    onHeld: 'deny',
    onFault: 'open',
    subagents: 'share',
    scope: 'file',
    quietMs: 120_000,
    git: { onHeld: 'refuse', onPerson: 'warn', trailers: false, push: false, watch: 'report' },
  },
};

/** One layer over the defaults: what the policy says of all agents, or of those that `pattern` names. */
export interface PolicyLayer {
  readonly pattern: string | null;
  readonly says: LayerSays;
}

/** What one layer may say; of the whole fleet only the first one does. */
export type LayerSays = Omit<Policy, 'agents'>;

/** What `policy` says of this agent, the strongest last; of an agent that no pattern names, where `agentId` is null. */
export function layersFor(policy: Policy | null, agentId: string | null): readonly PolicyLayer[] {
  if (policy === null) return [];
  const layers: PolicyLayer[] = [{ pattern: null, says: policy }];
  for (const [pattern, says] of Object.entries(policy.agents ?? {})) {
    if (agentId !== null && matchesPattern(pattern, agentId)) layers.push({ pattern, says });
  }
  return layers;
}

/** The settings for this agent. `policy` null: nobody adopted one. */
export function policyFor(policy: Policy | null, agentId: string | null): EffectivePolicy {
  return layersFor(policy, agentId).reduce((below, { says }) => onTop(below, says), DEFAULT_POLICY);
}

/** What holds where `layer` lies over `below`. */
export function onTop(below: EffectivePolicy, layer: LayerSays): EffectivePolicy {
  return {
    estimator: layer.estimator ?? below.estimator,
    onPause: layer.onPause ?? below.onPause,
    silentSessionMs: layer.silentSessionMs ?? below.silentSessionMs,
    evidence: layer.evidence === undefined ? below.evidence : { ...below.evidence, ...layer.evidence },
    archive: layer.archive === undefined ? below.archive : layer.archive,
    alerts: layer.alerts === undefined ? below.alerts : { ...below.alerts, ...layer.alerts },
    silentHolder:
      layer.silentHolder === undefined ? below.silentHolder : { ...below.silentHolder, ...layer.silentHolder },
    retention: layer.retention === undefined ? below.retention : { ...below.retention, ...layer.retention },
    hooks: hooksOnTop(below.hooks, layer.hooks ?? {}),
  };
}

function hooksOnTop(below: HooksPolicy, { git, ...says }: HooksSays): HooksPolicy {
  return { ...below, ...says, git: { ...below.git, ...git } };
}

/** What holds for the fleet as a whole. */
export function fleetPolicy(
  policy: Policy | null,
): Pick<EffectivePolicy, 'alerts' | 'silentHolder' | 'retention' | 'hooks'> {
  return onTop(DEFAULT_POLICY, policy ?? {});
}

/** True when `pattern`, in which `*` stands for any characters, names the agent. */
export function matchesPattern(pattern: string, agentId: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return first === agentId;
  if (agentId.length < first.length + last.length || !agentId.startsWith(first) || !agentId.endsWith(last))
    return false;
  const end = agentId.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const found = agentId.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
