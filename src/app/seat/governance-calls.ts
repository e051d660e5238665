// What an agent says of its own work, through a seat: check-ins, outcomes, and the way back from a pause.

import { type OutcomeFacts, type Plan, summaryKey } from '../../core/governance/check-in.ts';
import type * as replies from '../../core/reply.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { Call } from './call.ts';
import type { SeatOutcome } from './seat-outcome.ts';
import type { SessionCalls } from './session-calls.ts';

export interface CheckInArguments {
  readonly summary: string;
  /** 0 to 1. */
  readonly complexity?: number | undefined;
  readonly confidence?: number | undefined;
  readonly outcomes?:
    | readonly { readonly kind: string; readonly ok: boolean; readonly evidence?: string | undefined }[]
    | undefined;
  readonly plan?: { readonly goal?: string | undefined; readonly task?: string | undefined } | undefined;
  /** Of `eisv-v1`; left out, they are derived from the summary. */
  readonly parameters?: readonly number[] | undefined;
}

export interface OutcomeArguments {
  readonly checkInId: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly evidence?: string | undefined;
}

export class GovernanceCalls {
  readonly #calls: SessionCalls;
  readonly #hasher: Hasher;

  constructor(calls: SessionCalls, hasher: Hasher) {
    this.#calls = calls;
    this.#hasher = hasher;
  }

  checkIn(asked: CheckInArguments, call: Call = {}): Promise<SeatOutcome<replies.CheckInReply>> {
    const { summary, complexity = null, confidence = null, parameters = null } = asked;
    const outcomes: readonly OutcomeFacts[] = (asked.outcomes ?? []).map(({ evidence = '', ...rest }) => ({
      ...rest,
      evidence,
    }));
    const plan: Plan | null =
      asked.plan === undefined ? null : { goal: asked.plan.goal ?? '', task: asked.plan.task ?? '' };
    const body = { op: 'check_in', summary, complexity, confidence, outcomes, plan, parameters } as const;
    const digest = this.#hasher.sha256Hex(summaryKey(summary)).slice(0, DIGEST_LENGTH);
    return this.#calls.act('check_in', call, { asked: body, body: () => ({ ...body, digest }) });
  }

  recordOutcome(asked: OutcomeArguments, call: Call = {}): Promise<SeatOutcome<replies.RecordOutcomeReply>> {
    const { checkInId, kind, ok, evidence = '' } = asked;
    const body = { op: 'record_outcome', checkInId, kind, ok, evidence } as const;
    return this.#calls.act('record_outcome', call, { asked: body, body: () => body });
  }

  recover(reflection: string, call: Call = {}): Promise<SeatOutcome<replies.RecoverReply>> {
    const body = { op: 'recover', reflection } as const;
    return this.#calls.act('recover', call, { asked: body, body: () => body });
  }
}

/** Enough that two summaries of one agent do not share one by chance. */
const DIGEST_LENGTH = 24;
