// The rows of the fleet's state. Each is frozen and replaced whole; what a row means is told in its domain's folder.

import type { AlertCause, Severity } from './alert/alert.ts';
import type { Heard } from './delivery/target.ts';
import type {
  ArchivedSegment,
  Attachment,
  CycleStep,
  DeliveryWorker,
  GrantPath,
  Lifecycle,
  MessageKind,
  Mode,
  SessionTransport,
  WaitOutcome,
} from './event.ts';
import type { OutcomeFacts, Plan, Reason, Verdict } from './governance/check-in.ts';
import type { EisvState } from './governance/eisv/eisv-state.ts';
import type { Policy } from './governance/policy.ts';
import type { EditHold } from './hook/edit-hold.ts';
import type { Instant } from './instant.ts';

export interface FleetRow {
  readonly fleetId: string;
  readonly foundedWallAt: string;
  readonly epoch: number;
  readonly format: number;
  /** Number of the event that made the fleet fold case in file names, for good; null while names are exact. */
  readonly foldsCaseSince: number | null;
  /** Granting rests until then: a log was lost, or an invariant broke (Infinity is stored as null `until`). */
  readonly suspended: {
    readonly until: Instant | null;
    readonly code: 'STORE_REGRESSED' | 'INVARIANT_BROKEN';
    readonly why: string;
    readonly sinceWallAt: string;
    /** A rest after a loss that is not over when this one ends earlier. */
    readonly under?: { readonly until: Instant; readonly why: string };
  } | null;
  /** This log has ended, and the fleet goes on elsewhere. Absent: it is here. */
  readonly moved?: { readonly to: string; readonly seq: number; readonly sinceWallAt: string; readonly by: string };
  /** What was archived last; absent while all of the log is kept. */
  readonly archived?: ArchivedSegment;
  readonly operatorTokenHash: string | null;
  readonly joinTokenHash: string | null;
  /** Null: nobody adopted one, and the defaults are in force. */
  readonly policy: {
    readonly content: Policy;
    readonly seq: number;
    readonly wallAt: string;
    readonly by: string;
    readonly reason: string;
  } | null;
}

export interface AgentRow {
  readonly agentId: string;
  readonly client: string;
  readonly purpose: string | null;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly lifecycle: Lifecycle;
  /** A person or program chose the id; otherwise Brigade did. */
  readonly named: boolean;
  readonly registeredSeq: number;
  readonly registeredWallAt: string;
  readonly lastSessionId: string | null;
  readonly sessions: number;
  /** When it was last seen opening or ending a session. */
  readonly seenAt: Instant;
  /** It spoke of its work at least once. */
  readonly hasCheckedIn: boolean;
  /** Why it is paused; kept while it is archived, because a restored agent is paused still. */
  readonly pause: Pause | null;
  /** Of the change that brought it to its lifecycle; null while it is as it was registered. */
  readonly change: LifecycleChange | null;
}

export interface Pause {
  readonly seq: number;
  readonly at: Instant;
  readonly wallAt: string;
  readonly by: 'policy' | 'operator';
  readonly actor: string;
  readonly reason: string;
  readonly reasons: readonly Reason[];
  readonly leases: 'keep' | 'release';
}

export interface LifecycleChange {
  readonly seq: number;
  readonly at: Instant;
  readonly wallAt: string;
  readonly actor: string;
  readonly by: 'policy' | 'operator' | 'recover' | 'return';
  readonly reason: string;
}

/** What an agent's conduct is judged by; there is one as soon as it checks in or loses a lease. */
export interface ConductRow {
  readonly agentId: string;
  /** Check-ins in all. */
  readonly updates: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly last: {
    readonly checkInId: string;
    readonly verdict: Verdict;
    readonly at: Instant;
    readonly wallAt: string;
  } | null;
  readonly plan: (Plan & { readonly wallAt: string }) | null;
  /** Its last check-ins, the newest last: those that may still be told their outcome. */
  readonly recent: readonly KnownCheckIn[];
  /** Leases that ended against its will, the newest last. */
  readonly lost: readonly LostLease[];
  readonly counts: { readonly expired: number; readonly revoked: number; readonly deadlocks: number };
  /** Null until `eisv-v1` judged it. */
  readonly eisv: EisvState | null;
}

