// Who sits down: what a process was started with and may know by itself. Nothing that was said before on the wire belongs
// here, because a connection is not a session. Over HTTP nobody sits down: there every call shows for whom it is made.

import type { ClientSessionKey } from '../../ports/state-folder.ts';

/** Where names of files are looked up: the worktree of the session. */
export interface Worktree {
  readonly id: string;
  /** Real path of its root folder. */
  readonly root: string;
  /** Its file system takes `A` and `a` for one name. */
  readonly foldsCase: boolean;
}

/** The process by whose presence the session lives. */
export interface ActingProcess {
  readonly placeId: string;
  readonly pid: number;
  readonly startTime: string;
  /** What kind of process: `mcp`, `cli`, `run`, `library`. */
  readonly kind: string;
  /**
   * `self`: this process acts for every session it takes up, and leaves them when it ends. `other`: a process that
   * outlives this one (the shell of a command); the session it opens lives as long as that one.
   */
  readonly role: 'self' | 'other';
}

export interface Occupant {
  readonly client: string;
  readonly user: string;
  /** Agent id that was asked for in the settings. */
  readonly agentId: string | null;
  readonly purpose: string | null;
  /** A session handle that the settings name: calls that show none act for this one, whatever else is known. */
  readonly handle: string | null;
  /** Under which the handle is kept for the next process of the same client session; null: kept nowhere. */
  readonly keptAs: ClientSessionKey | null;
  /** Where it is kept as well, unless a live session is kept there already: for a process that knows no other name of it. */
  readonly alsoKeptAs?: ClientSessionKey | null;
  /** Id of the client session as the client tells it, for people. */
  readonly clientSession: string | null;
  /** Null over HTTP: whoever calls may be anywhere, and its session lives by its calls alone. */
  readonly process: ActingProcess | null;
  readonly worktree: Worktree;
  /** The current folder, absolute: names that begin with `./` or `../` start there. Null: at the root of the worktree. */
  readonly folder: string | null;
}
