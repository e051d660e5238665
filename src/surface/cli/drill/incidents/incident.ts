// A drill of one incident: who takes part, what happens to them, and what it is judged by. Everything else (folder, processes,
// log, measuring, telling) is the same for all of them.

import type { AlertCode } from '../../../../core/alert/alert.ts';
import type { FindingCode } from '../../../../core/diagnosis/finding.ts';
import type { Policy } from '../../../../core/governance/policy.ts';
import type { Actor } from '../cast.ts';
import type { Promised } from '../report/promises.ts';
import type { Explanation, Rescued } from './rescuer.ts';
import type { Scene } from './scene.ts';

export interface Incident {
  readonly name: string;
  readonly title: string;
  /** One sentence: what is rehearsed. */
  readonly rehearses: string;
  /** What it takes besides a folder that can be written. */
  readonly needs: string;
  /** It stops or ends processes by signals, which Windows does not have. */
  readonly signals: boolean;
  readonly takesMs: number;
  /** How many agents, besides one that is sent in. */
  readonly agents: { readonly least: number; readonly usual: number; readonly most: number };
  /** Of the scratch fleet: what makes it worth a word is seconds and not minutes. */
  readonly policy: Policy;
  /** Whom it is played with; the names of everybody where it is not said. */
  readonly asks?: (count: number) => readonly Actor['asks'][];
  /** It makes the disk of the log wrong, so the log is a file. */
  readonly needsFile?: true;
  /** Something is made wrong inside the processes. */
  readonly faulty?: boolean;
  readonly play: (scene: Scene) => Promise<Played>;
}

/** What a script knows of what happened. The rest is read from the log and the journals. */
export interface Played {
  /** When what is wrong began, on the monotonic clock of the host. */
  readonly causeMs: number;
  /** Number of the last event before it. */
  readonly causeSeq: number;
  readonly alert: ExpectedAlert;
  readonly rootCause: ExpectedCause;
  /** Causes of which the fleet's own report must name one first; none: it opens no incident. */
  readonly reported: readonly string[];
  readonly explanation: Explanation | null;
  readonly rescued: Rescued | null;
  /** Who could not go on, and without what. */
  readonly blocked: readonly { readonly agentId: string; readonly resource: string }[];
  /** They could go on from this event at the earliest; absent: from the cause. */
  readonly blockedSeq?: number;
  /** How those who were blocked got on, in words. */
  readonly freedBy: string;
  readonly promises: readonly Promised[];
  /** What to make of it when all is well: one sentence. */
  readonly verdict: string;
}

export interface ExpectedAlert {
  readonly code: AlertCode;
  /** From the cause to when there is something to warn of; the alert may come a second after that. */
  readonly thresholdMs: number;
  /** Where the threshold comes from, in words. */
  readonly because: string;
  /** Whom or what it must name. */
  readonly names: readonly string[];
}

export interface ExpectedCause {
  /** Any of these, of the finding that comes first; none: nothing may be found wrong any more. */
  readonly codes: readonly FindingCode[];
  /** Whom or what its sentence must name. */
  readonly names: readonly string[];
}
