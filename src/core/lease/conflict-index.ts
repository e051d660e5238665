// How claims are filed, so that conflict lookup is no scan with 100,000 of them.
//
// A claim on one path is filed under that path (`exact`), a tree or glob under the folder that all it names lies beneath
// (`wide`). What may conflict with one path is filed at the path itself, or wide at a folder above it; what may conflict with
// a tree or glob is besides filed anywhere beneath its folder. Paths are filed without their worktree (a path is claimed in
// few worktrees at once) and case-folded whether or not the fleet folds case, so that no index is ever rebuilt: the price
// is a few candidates more, and the exact rule decides each.

import { foldText } from '../resource/case-folding.ts';
import { ancestorsOf, anchorPathOf } from '../resource/key-paths.ts';
import type { ParsedKey } from '../resource/parsed-key.ts';
import { parsed } from './parsed.ts';

export interface Lookup {
  readonly exact: string;
  readonly wide: readonly string[];
  /** Sort keys beneath a tree or glob: from `from`, included, to `to`, not included. */
  readonly range: { readonly from: string; readonly to: string } | null;
}

/** Buckets of the index `exact` or `wide` that a claim on these resources stands in. */
export function conflictBuckets(resources: readonly string[], index: 'exact' | 'wide'): readonly string[] {
  if (resources.length === 1) return bucketsOf(resources[0] as string, index);
  return [...new Set(resources.flatMap((resource) => bucketsOf(resource, index)))];
}

/** Sort keys of a claim; only names of files have any, since only they lie beneath one another. */
export function conflictSortKeys(resources: readonly string[]): readonly string[] {
  return [
    ...new Set(
      resources.flatMap((resource) =>
        parsed(resource).form === 'name' ? NONE : [placeOf(parsed(resource), resource)],
      ),
    ),
  ];
}

/** Where to look for claims that may conflict with the resource. */
export function lookUp(table: Weighed, resource: string): Lookup {
  const key = parsed(resource);
  const exact = placeOf(key, resource);
  if (key.form === 'name') return { exact, wide: NONE, range: null };
  const wide = table.weight('wide') === 0 ? NONE : foldersTo(key);
  if (!isWide(key)) return { exact, wide, range: null };
  return { exact, wide, range: exact === '/' ? { from: '/', to: '0' } : { from: `${exact}/`, to: `${exact}0` } };
}

/** All that is asked of a table here. */
export interface Weighed {
  weight(index: string): number;
}

/** Bucket of a session's own lease on exactly this key. */
export function ownBucket(sessionId: string, resource: string): string {
  return `${sessionId} ${resource}`;
}

const NONE: readonly string[] = [];

function bucketsOf(resource: string, index: 'exact' | 'wide'): readonly string[] {
  const key = parsed(resource);
  return isWide(key) === (index === 'wide') ? [placeOf(key, resource)] : NONE;
}

function isWide(key: ParsedKey): boolean {
  return key.form === 'tree' || key.form === 'glob';
}

function placeOf(key: ParsedKey, resource: string): string {
  return key.form === 'name' ? resource : `/${foldText(anchorPathOf(key))}`;
}

function foldersTo(key: Exclude<ParsedKey, { form: 'name' }>): readonly string[] {
  const path = foldText(anchorPathOf(key));
  const places = ancestorsOf(path).map((folder) => `/${folder}`);
  places.push(`/${path}`);
  return places;
}
