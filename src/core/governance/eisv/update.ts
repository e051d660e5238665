// One update of `eisv-v1`, in the order that counts:
//
//   dynamics ─> void ─> lambda1 (every tenth) ─> risk ─> decision ─> sampling
//
// Double precision throughout. Everything the next update needs is in the facts, so folding them computes nothing.

import type { CheckInCommand } from '../../command.ts';
import type { EisvFacts } from '../check-in.ts';
import { decisionOf, samplingOf, statusOf } from './decision.ts';
import { STEP, stepped } from './dynamics.ts';
import { type EisvState, HISTORY } from './eisv-state.ts';
import { CONTROL_EVERY, controlled } from './lambda1.ts';
import { changeOf, coherenceOf, fedParameters } from './parameters.ts';
import { type RiskParts, riskOf, riskParts } from './risk.ts';
import { textFeatures } from './text-features.ts';
import { isVoid, voidShare, voidThreshold } from './void.ts';

export type EisvInput = Pick<CheckInCommand, 'summary' | 'complexity' | 'parameters'>;

export interface EisvUpdate {
  readonly facts: EisvFacts;
  readonly threshold: number;
  readonly parts: RiskParts;
}

const DEFAULT_COMPLEXITY = 0.5;

export function updateEisv(before: EisvState, input: EisvInput): EisvUpdate {
  const { parameters, complexity } = fed(before, input);
  const change = changeOf(parameters, before.parameters);
  const coordinates = stepped(before, change);
  const coherence = coherenceOf(change);
  const history = withNewest(before.history, coordinates.V);
  const threshold = voidThreshold(history);
  const inVoid = isVoid(coordinates.V, threshold);
  const updates = before.updates + 1;
  const { lambda1, integral } =
    updates % CONTROL_EVERY === 0 ? controlled(before, voidShare(history, threshold), coherence) : before;
  const parts = riskParts(input.summary, complexity, coherence);
  const seen = { void: inVoid, coherence, risk: riskOf(parts) };
  const facts: EisvFacts = {
    name: 'eisv-v1',
    ...coordinates,
    lambda1,
    integral,
    ...seen,
    decision: decisionOf(seen),
    status: statusOf(seen),
    time: before.time + STEP,
    updates,
    sampling: samplingOf(lambda1),
    parameters,
  };
  return { facts, threshold, parts };
}

/** The values of V with one more, the oldest forgotten. */
export function withNewest(history: readonly number[], V: number): readonly number[] {
  return [...history, V].slice(-HISTORY);
}

/** Parameters that were left out are made of the summary, and its complexity with them; an empty list is all zeros. */
function fed(
  before: EisvState,
  { summary, complexity, parameters }: EisvInput,
): { readonly parameters: readonly number[]; readonly complexity: number } {
  if (parameters !== null) {
    return { parameters: fedParameters(parameters), complexity: complexity ?? DEFAULT_COMPLEXITY };
  }
  const features = textFeatures(summary, before.summary, complexity);
  const { length, info, coherence } = features;
  return {
    parameters: fedParameters([length, features.complexity, info, coherence]),
    complexity: features.complexity,
  };
}
