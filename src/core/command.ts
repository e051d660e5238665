// What a caller can ask of the core. A command is complete: fresh ids, hashes of secrets, canonical resource keys and
// evidence arrive in it, so that deciding needs no clock, no randomness and no I/O.

import type { ActionKind } from './diagnosis/finding.ts';
import type {
  ArchivedSegment,
  Attachment,
  DeliveryWorker,
  EditVia,
  Lifecycle,
  MessageKind,
  Mode,
  SessionTransport,
} from './event.ts';
import type { OutcomeFacts, Plan } from './governance/check-in.ts';
import type { Policy } from './governance/policy.ts';
import type { Instant } from './instant.ts';
import type { SeenSession } from './rescue/seen.ts';
import type { StillPlace } from './session/standstill.ts';

/** `noticesSeen`: number of the last notice that an earlier answer to this session carried. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly handleHash: string;
  readonly noticesSeen?: number;
}

/** Who asks. A handle is never in a command, only its hash. */
export type Caller =
  | SessionCaller
  /** `proof`: hash of the operator token, or `terminal` where a person sits at one. */
  | { readonly kind: 'operator'; readonly name: string; readonly proof: 'terminal' | { readonly tokenHash: string } }
  /** A hook or a guard that was started by the same process as one of the session's own: its edits are the session's. */
  | { readonly kind: 'process'; readonly sessionId: string }
  /** A coordinator on its own behalf: sweeping, presence, time. */
  | { readonly kind: 'system'; readonly name: string };
export type CallerOf<Kind extends Caller['kind']> = Extract<Caller, { readonly kind: Kind }>;

/** A session was heard of at this time. */
export interface Heard {
  readonly sessionId: string;
  readonly at: Instant;
}

interface CommandBase {
  readonly by: Caller;
  /** Makes a repeat harmless. The surface mints one where the caller gives none. */
  readonly requestId: string;
  /** Hash over everything the caller asked for, so that the same id with another body is noticed. */
  readonly bodyHash: string;
  /** Decides and answers, with what it would log, but appends nothing and is not activity. */
  readonly dryRun?: boolean;
}

export interface LeaseRef {
  readonly resource: string;
  readonly token: number;
}

/** Registers an agent and opens a session, or resumes the agent whose handle is shown. */
export interface RegisterCommand extends CommandBase {
  readonly op: 'register';
  /** Id asked for, already parsed. */
  readonly agentId: string | null;
  readonly purpose: string | null;
  readonly client: string;
  readonly user: string;
  /** `yyyymmdd_hhmm`, local time, for the id of an agent that gave neither id nor purpose. */
  readonly stamp: string;
  readonly onTaken: 'sibling' | 'refuse';
  readonly tags: readonly string[];
  readonly notes: string;
  /** Hash of a handle of this agent that the caller can show, live or ended. */
  readonly resumeHandleHash: string | null;
  readonly clientSession: string | null;
  readonly transport: SessionTransport;
  readonly worktree: string;
  readonly root: string;
  readonly foldsCase: boolean;
  readonly attachment: Attachment | null;
  readonly freshSessionId: string;
  readonly freshHandleHash: string;
  readonly joinTokenHash: string | null;
  /** A process that goes on as its paused agent, to check in and to recover. Nobody is registered anew by it. */
  readonly asPaused?: boolean;
}

/** Adds a process to the session of the caller. */
export interface AttachCommand extends CommandBase {
  readonly op: 'attach';
  readonly attachment: Attachment;
}

/** Takes a process away: it left (`exit`) or was found dead. The last one gone ends the session. */
export interface DetachCommand extends CommandBase {
  readonly op: 'detach';
  readonly sessionId: string;
  readonly attachmentId: string;
  readonly cause: 'exit' | 'dead';
  readonly evidence: string;
  /** The evidence is that its place stands still; nothing is taken away where that place has come back. */
  readonly still?: StillPlace;
}

export interface CloseSessionCommand extends CommandBase {
  readonly op: 'close_session';
  readonly why: string;
}

/** Records activity of sessions with a parked call or a running command. Appends only what is due. */
export interface TouchCommand extends CommandBase {
  readonly op: 'touch';
  readonly sessionIds: readonly string[];
  /** What was heard of sessions and is not in the log yet. */
  readonly heard?: readonly Heard[];
}

/** Whoever acted for the session has shown its notices and ends now: there is no next call that would confirm them. */
export interface HearCommand extends CommandBase {
  readonly op: 'hear';
}

