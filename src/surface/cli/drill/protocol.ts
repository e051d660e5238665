// What the drill and its agent processes say to each other, over the channel that Node gives a child process. The agents do
// everything that matters through `brigade mcp`; this only tells them when.

import type { Actor } from './cast.ts';
import type { JournalLine } from './journal.ts';

/** One update as it was drawn from the seed. */
export interface PlannedUpdate {
  readonly update: number;
  /** Rest before it. */
  readonly pauseMs: number;
  /** Time between reading the file and writing it: what makes an overlap visible. */
  readonly dwellMs: number;
}

/** One quiet piece of work; see `agent/tending.ts`. */
export interface PlannedPiece {
  /** Taken together. */
  readonly files: readonly string[];
  readonly summary: string;
  readonly pauseMs: number;
  readonly dwellMs: number;
  /** Of each file, from 1. */
  readonly line: number;
  /** What it says of the piece when it is done; null where it says nothing. */
  readonly report: { readonly confidence: number; readonly isTested: boolean } | null;
}

export type Order =
  /** Starts `brigade mcp` and speaks to it. */
  | { readonly do: 'connect' }
  | { readonly do: 'register' }
  | { readonly do: 'work'; readonly updates: readonly PlannedUpdate[] }
  /** Takes the lock of an update, says so, and waits for `go on` before it writes. */
  | { readonly do: 'holdThenWrite'; readonly update: PlannedUpdate }
  | { readonly do: 'tend'; readonly piece: PlannedPiece }
  | { readonly do: 'look' }
  /** Takes `first`, says so, waits for `go on`, asks for `second`; edits both. */
  | { readonly do: 'cross'; readonly first: string; readonly second: string; readonly line: number }
  /** Calls one tool and tells what it heard. */
  | { readonly do: 'call'; readonly tool: string; readonly args: ToolArguments }
  /** Waits for locks as long as it takes. */
  | { readonly do: 'acquire'; readonly resources: readonly string[]; readonly reason: string; readonly ttlMs: number }
  /** Calls one tool in a circle, without a rest, until it is told to go on or is granted what it asks for. */
  | { readonly do: 'hammer'; readonly tool: string; readonly args: ToolArguments }
  /** Writes governed state of its own under a lock of its own, again and again, until it is told to go on. */
  | { readonly do: 'load'; readonly key: string; readonly pauseMs: number; readonly bytes: number }
  | { readonly do: 'leave' };

export type ToolArguments = Readonly<Record<string, unknown>>;

/** What the agent process is started with. */
export interface AgentStart {
  readonly member: Pick<Actor, 'asks' | 'client' | 'revision'>;
  /** The `brigade` command: a program and its first arguments. */
  readonly brigade: { readonly program: string; readonly args: readonly string[] };
  readonly workspace: string;
  readonly journal: string;
}

export type ToAgent =
  | { readonly kind: 'start'; readonly start: AgentStart }
  | { readonly kind: 'order'; readonly number: number; readonly order: Order }
  | { readonly kind: 'goOn' }
  /** Should the drill end without a word, whoever leads this group is to be woken, so that nothing stays stopped behind it. */
  | { readonly kind: 'guard'; readonly group: number | null };

export type FromAgent =
  | { readonly kind: 'ready' }
  /** Stands at the point where `go on` is waited for. */
  | { readonly kind: 'holding'; readonly number: number; readonly token: number }
  /** A line of its journal, as it is written. */
  | { readonly kind: 'noted'; readonly line: JournalLine }
  | { readonly kind: 'done'; readonly number: number; readonly result: OrderResult }
  | { readonly kind: 'failed'; readonly number: number; readonly error: string };

export interface OrderResult {
  readonly agentId?: string;
  readonly sentences?: readonly string[];
  /** What the tool answered: the fields of its reply, or why it was refused. */
  readonly told?: Told;
  /** Granted. */
  readonly leases?: readonly LeaseRef[];
  /** How often it was told no. */
  readonly refused?: number;
  /** Why the wait for them was ended. */
  readonly aborted?: string;
}

export interface LeaseRef {
  readonly resource: string;
  readonly token: number;
}

export type Told =
  | { readonly ok: true; readonly reply: ToolArguments }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly next: string };
