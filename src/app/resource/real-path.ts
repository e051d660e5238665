// Follows names through a file system, as the system itself would: link by link, `..` from where a link led. What does
// not exist goes on as written, so a file that is yet to be made has the same path before and after.

import type { AbsolutePath, PathEntry, PathProber } from '../../ports/path-prober.ts';

/** As many as Linux follows before it says ELOOP. */
const MAX_LINKS = 40;

export type EntryKind = Exclude<PathEntry['kind'], 'link'>;

interface Step {
  readonly name: string;
  readonly kind: EntryKind;
}

/** A place reached, without links as far as it exists. */
export interface RealPath {
  readonly volume: string;
  readonly steps: readonly Step[];
}

/** The place that `path` names when it is known to be a directory without links. */
export function knownDirectory(path: AbsolutePath): RealPath {
  return { volume: path.volume, steps: path.names.map((name) => ({ name, kind: 'directory' })) };
}

export function namesOf(path: RealPath): readonly string[] {
  return path.steps.map((step) => step.name);
}

/** What is there. The top of a volume is a directory. */
export function kindOf(path: RealPath): EntryKind {
  return path.steps.at(-1)?.kind ?? 'directory';
}

/** Where `names` lead from `start`; null when links lead round and round. */
export async function follow(prober: PathProber, start: RealPath, names: readonly string[]): Promise<RealPath | null> {
  let place = start;
  let links = 0;
  // Names still to go, the next one last.
  const rest = names.toReversed();
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      place = { ...place, steps: place.steps.slice(0, -1) };
      continue;
    }
    const entry = await entryAt(prober, place, name);
    if (entry.kind !== 'link') {
      place = {
        ...place,
        steps: [...place.steps, { name: entry.kind === 'missing' ? name : entry.name, kind: entry.kind }],
      };
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return null;
    const target = prober.splitAbsolute(entry.target);
    if (target !== null) place = { volume: target.volume, steps: [] };
    rest.push(...(target?.names ?? prober.splitRelative(entry.target)).toReversed());
  }
  return place;
}

/** What is under `name` at `place`. Nothing lies beneath what is missing or no directory. */
export async function entryAt(prober: PathProber, place: RealPath, name: string): Promise<PathEntry> {
  if (kindOf(place) !== 'directory') return { kind: 'missing' };
  return prober.lookUp({ volume: place.volume, names: namesOf(place) }, name);
}
