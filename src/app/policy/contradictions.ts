// Thresholds that are each within their bounds and cannot be meant together. Judged on what holds in the end: a number that
// the file leaves out is the default.

import { DEFAULT_POLICY, type EvidencePolicy, onTop, type Policy } from '../../core/governance/policy.ts';
import { settingName } from '../../core/governance/policy-diff.ts';

export interface Contradiction {
  /** The setting that the policy sets, and that another one forbids. */
  readonly path: readonly string[];
  readonly message: string;
}

type Name = keyof EvidencePolicy;

/** The first must not be above the second, because of the third. */
const ORDER: readonly (readonly [Name, Name, string])[] = [
  ['guideFailures', 'pauseFailures', 'an agent is guided before it is paused'],
  ['guideEqual', 'pauseEqual', 'an agent is guided before it is paused'],
  ['guideEqual', 'guideEqualOf', 'so many are never among so few'],
  ['pauseEqual', 'pauseEqualOf', 'so many are never among so few'],
  ['pauseFailures', 'boundsOf', 'a paused agent would be in bounds again at once'],
  ['pauseEqual', 'boundsOf', 'a paused agent would be in bounds again at once'],
];

/** Those of the settings for all agents, and of each pattern by itself on top of them. */
export function contradictionsIn(policy: Policy): readonly Contradiction[] {
  const general = onTop(DEFAULT_POLICY, policy).evidence;
  const found = [...among(general, policy.evidence ?? {}, [])];
  for (const [pattern, { evidence = {} }] of Object.entries(policy.agents ?? {})) {
    found.push(...among({ ...general, ...evidence }, evidence, ['agents', pattern]));
  }
  return found;
}

/** What contradicts itself in settings that hold for one agent. */
export function contradictionsOf(evidence: EvidencePolicy): readonly string[] {
  return Array.from(among(evidence, evidence, [])).map(({ path, message }) => `${settingName(path)} ${message}`);
}

/** `said` are those of `evidence` that the layer at `path` says itself; who says neither has inherited the flaw. */
function* among(
  evidence: EvidencePolicy,
  said: Partial<EvidencePolicy>,
  path: readonly string[],
): Generator<Contradiction> {
  for (const [low, high, because] of ORDER) {
    const isAtOdds = evidence[low] > evidence[high];
    const isSaid = said[low] !== undefined || said[high] !== undefined;
    if (!isAtOdds || !isSaid) continue;
    const [own, other, how] = said[low] === undefined ? [high, low, 'below'] : [low, high, 'above'];
    const where = said[other] === undefined ? ', which is not set here,' : '';
    const message = `is ${evidence[own]}, ${how} ${other}${where} with ${evidence[other]}: ${because}`;
    yield { path: [...path, 'evidence', own], message };
  }
}
