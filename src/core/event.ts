// Facts. Everything that ever happened in a fleet is one of these; state is their fold and nothing else.
//
// A fact is never refused when it is folded and never changes its meaning: a change in how an old event folds is a new
// `version` of its type. All events of a batch share `at` and `wallAt`; `seq` is their number in the log.

import type { AlertCause, AlertCode, Severity } from './alert/alert.ts';
import type { ActionKind } from './diagnosis/finding.ts';
import type { EstimatorFacts, OutcomeFacts, Plan, Reason, Verdict } from './governance/check-in.ts';
import type { Policy } from './governance/policy.ts';
import type { Instant } from './instant.ts';

/** Format of the log that this code writes. An upgrade is an event that moves it. */
export const FORMAT = 3;

/** From this format on the fold keeps what agents are judged by; what happened before it is nobody's fault. */
export const GOVERNED_FORMAT = 2;

/**
 * The version in which this code makes each event; all others in 1. What an older version of one folded to it folds to for
 * ever; who knows only the older one reads no further.
 *
 * 2 of the sessions' events: requests that nobody repeats any more are forgotten. 2 of the waits': they may say `beside`. 2 of
 * a place's: it says of which machine it is, and who says so beats for as long as a process acts for a session there. 2 of activity:
 * it may have been earlier than it was written down, and may say that what comes after it is written down in time. 2 of an agent
 * that is active again: what the activity of holders gave their leases while its waits stood outside the line is kept.
 */
const VERSIONS: Readonly<Partial<Record<string, 1 | 2>>> = {
  'agent.resumed': 2,
  'agent.restored': 2,
  'place.anchored': 2,
  'session.opened': 2,
  'session.active': 2,
  'session.closed': 2,
  'session.lost': 2,
  'wait.parked': 2,
  'wait.ended': 2,
};

/** The version in which this code makes events of `type`, and the last one that it can fold. */
export function eventVersion(type: string): 1 | 2 {
  return VERSIONS[type] ?? 1;
}

export type Mode = 'exclusive' | 'shared';

export type Lifecycle = 'active' | 'paused' | 'archived' | 'retired';

export type MessageKind = 'task' | 'confirm' | 'dismiss' | 'info';

/** A process that acts for a session, with the evidence by which its presence is judged, in its own place only. */
export interface Attachment {
  readonly attachmentId: string;
  readonly placeId: string;
  readonly pid: number;
  /** Start time of the process as its place tells it; with the pid it names one process for ever. */
  readonly startTime: string;
  /** What kind of process: `mcp`, `cli`, `run`, `library`. */
  readonly kind: string;
}

export type SessionTransport = 'process' | 'http';

/** Who is to be told of the event `message`. */
export interface OpenedDelivery {
  readonly message: number;
  /** What its messages are kept in order for: `alert 812`, `incident 3`. */
  readonly subject: string;
  readonly code: AlertCode;
  readonly severity: Severity;
  readonly targets: readonly string[];
  /** Too many messages wait for these: they are not told. */
  readonly full: readonly string[];
  /** What began is over. */
  readonly isLast: boolean;
}

/** A coordinator that sends messages: its process, and which of the coordinators in it. */
export interface DeliveryWorker {
  readonly id: string;
  readonly placeId: string;
  readonly pid: number;
  readonly startTime: string;
}

/** Where an edit was seen: by the hook of a client, by whoever watches the files, or in a commit. */
export type EditVia = 'hook' | 'watch' | 'git';

/** How a wait ended. */
export type WaitOutcome = 'granted' | 'withdrawn' | 'timed_out' | 'deadlock' | 'session_ended';

/** One step of a cycle, in the order of waiting: `sessionId` waits for the next one's `resource`. */
export interface CycleStep {
  readonly sessionId: string;
  readonly agentId: string;
  readonly ticket: string;
  /** What it waits for that the next one holds. */
  readonly resource: string;
  /** How many steps of a very long cycle were left out between this one and the next. */
  readonly leftOut?: number;
}

/** How a lease came about. */
export type GrantPath = 'free' | 'promoted' | 'claimed' | 'handoff' | 'upgrade' | 'passed';

/** A stretch of the log that was archived, and the chain on both sides of it. */
export interface ArchivedSegment {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Chain hash before its first batch, and after its last. */
  readonly hashBefore: string;
  readonly hashAfter: string;
  /** Name of the archive, within the folder of archives. */
  readonly file: string;
}

