// Reads the text of a glob.
//
//   *  ?  [abc] [a-z] [!abc]   within one segment; none of them matches `/`, all of them match a leading dot, because a
//                              lock that misses a file is worse than one that covers it
//   {a,b/c,}                   alternatives, also nested, also with slashes: as if each were written out
//   **                         two side by side in the text, not three: see glob-automaton.ts
//   %23 %2A ...                a character of the name (key-text.ts)
//
// `^` negates a class like `!`. A `]` right after the opening stands for itself, as does a `-` first or last. What
// other tools give more meanings to (`!(x)`, `[:alpha:]`, `{1..3}`, a leading `!`) is either plain text here or refused
// with a word on what to write instead.

import {
  type CodePointRange,
  type CodePointSet,
  codePointOf,
  complement,
  intersection,
  NAME_CHARACTERS,
  single,
  union,
} from './code-point-set.ts';
import { escapeAt } from './key-text.ts';
import { RESOURCE_LIMITS } from './resource-limits.ts';

export type GlobPart =
  | { readonly type: 'set'; readonly set: CodePointSet }
  | { readonly type: 'slash' }
  | { readonly type: 'star' }
  | { readonly type: 'twoStars' }
  | { readonly type: 'braces'; readonly branches: readonly GlobParts[] };
export type GlobParts = readonly GlobPart[];

/** A glob that cannot be read: what is wrong, and what to write instead. */
export interface GlobFlaw {
  readonly flaw: string;
  readonly next: string;
}

/** The parts of `text`, or what is wrong with it. */
export function readGlob(text: string): GlobParts | GlobFlaw {
  const reader: Reader = { text, at: 0, alternatives: 0 };
  const parts = readParts(reader, 0);
  if (isFlaw(parts)) return parts;
  if (reader.alternatives > RESOURCE_LIMITS.globAlternatives) return TOO_MANY_ALTERNATIVES;
  return parts;
}

export function isFlaw(read: GlobParts | GlobFlaw): read is GlobFlaw {
  return 'flaw' in read;
}

/** A path as parts: every character stands for itself. */
export function literalParts(path: string): GlobParts {
  const parts: GlobPart[] = [];
  for (const character of path) parts.push(character === '/' ? { type: 'slash' } : literal(character));
  return parts;
}

const TOO_MANY_ALTERNATIVES: GlobFlaw = {
  flaw: `has more than ${RESOURCE_LIMITS.globAlternatives} alternatives in braces`,
  next: 'Name several resources in one call, or a folder such as file:src/.',
};
const UNCLOSED_BRACE: GlobFlaw = {
  flaw: 'has a { without a }',
  next: 'Close the brace, or write %7B for a { in a name.',
};
const UNCLOSED_CLASS: GlobFlaw = {
  flaw: 'has a [ without a ]',
  next: 'Close the class, or write %5B for a [ in a name.',
};
const ONE_ALTERNATIVE: GlobFlaw = {
  flaw: 'has braces without a comma',
  next: 'Write alternatives as {a,b}, or %7B and %7D for braces in a name.',
};
const SLASH_IN_CLASS: GlobFlaw = {
  flaw: 'has a / in a class, but a class never matches /',
  next: 'Write alternatives with a / in braces, as in {a/b,c}.',
};
const NAMED_CLASS: GlobFlaw = { flaw: 'has a named class', next: 'Write ranges instead, as in [a-zA-Z0-9].' };
const REVERSED_RANGE: GlobFlaw = {
  flaw: 'has a range that runs backwards',
  next: 'Write the smaller character first, as in [a-z].',
};

interface Reader {
  readonly text: string;
  at: number;
  alternatives: number;
}

/** Reads to the end, or within braces (`depth` > 0) to the `,` or `}` that ends the branch. */
function readParts(reader: Reader, depth: number): GlobParts | GlobFlaw {
  const parts: GlobPart[] = [];
  while (reader.at < reader.text.length) {
    const character = peek(reader);
    if (depth > 0 && (character === ',' || character === '}')) return parts;
    const part = readPart(reader, character, depth);
    if ('flaw' in part) return part;
    parts.push(part);
  }
  return depth > 0 ? UNCLOSED_BRACE : parts;
}

function readPart(reader: Reader, character: string, depth: number): GlobPart | GlobFlaw {
  if (character === '*') return readStars(reader);
  if (character === '[') return readClass(reader);
  if (character === '{') return readBraces(reader, depth);
  if (character === '/') {
    reader.at += 1;
    return { type: 'slash' };
  }
  if (character === '?') {
    reader.at += 1;
    return { type: 'set', set: NAME_CHARACTERS };
  }
  return literal(readCharacter(reader));
}

function readStars(reader: Reader): GlobPart {
  const start = reader.at;
  while (peek(reader) === '*') reader.at += 1;
  return reader.at - start === 2 ? { type: 'twoStars' } : { type: 'star' };
}

function readBraces(reader: Reader, depth: number): GlobPart | GlobFlaw {
  const branches: GlobParts[] = [];
  do {
    reader.at += 1;
    const branch = readParts(reader, depth + 1);
    if (isFlaw(branch)) return branch;
    branches.push(branch);
  } while (peek(reader) === ',');
  reader.at += 1;
  reader.alternatives += branches.length;
  return branches.length < 2 ? ONE_ALTERNATIVE : { type: 'braces', branches };
}

function readClass(reader: Reader): GlobPart | GlobFlaw {
  reader.at += 1;
  const isNegated = peek(reader) === '!' || peek(reader) === '^';
  if (isNegated) reader.at += 1;
  const ranges: CodePointRange[] = [];
  for (let isFirst = true; isFirst || peek(reader) !== ']'; isFirst = false) {
    const range = readRange(reader);
    if ('flaw' in range) return range;
    ranges.push(range);
  }
  reader.at += 1;
  const set = union(ranges);
  return { type: 'set', set: isNegated ? complement(set) : intersection(set, NAME_CHARACTERS) };
}

function readRange(reader: Reader): CodePointRange | GlobFlaw {
  if (reader.at >= reader.text.length) return UNCLOSED_CLASS;
  if (/^\[[:.=]/.test(reader.text.slice(reader.at, reader.at + 2))) return NAMED_CLASS;
  const first = readCharacter(reader);
  const last = hasRangeEnd(reader) ? readRangeEnd(reader) : first;
  if (first === '/' || last === '/') return SLASH_IN_CLASS;
  const range = { from: codePointOf(first), to: codePointOf(last) };
  return range.from > range.to ? REVERSED_RANGE : range;
}

function hasRangeEnd(reader: Reader): boolean {
  const after = reader.text[reader.at + 1];
  return peek(reader) === '-' && after !== undefined && after !== ']';
}

function readRangeEnd(reader: Reader): string {
  reader.at += 1;
  return readCharacter(reader);
}

/** The next character of the name, escaped or not. */
function readCharacter(reader: Reader): string {
  const escaped = escapeAt(reader.text, reader.at);
  const character = escaped ?? String.fromCodePoint(reader.text.codePointAt(reader.at) ?? 0);
  reader.at += escaped === null ? character.length : 3;
  return character;
}

function peek(reader: Reader): string {
  return reader.text[reader.at] ?? '';
}

function literal(character: string): GlobPart {
  return { type: 'set', set: single(codePointOf(character)) };
}
