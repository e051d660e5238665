// JSON files of clients, with or without comments and trailing commas.

import type { Before, ConfigFormat, Entry, Marks } from './config-file.ts';
import { putEntries } from './json-put.ts';
import { takeOut } from './json-strip.ts';
import { endOf, heldBy, type Node, parseJson, propertiesOf } from './json-tree.ts';
import { isBlank } from './text-edit.ts';

export function jsonFormat(marks: Marks): ConfigFormat {
  return {
    put: (text, entries) => putEntries(text, entries, marks),
    take: (text, before) => {
      const taken = takeOut(text, marks, before);
      return { text: taken, isEmpty: isEmpty(taken) };
    },
    observe,
  };
}

function observe(text: string, entries: readonly Entry[]): Before {
  const root = parseJson(text);
  const frames = entries.flatMap((entry) => (entry.kind === 'frame' ? [entry.key] : []));
  if (root === null) return { blank: text, containers: {}, framed: frames };
  const containers: Record<string, string | null> = {};
  for (const path of [[], ...entries.flatMap(pathsOf)]) {
    const container = at(root, path);
    if (container === null) continue;
    const isFull = (container.children ?? []).length > 0;
    containers[path.join('.')] = isFull ? null : text.slice(container.offset + 1, endOf(container) - 1);
  }
  return { blank: null, containers, framed: frames.filter((key) => at(root, [key]) === null) };
}

/** What stands at `path`, whatever it is. */
function at(root: Node, path: readonly string[]): Node | null {
  const [key, ...rest] = path;
  if (key === undefined) return root;
  const property = root.type === 'object' ? propertiesOf(root, key).at(-1) : undefined;
  return property === undefined ? null : at(heldBy(property), rest);
}

function pathsOf(entry: Entry): readonly (readonly string[])[] {
  if (entry.kind === 'frame') return [];
  return entry.kind === 'server' ? [[entry.at]] : [[entry.at[0]], entry.at];
}

function isEmpty(text: string): boolean {
  const root = parseJson(text);
  if (root === null) return isBlank(text);
  const inside = text.slice(root.offset + 1, endOf(root) - 1);
  return root.type === 'object' && isBlank(`${text.slice(0, root.offset)}${inside}${text.slice(endOf(root))}`);
}
