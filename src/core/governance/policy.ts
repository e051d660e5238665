// Policy: what a fleet has decided about its agents. The policy in force is in the log; the defaults, each with its
// reason, are here. What a policy leaves out is the default; what it says of agents by name or pattern comes on top.

export type EstimatorName = 'evidence' | 'eisv-v1';

/** Settings that may differ from agent to agent. */
export interface AgentPolicy {
  readonly estimator?: EstimatorName;
  /** What becomes of the leases of an agent that is paused: kept until their TTL, or released at once. */
  readonly onPause?: 'keep' | 'release';
  readonly evidence?: Partial<EvidencePolicy>;
  /** Archives agents that nobody named and that were silent for long; null never does. */
  readonly archive?: ArchivePolicy | null;
}

/** As somebody wrote it: everything may be left out. */
export interface Policy extends AgentPolicy {
  /** By agent id or pattern (`*` stands for any characters), in order: of those that match, later ones win. */
  readonly agents?: Readonly<Record<string, AgentPolicy>>;
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
  readonly evidence: EvidencePolicy;
  readonly archive: ArchivePolicy | null;
}

export const DEFAULT_POLICY: EffectivePolicy = {
  // Judges only what was reported and what came of it; the other one is a heuristic kept for comparison.
  estimator: 'evidence',
  // A pause is often short; work that is half done under a lock should not be overtaken because of it.
  onPause: 'keep',
  evidence: {
    // One or two reports show nothing of how an agent works.
    minCheckIns: 3,
    // Below ten labels a Brier score is mostly luck.
    minLabels: 10,
    // What somebody scores who always says "fifty-fifty": worse than that misleads whoever relies on it.
    guideBrier: 0.25,
    // Twice is an accident, three times a pattern; at five somebody should look.
    guideFailures: 3,
    pauseFailures: 5,
    // Progress reads differently each time; three times the same in ten is worth a word, six in twenty is a loop.
    guideEqual: 3,
    guideEqualOf: 10,
    pauseEqual: 6,
    pauseEqualOf: 20,
    // Who lets leases run out under its hands, or has them taken away, again and again, endangers what they protect.
    pauseLostLeases: 3,
    lostLeasesMs: 3_600_000,
    // Long enough to show a change, short enough to be reached.
    boundsOf: 10,
  },
  // A week: whoever comes back after it is a new piece of work, and the list of agents stays readable.
  archive: { silentMs: 7 * 86_400_000 },
};

/** The settings for this agent. `policy` null: nobody adopted one. */
export function policyFor(policy: Policy | null, agentId: string): EffectivePolicy {
  if (policy === null) return DEFAULT_POLICY;
  const layers: AgentPolicy[] = [policy];
  for (const [pattern, layer] of Object.entries(policy.agents ?? {})) {
    if (matchesPattern(pattern, agentId)) layers.push(layer);
  }
  return layers.reduce(onTop, DEFAULT_POLICY);
}

function onTop(below: EffectivePolicy, layer: AgentPolicy): EffectivePolicy {
  return {
    estimator: layer.estimator ?? below.estimator,
    onPause: layer.onPause ?? below.onPause,
    evidence: layer.evidence === undefined ? below.evidence : { ...below.evidence, ...layer.evidence },
    archive: layer.archive === undefined ? below.archive : layer.archive,
  };
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