export interface AcquireCommand extends CommandBase {
  readonly op: 'acquire';
  /** Canonical keys. */
  readonly resources: readonly string[];
  readonly mode: Mode;
  /** 0 asks without queueing. */
  readonly waitMs: number;
  readonly ttlMs: number;
  readonly reason: string;
  readonly priority: number;
}

/** Goes on waiting in the place of a ticket, or claims its offer. */
export interface AwaitCommand extends CommandBase {
  readonly op: 'await';
  readonly ticket: string;
  readonly waitMs: number;
}

/** The call stops waiting (its time is over, or its reply cannot be delivered); the ticket keeps its place. */
export interface LeaveWaitCommand extends CommandBase {
  readonly op: 'leave_wait';
  readonly ticket: string;
}

/** The grant of this ticket could not be delivered: it becomes an offer in its old place. */
export interface UndeliveredCommand extends CommandBase {
  readonly op: 'undelivered';
  readonly ticket: string;
}

export interface WithdrawCommand extends CommandBase {
  readonly op: 'withdraw';
  readonly ticket: string;
}

export interface RenewCommand extends CommandBase {
  readonly op: 'renew';
  readonly leases: readonly LeaseRef[];
  /** Null keeps the TTL of each lease. */
  readonly ttlMs: number | null;
}

export interface ReleaseCommand extends CommandBase {
  readonly op: 'release';
  readonly leases: readonly LeaseRef[] | 'all';
}

/** A client is about to edit: takes or renews the leases of what it will change, all or none, or keeps a place in line. */
export interface BeginEditCommand extends CommandBase {
  readonly op: 'begin_edit';
  /** Canonical keys. */
  readonly resources: readonly string[];
  readonly tool: string;
  /** The sub-agent, where the client tells it. */
  readonly label: string | null;
  readonly reason: string;
}

/**
 * Somebody has edited, as the hook of a client says, or whoever looks at the files. Whoever looks may know which session it was,
 * and may tell it late: then also who held what when it happened.
 */
export interface NoteEditsCommand extends CommandBase {
  readonly op: 'note_edits';
  readonly resources: readonly string[];
  readonly tool: string;
  readonly label: string | null;
  readonly via: EditVia;
  /** Of a system's command: the session that did it. */
  readonly sessionId?: string;
  /** Tokens of others under which the resources stood then, by resource; absent: whoever holds them now. */
  readonly beside?: Readonly<Record<string, number>>;
}

/** The turn of a client's agent is over, or that of one of its sub-agents: what hooks took for it ends. */
export interface EndTurnCommand extends CommandBase {
  readonly op: 'end_turn';
  readonly label: string | null;
  /** Everybody's who acts for the session: it ends. */
  readonly ofAll?: true;
}

export interface CheckCommand extends CommandBase {
  readonly op: 'check';
  readonly resource: string;
  readonly token: number;
}

export interface HandOffCommand extends CommandBase {
  readonly op: 'hand_off';
  readonly resource: string;
  readonly token: number;
  readonly to: string;
}

export interface AnswerHandoffCommand extends CommandBase {
  readonly op: 'answer_handoff';
  readonly offer: string;
  readonly answer: 'accept' | 'decline';
}

export interface PutStateCommand extends CommandBase {
  readonly op: 'put_state';
  readonly key: string;
  readonly value: unknown;
  readonly condition: { readonly ifVersion: number } | LeaseRef;
}

/** Says what was done, how hard it was and how sure the agent is; asks whether to go on. */
export interface CheckInCommand extends CommandBase {
  readonly op: 'check_in';
  readonly summary: string;
  /** Of the summary as `summaryKey` writes it. */
  readonly digest: string;
  /** 0 to 1. */
  readonly complexity: number | null;
  readonly confidence: number | null;
  readonly outcomes: readonly OutcomeFacts[];
  readonly plan: Plan | null;
  /** Of `eisv-v1`; null derives them from the summary. */
  readonly parameters: readonly number[] | null;
}

/** What became of the work of a check-in. */
export interface RecordOutcomeCommand extends CommandBase {
  readonly op: 'record_outcome';
  readonly checkInId: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly evidence: string;
}

/** A paused agent that is back in bounds goes on, after it has written what it learned. */
export interface RecoverCommand extends CommandBase {
  readonly op: 'recover';
  readonly reflection: string;
}

export interface SendMessageCommand extends CommandBase {
  readonly op: 'send_message';
  /** An agent id, or `*`. */
  readonly to: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly replyTo: string | null;
  /** Canonical key of a lease of the addressee that this is about. */
  readonly resource: string | null;
}

