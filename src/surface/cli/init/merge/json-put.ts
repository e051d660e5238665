// Puts entries into the text of a JSON file.

import { isDeepStrictEqual } from 'node:util';
import { type Entry, type Json, type JsonObject, type Marks, OWN_KEYS } from './config-file.ts';
import { ConfigFlaw } from './config-flaw.ts';
import { findHooks, satisfies } from './json-hooks.ts';
import { insertion } from './json-insert.ts';
import { jsonText, layoutOf } from './json-layout.ts';
import { removal } from './json-removal.ts';
import { strip } from './json-strip.ts';
import { heldBy, meaningOf, type Node, parseJson, propertiesOf, propertyOf } from './json-tree.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';

type Of<K extends Entry['kind']> = Extract<Entry, { readonly kind: K }>;

export function putEntries(text: string, entries: readonly Entry[], marks: Marks): string {
  // All of them first, on the text as its owner knows it: what is wrong is told by line.
  for (const entry of entries) refuseWhereTaken(text, entry, marks);
  let now = withoutStale(text, entries, marks);
  for (const entry of entries) {
    if (entry.kind === 'server') now = putServer(now, entry);
    else if (entry.kind === 'hook') now = putHook(now, entry, marks);
    else now = putFrame(now, entry);
  }
  return now;
}

function refuseWhereTaken(text: string, entry: Entry, marks: Marks): void {
  if (entry.kind === 'hook') containerAt(text, entry.at, 'array');
  if (entry.kind !== 'server') return;
  const table = containerAt(text, [entry.at], 'object');
  const property = table === null ? null : propertyOf(text, table, entry.name);
  if (property !== null && !marks.isServer(entry.name, meaningOf(heldBy(property))))
    throw taken(text, property, entry.name);
}

function putServer(text: string, { at, name, value }: Of<'server'>): string {
  const table = containerAt(text, [at], 'object');
  const property = table === null ? null : propertyOf(text, table, name);
  if (property === null) return putProperty(text, [at], name, value);
  return addKeys(refreshed(text, heldBy(property), value), [at, name], value);
}

/** What is ours of a server becomes `wanted`; what a person added to it stays. */
function refreshed(text: string, server: Node, wanted: JsonObject): string {
  const stale = new Set(OWN_KEYS.filter((key) => !(key in wanted)).flatMap((key) => propertiesOf(server, key)));
  const edits: TextEdit[] = [...removal(text, server, stale, null)];
  for (const [key, value] of Object.entries(wanted)) {
    const property = propertyOf(text, server, key);
    if (property === null || !OWN_KEYS.includes(key)) continue;
    const { offset, length } = heldBy(property);
    const isSame = isDeepStrictEqual(meaningOf(heldBy(property)), value);
    if (!isSame) edits.push({ offset, length, text: jsonText(value, { lineEnd: '\n', unit: null }, '') });
  }
  return applyEdits(text, edits);
}

function addKeys(text: string, path: readonly string[], wanted: JsonObject): string {
  let now = text;
  for (const [key, value] of Object.entries(wanted)) {
    const server = containerAt(now, path, 'object');
    if (server !== null && propertyOf(now, server, key) === null) now = putProperty(now, path, key, value);
  }
  return now;
}

function putHook(text: string, entry: Of<'hook'>, marks: Marks): string {
  const root = parseJson(text);
  if (findHooks(root, marks).some((hook) => satisfies(hook, entry))) return text;
  const [table, event] = entry.at;
  const list = containerAt(text, entry.at, 'array');
  if (list === null) return putProperty(text, [table], event, [entry.value]);
  return applyEdits(text, insertion(text, list, { key: null, value: entry.value }, layoutOf(text, root)));
}

function putFrame(text: string, { key, value }: Of<'frame'>): string {
  const root = containerAt(text, [], 'object');
  return root !== null && propertyOf(text, root, key) !== null ? text : putProperty(text, [], key, value);
}

/** Puts a property into the object at `path`; what is missing of the way to it is made. */
function putProperty(text: string, path: readonly string[], key: string, value: Json): string {
  const container = containerAt(text, path, 'object');
  const parent = path.at(-1);
  if (container !== null)
    return applyEdits(text, insertion(text, container, { key, value }, layoutOf(text, parseJson(text))));
  if (parent === undefined) return withRoot(text, { [key]: value });
  return putProperty(text, path.slice(0, -1), parent, { [key]: value });
}

/** A text without a value gets one; what it says in comments stays above. */
function withRoot(text: string, value: JsonObject): string {
  const layout = layoutOf(text, null);
  const above = text === '' || text.endsWith('\n') ? text : `${text}${layout.lineEnd}`;
  return `${above}${jsonText(value, layout, '')}${layout.lineEnd}`;
}

/** Takes out hooks of ours that are not wanted like this any more. Lists that new ones go to stay where they are. */
function withoutStale(text: string, entries: readonly Entry[], marks: Marks): string {
  const wanted = entries.filter((entry) => entry.kind === 'hook');
  if (wanted.length === 0) return text;
  const root = parseJson(text);
  const found = findHooks(root, marks);
  const fresh = new Set(wanted.flatMap((entry) => found.find((hook) => satisfies(hook, entry)) ?? []));
  const lists = new Set(wanted.map(({ at }) => at.join('.')));
  const keeps = (path: string): boolean => !path.includes('.') || lists.has(path);
  return strip(text, root, { servers: [], hooks: found.filter((hook) => !fresh.has(hook)), keeps, before: null });
}

/** The container at `path`; null where it is missing. Throws `ConfigFlaw` where something else stands there. */
function containerAt(text: string, path: readonly string[], type: 'object' | 'array'): Node | null {
  let node = parseJson(text);
  if (node !== null && node.type !== 'object') throw new ConfigFlaw(text, node.offset, 'does not hold an object');
  for (const [i, key] of path.entries()) {
    const property = node === null ? null : propertyOf(text, node, key);
    if (property === null) return null;
    node = heldBy(property);
    const wanted = i === path.length - 1 ? type : 'object';
    const name = path.slice(0, i + 1).join('.');
    if (node.type !== wanted) throw new ConfigFlaw(text, node.offset, `has ${name}, but not as ${PHRASE[wanted]}`);
  }
  return node;
}

const PHRASE = { object: 'an object', array: 'a list' } as const;

function taken(text: string, property: Node, name: string): ConfigFlaw {
  const problem = `has another server called ${JSON.stringify(name)}`;
  return new ConfigFlaw(
    text,
    property.offset,
    problem,
    'Give that one another name, then run it again. Nothing was written.',
  );
}
