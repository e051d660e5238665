// The text of a JSON file with comments and trailing commas as a tree that knows where everything stands.

import {
  createScanner,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  type SyntaxKind,
} from 'jsonc-parser';
import { nestsDeeper } from '../../../http/access/json-depth.ts';
import { ConfigFlaw } from './config-flaw.ts';

export type { Node };

/** The library recurses. No configuration of a person nests like this. */
const DEPTH_MAX = 500;

/** The root of `text`; null where there is no value in it. Throws `ConfigFlaw`. */
export function parseJson(text: string): Node | null {
  if (nestsDeeper(Buffer.from(text), DEPTH_MAX))
    throw new ConfigFlaw(text, 0, `nests deeper than ${DEPTH_MAX} brackets`);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [first] = errors.toSorted((a, b) => a.offset - b.offset);
  if (first !== undefined) {
    const words = printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
    throw new ConfigFlaw(text, first.offset, `is no valid JSON (${words.toLowerCase()})`);
  }
  return root ?? null;
}

export function meaningOf(node: Node): unknown {
  return getNodeValue(node) as unknown;
}

export function endOf(node: Node): number {
  return node.offset + node.length;
}

/** The properties of an object with that key. */
export function propertiesOf(object: Node, key: string): readonly Node[] {
  return (object.children ?? []).filter((property) => property.children?.[0]?.value === key);
}

/** The property; null where there is none. Which of two equal keys counts, readers do not agree on. */
export function propertyOf(text: string, object: Node, key: string): Node | null {
  const [property, second] = propertiesOf(object, key);
  if (second !== undefined) throw new ConfigFlaw(text, second.offset, `says ${JSON.stringify(key)} twice`);
  return property ?? null;
}

/** The value of a property. */
export function heldBy(property: Node): Node {
  const value = property.children?.[1];
  if (value === undefined) throw new TypeError('a property without a value was let pass');
  return value;
}

/** `SyntaxKind`: the library's enum is there for the compiler alone. */
const COMMA: SyntaxKind = 5;
const LINE_COMMENT: SyntaxKind = 12;
const BLOCK_COMMENT: SyntaxKind = 13;
const END_OF_TEXT: SyntaxKind = 17;

export interface Token {
  readonly kind: 'comma' | 'line comment' | 'block comment' | 'blank';
  readonly offset: number;
  readonly end: number;
}

const KINDS: Readonly<Record<number, Token['kind']>> = {
  [COMMA]: 'comma',
  [LINE_COMMENT]: 'line comment',
  [BLOCK_COMMENT]: 'block comment',
};

/** What stands between two neighbours of a tree, or between one and a bracket. */
export function tokensBetween(text: string, from: number, to: number): readonly Token[] {
  const scanner = createScanner(text.slice(from, to), false);
  const tokens: Token[] = [];
  for (let kind = scanner.scan(); kind !== END_OF_TEXT; kind = scanner.scan()) {
    const offset = from + scanner.getTokenOffset();
    tokens.push({ kind: KINDS[kind] ?? 'blank', offset, end: offset + scanner.getTokenLength() });
  }
  return tokens;
}
