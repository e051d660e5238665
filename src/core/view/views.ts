// What can be seen of a fleet, as plain data. Views are folds of merged state at one instant; they change nothing and
// count as nobody's activity. Durations are milliseconds at the moment of the view.

import type { AlertCause, AlertCode, Severity } from '../alert/alert.ts';
import type { ActionKind, FindingCode, OwnTrouble } from '../diagnosis/finding.ts';
import type { CycleStep, Lifecycle, MessageKind, Mode } from '../event.ts';
import type { Calibration, Reason, Verdict } from '../governance/check-in.ts';
import type { EisvState } from '../governance/eisv/eisv-state.ts';
import type { Policy } from '../governance/policy.ts';
import type { Notice, SessionState } from '../rows.ts';
import type { DeliveriesView } from './delivery-views.ts';
import type { IncidentLine, IncidentView } from './incident-views.ts';

/**
 * Is a session's process there, as far as this coordinator can tell: `stopped` is there but does not run; `unknown` when
 * its place is another one, or when it has no process at all.
 */
export type Presence = 'alive' | 'stopped' | 'gone' | 'unknown';
export type PresenceOf = (sessionId: string) => Presence;

export interface SessionView {
  readonly sessionId: string;
  readonly agentId: string;
  readonly state: SessionState;
  readonly client: string;
  readonly clientSession: string | null;
  /** Id and root of the worktree in which its names of files are read. */
  readonly worktree: string;
  readonly root: string;
  readonly presence: Presence;
  readonly openedAt: string;
  readonly openForMs: number;
  readonly idleForMs: number;
  readonly leases: number;
  readonly waits: number;
  readonly processes: readonly SessionProcess[];
}

/** A process that acts for a session; its pid means something in its own place. */
export interface SessionProcess {
  readonly pid: number;
  /** With the pid it names one process for ever; empty where the platform does not tell. */
  readonly startTime: string;
  readonly kind: string;
  readonly placeId: string;
}

/** What an agent's conduct shows, for people and for the agents beside it. */
export interface ConductView {
  /** Check-ins in all. */
  readonly updates: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly lastVerdict: Verdict | null;
  readonly lastCheckInAgoMs: number | null;
  readonly calibration: Calibration;
  readonly lost: { readonly expired: number; readonly revoked: number; readonly deadlocks: number };
  readonly eisv: EisvView | null;
}

export type EisvView = Pick<
  EisvState,
  'E' | 'I' | 'S' | 'V' | 'lambda1' | 'coherence' | 'time' | 'updates' | 'decision'
>;

/** Why an agent is what it is, where it is not simply active. */
export interface LifecycleView {
  readonly by: string;
  readonly reason: string;
  readonly sinceAt: string;
  readonly forMs: number;
  /** Of a pause: would `recover` end it now? Empty when it would. */
  readonly standingAgainst: readonly Reason[];
}

export interface PlanView {
  readonly agentId: string;
  readonly goal: string;
  readonly task: string;
  readonly at: string;
}

export interface AgentView {
  readonly agentId: string;
  readonly client: string;
  readonly purpose: string | null;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly lifecycle: Lifecycle;
  /** Null while it is as it was registered, and active again. */
  readonly change: LifecycleView | null;
  readonly plan: Omit<PlanView, 'agentId'> | null;
  /** Null before it first checked in or lost a lease. */
  readonly conduct: ConductView | null;
  readonly registeredAt: string;
  /** Milliseconds since any session of it was active; null when it never had one. */
  readonly idleForMs: number | null;
  /** Live ones, the newest first; of an agent that is gone, its last one. */
  readonly sessions: readonly SessionView[];
  /** How many live ones there are, shown or not. */
  readonly liveSessions: number;
  readonly leases: number;
  readonly waits: number;
}

export interface WaiterView {
  readonly ticket: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly mode: Mode;
  readonly resources: readonly string[];
  /** 1 is next, among the waiters that conflict with the resource. */
  readonly position: number;
  readonly waitedMs: number;
  readonly state: 'parked' | 'away' | 'offered' | 'passed_over';
  readonly priority: number;
  readonly reason: string;
  readonly presence: Presence;
}

