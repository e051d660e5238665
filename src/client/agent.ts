// What a program can do in a fleet. It is the same whether it reaches the fleet by itself (`openBrigade`) or through a server
// (`connectBrigade`): both give these.

export type Mode = 'exclusive' | 'shared';

/** A lease by what proves it. */
export interface LeaseRef {
  readonly resource: string;
  /** The fencing token: larger is later, across resources and restarts. */
  readonly token: number;
}

export interface HeldResource extends LeaseRef {
  readonly mode: Mode;
  /** Brigade itself refuses writes by others (governed state, hooks, guards); else the lease is advice. */
  readonly guarded: boolean;
}

/** Something that is held, until it is given back or lost. It is renewed by itself until then. */
export interface Lease extends AsyncDisposable {
  /** In the order in which they were asked for. */
  readonly leases: readonly HeldResource[];
  /** The fencing token of the first; where one thing was asked for, of that. */
  readonly token: number;
  /** Aborts when the lease must not be acted on any more; the reason is a `BrigadeError`. */
  readonly signal: AbortSignal;
  /** For so long it may be acted on from now, should it never be renewed again. */
  readonly safeForMs: number;
  /** Others wait for it, as far as the last answer told. */
  readonly isWanted: boolean;
  /** Renews now, besides what happens by itself. */
  renew(): Promise<void>;
  /** Asks whether all of it holds this very moment: before a write that matters. */
  check(): Promise<boolean>;
  /** Gives it back; harmless to repeat. Rejects with `TOKEN_STALE` when it had ended before. */
  release(): Promise<void>;
}

export interface AcquireOptions {
  readonly mode?: Mode;
  /** How long to wait in line: 0 does not queue, left out it waits until the signal. */
  readonly waitMs?: number;
  /** It ends so long after anything was last heard of the holder. */
  readonly ttlMs?: number;
  /** What for; others see it. */
  readonly reason?: string;
  /** -10 to 10; the lowest gives way in a deadlock. */
  readonly priority?: number;
  /** Leaves the line; what was granted meanwhile is given back. */
  readonly signal?: AbortSignal;
  /** False: it is renewed only by `renew`. */
  readonly renews?: boolean;
}

export interface Checked {
  readonly holds: boolean;
  readonly holder: { readonly agentId: string; readonly sessionId: string } | null;
  readonly currentToken: number | null;
}

export interface Registration {
  /** An id of its own, unique in the fleet. */
  readonly id?: string;
  readonly purpose?: string;
  /** What to do when the id is taken: go on as a sibling (`_2`), or be refused. */
  readonly onTaken?: 'sibling' | 'refuse';
  readonly tags?: readonly string[];
  readonly notes?: string;
}

export interface Identity {
  readonly agentId: string;
  readonly sessionId: string;
  /** The secret handle: whoever shows it acts for this agent. Null where it was given out before. */
  readonly session: string | null;
}

export interface StateEntry {
  readonly key: string;
  readonly value: unknown;
  readonly version: number;
  readonly author: string;
  readonly at: string;
}

/** What a write of governed state depends on: the version that was read (0: it is not there yet), or a lease. */
export type PutCondition = { readonly ifVersion: number } | LeaseRef | Lease;

/** Values that agents share. No update is ever lost: each write names what it was made after. */
export interface SharedState {
  /** Null where there is none. */
  get(key: string): Promise<StateEntry | null>;
  /** Answers the new version. Rejects with `VERSION_MISMATCH`, `TOKEN_STALE` or `LEASE_HELD`. */
  put(key: string, value: unknown, condition: PutCondition): Promise<number>;
}

export interface Message {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly text: string;
  readonly replyTo: string | null;
  readonly at: string;
}

export interface Mail {
  readonly messages: readonly Message[];
  /** Reading on from here takes these as read. */
  readonly cursor: number;
  readonly more: boolean;
}

export interface Letter {
  /** An agent id, or `*` for everybody. */
  readonly to: string;
  readonly text: string;
  readonly type?: 'task' | 'confirm' | 'dismiss' | 'info';
  readonly replyTo?: string;
  /** With a task: what the addressee holds and is asked to let go. */
  readonly resource?: string;
}

export interface ReadOptions {
  /** Waits so long for one where there is none. */
  readonly waitMs?: number;
  readonly after?: number;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface Messages {
  /** Answers the id of the message. */
  send(letter: Letter): Promise<string>;
  /** Unread ones, oldest first; what one call showed the next takes as read. */
  read(options?: ReadOptions): Promise<Mail>;
}

export interface CheckIn {
  readonly summary: string;
  /** 0 to 1. */
  readonly complexity?: number;
  /** 0 to 1: how likely it is right. */
  readonly confidence?: number;
  readonly outcomes?: readonly { readonly kind: string; readonly ok: boolean; readonly evidence?: string }[];
  readonly plan?: { readonly goal?: string; readonly task?: string };
}

export interface CheckedIn {
  readonly checkInId: string | null;
  readonly verdict: 'proceed' | 'guide' | 'pause';
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
  readonly next: string;
}

/** A fact of the log. */
export interface BrigadeEvent {
  readonly seq: number;
  readonly at: number;
  readonly wallAt: string;
  readonly type: string;
  readonly actor: string;
  readonly agentId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly resource?: string | undefined;
  readonly token?: number | undefined;
  readonly hash: string;
  readonly [fact: string]: unknown;
}

export interface EventsOptions {
  /** From the fact behind this number on; left out: what happens from now on. */
  readonly after?: number;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** What an agent must know, as it comes with the answer to any call. */
export interface Notice {
  readonly seq: number;
  readonly kind: string;
  readonly text: string;
  readonly at: string;
  readonly resource?: string;
}

/** One agent in a fleet. */
export interface Agent extends AsyncDisposable {
  readonly state: SharedState;
  readonly messages: Messages;
  /** Its name; registers it where it is not yet. */
  who(): Promise<Identity>;
  /** Takes one thing, or several together. Rejects with `LEASE_HELD`, `WAIT_TIMED_OUT`, `WAIT_ABORTED_DEADLOCK` ... */
  acquire(resources: string | readonly string[], options?: AcquireOptions): Promise<Lease>;
  /** Leases of another program of the same agent, by their tokens. */
  renew(leases: readonly LeaseRef[], options?: { readonly ttlMs?: number }): Promise<void>;
  release(leases: readonly LeaseRef[] | 'all'): Promise<void>;
  /** Does the token hold now? Registers nobody. */
  check(lease: LeaseRef): Promise<Checked>;
  /** Says what was done; the answer binds. */
  checkIn(report: CheckIn): Promise<CheckedIn>;
  /** Leaves: leases are given back, and the session ends. Harmless to repeat. */
  close(): Promise<void>;
}

/** A fleet, and this program's own agent in it. */
export interface Brigade extends Agent {
  /** Names this program's agent the first time; a further one beside it after that. */
  register(asked?: Registration): Promise<Agent>;
  events(options?: EventsOptions): AsyncIterable<BrigadeEvent>;
}
