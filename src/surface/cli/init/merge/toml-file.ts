// TOML files of clients. A server of ours is a table of its own at the end, so nothing above it is read anew or written anew; a
// parser says where it stands, whoever moved it, and that all else still means the same.

import { isDeepStrictEqual } from 'node:util';
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { type ConfigFormat, type Entry, type Json, type JsonObject, type Marks, OWN_KEYS } from './config-file.ts';
import { ConfigFlaw } from './config-flaw.ts';
import { blockCut, withBlock } from './line-block.ts';
import { applyEdits, isBlank, lineEndOf, type TextEdit } from './text-edit.ts';

type ServerEntry = Extract<Entry, { readonly kind: 'server' }>;

/** Where Codex has its servers. */
const TABLE = 'mcp_servers';

export function tomlFormat(marks: Marks): ConfigFormat {
  return {
    put: (text, entries) => entries.reduce((now, entry) => putServer(now, serverOf(entry), marks), text),
    take: (text, before) => {
      const left = takeOut(text, marks);
      const isEmpty = isBlank(left);
      return { text: isEmpty && left !== text ? (before?.blank ?? left) : left, isEmpty };
    },
    observe: (text) => {
      parse(text);
      return { blank: isBlank(text) ? text : null, containers: {}, framed: [] };
    },
  };
}

function serverOf(entry: Entry): ServerEntry {
  if (entry.kind !== 'server' || entry.at !== TABLE) throw new TypeError(`a TOML file takes servers in ${TABLE}`);
  return entry;
}

function putServer(text: string, { name, value }: ServerEntry, marks: Marks): string {
  const program = parse(text);
  const found = serversIn(program)[name];
  if (found === undefined) return verified(text, withBlock(text, tableLines(name, value), true));
  const pieces = piecesOf(program, name);
  if (!marks.isServer(name, found)) throw taken(text, pieces, name);
  const table = pieces.find((piece) => piece.type === 'TOMLTable' && piece.resolvedKey.length === 2);
  if (table?.type === 'TOMLTable') return verified(text, refreshed(text, table, value));
  // Written as one value: it is written anew, as a table.
  return isCovered(found, value)
    ? text
    : putServer(takeOut(text, marks), { kind: 'server', at: TABLE, name, value }, marks);
}

function isCovered(found: unknown, wanted: JsonObject): boolean {
  const have = found as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(have[key], value));
}

function tableLines(name: string, value: JsonObject): readonly string[] {
  const pairs = Object.entries(value).map(([key, each]) => pairText(key, each));
  return [`[${TABLE}.${name}]`, ...pairs];
}

function pairText(key: string, value: Json): string {
  return `${key} = ${valueText(value)}`;
}

/** A string of JSON is one of TOML. */
function valueText(value: Json): string {
  return Array.isArray(value) ? `[${value.map((each: Json) => valueText(each)).join(', ')}]` : JSON.stringify(value);
}

/** What is ours of a server becomes `wanted`; what a person added to it stays. */
function refreshed(text: string, table: AST.TOMLTable, wanted: JsonObject): string {
  const edits: TextEdit[] = [];
  const missing = new Map(Object.entries(wanted));
  for (const pair of table.body) {
    const key = keysOf(pair.key).join('.');
    const value = missing.get(key);
    missing.delete(key);
    if (value === undefined && OWN_KEYS.includes(key)) edits.push(blockCut(text, pair.range[0], pair.range[1], false));
    if (value === undefined || !OWN_KEYS.includes(key) || isDeepStrictEqual(getStaticTOMLValue(pair.value), value))
      continue;
    const [from, to] = pair.value.range;
    edits.push({ offset: from, length: to - from, text: valueText(value) });
  }
  const added = Array.from(missing, ([key, value]) => `${lineEndOf(text)}${pairText(key, value)}`).join('');
  const header = /^[^\r\n]*/.exec(text.slice(table.key.range[1]))?.[0].length ?? 0;
  return applyEdits(text, [{ offset: table.key.range[1] + header, length: 0, text: added }, ...edits]);
}

function takeOut(text: string, marks: Marks): string {
  const program = parse(text);
  const names = Object.entries(serversIn(program)).flatMap(([name, value]) =>
    marks.isServer(name, value) ? [name] : [],
  );
  const pieces = names.flatMap((name) => piecesOf(program, name));
  if (pieces.length === 0) return text;
  return verified(
    text,
    applyEdits(
      text,
      pieces.map(({ range: [from, to], type }) => blockCut(text, from, to, type === 'TOMLTable')),
    ),
  );
}

type Piece = AST.TOMLTable | AST.TOMLKeyValue;

/** The tables and lines that the server of that name is written in. */
function piecesOf(program: AST.TOMLProgram, name: string): readonly Piece[] {
  const isOurs = (path: readonly (string | number)[]): boolean => path[0] === TABLE && path[1] === name;
  return program.body[0].body.flatMap((node): readonly Piece[] => {
    if (node.type === 'TOMLKeyValue') return isOurs(keysOf(node.key)) ? [node] : [];
    if (isOurs(node.resolvedKey)) return [node];
    return node.body.filter((pair) => isOurs([...node.resolvedKey, ...keysOf(pair.key)]));
  });
}

function keysOf(key: AST.TOMLKey): readonly string[] {
  return key.keys.map((each) => (each.type === 'TOMLBare' ? each.name : each.value));
}

function serversIn(program: AST.TOMLProgram): Readonly<Record<string, unknown>> {
  const servers = getStaticTOMLValue(program)[TABLE];
  return typeof servers === 'object' && servers !== null ? (servers as Readonly<Record<string, unknown>>) : {};
}

function parse(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ConfigFlaw(text, error.index, `is no valid TOML (${lowered(error.message)})`);
  }
}

/** `now`, after a look at it: it is TOML still. One value for all servers, say, takes no table behind it. */
function verified(before: string, now: string): string {
  try {
    parseTOML(now);
    return now;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const at = Math.max(0, before.indexOf(TABLE));
    const next = `Write its servers as tables of their own ([${TABLE}.NAME]), then run it again. Nothing was written.`;
    throw new ConfigFlaw(
      before,
      at,
      `has ${TABLE} written so that no table can be added (${lowered(error.message)})`,
      next,
    );
  }
}

function taken(text: string, pieces: readonly Piece[], name: string): ConfigFlaw {
  const problem = `has another server called ${JSON.stringify(name)}`;
  const next = 'Give that one another name, then run it again. Nothing was written.';
  return new ConfigFlaw(text, pieces[0]?.range[0] ?? 0, problem, next);
}

function lowered(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
