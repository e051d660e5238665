// What a seat needs from the outside.

import type { Rejection } from '../../core/rejection.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Hasher } from '../../ports/hasher.ts';
import type { IdSource } from '../../ports/id-source.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PathProber } from '../../ports/path-prober.ts';
import type { StateFolder } from '../../ports/state-folder.ts';
import type { Coordinator } from '../coordinator.ts';
import type { Worktree } from './occupant.ts';

export interface SeatPorts {
  readonly coordinator: Coordinator;
  /** Null while the log is empty. */
  readonly fleetId: () => string | null;
  /** The fleet's id, founded if need be. */
  readonly found: () => Promise<string | Rejection>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly hasher: Hasher;
  /** Opens without touching the disk. */
  readonly stateFolderOf: (fleetId: string) => StateFolder;
  readonly logger: Logger;
  readonly prober: PathProber;
  /** The worktree around a folder, if it belongs to this fleet; else why an agent of this fleet cannot work there. */
  readonly worktreeAt: (folder: string) => Promise<Worktree | Rejection>;
}
