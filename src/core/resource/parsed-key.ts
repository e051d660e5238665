// What a resource key says, taken apart. Frozen data; made by resource-key.ts alone.

/** `file` names a path in one worktree, `repo` the same path in all of them. */
export type PathKind = 'file' | 'repo';

interface Placed {
  readonly kind: PathKind;
  /** The worktree, or `EVERY_SPACE` for `repo`. */
  readonly space: string;
}

export interface PathKey extends Placed {
  /** One path; a folder with everything beneath; all paths that match a pattern. */
  readonly form: 'exact' | 'tree' | 'glob';
  /** From the root of the worktree, without a slash at either end. A tree of everything has the empty path. A glob keeps its escapes. */
  readonly path: string;
}

export interface SymbolKey extends Placed {
  readonly form: 'symbol';
  readonly path: string;
  /** Dotted name within the file. */
  readonly symbol: string;
}

/** Any other kind: work, a port, a state key. Compared by name. */
export interface NameKey {
  readonly form: 'name';
  readonly kind: string;
  readonly name: string;
}

export type ParsedKey = PathKey | SymbolKey | NameKey;

export const EVERY_SPACE = '*';
