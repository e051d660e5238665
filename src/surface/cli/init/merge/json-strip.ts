// Takes what is ours out of a JSON file, and what is empty because of that.

import type { Before, Marks } from './config-file.ts';
import { findHooks, HOOK_TABLE, type Hook } from './json-hooks.ts';
import { leftInside, removal } from './json-removal.ts';
import { endOf, heldBy, meaningOf, type Node, parseJson, propertiesOf } from './json-tree.ts';
import { applyEdits, isBlank, type TextEdit } from './text-edit.ts';

/** Where servers stand, in one client or another. */
const SERVER_TABLES = ['mcpServers', 'servers'] as const;

export interface Going {
  /** Properties. */
  readonly servers: readonly Node[];
  readonly hooks: readonly Hook[];
  /** A container stays though it is empty without ours, by its path. */
  readonly keeps: (path: string) => boolean;
  readonly before: Before | null;
}

/** Takes all of ours out. Without `before` every container goes that is empty because of it. */
export function takeOut(text: string, marks: Marks, before: Before | null): string {
  const root = parseJson(text);
  const servers = SERVER_TABLES.flatMap((at) => {
    const table = root?.type === 'object' ? propertiesOf(root, at).at(-1) : undefined;
    return table === undefined ? [] : ownServers(heldBy(table), marks);
  });
  const keeps = (path: string): boolean => before !== null && Object.hasOwn(before.containers, path);
  const left = strip(text, root, { servers, hooks: findHooks(root, marks), keeps, before });
  return left === text || before === null ? left : withoutFrame(left, before);
}

function ownServers(table: Node, marks: Marks): readonly Node[] {
  if (table.type !== 'object') return [];
  return (table.children ?? []).filter((property) => {
    const [key, value] = property.children ?? [];
    return value !== undefined && marks.isServer(String(key?.value), meaningOf(value));
  });
}

/** `text`, whose tree is `root`, without what is going. */
export function strip(text: string, root: Node | null, { servers, hooks, keeps, before }: Going): string {
  const leaves = new Set<Node>([...servers, ...leavesOf(hooks)]);
  if (root === null || leaves.size === 0) return text;
  const edits: TextEdit[] = [];
  // True where the node goes as a whole; what goes of the others is among the edits.
  const goes = (node: Node, path: string): boolean => {
    if (leaves.has(node)) return true;
    if (node.type === 'property') return goes(heldBy(node), joined(path, String(node.children?.[0]?.value)));
    const children = node.children ?? [];
    const gone = new Set(children.filter((child) => goes(child, node.type === 'array' ? joined(path, '*') : path)));
    if (gone.size === 0) return false;
    const isEmptied = gone.size === children.length && path !== '' && !keeps(path);
    if (isEmptied && isBlank(leftInside(text, node, gone))) return true;
    edits.push(...removal(text, node, gone, before?.containers[path] ?? null));
    return false;
  };
  goes(root, '');
  return applyEdits(text, edits);
}

/** A group goes with its last handler. */
function leavesOf(hooks: readonly Hook[]): readonly Node[] {
  const handlers = new Set(hooks.map(({ node }) => node));
  return hooks.map(({ node, group }) =>
    group?.handlers.every((each) => handlers.has(each)) === true ? group.node : node,
  );
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** What only framed our hooks goes with them, and a root that is empty then with what was there before it. */
function withoutFrame(text: string, before: Before): string {
  const root = parseJson(text);
  if (root === null) return text;
  const hadHooks = before.containers[HOOK_TABLE] === null;
  const isNeeded = !hadHooks && hasHooks(root);
  const frame = new Set(isNeeded ? [] : before.framed.flatMap((key) => propertiesOf(root, key)));
  const inside = before.containers[''] ?? null;
  const bare = frame.size === 0 ? text : applyEdits(text, removal(text, root, frame, inside));
  return before.blank === null ? bare : blankAgain(bare, before.blank);
}

/** Hooks that somebody put beside ours need the frame as well; those that were there before us did without. */
function hasHooks(root: Node): boolean {
  const table = propertiesOf(root, HOOK_TABLE).at(-1);
  if (table === undefined) return false;
  return (heldBy(table).children ?? []).some((event) => (heldBy(event).children ?? []).length > 0);
}

function blankAgain(text: string, blank: string): string {
  const root = parseJson(text);
  if (root === null || !isBlank(text.slice(root.offset + 1, endOf(root) - 1))) return text;
  const around = `${text.slice(0, root.offset)}${text.slice(endOf(root))}`;
  return around.trim() === blank.trim() ? blank : around;
}
