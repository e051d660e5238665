// Check-ins and what follows from them as plain data, with the published field names.

import type { EstimatorFacts } from '../../core/governance/check-in.ts';
import { policyFor } from '../../core/governance/policy.ts';
import type * as replies from '../../core/reply.ts';
import { counted } from '../../core/view/count-text.ts';
import type { PolicyView } from '../../core/view/views.ts';
import type { Replied } from './spoken.ts';

export function spokenCheckIn({ answer }: Pick<Replied<replies.CheckInReply>, 'answer'>) {
  const { checkInId, verdict, reasons, next, updates, estimator } = answer;
  return { checkInId, verdict, reasons, next, updates, estimator: spokenEstimator(estimator) };
}

/** What it was fed is in the log; the caller knows it. */
function spokenEstimator(estimator: EstimatorFacts) {
  if (estimator.name === 'evidence') return estimator;
  const { parameters: _parameters, ...rest } = estimator;
  return rest;
}

/** The policy in force, and what follows from it for an agent, or for one that no pattern names. */
export function spokenPolicy(adopted: PolicyView['adopted'], agentId: string | null) {
  const { content = {}, ...adoption } = adopted ?? {};
  return { adopted: adopted === null ? null : adoption, content, settings: policyFor(content, agentId) };
}

export function spokenLifecycle({ agentId, was, lifecycle, changed, leases }: replies.LifecycleReply) {
  return { agentId, was, lifecycle, changed, leases };
}

export function checkInText({
  verdict,
  reasons,
  next,
}: Pick<replies.CheckInReply, 'verdict' | 'reasons' | 'next'>): string {
  const why = reasons.map(({ message }) => ` ${message}`).join('');
  return `Verdict: ${verdict}.${why} Next: ${next}`;
}

export function calibrationText({ labels, brier }: replies.RecordOutcomeReply['calibration']): string {
  if (brier === null) return 'No check-in with a stated confidence has an outcome yet.';
  return `Brier score ${brier.toFixed(3)} over ${counted(labels, 'label')} (0 is perfect, 0.25 a coin).`;
}
