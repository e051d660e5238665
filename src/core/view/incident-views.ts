// What can be seen of incidents, as plain data.

import type { Severity } from '../alert/alert.ts';
import type { Lifecycle, SessionTransport } from '../event.ts';
import type { Instant } from '../instant.ts';
import type { AlertRow, IncidentRow, LeaseRow, SessionState, TicketRow } from '../rows.ts';
import type { Presence } from './views.ts';

/** One line of the list. Of long lists of names the first are shown; the counts count all that is known. */
export interface IncidentLine {
  readonly incident: number;
  readonly title: string;
  readonly severity: Severity;
  /** `quiet`: all its alerts are closed, and it closes by itself when nothing new comes. */
  readonly state: 'open' | 'quiet' | 'closed';
  readonly openedAt: string;
  readonly openedSeq: number;
  /** From its opening to its end, or to now. */
  readonly lastedMs: number;
  readonly closed: {
    readonly at: string;
    readonly by: string;
    readonly how: 'quiet' | 'operator';
    readonly text: string;
  } | null;
  readonly alerts: number;
  readonly openAlerts: number;
  readonly agents: readonly string[];
  readonly resources: readonly string[];
  readonly notes: number;
  readonly earlier: number | null;
  readonly beside: readonly number[];
  readonly leftOut: { readonly agents: number; readonly resources: number };
}

/** An incident with everything that is known of it now. Its rows keep their instants, so that a report can count with them. */
export interface IncidentView {
  readonly line: IncidentLine;
  readonly row: IncidentRow;
  /** Those that are still remembered, oldest first. */
  readonly alerts: readonly AlertRow[];
  /** The agents that were involved, those who hold or wait for what was, and those who wrote notes. */
  readonly parties: readonly PartyView[];
  /** What the parties, or anybody on a resource of the incident, hold and wait for now. */
  readonly leases: readonly LeaseRow[];
  readonly tickets: readonly TicketRow[];
  readonly head: { readonly epoch: number; readonly seq: number; readonly at: Instant; readonly wallAt: string };
  readonly leftOut: { readonly parties: number; readonly leases: number; readonly tickets: number };
}

export interface PartyView {
  readonly agentId: string;
  readonly client: string;
  readonly purpose: string | null;
  readonly lifecycle: Lifecycle;
  /** The newest first. */
  readonly sessions: readonly PartySession[];
}

export interface PartySession {
  readonly sessionId: string;
  readonly client: string;
  readonly transport: SessionTransport;
  readonly state: SessionState;
  readonly worktree: string;
  readonly root: string;
  readonly openedAt: string;
  readonly ended: { readonly at: Instant; readonly why: string } | null;
  readonly activeAt: Instant;
  readonly presence: Presence;
  /** Those that act for it now. */
  readonly processes: readonly {
    readonly pid: number;
    readonly kind: string;
    readonly placeId: string;
    readonly host: string;
  }[];
}
