// What a client should have in one of its files.

import type { Audience } from './launch.ts';
import type { ConfigFormat, Entry } from './merge/config-file.ts';

export interface FileWish {
  /** Absolute, as the client names it. */
  readonly path: string;
  readonly audience: Audience;
  readonly format: ConfigFormat;
  readonly entries: readonly Entry[];
  /** All that init may ever put into this file: what it was like before is looked at for these. */
  readonly possible: readonly Entry[];
}

export type Scope = 'project' | 'user';

/** What somebody asked for. */
export interface InitOrder {
  readonly scope: Scope;
  readonly hooks: boolean;
  /** Whether an edit goes ahead where the hook itself cannot say. */
  readonly onFault: 'open' | 'closed';
  /** Address of a server; null: each client starts its own process. */
  readonly http: URL | null;
}

/** Where things are. */
export interface Surroundings {
  /** Top of the worktree; null where only files of the user are meant. */
  readonly root: string | null;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}