export interface EventFacts {
  'fleet.founded': { fleetId: string; format: number };
  /** A log that starts again after a loss. `state` is the state its starter knew, `basis` the number up to which it knew. */
  'epoch.started': {
    fleetId: string;
    format: number;
    lost: { epoch: number; seq: number; hash: string };
    basis: { epoch: number; seq: number; hash: string };
    why: string;
    state: unknown;
  };
  'format.moved': { from: number; to: number };
  'granting.suspended': { until: Instant; code: 'STORE_REGRESSED' | 'INVARIANT_BROKEN'; why: string };
  'granting.resumed': { why: string };
  'place.anchored': {
    placeId: string;
    bootId: string;
    /** Places of one boot and one time namespace read one clock. Absent: it shares its clock with nobody. */
    timeNamespace?: string;
    /** Digest of the machine's id. Absent: an older version wrote it, which promises no beats. */
    machineId?: string;
    host: string;
    anchorAt: Instant;
    anchorMonoMs: number;
    /** The clock goes on as it did: the place only says anew that it is there. */
    goesOn?: true;
    why: string;
  };
  'names.folded': { worktree: string; why: string };
  /** Where granting rests after a loss already, that rest is kept in `rest`: an end of this one is no end of that one. */
  'invariant.broken': { invariant: string; detail: string; rest?: { until: Instant; why: string } };
  'drill.marked': { label: string; note: string };
  /** The beginning of the log, up to `lastSeq`, is in an archive and is cut off next. */
  'log.archived': ArchivedSegment;
  /** The last event of a log: the fleet goes on at `to`, a store URL without secrets, from the event before. */
  'fleet.moved': { to: string };
  'operator.token_set': { kind: 'operator' | 'join'; tokenHash: string };

  'agent.registered': {
    client: string;
    purpose: string | null;
    tags: readonly string[];
    notes: string;
    /** The caller named it; otherwise Brigade did. */
    named: boolean;
  };
  'session.opened': {
    handleHash: string;
    client: string;
    clientSession: string | null;
    transport: SessionTransport;
    worktree: string;
    root: string;
    attachment: Attachment | null;
    warnings: readonly string[];
    resumedFrom: string | null;
    /** The id that was asked for, where the agent that has it is at work and another one was given. */
    asked?: string;
  };
  /** A repeated `register` whose first handle was never used. */
  'session.handle_renewed': { handleHash: string };
  'session.attached': { attachment: Attachment };
  'session.detached': { attachmentId: string; how: 'exit' | 'dead'; evidence: string };
  /**
   * Recorded activity, at most once each quarter TTL. Renews by reference. `heardAt`: it was then, and is written down late.
   * `followMs`: whoever writes it stays, and writes down later activity before a silence of this length could be told of it.
   */
  'session.active': { noticesSeen: number; heardAt?: Instant; followMs?: number };
  /** The session was told everything up to this number, by a process that ended right after it. */
  'notices.heard': { upTo: number };
  'session.closed': { why: string };
  'session.lost': { evidence: string };

  'lease.granted': {
    mode: Mode;
    ttlMs: number;
    path: GrantPath;
    ticket: string | null;
    /** Token of the lease that this grant replaces (upgrade, handoff), else null. */
    replaces: number | null;
    /** First grant of the same set carries the reason; the others point at it. */
    firstToken: number | null;
    reason: string;
  };
  'lease.renewed': { ttlMs: number };
  /** Its TTL is cut by authority. Unless it is used it ends at `until`, which is never before what its holder was told. */
  'lease.shortened': { ttlMs: number; until: Instant; by: string; reason: string };
  /** `quiet`, `turn`: of a lease that an edit hook took, see `core/hook/edit-hold.ts`. */
  'lease.released': { why: 'released' | 'undelivered' | 'quiet' | 'turn' };
  'lease.expired': { lastUsedAt: Instant };
  'lease.revoked': { by: string; reason: string };
  /** The session ended before the lease did. */
  'lease.dropped': { ending: 'session_closed' | 'session_lost' };
  'lease.queued': {
    ticket: string;
    resources: readonly string[];
    mode: Mode;
    ttlMs: number;
    priority: number;
    parkedUntil: Instant;
    reason: string;
  };
  'lease.offered': { ticket: string; until: Instant; revived: boolean };
  'offer.lapsed': { ticket: string };
  /** `beside`: another call was parked with the ticket, so either may be the one whose answer is heard. */
  'wait.parked': { ticket: string; parkedUntil: Instant; beside?: true };
  'wait.left': { ticket: string };
  'wait.passed': { ticket: string; passed: string };
  'wait.ended': {
    ticket: string;
    outcome: WaitOutcome;
    tokens: readonly number[];
    cycle: readonly CycleStep[];
    beside?: true;
  };
  /**
   * The lines of freed resources were not walked to their end; the rest is due. With a `sessionId`: that session's own waits are to
   * be looked at too. `resting`: nobody in them could be granted anything, because granting rests.
   */
  'line.unsettled': { line: string; resources: readonly string[]; resting?: true };
  'line.settled': { line: string };
  'request.refused': { code: string; blockers: readonly string[] };
  'deadlock.suspected': { sessions: readonly string[]; agents: readonly string[] };

