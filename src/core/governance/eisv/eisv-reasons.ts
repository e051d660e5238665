// Why `eisv-v1` decided as it did. Only rules that led to the decision are named: what would merely have advised to
// revise says nothing about a pause.

import type { EisvFacts, Reason } from '../check-in.ts';
import { LEAST_COHERENCE, REJECT_FROM, REVISE_FROM } from './decision.ts';
import type { RiskParts } from './risk.ts';

type Seen = Pick<EisvFacts, 'decision' | 'void' | 'V' | 'coherence' | 'risk'>;

/** Empty for `approve`. `parts` where they are known: a state that was kept knows the sum alone. */
export function eisvReasons(seen: Seen, threshold: number, parts?: RiskParts): readonly Reason[] {
  if (seen.decision === 'approve') return [];
  if (seen.decision === 'revise') return [riskReason(seen.risk, REVISE_FROM, parts)];
  const reasons: Reason[] = [];
  if (seen.void) reasons.push(voidReason(seen.V, threshold));
  if (seen.coherence < LEAST_COHERENCE) reasons.push(coherenceReason(seen.coherence));
  if (seen.risk >= REJECT_FROM) reasons.push(riskReason(seen.risk, REJECT_FROM, parts));
  return reasons;
}

function voidReason(V: number, threshold: number): Reason {
  return {
    code: 'EISV_VOID',
    message: `eisv-v1: V is ${short(V)}, more than ${short(threshold)} away from zero.`,
    numbers: { V, threshold },
    next: 'Check in again with parameters that change little: V falls back towards zero when E and I come together.',
  };
}

function coherenceReason(coherence: number): Reason {
  return {
    code: 'EISV_COHERENCE',
    message: `eisv-v1: coherence is ${short(coherence)}, below ${LEAST_COHERENCE}: what you gave changed much since your last check-in.`,
    numbers: { coherence, limit: LEAST_COHERENCE },
    next: 'Check in again, closer to this one: coherence compares only the last two.',
  };
}

function riskReason(risk: number, limit: number, parts: RiskParts | undefined): Reason {
  return {
    code: 'EISV_RISK',
    message: `eisv-v1: the risk score is ${short(risk)}; from ${limit} on it says ${limit === REJECT_FROM ? 'reject' : 'revise'}.`,
    numbers: { risk, limit, ...parts },
    next: 'A shorter summary, a smaller piece of work, smaller changes or fewer command-like phrases lower it.',
  };
}

function short(value: number): string {
  return String(Number(value.toFixed(3)));
}
