// What a plan for hooks is asked for, what it answers, and bytes of files as text.

import type { FileChange, FileState, GitHookName } from '../../ports/git-hooks.ts';

export interface GitHookOrder {
  /** All that there are, where nothing is said. */
  readonly hooks?: readonly GitHookName[];
  /** How Brigade is started on this machine: absolute paths of Node and of its program. */
  readonly command: readonly string[];
  readonly remove?: boolean;
  /** Also where the hooks are those of all repositories of the user. */
  readonly user?: boolean;
}

export interface Refused {
  readonly where: string;
  readonly message: string;
  readonly next: string;
}

export interface GitHookPlan {
  /** In the order in which they are to be made. */
  readonly changes: readonly FileChange[];
  readonly notes: readonly string[];
  readonly refused: readonly Refused[];
}

export function planned(changes: readonly FileChange[], notes: readonly string[] = []): GitHookPlan {
  return { changes, notes, refused: [] };
}

export function refusedPlan(refused: Refused): GitHookPlan {
  return { changes: [], notes: [], refused: [refused] };
}

/** What is no link. */
export type PlainFile = Extract<FileState, { kind: 'file' }>;

export function sameFile(a: PlainFile | null, b: PlainFile): boolean {
  return a !== null && a.mode === b.mode && Buffer.compare(a.bytes, b.bytes) === 0;
}

/** A letter for each byte, so that whatever is not ours stays as it is; `bytesOf` is the way back. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Text of ours among such letters. */
export function asLetters(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
