// Patterns of paths: compiled, matched and intersected exactly. A path and a tree are patterns too, so every pair of
// path keys is decided by the same walk.

import { type Automaton, createAutomaton } from './glob-automaton.ts';
import { meet } from './glob-intersection.ts';
import { type GlobFlaw, type GlobParts, isFlaw, literalParts, readGlob } from './glob-syntax.ts';

const ANYTHING: GlobParts = [{ type: 'twoStars' }];

/** What makes `pattern` unusable, null when nothing does. A pattern that no path can match is unusable too. */
export function flawOfGlob(pattern: string): GlobFlaw | null {
  const parts = readGlob(pattern);
  if (isFlaw(parts)) return parts;
  if (meet(createAutomaton(parts, false), createAutomaton(ANYTHING, false)).meets) return null;
  return { flaw: 'matches no path', next: 'Leave out the segments `.` and `..` and the empty ones.' };
}

/** The paths that `pattern` matches. An unusable pattern matches none. */
export function globAutomaton(pattern: string, foldCase: boolean): Automaton {
  const parts = readGlob(pattern);
  return createAutomaton(isFlaw(parts) ? [] : parts, foldCase);
}

/** The one path. */
export function pathAutomaton(path: string, foldCase: boolean): Automaton {
  return createAutomaton(literalParts(path), foldCase);
}

/** The folder at `path` and everything beneath; for the empty path everything. */
export function treeAutomaton(path: string, foldCase: boolean): Automaton {
  const beneath: GlobParts = [{ type: 'braces', branches: [[], [{ type: 'slash' }]] }];
  return createAutomaton(path === '' ? ANYTHING : [...literalParts(path), ...beneath], foldCase);
}

/** The folder that everything `pattern` matches lies beneath: its leading segments without a pattern, still escaped. */
export function literalFolderOf(pattern: string): string {
  const end = pattern.search(/[*?[{]/);
  return pattern.slice(0, Math.max(0, pattern.lastIndexOf('/', end === -1 ? pattern.length : end)));
}
