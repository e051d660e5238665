// What callers did and heard, as they themselves know it: each call from its first sending to the answer that counted, by the
// machine's one clock. A call that was repeated under the same `requestId`, because its answer was lost or because the store did
// not answer, is one call.

import type { Command, LifecycleCommand } from '../../src/core/command.ts';
import type { Answer } from '../../src/core/reply.ts';

type Asked<C> = C extends Command ? Omit<C, 'by' | 'requestId' | 'bodyHash'> : never;

/** An operator's word on an agent. */
interface Word extends Asked<LifecycleCommand> {
  readonly op: 'pause' | 'resume';
}

/** What is asked, without who asks. */
export type Ask =
  | Word
  | Asked<
      Extract<
        Command,
        {
          op:
            | 'acquire'
            | 'await'
            | 'withdraw'
            | 'renew'
            | 'release'
            | 'check'
            | 'hand_off'
            | 'answer_handoff'
            | 'put_state'
            | 'check_in'
            | 'adopt_policy'
            | 'close_session';
        }
      >
    >;

export interface Call {
  /** The agent; each has one session. Of an operator: `operator`. */
  readonly by: string;
  readonly requestId: string;
  readonly ask: Ask;
  /** Of the first try. */
  readonly sentMs: number;
  /** Of the try whose answer was heard. */
  readonly triedMs: number;
  /** Infinity: nothing that counts was ever heard. */
  readonly heardMs: number;
  readonly tries: number;
  /** Null: nobody knows whether it was done. */
  readonly answer: Answer | null;
  readonly waitedMs: number;
  readonly safeForMs: Readonly<Record<number, number>>;
}

/** A look at governed state. */
export interface Read {
  readonly by: string;
  readonly key: string;
  readonly sentMs: number;
  readonly heardMs: number;
  /** 0: there is none. */
  readonly version: number;
  readonly value: unknown;
}

/** From this moment on the agent could do nothing more, or had lost what it held, by somebody else's doing. */
export interface Cut {
  readonly agent: string;
  readonly atMs: number;
}

export interface History {
  readonly calls: readonly Call[];
  readonly reads: readonly Read[];
  /** Processes that were killed, sessions that were closed. */
  readonly cuts: readonly Cut[];
  /** Id of each agent's session. */
  readonly sessions: ReadonlyMap<string, string>;
}

export const NEVER = Number.POSITIVE_INFINITY;
