// Hooks of ours in a file of a client. Two shapes are in use: an event has a list of handlers, or a list of groups with a
// matcher and handlers each.

import { isDeepStrictEqual } from 'node:util';
import type { Entry, Marks } from './config-file.ts';
import { heldBy, meaningOf, type Node, propertiesOf } from './json-tree.ts';

export interface Hook {
  /** Keys on the way to its list. */
  readonly at: readonly [string, string];
  /** The handler. */
  readonly node: Node;
  /** Null where handlers stand in the list themselves. */
  readonly group: { readonly node: Node; readonly handlers: readonly Node[] } | null;
}

export const HOOK_TABLE = 'hooks';

/** Every handler of ours, whichever event and group it stands in. */
export function findHooks(root: Node | null, marks: Marks): readonly Hook[] {
  const table = root?.type === 'object' ? propertiesOf(root, HOOK_TABLE).at(-1) : undefined;
  const events = table === undefined ? [] : childrenOf(heldBy(table), 'object');
  return events.flatMap((event) => {
    const at = [HOOK_TABLE, String(event.children?.[0]?.value)] as const;
    return childrenOf(heldBy(event), 'array').flatMap((element) => hooksIn(element, at, marks));
  });
}

function hooksIn(element: Node, at: Hook['at'], marks: Marks): readonly Hook[] {
  if (marks.isHandler(meaningOf(element))) return [{ at, node: element, group: null }];
  const list = element.type === 'object' ? propertiesOf(element, HOOK_TABLE).at(-1) : undefined;
  const handlers = list === undefined ? [] : childrenOf(heldBy(list), 'array');
  const group = { node: element, handlers };
  return handlers.filter((node) => marks.isHandler(meaningOf(node))).map((node) => ({ at, node, group }));
}

function childrenOf(node: Node, type: 'object' | 'array'): readonly Node[] {
  return node.type === type ? (node.children ?? []) : [];
}

/** Does it what the entry wants? How long it may take is the user's choice. */
export function satisfies(hook: Hook, { at, value }: Extract<Entry, { readonly kind: 'hook' }>): boolean {
  if (!isDeepStrictEqual([...hook.at], [...at])) return false;
  const { [HOOK_TABLE]: handlers, ...group } = value;
  if (!Array.isArray(handlers)) return hook.group === null && covers(meaningOf(hook.node), value);
  if (hook.group === null) return false;
  const { [HOOK_TABLE]: _, ...around } = meaningOf(hook.group.node) as Readonly<Record<string, unknown>>;
  return covers(meaningOf(hook.node), handlers[0]) && isDeepStrictEqual(around.matcher, group.matcher);
}

function covers(found: unknown, wanted: unknown): boolean {
  const have = found as Readonly<Record<string, unknown>>;
  return Object.entries(wanted as object).every(
    ([key, value]) => key === 'timeout' || isDeepStrictEqual(have[key], value),
  );
}
