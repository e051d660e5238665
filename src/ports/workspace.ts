// The workspace of a process: which worktree its agent works in, and where the fleet of that worktree lives.

export interface WorkspaceStart {
  readonly folder: string;
  /** What named it, for messages: `--root`, `BRIGADE_ROOT`, `the current folder` ... */
  readonly where: string;
  /** A person or a configuration named exactly this folder. */
  readonly explicit: boolean;
}

export interface Repository {
  /** The folder that holds `.git`, or a bare repository itself. Real path. */
  readonly root: string;
  /** Git directory of this worktree. Real path. */
  readonly gitDir: string;
  /** Git directory shared by all worktrees. Real path. */
  readonly commonDir: string;
  readonly mainWorktree: string | null;
}

export interface Workspace {
  /** Root of the worktree, or of the folder without git. Real path. */
  readonly root: string;
  readonly repository: Repository | null;
  /** `.brigade/` of the fleet; it need not exist. */
  readonly fleetFolder: string;
  /** Relative store paths start here: the folder that holds the fleet folder. */
  readonly fleetRoot: string;
  /** Where the random id of this worktree is kept. */
  readonly worktreeIdFile: string;
  /** What named the folder the search began with. */
  readonly where: string;
}