export interface LostLease {
  readonly at: Instant;
  readonly how: 'expired' | 'revoked';
  readonly resource: string;
  readonly token: number;
}

/** A check-in, as far as the next one is judged by it. */
export interface KnownCheckIn {
  readonly checkInId: string;
  readonly seq: number;
  readonly digest: string;
  readonly confidence: number | null;
  /** One for each kind. */
  readonly outcomes: readonly Pick<OutcomeFacts, 'kind' | 'ok'>[];
}

/** Whose check-in an id names; what is known of it stands with the agent's conduct. */
export interface CheckInRow {
  readonly checkInId: string;
  readonly agentId: string;
}

export interface MessageRow {
  readonly messageId: string;
  readonly seq: number;
  readonly at: Instant;
  readonly wallAt: string;
  /** An agent id or `operator:<name>`. */
  readonly from: string;
  /** An agent id, or `*` for everybody. */
  readonly to: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly replyTo: string | null;
  readonly thread: string;
  readonly lease: { readonly resource: string; readonly token: number } | null;
  /** How its addressee answered it last. */
  readonly answered: 'confirm' | 'dismiss' | null;
}

/** Up to which number an agent has read its messages. */
export interface MailboxRow {
  readonly agentId: string;
  readonly readUpTo: number;
}

/** What was imported for an agent from another system. */
export interface ImportRow {
  readonly agentId: string;
  readonly source: string;
  /** Null while only lines of its history were imported. */
  readonly record: Readonly<Record<string, unknown>> | null;
  readonly recordDigest: string | null;
  readonly seq: number;
  readonly wallAt: string;
  /** Lines of its history, and the digest of all of them. */
  readonly lines: number;
  readonly linesDigest: string | null;
}

export type SessionState = 'live' | 'closed' | 'lost';

export interface SessionRow {
  readonly sessionId: string;
  readonly agentId: string;
  readonly handleHash: string;
  /** The handle has been used by a call; until then a repeated `register` may hand out a fresh one. */
  readonly handleUsed: boolean;
  readonly client: string;
  readonly clientSession: string | null;
  readonly transport: SessionTransport;
  readonly worktree: string;
  readonly root: string;
  readonly state: SessionState;
  readonly openedSeq: number;
  readonly openedAt: Instant;
  readonly openedWallAt: string;
  readonly endedAt: Instant | null;
  readonly endedSeq: number | null;
  readonly endedWhy: string | null;
  /** Last recorded activity. */
  readonly activeAt: Instant;
  readonly activeWallAt: string;
  /** Later activity is written down before a silence of this length could be told. Absent where nobody says so. */
  readonly followMs?: number;
  /** Smallest TTL it holds or held since it last held nothing: how often activity must be recorded. */
  readonly minTtlMs: number;
  readonly attachments: readonly Attachment[];
}

export interface LeaseRow {
  /** Number of the grant: the fencing token. */
  readonly token: number;
  readonly resource: string;
  readonly mode: Mode;
  readonly sessionId: string;
  readonly agentId: string;
  readonly ttlMs: number;
  readonly grantedAt: Instant;
  readonly grantedWallAt: string;
  /** Its own use, or the session's activity when somebody began to wait for it. */
  readonly usedAt: Instant;
  /** It was shortened, and does not end before. Absent otherwise. */
  readonly keptUntil?: Instant;
  readonly path: GrantPath;
  /** The ticket that waited for it. */
  readonly ticket: string | null;
  /** First token of the set granted together. */
  readonly firstToken: number;
  readonly reason: string;
  /** The open handoff offer on it. */
  readonly offer: string | null;
  /** An edit hook took it. Absent: somebody asked for it. */
  readonly hook?: EditHold;
}

