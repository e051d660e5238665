// What the house check sees of a file: its text, its syntax tree and its comments.

import { type Comment, type EcmaScriptModule, parseSync } from 'oxc-parser';

export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly comments: readonly Comment[];
  readonly module: EcmaScriptModule;
  /** Line (from 1) of an offset in `text`. */
  lineOf(offset: number): number;
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** A node of the syntax tree, in the ESTree form. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Gets a node and the chain of nodes around it, the nearest first. */
export type Visit = (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void;

/** The finding instead, when the text is not a program. */
export function parseSource(path: string, text: string): Source | Finding {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error !== undefined) return { path, line: 1, rule: 'syntax', message: error.message };
  const { program, comments, module } = parsed;
  if (!isNode(program)) throw new Error(`${path}: no syntax tree`);
  const lineStarts = startsOfLines(text);
  const lineOf = (offset: number): number => lineStarts.findLastIndex((start) => start <= offset) + 1;
  return { path, text, program, comments, module, lineOf };
}

/** Calls `visit` for every node of the file, parents first. */
export function walk(source: Source, visit: Visit): void {
  const descend = (node: SyntaxNode, ancestors: readonly SyntaxNode[]): void => {
    visit(node, ancestors);
    const inner = [node, ...ancestors];
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) descend(child, inner);
    }
  };
  descend(source.program, []);
}

/** True when `comment` lies inside the node. */
export function isInside(comment: Comment, node: SyntaxNode): boolean {
  return comment.start >= node.start && comment.end <= node.end;
}

/** `a.b.c` for a chain of names, null for anything else. */
export function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier' && typeof node.name === 'string') return node.name;
  if (node.type !== 'MemberExpression' || node.computed === true) return null;
  const object = nameOf(node.object);
  const property = nameOf(node.property);
  return object === null || property === null ? null : `${object}.${property}`;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
