// Patterns of paths: matched against a path, against a folder, and against each other, always exactly. With `foldCase`
// everything compares under simple case folding.

import { foldText } from './case-folding.ts';
import { type Automaton, createAutomaton } from './glob-automaton.ts';
import { meet } from './glob-intersection.ts';
import { accepts } from './glob-match.ts';
import { type GlobFlaw, type GlobParts, isFlaw, literalParts, readGlob } from './glob-syntax.ts';

const ANYTHING: GlobParts = [{ type: 'twoStars' }];
/** The folder itself, or a final slash, which stands for everything beneath. */
const FOLDER_OR_BENEATH: GlobParts = [{ type: 'braces', branches: [[], [{ type: 'slash' }]] }];

/** What makes `pattern` unusable, null when nothing does. A pattern that no path can match is unusable too. */
export function flawOfGlob(pattern: string): GlobFlaw | null {
  const parts = readGlob(pattern);
  if (isFlaw(parts)) return parts;
  if (meet(createAutomaton(parts, false), createAutomaton(ANYTHING, false)).meets) return null;
  return { flaw: 'matches no path', next: 'Leave out the segments `.` and `..` and the empty ones.' };
}

/** True when `pattern` matches `path`. */
export function globMatches(pattern: string, path: string, foldCase: boolean): boolean {
  return accepts(globAutomaton(pattern, foldCase), foldCase ? foldText(path) : path);
}

/** True when a path exists that both patterns match. */
export function globsMeet(left: string, right: string, foldCase: boolean): boolean {
  return meet(globAutomaton(left, foldCase), globAutomaton(right, foldCase)).meets;
}

/** True when `pattern` matches the folder at `path` or anything beneath it. The empty path is the root. */
export function globMeetsTree(pattern: string, path: string, foldCase: boolean): boolean {
  const tree = path === '' ? ANYTHING : [...literalParts(path), ...FOLDER_OR_BENEATH];
  return meet(globAutomaton(pattern, foldCase), createAutomaton(tree, foldCase)).meets;
}

/** The paths that `pattern` matches; none when it is unusable. */
export function globAutomaton(pattern: string, foldCase: boolean): Automaton {
  const parts = readGlob(pattern);
  return createAutomaton(isFlaw(parts) ? [] : parts, foldCase);
}

/** The folder that everything `pattern` matches lies beneath: its leading segments without a pattern, still escaped. */
export function literalFolderOf(pattern: string): string {
  return pattern.slice(0, Math.max(0, pattern.lastIndexOf('/', pattern.search(/[*?[{]/))));
}