export interface TicketRow {
  readonly ticket: string;
  readonly queuedSeq: number;
  readonly queuedAt: Instant;
  readonly queuedWallAt: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly resources: readonly string[];
  readonly mode: Mode;
  readonly ttlMs: number;
  readonly priority: number;
  readonly reason: string;
  readonly state: 'waiting' | 'offered';
  /** A call is parked, at the latest until `parkedUntil`: a promotion meanwhile grants, otherwise it offers. */
  readonly parked: boolean;
  readonly parkedUntil: Instant;
  /** Without another call the ticket ends then. */
  readonly livesUntil: Instant;
  readonly offeredUntil: Instant | null;
  /** An offer lapsed: the turn passes on, the place stays, until the caller asks again. */
  readonly passedOver: boolean;
  /** Its session is over, or its agent may not act now: it stands in nobody's way. Absent otherwise. */
  readonly absent?: true;
  readonly lapses: number;
  /** Earlier waiters that wait for this one and may be passed by it. */
  readonly passes: readonly string[];
  /** It had been granted, undelivered, and came back to its old place in line. */
  readonly revived: boolean;
  /** Calls were parked beside each other with this ticket. Absent otherwise, and in logs that did not say it. */
  readonly beside?: true;
  /** Of an edit that was denied; the sub-agent whose it is, where its client tells it. Absent: somebody asked to wait. */
  readonly hook?: { readonly label: string | null };
}

/** What became of a ticket, for the caller that asks late. */
export interface EndedTicketRow
  extends Pick<
    TicketRow,
    | 'ticket'
    | 'queuedSeq'
    | 'queuedAt'
    | 'queuedWallAt'
    | 'sessionId'
    | 'agentId'
    | 'resources'
    | 'mode'
    | 'ttlMs'
    | 'priority'
    | 'reason'
    | 'beside'
  > {
  readonly outcome: WaitOutcome;
  readonly tokens: readonly number[];
  readonly cycle: readonly CycleStep[];
  readonly endedAt: Instant;
  readonly endedSeq: number;
}

export interface HandoffRow {
  readonly offer: string;
  readonly resource: string;
  readonly token: number;
  readonly fromSessionId: string;
  readonly fromAgentId: string;
  readonly to: string;
  readonly until: Instant;
}

export interface RequestRow {
  readonly key: string;
  readonly scope: string;
  readonly requestId: string;
  readonly bodyHash: string;
  readonly op: string;
  readonly seq: number;
  readonly at: Instant;
  readonly sessionId: string | null;
  /** Leases that the request granted, kept or ended. */
  readonly leases: readonly {
    readonly resource: string;
    readonly mode: Mode;
    readonly token: number;
    /** Whose it was, where it was revoked. */
    readonly agentId?: string;
  }[];
  readonly ticket: string | null;
  /** What else the answer named: an offer, a value's version, what a registration was told. */
  readonly outcome: string | null;
}

export interface StateEntryRow {
  readonly key: string;
  readonly value: unknown;
  readonly version: number;
  readonly author: string;
  readonly seq: number;
  readonly wallAt: string;
}

/** A refusal without queueing; for a minute it is an edge of the wait-for graph. */
export interface RefusalRow {
  readonly key: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly resource: string;
  readonly code: string;
  readonly blockers: readonly string[];
  readonly at: Instant;
}

export type NoticeKind =
  | 'offered'
  | 'granted'
  | 'lease_ended'
  | 'lease_shortened'
  | 'wait_ended'
  | 'handoff_offered'
  | 'handoff_ended'
  | 'log_regressed'
  | 'paused'
  | 'resumed'
  | 'message'
  | 'alert';