  /** A hook was told of an edit to come, and the lease is the hook's: it ends by the rules of `core/hook/edit-hold.ts`. */
  'edit.began': { tool: string; label: string | null; quietMs: number };
  /** A hook was told of an edit to come, and others are in its way: the place in line is the hook's. */
  'edit.denied': { tool: string; label: string | null; ticket: string };
  /**
   * Somebody changed the resource. `token`: under this lease of its session. `beside`: while another session held it, by that
   * token. `label`: of the sub-agent, where its client tells it. Without an agent it was nobody of the fleet.
   */
  'file.edited': { tool: string; label: string | null; via: EditVia; beside: number | null };

  'handoff.offered': { offer: string; to: string; until: Instant };
  'handoff.ended': { offer: string; outcome: 'accepted' | 'declined' | 'lapsed' | 'lease_ended' };

  /** What an agent said of its work, and what Brigade answered. The estimator's state afterwards is in it. */
  'checkin.recorded': {
    checkInId: string;
    summary: string;
    /** Of the summary without regard to case and spaces: equal ones make a loop. */
    digest: string;
    complexity: number | null;
    confidence: number | null;
    outcomes: readonly OutcomeFacts[];
    plan: Plan | null;
    verdict: Verdict;
    reasons: readonly Reason[];
    next: string;
    estimator: EstimatorFacts;
  };
  /** What became of the work of a check-in, of the agent `about`. The same kind again replaces what was said of it. */
  'outcome.recorded': OutcomeFacts & { checkInId: string; about: string };

  /** Binds the agent `agentId` until it is resumed. `leases`: what becomes of those it holds. */
  'agent.paused': {
    by: 'policy' | 'operator';
    was: Lifecycle;
    reason: string;
    reasons: readonly Reason[];
    leases: 'keep' | 'release';
  };
  'agent.resumed': { by: 'recover' | 'operator'; reason: string };
  'agent.archived': { by: 'policy' | 'operator'; was: Lifecycle; reason: string };
  /** Back to what it was when it was archived: active, or paused still. */
  'agent.restored': { by: 'return' | 'operator'; reason: string };
  'agent.retired': { was: Lifecycle; reason: string };

  /** From here on this is the policy in force. `diff`: one line for each setting that changed. */
  'policy.adopted': { policy: Policy; diff: readonly string[]; reason: string };

  /** To one agent, or to all (`*`). `lease`: it asks the holder of that lease for something. */
  'message.sent': {
    messageId: string;
    to: string;
    kind: MessageKind;
    text: string;
    replyTo: string | null;
    /** The first message of the conversation. */
    thread: string;
    lease: { readonly resource: string; readonly token: number } | null;
  };
  /** The agent has everything up to this number. */
  'messages.read': { upTo: number };

  /** What another system knew of an agent; the agent of that id is registered if there was none. */
  'agent.imported': {
    lifecycle: Lifecycle;
    createdWallAt: string | null;
    tags: readonly string[];
    notes: string;
    /** The record as it was found, every field of it. */
    record: Readonly<Record<string, unknown>>;
    digest: string;
    source: string;
  };
  /** Lines of an agent's history in another system, as they were found, in order. */
  'history.imported': {
    source: string;
    columns: readonly string[];
    rows: readonly (readonly string[])[];
    /** Where each stood in its file; 1 is the line of column names. A line that was corrected later stands out of order. */
    lines: readonly number[];
    /** How many lines of this history were known before, and the digest of all of them with these. */
    after: number;
    digest: string;
  };

