// What each client hands to its hooks, as its own documents say it. Of `session`, in the folder `cwd`; paths are absolute.

export interface ClientInputs {
  readonly client: string;
  readonly edit: (at: At, path: string) => Input;
  readonly write: (at: At, path: string) => Input;
  /** One tool call that changes several files. */
  readonly patch: (at: At, paths: readonly string[]) => Input;
  /** Null for a client without a tool for it. */
  readonly notebook: ((at: At, path: string) => Input) | null;
  readonly shell: (at: At, command: string) => Input;
  /** A tool that changes nothing. */
  readonly read: (at: At, path: string) => Input;
  /** After an edit of the path. */
  readonly edited: (at: At, path: string) => Input;
  readonly turnEnd: (at: At) => Input;
  readonly sessionStart: (at: At, source: 'startup' | 'compact') => Input;
  readonly sessionEnd: (at: At) => Input;
  /** An edit by a sub-agent, and its end; null where the client does not tell sub-agents apart. */
  readonly subagent: {
    readonly edit: (at: At, path: string, id: string) => Input;
    readonly end: (at: At, id: string) => Input;
  } | null;
  /** It lets a person decide. */
  readonly asks: boolean;
}

export interface At {
  readonly session: string;
  readonly cwd: string;
}

export type Input = Readonly<Record<string, unknown>>;