export interface LockView {
  readonly resource: string;
  readonly mode: Mode | null;
  /** Null where the resource is free but stands reserved for the first in line. */
  readonly holder: { readonly agentId: string; readonly sessionId: string } | null;
  readonly token: number | null;
  readonly heldForMs: number | null;
  readonly idleForMs: number | null;
  readonly expiresInMs: number | null;
  readonly alive: Presence;
  readonly guarded: boolean;
  readonly reason: string;
  /** Ticket of the waiter it is offered to or reserved for. */
  readonly reservedFor: string | null;
  readonly handoffTo: string | null;
  /** The first in line; `waiting` counts them all. */
  readonly waiters: readonly WaiterView[];
  readonly waiting: number;
  /** Who asked its holder to let go, the newest first. What they wrote is for the holder. */
  readonly asks: readonly AskView[];
}

/** A lease that can name the same thing as a resource that was asked about. */
export interface HeldView {
  readonly asked: string;
  readonly resource: string;
  readonly mode: Mode;
  readonly agentId: string;
  readonly sessionId: string;
  readonly clientSession: string | null;
  readonly token: number;
  readonly reason: string;
  readonly heldForMs: number;
  /** Wall time of the grant, for people. */
  readonly heldSince: string;
  readonly idleForMs: number;
  readonly alive: Presence;
}

export interface AskView {
  readonly messageId: string;
  readonly from: string;
  readonly agoMs: number;
  /** What the holder said to it last. */
  readonly answered: 'confirm' | 'dismiss' | null;
}

/** A message as an operator sees it. */
export interface MessageView {
  readonly messageId: string;
  readonly from: string;
  /** An agent, `*` for everybody, or an operator who was answered. */
  readonly to: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly replyTo: string | null;
  readonly thread: string;
  readonly lease: { readonly resource: string; readonly token: number; readonly holds: boolean } | null;
  readonly at: string;
  readonly agoMs: number;
  /** By its addressee, or by the agent whose messages are looked at; null where no agent is meant. */
  readonly isRead: boolean | null;
  readonly answered: 'confirm' | 'dismiss' | null;
}

/** Somebody waits for somebody. `hold` is a real wait; `line` only stands behind; `retry` asks again without queueing. */
export interface WaitEdge {
  readonly kind: 'hold' | 'line' | 'retry';
  readonly from: { readonly agentId: string; readonly sessionId: string; readonly ticket: string | null };
  readonly to: {
    readonly agentId: string;
    readonly sessionId: string;
    readonly token: number | null;
    readonly ticket: string | null;
  };
  readonly resource: string;
  readonly ageMs: number;
}

/** A wait that was ended to break a cycle, with the cycle as it stood. */
export interface BrokenDeadlock {
  readonly victim: { readonly agentId: string; readonly sessionId: string; readonly ticket: string };
  readonly agoMs: number;
  /** Each waits for `resource`, which the next one holds; the last one's is held by the first. */
  readonly cycle: readonly Omit<CycleStep, 'ticket'>[];
}

export interface WaitsView {
  readonly edges: readonly WaitEdge[];
  readonly waiters: readonly WaiterView[];
  /** Cycles of retry edges: suspected, since retrying agents may do something else at any moment. */
  readonly suspected: readonly { readonly agents: readonly string[] }[];
  /** Deadlocks broken in the last minutes, newest first. */
  readonly broken: readonly BrokenDeadlock[];
  readonly leftOut: { readonly waiters: number; readonly edges: number };
}

export interface ActionView {
  readonly kind: ActionKind;
  readonly means: string;
  readonly who: 'agent' | 'operator';
  /** Agents that may be named for it, the first in line first. */
  readonly to: readonly string[];
}