  'state.put': { key: string; value: unknown; valueVersion: number; guard: number | null };

  /** Somebody acted on a finding of a diagnosis, proved again in the decision. What it changed follows in the same group. */
  'rescue.done': {
    finding: string;
    action: ActionKind;
    /** What was done, in words. */
    means: string;
    evidence: readonly string[];
    reason: string;
  };

  /** There is something to warn of. Its number is the alert's. */
  'alert.opened': {
    code: AlertCode;
    severity: Severity;
    /** With the code it names the cause. */
    subject: string;
    agents: readonly string[];
    resources: readonly string[];
    text: string;
    next: string;
    evidence: AlertCause['evidence'];
  };
  /** The cause is there still, or again: told anew, with how it stands now. */
  'alert.repeated': {
    alert: number;
    severity: Severity;
    agents: readonly string[];
    resources: readonly string[];
    text: string;
    evidence: AlertCause['evidence'];
  };
  'alert.closed': { alert: number; code: AlertCode; why: string };
  /** Somebody has seen it and looks after it. */
  'alert.acknowledged': { alert: number; note: string };
  /** Nobody looks after it after all: it is told again. */
  'alert.unacknowledged': { alert: number; note: string };
  /** Nobody is told of this cause again until then; null lifts it. */
  'alert.silenced': { alert: number; until: Instant | null; note: string };

  /** Something that people will want to read about later. Numbered from 1. */
  /** `earlier`: one that was closed lately, or is full, and had the same agents or resources. */
  'incident.opened': { incident: number; alert: number; title: string; earlier: number | null };
  /** `beside`: other open ones with agents or resources of this alert; they stay incidents of their own. */
  'incident.joined': { incident: number; alert: number; beside: readonly number[] };
  'incident.noted': { incident: number; text: string };
  'incident.closed': { incident: number; how: 'quiet' | 'operator'; text: string };

  /** Targets are to be told what its group says of alerts and incidents. */
  'delivery.opened': { opened: readonly OpenedDelivery[] };
  /** Until then this coordinator alone sends to the target. `instead`: the one that had it, and is known to be gone. */
  'delivery.claimed': { target: string; worker: DeliveryWorker; until: Instant; instead: string | null };
  'delivery.done': { target: string; messages: readonly number[] };
  'delivery.retrying': { target: string; message: number; attempt: number; nextAt: Instant; detail: string };
  /** Given up; an operator may ask for it again. */
  'delivery.dead': { target: string; message: number; attempts: number; detail: string };
  /** The receiver wants nothing more. */
  'delivery.disabled': { target: string; detail: string };
  'delivery.reopened': { target: string; messages: readonly number[] };
}

export type EventType = keyof EventFacts;

/** What the repeat of a request is recognised by; on the first event of a command's own group. */
export interface RequestMark {
  readonly id: string;
  /** Hash of the command's body: the same id with another body is REQUEST_REUSED. */
  readonly bodyHash: string;
  /** Whose memory: a session id, or `register`, or `operator`. */
  readonly scope: string;
  readonly op: string;
  /** Tokens that a repeat answers with although this decision granted nothing new for them. */
  readonly kept?: readonly number[];
  /** The ticket that the request is about, where the marked event may be about something that had to come first. */
  readonly ticket?: string;
}

export interface EventHead {
  readonly seq: number;
  readonly at: Instant;
  readonly wallAt: string;
  readonly version: 1 | 2;
  /** An agent id, `operator:<name>` or `brigade` itself. */
  readonly actor: string;
  readonly agentId?: string;
  readonly sessionId?: string;
  readonly resource?: string;
  readonly token?: number;
  readonly requestId?: string;
  readonly request?: RequestMark;
  /** Number of the event that made this one necessary. */
  readonly cause?: number;
}

export type EventOf<T extends EventType> = EventHead & { readonly type: T } & Readonly<EventFacts[T]>;
export type FleetEvent = { [T in EventType]: EventOf<T> }[EventType];

/** An event before it has its number and time. */
export type NewEvent = { [T in EventType]: Omit<EventOf<T>, 'seq' | 'at' | 'wallAt' | 'version'> }[EventType];

/** Events of some types, as a fold receives them. */
export type EventAmong<T extends EventType> = { [K in T]: EventOf<K> }[T];
