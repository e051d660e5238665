// The estimator `eisv-v1`: the model of November 2025, to the digit, so that its users can move over and compare. It is a
// heuristic without proven predictive value; docs/governance.md says what it can and cannot see.

import type { EisvFacts, Reason, Verdict } from '../check-in.ts';
import type { Judgement } from '../check-in-rules.ts';
import { eisvReasons } from './eisv-reasons.ts';
import { EISV_START, type EisvState } from './eisv-state.ts';
import { type EisvInput, updateEisv, withNewest } from './update.ts';
import { voidThreshold } from './void.ts';

const VERDICTS: Readonly<Record<EisvFacts['decision'], Verdict>> = {
  approve: 'proceed',
  revise: 'guide',
  reject: 'pause',
};

/** `state` null: never judged by it before. */
export function judgeEisv(state: EisvState | null, input: EisvInput): Judgement {
  const { facts, threshold, parts } = updateEisv(state ?? EISV_START, input);
  return { verdict: VERDICTS[facts.decision], reasons: eisvReasons(facts, threshold, parts), facts };
}

/** What stands against going on: why the last update was a reject; empty when it was none. */
export function isEisvInBounds(state: EisvState | null): readonly Reason[] {
  if (state?.decision !== 'reject') return [];
  return eisvReasons(state, voidThreshold(state.history));
}

/** The state after an update, taken from what was recorded of it: nothing is computed anew. */
export function eisvAfter(before: EisvState | null, facts: EisvFacts, summary: string): EisvState {
  const { E, I, S, V, lambda1, coherence, integral, void: inVoid, risk, time, updates, parameters, decision } = facts;
  const history = withNewest(before?.history ?? [], V);
  return {
    E,
    I,
    S,
    V,
    lambda1,
    coherence,
    integral,
    void: inVoid,
    risk,
    time,
    updates,
    parameters,
    history,
    summary,
    decision,
  };
}
