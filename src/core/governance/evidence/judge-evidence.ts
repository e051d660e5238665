import type { Instant } from '../../instant.ts';
import type { CheckInRow, ConductRow } from '../../rows.ts';
import type { Reason } from '../check-in.ts';
import type { Judgement } from '../check-in-rules.ts';
import type { EvidencePolicy } from '../policy.ts';

export interface EvidenceInput {
  /** What is known of the agent's check-ins, oldest first; the one that is judged is the last. */
  readonly checkIns: readonly Pick<CheckInRow, 'digest' | 'confidence' | 'outcomes'>[];
  /** As it was before this check-in: `updates` does not count it. */
  readonly conduct: ConductRow;
  readonly policy: EvidencePolicy;
  readonly at: Instant;
}

export function judgeEvidence(_input: EvidenceInput): Judgement {
  throw new Error('to be written');
}
/** The rules that pause, looked at over the last `boundsOf` check-ins; empty when none matches. */
export function evidenceInBounds(_input: EvidenceInput): readonly Reason[] {
  throw new Error('to be written');
}