/** Messages after a number, or after what was read before; waits for one where there is none. */
export interface ReadMessagesCommand extends CommandBase {
  readonly op: 'read_messages';
  /** Null: from where reading stood. */
  readonly after: number | null;
  /** Everything up to this number was seen by whoever reads. */
  readonly seen: number;
  readonly limit: number;
  readonly waitMs: number;
}

/** Changes what an agent may do, by authority. */
export interface LifecycleCommand extends CommandBase {
  readonly op: 'pause' | 'resume' | 'archive' | 'restore' | 'retire';
  readonly agentId: string;
  readonly reason: string;
}

export interface AdoptPolicyCommand extends CommandBase {
  readonly op: 'adopt_policy';
  readonly policy: Policy;
  readonly reason: string;
  /** Number of the policy that the operator compared it with; null for none. Absent: whatever is in force. */
  readonly instead?: number | null;
}

/** Takes over what another system knew of an agent. */
export interface ImportAgentCommand extends CommandBase {
  readonly op: 'import_agent';
  readonly agentId: string;
  readonly lifecycle: Lifecycle;
  readonly createdWallAt: string | null;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly source: string;
}

export interface ImportHistoryCommand extends CommandBase {
  readonly op: 'import_history';
  readonly agentId: string;
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where each stood in its file. */
  readonly lines: readonly number[];
  /** How many lines are known already; another number is a repeat or a gap, and refused. */
  readonly after: number;
  /** Of all lines with these: a chain, so that the same digest means the same lines in the same order. */
  readonly digest: string;
}

/** Takes a lease back by authority. Without a token, whatever is held on exactly that resource. */
export interface RevokeCommand extends CommandBase {
  readonly op: 'revoke';
  readonly resource: string;
  readonly token: number | null;
  readonly reason: string;
}

/** Does what helps against a finding of a diagnosis, if it still stands and the evidence allows the caller to. */
export interface RescueCommand extends CommandBase {
  readonly op: 'rescue';
  readonly finding: string;
  /** Which of the finding's actions; absent: the one that it advises. */
  readonly do?: ActionKind | undefined;
  /** With `hand_over`: the agent that gets it; absent: the first in line. */
  readonly to?: string | undefined;
  readonly reason: string;
  /** What was seen of the processes concerned. The coordinator that decides looks, whatever a caller says. */
  readonly seen: readonly SeenSession[];
}

export interface SetTokenCommand extends CommandBase {
  readonly op: 'set_token';
  readonly kind: 'operator' | 'join';
  readonly tokenHash: string;
}

/** Lets granting go on after a loss or a broken invariant, on an operator's word. */
export interface ResumeGrantingCommand extends CommandBase {
  readonly op: 'resume_granting';
  readonly reason: string;
  /**
   * The rest that the operator was shown and has thought about, null where nothing rested: a word that comes late ends no
   * other one. Absent: whatever rests when this is decided.
   */
  readonly rest?: RestShown | null;
}

/** What a rest is known by to whoever was shown it. */
export interface RestShown {
  readonly epoch: number;
  readonly code: string;
  readonly why: string;
}

export interface MarkDrillCommand extends CommandBase {
  readonly op: 'mark_drill';
  readonly label: string;
  readonly note: string;
}

/** The beginning of the log is in an archive. */
export interface NoteArchivedCommand extends CommandBase {
  readonly op: 'note_archived';
  readonly segment: ArchivedSegment;
}

/** Founds an empty log, or anchors a place's clock. */
export interface FoundCommand extends CommandBase {
  readonly op: 'found';
  readonly fleetId: string;
  /** What the new fleet begins with, where somebody has written one. */
  readonly policy?: Policy;
}

/** Moves the log to the format of this code, so that older writers stop. */
export interface MoveFormatCommand extends CommandBase {
  readonly op: 'move_format';
}

export interface AnchorCommand extends CommandBase {
  readonly op: 'anchor';
  readonly placeId: string;
  readonly bootId: string;
  readonly timeNamespace?: string;
  readonly machineId?: string;
  readonly host: string;
  readonly anchorAt: number;
  readonly anchorMonoMs: number;
  readonly goesOn?: true;
  readonly why: string;
}

/** Settles what is due and nothing else. */
export interface SweepCommand extends CommandBase {
  readonly op: 'sweep';
}

/** Opens and closes alerts as the state demands, and nothing else. */
export interface WatchCommand extends CommandBase {
  readonly op: 'watch';
}

