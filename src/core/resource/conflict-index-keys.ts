// What an index of claims is keyed by, so that the claims that may conflict with a key are found without a scan.
//
// Every claim is filed once, under its anchor: the place in the tree that all it names lies at or beneath. Two keys can
// conflict only when one anchor is the other or lies above it. So for a key K the candidates are
//
//   points   the anchors at and above K's anchor, in each space K names
//   ranges   if K is a tree or a glob: all anchors beneath K's
//
// and keysConflict decides each. Index keys are compared by code unit (`<`), never by locale: `0` follows `/`, so the
// range from `dir/` to `dir0` holds what lies beneath `dir` and nothing else. They are case-folded whether or not the
// fleet folds case, so the index stands when the flag is set; the price is a few candidates more.

import { foldText } from './case-folding.ts';
import { ancestorsOf, anchorPathOf } from './key-paths.ts';
import { EVERY_SPACE, type ParsedKey } from './parsed-key.ts';

/** From `from`, included, to `to`, not included, in code unit order. */
export interface IndexRange {
  readonly from: string;
  readonly to: string;
}

export interface LookupPlan {
  readonly points: readonly string[];
  readonly ranges: readonly IndexRange[];
}

/** The index key under which a claim of `key` is filed. */
export function anchorOf(key: ParsedKey): string {
  return key.form === 'name' ? `${key.kind}:${key.name}` : indexKey(key.space, foldText(anchorPathOf(key)));
}

/**
 * Where claims that may conflict with `key` are filed. `worktrees`: all that claims were ever made in; needed for
 * `repo:` keys, which meet the claims of each, and not looked at for others.
 */
export function lookupPlan(key: ParsedKey, worktrees: Iterable<string>): LookupPlan {
  if (key.form === 'name') return { points: [anchorOf(key)], ranges: [] };
  const spaces = key.kind === 'repo' ? [EVERY_SPACE, ...worktrees] : [EVERY_SPACE, key.space];
  const path = foldText(anchorPathOf(key));
  const places = [...ancestorsOf(path), path];
  const points = spaces.flatMap((space) => places.map((place) => indexKey(space, place)));
  if (key.form !== 'tree' && key.form !== 'glob') return { points, ranges: [] };
  return { points, ranges: spaces.map((space) => rangeBeneath(indexKey(space, path))) };
}

function indexKey(space: string, path: string): string {
  return path === '' ? `@${space}` : `@${space}/${path}`;
}

function rangeBeneath(place: string): IndexRange {
  return { from: `${place}/`, to: `${place}0` };
}
