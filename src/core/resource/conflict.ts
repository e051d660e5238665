// When two keys can name the same thing. Exact: a conflict is reported when, and only when, one path (or name, or
// symbol) exists that both name.
//
//   file and file   in the same worktree only
//   repo            in every worktree, against repo and file alike
//   symbol          against its whole file, whatever names it; against another symbol of the file when one of the
//                   dotted names contains the other
//   other kinds     by name
//
// With `foldCase` (some worktree of the fleet lies on a file system that folds case) paths compare under simple case
// folding. Symbols and names never do: they are no file names.

import { foldText } from './case-folding.ts';
import { globMatches, globMeetsTree, globsMeet } from './glob.ts';
import { anchorPathOf, isBeneath } from './key-paths.ts';
import { EVERY_SPACE, type ParsedKey, type PathKey, type SymbolKey } from './parsed-key.ts';

type Located = PathKey | SymbolKey;

/** True when something exists that both keys name. */
export function keysConflict(a: ParsedKey, b: ParsedKey, foldCase: boolean): boolean {
  if (a.form === 'name' || b.form === 'name') return isSameName(a, b);
  if (a.space !== b.space && a.space !== EVERY_SPACE && b.space !== EVERY_SPACE) return false;
  const left = comparable(a, foldCase);
  const right = comparable(b, foldCase);
  if (a.form === 'glob') return canMeet(a, left, b, right) && patternMeets(a.path, b, foldCase);
  if (b.form === 'glob') return canMeet(a, left, b, right) && patternMeets(b.path, a, foldCase);
  if (left === right) return symbolsMeet(a, b);
  return (a.form === 'tree' && isBeneath(right, left)) || (b.form === 'tree' && isBeneath(left, right));
}

/**
 * True only when `a` names everything that `b` names. It answers false where it cannot tell cheaply (a glob that holds
 * a whole tree or another glob), so who relies on it asks for more than needed, never for less.
 */
export function keyCovers(a: ParsedKey, b: ParsedKey, foldCase: boolean): boolean {
  if (a.form === 'name' || b.form === 'name') return isSameName(a, b);
  if (a.space !== b.space && a.space !== EVERY_SPACE) return false;
  if (a.form === 'glob') {
    if (b.form === 'glob') return a.path === b.path;
    return b.form !== 'tree' && globMatches(a.path, b.path, foldCase);
  }
  const left = comparable(a, foldCase);
  const right = comparable(b, foldCase);
  if (a.form === 'tree') return left === right || isBeneath(right, left);
  if (b.form === 'tree' || b.form === 'glob' || left !== right) return false;
  if (a.form !== 'symbol') return true;
  return b.form === 'symbol' && containsSymbol(a.symbol, b.symbol);
}

function isSameName(a: ParsedKey, b: ParsedKey): boolean {
  return a.form === 'name' && b.form === 'name' && a.kind === b.kind && a.name === b.name;
}

/** False when the anchors alone show that a glob and another key lie in different parts of the tree. */
function canMeet(a: Located, left: string, b: Located, right: string): boolean {
  return left === right || (spreads(a) && isBeneath(right, left)) || (spreads(b) && isBeneath(left, right));
}

function spreads(key: Located): boolean {
  return key.form === 'tree' || key.form === 'glob';
}

function patternMeets(pattern: string, key: Located, foldCase: boolean): boolean {
  if (key.form === 'glob') return globsMeet(pattern, key.path, foldCase);
  return key.form === 'tree' ? globMeetsTree(pattern, key.path, foldCase) : globMatches(pattern, key.path, foldCase);
}

/** The anchor of a key as paths are compared in this fleet. */
function comparable(key: Located, foldCase: boolean): string {
  const path = anchorPathOf(key);
  return foldCase ? foldText(path) : path;
}

/** For two keys of one path: not both symbols, or symbols of which one contains the other. */
function symbolsMeet(a: Located, b: Located): boolean {
  if (a.form !== 'symbol' || b.form !== 'symbol') return true;
  return containsSymbol(a.symbol, b.symbol) || containsSymbol(b.symbol, a.symbol);
}

function containsSymbol(outer: string, inner: string): boolean {
  return outer === inner || inner.startsWith(`${outer}.`);
}