/** What an agent must know, numbered by log number. */
export interface Notice {
  readonly seq: number;
  readonly kind: NoticeKind;
  readonly wallAt: string;
  /** One plain sentence. */
  readonly text: string;
  readonly resource?: string;
  readonly token?: number;
  readonly ticket?: string;
  readonly offer?: string;
}

export interface NoticeRow {
  readonly sessionId: string;
  readonly notices: readonly Notice[];
}

export interface PlaceRow {
  readonly placeId: string;
  readonly bootId: string;
  readonly timeNamespace?: string;
  /** Digest of the machine's id. Absent: only a version was here that promises no beats. */
  readonly machineId?: string;
  readonly host: string;
  readonly anchorAt: Instant;
  readonly anchorMonoMs: number;
}

/** Lines that were not walked to their end: the resources were freed and more may be granted. */
export interface LineRow {
  readonly line: string;
  readonly resources: readonly string[];
  /** Whose own waits are to be looked at besides, because a grant to it made them possible. */
  readonly sessionId: string | null;
  readonly at: Instant;
}

/** A warning, open or lately closed. */
export interface AlertRow extends AlertCause {
  /** Number of the event that opened it. */
  readonly alert: number;
  readonly severity: Severity;
  readonly openedAt: Instant;
  readonly openedWallAt: string;
  /** When it was told last, and how often. */
  readonly toldAt: Instant;
  readonly toldSeq: number;
  readonly told: number;
  readonly acknowledged: { readonly by: string; readonly wallAt: string; readonly note: string } | null;
  readonly silenced: { readonly by: string; readonly until: Instant; readonly note: string } | null;
  readonly incident: number | null;
  readonly closed: { readonly at: Instant; readonly seq: number; readonly wallAt: string; readonly why: string } | null;
}

/** A message to a target that was not delivered yet, or was given up. */
export interface DeliveryRow extends Heard {
  readonly key: string;
  readonly target: string;
  /** Number of the event that it tells. */
  readonly message: number;
  readonly subject: string;
  readonly state: 'open' | 'dead';
  readonly attempts: number;
  /** Not to be tried before. */
  readonly nextAt: Instant;
  readonly openedAt: Instant;
  readonly openedWallAt: string;
  /** Why the last try failed. */
  readonly detail: string | null;
}

/** What became of a target's messages, and who sends them. */
export interface TargetRow {
  readonly name: string;
  readonly claim: { readonly worker: DeliveryWorker; readonly until: Instant } | null;
  /** Delivered and given up, in all. */
  readonly done: number;
  readonly dead: number;
  readonly lastDone: { readonly message: number; readonly wallAt: string } | null;
  readonly lastFault: { readonly message: number; readonly wallAt: string; readonly detail: string } | null;
  /** Its receiver said that it wants nothing more. */
  readonly disabled: { readonly wallAt: string; readonly detail: string } | null;
}

/** Who was told that something began, and is to be told that it is over. */
export interface TellingRow extends Heard {
  readonly subject: string;
  readonly targets: readonly string[];
}

/** Alerts that belong together, and what people said of them. Who and what was involved grows with its alerts. */
export interface IncidentRow {
  readonly incident: number;
  readonly title: string;
  readonly severity: Severity;
  readonly openedSeq: number;
  readonly openedAt: Instant;
  readonly openedWallAt: string;
  readonly alerts: readonly number[];
  readonly agents: readonly string[];
  readonly resources: readonly string[];
  /** One that was closed lately, or is full, and had the same agents or resources. */
  readonly earlier: number | null;
  /** Open ones of the same time that an alert connects with this one. */
  readonly beside: readonly number[];
  readonly notes: readonly {
    readonly seq: number;
    readonly wallAt: string;
    readonly by: string;
    readonly text: string;
  }[];
  /** When the last of its alerts closed; null while one is open. */
  readonly quietSince: Instant | null;
  readonly closed: {
    readonly at: Instant;
    readonly seq: number;
    readonly wallAt: string;
    readonly by: string;
    readonly how: 'quiet' | 'operator';
    readonly text: string;
  } | null;
}
