// What guards of one worktree note for the next one, in its git directory. All of it may be lost: then less is known, and
// nothing is held up.

/** A guard let these changes become a commit on top of `head`. */
export interface Pass {
  /** Null: there was no commit yet. */
  readonly head: string | null;
  /** The index as a tree. */
  readonly tree: string;
  readonly paths: readonly string[];
  readonly at: string;
  /** Who commits, where that is an agent. */
  readonly agentId: string | null;
}

/** One move of HEAD, as git wrote it down. */
export interface HeadMove {
  /** Null: there was no commit before. */
  readonly from: string | null;
  readonly to: string;
  /** Name and address of whoever did it, as git knows them. */
  readonly who: string;
  /** Seconds since 1970, by this machine's clock. */
  readonly atSeconds: number;
  /** `commit: text`, `rebase (pick): text`, `checkout: moving from a to b`. */
  readonly what: string;
}

export interface GuardPlace {
  /** Root of the worktree. */
  readonly root: string;
  readonly notes: GuardNotes;
}

export interface GuardNotes {
  /** The newest last. */
  passes(): Promise<readonly Pass[]>;
  keepPass(pass: Pass): Promise<void>;
  /** Lines for the message of the commit that is being made; null: none. */
  trailers(): Promise<readonly string[] | null>;
  keepTrailers(lines: readonly string[] | null): Promise<void>;
  /** What to do when the fleet cannot be asked, as it was said last. */
  onFault(): Promise<'open' | 'closed' | null>;
  keepOnFault(onFault: 'open' | 'closed'): Promise<void>;
  /** The newest moves of HEAD, in order; empty where git writes none down. */
  moves(): Promise<readonly HeadMove[]>;
  /** The last move that was looked at; null: none ever was. */
  seen(): Promise<HeadMove | null>;
  keepSeen(move: HeadMove): Promise<void>;
  /** Runs `work` unless another process is at it; null then. */
  alone<T>(work: () => Promise<T>): Promise<T | null>;
}
