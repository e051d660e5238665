// What follows from an update: the decision, the status, and how to sample next.

import type { EisvFacts } from '../check-in.ts';

export const LEAST_COHERENCE = 0.6;
export const REVISE_FROM = 0.3;
export const REJECT_FROM = 0.7;

type Seen = Pick<EisvFacts, 'void' | 'coherence' | 'risk'>;

export function decisionOf({ void: inVoid, coherence, risk }: Seen): EisvFacts['decision'] {
  if (inVoid || coherence < LEAST_COHERENCE || risk >= REJECT_FROM) return 'reject';
  return risk < REVISE_FROM ? 'approve' : 'revise';
}

/** A risk of exactly 0.70 is rejected and yet healthy; that is how it was. */
export function statusOf({ void: inVoid, coherence, risk }: Seen): EisvFacts['status'] {
  if (inVoid || coherence < LEAST_COHERENCE) return 'critical';
  return risk > REJECT_FROM ? 'degraded' : 'healthy';
}

/** Advice to whoever drives the model; nothing here follows it. */
export function samplingOf(lambda1: number): EisvFacts['sampling'] {
  return {
    temperature: 0.5 + 0.7 * lambda1,
    topP: 0.85 + 0.1 * lambda1,
    maxTokens: Math.trunc(100 + 400 * lambda1),
  };
}