/** One thing that is wrong, and what may be done about it. */
export interface FindingView {
  /** Names it for `rescue`, as long as its cause is the same. */
  readonly id: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly string[];
  /** The causer first. */
  readonly agents: readonly string[];
  readonly resources: readonly string[];
  /** What `rescue` would do, and whether the evidence is enough for any agent to have it done. Null: it can do nothing. */
  readonly action: ActionView | null;
  /** What it could do instead, each of another kind. */
  readonly others: readonly ActionView[];
  readonly next: string;
  readonly forMs: number | null;
  /** How many sessions wait because of it. */
  readonly behind: number;
}

export interface DiagnosisView {
  /** The worst and most causal first. */
  readonly findings: readonly FindingView[];
  readonly leftOut: number;
  readonly summary: string;
  readonly looked: readonly string[];
  /** Who waits for whom, as far as it has to do with what was asked. */
  readonly waits: WaitsView;
}

/** A warning, open or lately closed. */
export interface AlertView {
  readonly alert: number;
  readonly code: AlertCode;
  readonly severity: Severity;
  /** With the code it names the cause. */
  readonly subject: string;
  readonly text: string;
  /** What to do about it. */
  readonly next: string;
  /** Who is affected, the causer first. */
  readonly agents: readonly string[];
  readonly resources: readonly string[];
  readonly evidence: AlertCause['evidence'];
  readonly openedAt: string;
  /** Until it closed, or until now. */
  readonly openForMs: number;
  /** How often it was told. */
  readonly told: number;
  readonly incident: number | null;
  /** Who looks after it. */
  readonly acknowledged: { readonly by: string; readonly at: string; readonly note: string } | null;
  /** Nobody is told of it for so long. */
  readonly silenced: { readonly by: string; readonly forMs: number; readonly note: string } | null;
  readonly closed: { readonly at: string; readonly why: string } | null;
}

export interface StateEntryView {
  readonly key: string;
  readonly value: unknown;
  readonly version: number;
  readonly author: string;
  readonly at: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it back for the next page; null at the end. */
  readonly cursor: string | null;
  readonly total: number;
}

export interface FleetView {
  readonly fleetId: string | null;
  readonly head: { readonly epoch: number; readonly seq: number };
  readonly foundedAt: string | null;
  readonly granting:
    | { readonly ok: true }
    | { readonly ok: false; readonly code: string; readonly why: string; readonly resumesInMs: number | null };
  readonly counts: {
    readonly agents: number;
    readonly paused: number;
    readonly sessions: number;
    readonly leases: number;
    readonly waits: number;
    readonly offers: number;
  };
  readonly longestWaitMs: number;
  readonly agents: readonly AgentView[];
  readonly locks: readonly LockView[];
  readonly waits: readonly WaiterView[];
  /** Open ones, the gravest first. */
  readonly alerts: readonly AlertView[];
  /** Open ones, the newest first. */
  readonly incidents: readonly IncidentLine[];
  /** Of agents that are here, the newest first. */
  readonly plans: readonly PlanView[];
  /** How many of each list were left out. */
  readonly leftOut: {
    readonly agents: number;
    readonly locks: number;
    readonly waits: number;
    readonly alerts: number;
    readonly incidents: number;
    readonly plans: number;
  };
}

/** The fleet in numbers. */
export interface CountsView {
  readonly fleetId: string | null;
  /** Number of the first event that is in no archive. */
  readonly oldestSeq: number;
  readonly isGranting: boolean;
  readonly agents: Readonly<Record<Lifecycle, number>>;
  /** Ended ones as long as they are remembered. */
  readonly sessions: Readonly<Record<SessionState, number>>;
  readonly leases: number;
  readonly waits: number;
  readonly longestWaitMs: number;
  /** Open ones, of every kind there is. */
  readonly alerts: Readonly<Record<AlertCode, number>>;
}

export interface PolicyView {
  /** Null: nothing was founded yet, so nobody could adopt one. */
  readonly fleetId: string | null;
  /** The policy in force; null while nobody adopted one, and the defaults hold. */
  readonly adopted: {
    readonly content: Policy;
    /** Number of its adoption in the log. */
    readonly seq: number;
    readonly adoptedAt: string;
    readonly by: string;
    readonly reason: string;
  } | null;
}

