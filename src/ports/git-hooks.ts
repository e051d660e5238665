// What is known of a repository's hooks before anything is changed, and what a change of files is made of.

/** Hooks that a guard runs in. `pre-merge-commit` is `pre-commit` for a merge that git commits by itself. */
export const GIT_HOOKS = ['pre-commit', 'pre-merge-commit', 'commit-msg', 'post-commit', 'pre-push'] as const;
export type GitHookName = (typeof GIT_HOOKS)[number];

export type FileState =
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string };

/** Null: nothing is there. `other`: a folder, a device; it is left alone. */
export type FoundState = FileState | { readonly kind: 'other' } | null;

export interface FileChange {
  /** Absolute. */
  readonly path: string;
  readonly before: FileState | null;
  /** Null: nothing is to be there. */
  readonly after: FileState | null;
  /** Git would commit it, so others get it too. */
  readonly isShared: boolean;
  /** One clause, for people. */
  readonly why: string;
}

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  readonly state: FoundState;
  readonly isShared: boolean;
}

/** Programs that write the hooks of a repository themselves. */
export type HookManager = 'husky' | 'lefthook' | 'simple-git-hooks' | 'pre-commit';

export interface GitHookFacts {
  /** Where git looks for hooks. Absolute. */
  readonly folder: string;
  /** Who said so: nobody, the repository's own settings, or the user's, which count for all repositories. */
  readonly namedBy: 'default' | 'repository' | 'user';
  readonly manager: HookManager | null;
  /** Each hook as git finds it, and what stood there before a guard. */
  readonly hooks: Readonly<Record<GitHookName, { readonly hook: FoundFile; readonly kept: FoundFile }>>;
  /** Where husky keeps what a person writes, hook by hook; null without husky. */
  readonly husky: Readonly<Record<GitHookName, FoundFile>> | null;
  /** The settings of lefthook for this clone alone; null without lefthook. `others`: in a form that is not written here. */
  readonly lefthook: { readonly local: FoundFile; readonly others: readonly string[] } | null;
}

/** The name under which what stood in the place of a hook is kept beside it. */
export const KEPT_SUFFIX = '.before-brigade';
