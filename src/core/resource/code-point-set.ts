// What one character of a pattern may be: a set of code points as sorted ranges that do not touch. So a class against a
// class, negated or not, is decided exactly and never by listing characters.

import { casedCodePoints, foldCodePoint } from './case-folding.ts';

export interface CodePointRange {
  readonly from: number;
  /** Included. */
  readonly to: number;
}
export type CodePointSet = readonly CodePointRange[];

const SLASH = 0x2f;
const DOT = 0x2e;

/** All that may occur in a segment of a path: no slash, no control character, no line separator, no surrogate. */
export const NAME_CHARACTERS: CodePointSet = [
  { from: 0x20, to: SLASH - 1 },
  { from: SLASH + 1, to: 0x7e },
  { from: 0xa0, to: 0x2027 },
  { from: 0x202a, to: 0xd7ff },
  { from: 0xe000, to: 0x10ffff },
];

/** Of a text of one code point. */
export function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

export function single(codePoint: number): CodePointSet {
  return [{ from: codePoint, to: codePoint }];
}

/** The union of `ranges`, sorted and merged. */
export function union(ranges: readonly CodePointRange[]): CodePointSet {
  const merged: CodePointRange[] = [];
  for (const range of ranges.toSorted((left, right) => left.from - right.from)) {
    const last = merged.at(-1);
    if (last === undefined || range.from > last.to + 1) merged.push(range);
    else if (range.to > last.to) merged[merged.length - 1] = { from: last.from, to: range.to };
  }
  return merged;
}

export function intersection(left: CodePointSet, right: CodePointSet): CodePointSet {
  const common: CodePointRange[] = [];
  walkCommon(left, right, (from, to) => {
    common.push({ from, to });
    return true;
  });
  return common;
}

/** Name characters that are not in `set`. */
export function complement(set: CodePointSet): CodePointSet {
  const gaps: CodePointRange[] = [];
  let from = 0;
  for (const range of set) {
    if (range.from > from) gaps.push({ from, to: range.from - 1 });
    from = range.to + 1;
  }
  gaps.push({ from, to: 0x10ffff });
  return intersection(gaps, NAME_CHARACTERS);
}

/** The images of all members under case folding: (set minus cased) with fold(set within cased). Exact for any set. */
export function foldSet(set: CodePointSet): CodePointSet {
  if (set === NAME_CHARACTERS) {
    foldedNames ??= computeFolded(set);
    return foldedNames;
  }
  const [only] = set;
  if (set.length === 1 && only !== undefined && only.from === only.to) return single(foldCodePoint(only.from));
  return computeFolded(set);
}

let foldedNames: CodePointSet | null = null;

function computeFolded(set: CodePointSet): CodePointSet {
  const folded: CodePointRange[] = [];
  const cased = casedCodePoints();
  let next = 0;
  for (const range of set) {
    let from = range.from;
    for (let entry = cased[next]; entry !== undefined && entry[0] <= range.to; entry = cased[++next]) {
      const [codePoint, image] = entry;
      if (codePoint < range.from) continue;
      if (codePoint > from) folded.push({ from, to: codePoint - 1 });
      folded.push({ from: image, to: image });
      from = codePoint + 1;
    }
    if (from <= range.to) folded.push({ from, to: range.to });
  }
  return union(folded);
}

/** What two sets share, as far as a path cares: the dot, which may make a segment `.` or `..`, and any other character. */
export interface Shared {
  readonly dot: boolean;
  readonly other: boolean;
}

export function sharedBy(left: CodePointSet, right: CodePointSet): Shared {
  let dot = false;
  let other = false;
  walkCommon(left, right, (from, to) => {
    if (from <= DOT && DOT <= to) dot = true;
    if (from !== DOT || to !== DOT) other = true;
    return !(dot && other);
  });
  return { dot, other };
}

/** Calls `found` for each common range in order, while it answers true. */
function walkCommon(left: CodePointSet, right: CodePointSet, found: (from: number, to: number) => boolean): void {
  let leftIndex = 0;
  let rightIndex = 0;
  for (;;) {
    const a = left[leftIndex];
    const b = right[rightIndex];
    if (a === undefined || b === undefined) return;
    const from = Math.max(a.from, b.from);
    const to = Math.min(a.to, b.to);
    if (from <= to && !found(from, to)) return;
    if (a.to < b.to) leftIndex += 1;
    else rightIndex += 1;
  }
}