/** The log could not be written from a host for a while, and can again. */
export interface ReportStoreTroubleCommand extends CommandBase {
  readonly op: 'report_store_trouble';
  readonly host: string;
  readonly code: string;
  readonly message: string;
  readonly lastedMs: number;
}

/** The wall clock of a place went farther than its monotonic one, or back. */
export interface ReportClockJumpCommand extends CommandBase {
  readonly op: 'report_clock_jump';
  readonly placeId: string;
  readonly host: string;
  readonly jumpMs: number;
}

/** Says that somebody looks after an alert, or does so no more. */
export interface AcknowledgeAlertCommand extends CommandBase {
  readonly op: 'acknowledge_alert' | 'unacknowledge_alert';
  readonly alert: number;
  readonly note: string;
}

/** Nobody is told of the alert's cause again for so long; 0 lifts it. */
export interface SilenceAlertCommand extends CommandBase {
  readonly op: 'silence_alert';
  readonly alert: number;
  readonly forMs: number;
  readonly note: string;
}

/** Adds what somebody knows to the timeline of an incident, open or closed. */
export interface NoteIncidentCommand extends CommandBase {
  readonly op: 'note_incident';
  readonly incident: number;
  readonly text: string;
}

export interface CloseIncidentCommand extends CommandBase {
  readonly op: 'close_incident';
  readonly incident: number;
  readonly text: string;
}

/** Takes the sending to a target for a while, goes on with it, or gives it back. */
export interface ClaimDeliveryCommand extends CommandBase {
  readonly op: 'claim_delivery';
  readonly target: string;
  readonly worker: DeliveryWorker;
  /** Id of a worker whose process is known to be gone: what it claimed is free. */
  readonly gone: string | null;
  readonly release: boolean;
}

/** What became of messages that were sent to a target. */
export interface SettleDeliveriesCommand extends CommandBase {
  readonly op: 'settle_deliveries';
  readonly target: string;
  /** Id of who sent them. */
  readonly worker: string;
  readonly outcomes: readonly {
    readonly message: number;
    /** `gone`: the receiver wants nothing more. `lost`: the log no longer has what was to be told. */
    readonly result: 'delivered' | 'failed' | 'gone' | 'lost';
    /** Empty where it was delivered. */
    readonly detail: string;
    readonly retryAfterMs: number | null;
    /** Uniform in [0, 1). */
    readonly jitter: number;
  }[];
}

/** Sends again what was given up, and enables a target that had wanted nothing more. */
export interface RetryDeliveriesCommand extends CommandBase {
  readonly op: 'retry_deliveries';
  readonly target: string;
}

/** A broken invariant was found in merged state: granting stops until an operator repairs. */
export interface ReportBreakCommand extends CommandBase {
  readonly op: 'report_break';
  readonly invariant: string;
  readonly detail: string;
}

export type Command =
  | RegisterCommand
  | AttachCommand
  | DetachCommand
  | CloseSessionCommand
  | TouchCommand
  | HearCommand
  | AcquireCommand
  | AwaitCommand
  | LeaveWaitCommand
  | UndeliveredCommand
  | WithdrawCommand
  | RenewCommand
  | ReleaseCommand
  | BeginEditCommand
  | NoteEditsCommand
  | EndTurnCommand
  | CheckCommand
  | HandOffCommand
  | AnswerHandoffCommand
  | PutStateCommand
  | CheckInCommand
  | RecordOutcomeCommand
  | RecoverCommand
  | SendMessageCommand
  | ReadMessagesCommand
  | LifecycleCommand
  | AdoptPolicyCommand
  | ImportAgentCommand
  | ImportHistoryCommand
  | MoveFormatCommand
  | RevokeCommand
  | RescueCommand
  | SetTokenCommand
  | ResumeGrantingCommand
  | MarkDrillCommand
  | NoteArchivedCommand
  | FoundCommand
  | AnchorCommand
  | SweepCommand
  | WatchCommand
  | ReportStoreTroubleCommand
  | ReportClockJumpCommand
  | AcknowledgeAlertCommand
  | SilenceAlertCommand
  | NoteIncidentCommand
  | CloseIncidentCommand
  | ClaimDeliveryCommand
  | SettleDeliveriesCommand
  | RetryDeliveriesCommand
  | ReportBreakCommand;

export type CommandOp = Command['op'];
export type CommandOf<Op extends CommandOp> = Extract<Command, { op: Op }>;
