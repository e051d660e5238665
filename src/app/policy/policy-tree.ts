// The text of a policy file as a value that still knows where everything stands. JSON with comments, and with a comma behind
// the last entry; nothing else is let pass, and of two equal keys neither is believed.
//
// The parser of the library recurses and knows no bound, so the depth is looked at before it.

import {
  createScanner,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  type SyntaxKind,
} from 'jsonc-parser';

export type TreePath = readonly string[];

export interface TreeFlaw {
  readonly path: TreePath;
  readonly message: string;
  /** Where in the text. */
  readonly offset: number;
}

export interface PolicyTree {
  /** As `JSON.parse` would have it; not to be used where there are flaws. */
  readonly value: unknown;
  readonly flaws: readonly TreeFlaw[];
  /** Where the entry at `path` begins, its key first; or what is there of the way to it. */
  readonly offsetOf: (path: TreePath) => number;
}

/** Deeper than any policy. */
const DEPTH_MAX = 8;

/** Reads `text`. Never throws: whatever is wrong is among the flaws. */
export function parsePolicyTree(text: string): PolicyTree {
  const tooDeep = depthFlaw(text);
  if (tooDeep !== null) return broken(tooDeep);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors.toSorted((a, b) => a.offset - b.offset);
  if (first !== undefined || root === undefined) return broken(syntaxFlaw(first));
  const flaws: TreeFlaw[] = [];
  const value = read(root, [], flaws);
  return { value, flaws, offsetOf: (path) => offsetIn(root, path) };
}

/** The place of an offset in `text`; lines and columns count from 1. */
export function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function broken(flaw: TreeFlaw): PolicyTree {
  return { value: undefined, flaws: [flaw], offsetOf: () => flaw.offset };
}

/** `SyntaxKind.EOF`: the library's enum is there for the compiler alone. */
const END_OF_TEXT: SyntaxKind = 17;

function depthFlaw(text: string): TreeFlaw | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  while (scanner.scan() !== END_OF_TEXT) {
    const offset = scanner.getTokenOffset();
    const sign = scanner.getTokenLength() === 1 ? text.charAt(offset) : '';
    if (sign === '{' || sign === '[') depth += 1;
    if (sign === '}' || sign === ']') depth -= 1;
    if (depth > DEPTH_MAX) return { path: [], message: 'is nested deeper than any policy', offset };
  }
  return null;
}

/** By the names of the library's errors; what is not here it says itself. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a name in double quotes belongs here',
  ValueExpected: 'a value belongs here',
  ColonExpected: 'a colon belongs here',
  CommaExpected: 'a comma belongs before this',
  CloseBraceExpected: 'a } is missing',
  CloseBracketExpected: 'a ] is missing',
  EndOfFileExpected: 'nothing more belongs here',
  UnexpectedEndOfComment: 'this comment has no end',
  UnexpectedEndOfString: 'this text has no end',
  UnexpectedEndOfNumber: 'this number has no end',
  InvalidUnicode: 'this \\u has no four hexadecimal digits',
  InvalidEscapeCharacter: 'no such \\ is known in a text',
  InvalidCharacter: 'a control character may not stand in a text',
};

function syntaxFlaw(error: ParseError | undefined): TreeFlaw {
  const name = error === undefined ? 'ValueExpected' : printParseErrorCode(error.error);
  return { path: [], message: SYNTAX[name] ?? `is not JSON (${name})`, offset: error?.offset ?? 0 };
}

function read(node: Node, path: TreePath, flaws: TreeFlaw[]): unknown {
  if (node.type === 'object') return objectOf(node, path, flaws);
  if (node.type === 'array') return (node.children ?? []).map((each, i) => read(each, [...path, String(i)], flaws));
  // Without the sign of a zero: it would be lost on the way through the log.
  return node.value === 0 ? 0 : (node.value as unknown);
}

function objectOf(node: Node, path: TreePath, flaws: TreeFlaw[]): object {
  const value = new Map<string, unknown>();
  for (const [{ value: key, offset }, below] of entriesOf(node)) {
    const name = String(key);
    const at = [...path, name];
    if (value.has(name)) flaws.push({ path: at, message: 'stands here twice', offset });
    // An object cannot have it like any other key, and nothing in a policy is called so.
    if (name === '__proto__') flaws.push({ path: at, message: 'is no name for anything', offset });
    else value.set(name, read(below, at, flaws));
  }
  const object = Object.fromEntries(value);
  const isOrdered = path.length === 1 && path[0] === 'agents';
  const moved = isOrdered ? firstMoved([...value.keys()], Object.keys(object)) : undefined;
  if (moved !== undefined) flaws.push({ path: [...path, moved], message: MOVED, offset: offsetIn(node, [moved]) });
  return object;
}

// Of the keys of an object whole numbers come first, whatever stands before them in the text; of patterns later ones win.
const MOVED =
  'would lose its place: agents whose id is a whole number are looked at before all others, so write them at the top, the smallest first';

/** The first key that is elsewhere than it was written. */
function firstMoved(written: readonly string[], kept: readonly string[]): string | undefined {
  return kept.find((name, i) => name !== written[i]);
}

function* entriesOf(node: Node): Iterable<readonly [Node, Node]> {
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? [];
    if (key !== undefined && value !== undefined) yield [key, value];
  }
}

function offsetIn(root: Node, path: TreePath): number {
  let [node, offset] = [root, root.offset];
  for (const name of path) {
    const entry = Array.from(entriesOf(node)).find(([key]) => key.value === name);
    if (entry === undefined) return offset;
    offset = entry[0].offset;
    node = entry[1];
  }
  return offset;
}
