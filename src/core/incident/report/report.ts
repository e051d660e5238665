// An incident's report as data: what a good engineer would write down about it, proved from the log. `markdown.ts` turns it into
// a document; nothing is in the one that is not in the other.

import type { Severity } from '../../alert/alert.ts';
import type { IncidentLine } from '../../view/incident-views.ts';

export interface IncidentReport {
  readonly incident: number;
  readonly title: string;
  readonly severity: Severity;
  readonly state: IncidentLine['state'];
  readonly earlier: number | null;
  readonly beside: readonly number[];
  /** Wall time, UTC. Offsets everywhere else count from `openedAt`, in milliseconds of fleet time. */
  readonly span: {
    readonly openedAt: string;
    readonly untilAt: string;
    readonly lastedMs: number;
    readonly isOver: boolean;
  };
  readonly summary: string;
  readonly impact: Impact;
  readonly timeline: Timeline;
  readonly agents: readonly AgentPart[];
  readonly locks: readonly LockPart[];
  readonly graphs: readonly Graph[];
  /** The likeliest first. Empty where the log does not tell. */
  readonly causes: readonly RootCause[];
  readonly recovery: Recovery;
  readonly losses: Losses;
  readonly prevention: readonly string[];
  readonly notes: readonly { readonly seq: number; readonly at: string; readonly by: string; readonly text: string }[];
  readonly source: Source;
}

export interface Impact {
  readonly blocked: readonly Blocked[];
  /** All waits together, and the longest one. */
  readonly waitedMs: number;
  readonly longestMs: number;
  /** By code. The log has at most one a minute for each agent and resource, so these are lower bounds. */
  readonly refusals: readonly { readonly code: string; readonly count: number; readonly agents: readonly string[] }[];
  /** Leases that ended against the will of their holders. */
  readonly lostLeases: { readonly revoked: number; readonly expired: number; readonly dropped: number };
  /** How long nothing was granted to anybody. */
  readonly grantingRestedMs: number;
}

export interface Blocked {
  readonly agentId: string;
  readonly waits: number;
  readonly totalMs: number;
  readonly longestMs: number;
  readonly resources: readonly string[];
  /** What became of its last wait. */
  readonly outcome: 'granted' | 'withdrawn' | 'timed_out' | 'deadlock' | 'session_ended' | 'waiting';
}

export interface Timeline {
  readonly rows: readonly TimelineRow[];
  /** Rows in the middle that were left out. */
  readonly leftOut: number;
}

export interface TimelineRow {
  readonly seq: number;
  /** Of several facts told in one row, the number of the last. */
  readonly lastSeq: number;
  readonly at: string;
  readonly offsetMs: number;
  readonly text: string;
  readonly count: number;
}

export interface AgentPart {
  readonly agentId: string;
  readonly client: string;
  readonly purpose: string | null;
  readonly lifecycle: string;
  readonly sessions: readonly {
    readonly sessionId: string;
    readonly transport: string;
    readonly state: string;
    /** Whether its process was there when the report was made. */
    readonly presence: string;
    readonly processes: readonly { readonly pid: number; readonly kind: string; readonly host: string }[];
    readonly ended: string | null;
  }[];
  /** The last thing it did itself, up to the end of the incident. Null: nothing that was read. */
  readonly lastDid: { readonly seq: number; readonly offsetMs: number; readonly text: string } | null;
}

export interface LockPart {
  readonly resource: string;
  readonly holders: readonly {
    readonly agentId: string;
    readonly token: number;
    readonly mode: string;
    readonly reason: string;
    /** Null: it held before what was read. */
    readonly fromOffsetMs: number | null;
    readonly endOffsetMs: number | null;
    readonly heldMs: number | null;
    readonly end: string;
  }[];
  /** In the order of the line. */
  readonly line: readonly {
    readonly agentId: string;
    readonly ticket: string;
    readonly queuedOffsetMs: number;
    readonly waitedMs: number;
    readonly end: string;
  }[];
  readonly leftOut: { readonly holders: number; readonly line: number };
}

export interface Graph {
  readonly moment: string;
  readonly offsetMs: number;
  readonly edges: readonly GraphEdge[];
  readonly leftOut: number;
}

export interface GraphEdge {
  readonly kind: 'hold' | 'line';
  readonly from: string;
  readonly to: string;
  readonly resource: string;
  /** Of what the other holds; null where it only stands before. */
  readonly token: number | null;
  /** Null where the ring is drawn as it was told. */
  readonly waitedMs: number | null;
}

export interface RootCause {
  readonly code: string;
  /** One sentence. */
  readonly text: string;
  readonly evidence: readonly Evidence[];
  /** What the log does not tell. */
  readonly notKnown: string | null;
}

export interface Evidence {
  readonly text: string;
  /** Numbers of the log. */
  readonly seqs: readonly number[];
}

export interface Recovery {
  readonly isOver: boolean;
  readonly steps: readonly {
    readonly seq: number;
    readonly at: string;
    readonly offsetMs: number;
    readonly text: string;
  }[];
  /** From the first alert to the fact that ended the cause. */
  readonly freedAfterMs: number | null;
  readonly still: { readonly held: number; readonly waiting: number };
  readonly text: string;
}

export interface Losses {
  readonly isProved: boolean;
  readonly verdict: string;
  readonly checks: readonly {
    readonly what: string;
    readonly checked: number;
    readonly found: string;
    readonly isGood: boolean;
  }[];
}

export interface Source {
  readonly fromSeq: number | null;
  readonly toSeq: number | null;
  readonly facts: number;
  readonly concerned: number;
  readonly leftOut: number;
  readonly knownFrom: number | null;
  readonly isCut: boolean;
  readonly firstHash: string | null;
  readonly lastHash: string | null;
}
