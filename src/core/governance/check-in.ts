// The nouns of governance. An agent checks in after meaningful work and hears a verdict; what became of the work is
// recorded later as its outcome. A verdict binds, so it never comes without its reasons.

/** `proceed`: go on. `guide`: go on, and mind the reasons. `pause`: stop; nothing more is granted until it is resumed. */
export type Verdict = 'proceed' | 'guide' | 'pause';

/** One reason of a verdict: a code to search for, a sentence to read, the numbers behind it, and what to do. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly next: string;
}

export type ReasonCode =
  /** Too few check-ins: the agent is not judged yet. */
  | 'TOO_EARLY'
  /** The agent is paused already, and stays so. */
  | 'PAUSED'
  | 'CALIBRATION_OFF'
  | 'FAILURES_IN_A_ROW'
  | 'REPEATING'
  | 'LEASES_LOST'
  | 'EISV_VOID'
  | 'EISV_COHERENCE'
  | 'EISV_RISK'
  /** Of `recover`: somebody else has to say so. */
  | 'PAUSED_BY_OPERATOR'
  | 'NOT_PAUSED';

/** What became of a piece of work, by one kind of evidence: a test run, an exit code, a review. */
export interface OutcomeFacts {
  readonly kind: string;
  readonly ok: boolean;
  readonly evidence: string;
}

/** What an agent is at, for all to see. */
export interface Plan {
  readonly goal: string;
  readonly task: string;
}

/** One tenth of stated confidence: how often those were right that said so. */
export interface CalibrationBin {
  /** Lower end; the bin reaches to 0.1 above it, the last one to 1 itself. */
  readonly from: number;
  readonly count: number;
  readonly meanConfidence: number;
  /** Share of them that succeeded. */
  readonly succeeded: number;
}

/** Stated confidence against what came of it, over the labelled check-ins that are still known. */
export interface Calibration {
  /** Check-ins with a stated confidence and a recorded outcome. */
  readonly labels: number;
  /** Mean squared difference of confidence and outcome (Brier 1950); 0 is perfect, 0.25 is a coin. Null without labels. */
  readonly brier: number | null;
  /** Bins that hold something, ascending. */
  readonly bins: readonly CalibrationBin[];
}

export type EstimatorFacts = EvidenceFacts | EisvFacts;

/** What `evidence` saw. */
export interface EvidenceFacts {
  readonly name: 'evidence';
  /** Of all check-ins; `labelled` of those that are still known. */
  readonly labelled: number;
  readonly brier: number | null;
  /** Failed check-ins in a row up to now; those without an outcome say nothing. */
  readonly failuresInARow: number;
  /** How many of the last check-ins say the same as this one. */
  readonly equal: number;
  /** Leases lost within the window of the policy. */
  readonly lostLeases: number;
}

/** The state of `eisv-v1` after an update, and what it decided. */
export interface EisvFacts {
  readonly name: 'eisv-v1';
  readonly E: number;
  readonly I: number;
  readonly S: number;
  readonly V: number;
  readonly lambda1: number;
  readonly coherence: number;
  readonly integral: number;
  readonly void: boolean;
  readonly risk: number;
  readonly decision: 'approve' | 'revise' | 'reject';
  readonly status: 'healthy' | 'degraded' | 'critical';
  readonly time: number;
  readonly updates: number;
  readonly sampling: { readonly temperature: number; readonly topP: number; readonly maxTokens: number };
  /** What it was fed, without the zeros at its end. */
  readonly parameters: readonly number[];
}

/** The words of a summary without regard to case and spaces: summaries with the same key say the same. */
export function summaryKey(summary: string): string {
  return summary.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}