export type Query =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'counts' }
  | {
      readonly kind: 'locks';
      /** Canonical key: locks that conflict with it. */
      readonly resource?: string;
      readonly agentId?: string;
      /** Only locks that somebody waits for. */
      readonly waiting?: boolean;
      readonly cursor?: string;
      readonly limit?: number;
    }
  | {
      readonly kind: 'agents';
      readonly agentId?: string;
      readonly all?: boolean;
      readonly cursor?: string;
      readonly limit?: number;
    }
  /** Live sessions in the order in which they were opened; with `all` also ended ones that are still known. */
  | {
      readonly kind: 'sessions';
      readonly agentId?: string;
      readonly all?: boolean;
      readonly cursor?: string;
      readonly limit?: number;
    }
  /** The first in the order of arrival. */
  | { readonly kind: 'waits'; readonly limit?: number }
  | {
      readonly kind: 'state';
      readonly key?: string;
      readonly prefix?: string;
      readonly cursor?: string;
      readonly limit?: number;
    }
  /** The newest, the newest last; its cursor leads to older ones. For operators: it shows what agents write to each other. */
  | {
      readonly kind: 'messages';
      /** Only those that this agent wrote or may read. */
      readonly agentId?: string;
      readonly cursor?: string;
      readonly limit?: number;
    }
  /** Who a handle stands for; null when nobody. */
  | { readonly kind: 'session'; readonly handleHash: string }
  | { readonly kind: 'holder'; readonly resource: string }
  /** Canonical keys, a page of them at most: who holds what of them. Leases that have ended but are still to be settled are left out. */
  | { readonly kind: 'held'; readonly resources: readonly string[] }
  /** What is wrong: with the fleet, or with what concerns a resource (a canonical key) or an agent. */
  | {
      readonly kind: 'diagnosis';
      readonly resource?: string;
      readonly agentId?: string;
      /** What the process that looks knows of itself; whoever answers adds it. */
      readonly own?: Partial<OwnTrouble>;
    }
  | { readonly kind: 'policy' }
  /** Who is told of alerts outside the fleet, and what was given up. */
  | { readonly kind: 'deliveries' }
  /** Open ones, the gravest first. */
  | {
      readonly kind: 'alerts';
      /** Also those that have closed, behind them. */
      readonly closed?: boolean;
      readonly code?: AlertCode;
      readonly cursor?: string;
      readonly limit?: number;
    }
  /** Open ones first, the newest first among them. */
  | {
      readonly kind: 'incidents';
      /** Only open ones. */
      readonly open?: boolean;
      readonly cursor?: string;
      readonly limit?: number;
    }
  /** `also`: agents to be shown besides those who are involved by what its alerts say. */
  | { readonly kind: 'incident'; readonly incident: number; readonly also?: readonly string[] }
  /** Is this the hash of the fleet's token? The hash itself is in no view. */
  | { readonly kind: 'token'; readonly which: 'operator' | 'join'; readonly tokenHash: string };

export interface ViewOfKind {
  readonly fleet: FleetView;
  readonly counts: CountsView;
  readonly locks: Page<LockView>;
  readonly agents: Page<AgentView>;
  readonly sessions: Page<SessionView>;
  readonly waits: WaitsView;
  readonly state: Page<StateEntryView>;
  readonly messages: Page<MessageView>;
  readonly session: (SessionView & { readonly notices: readonly Notice[] }) | null;
  /** Leases on exactly this key. */
  readonly holder: readonly LockView[];
  readonly held: readonly HeldView[];
  readonly diagnosis: DiagnosisView;
  readonly policy: PolicyView;
  readonly deliveries: DeliveriesView;
  readonly alerts: Page<AlertView>;
  readonly incidents: Page<IncidentLine>;
  readonly incident: IncidentView | null;
  readonly token: boolean;
}

export type ViewOf<Q extends Query> = ViewOfKind[Q['kind']];
