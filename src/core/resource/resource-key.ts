// The stored key of a resource, and its reading.
//
//   file:@<worktree>/<path>   one worktree        repo:<path>   the path in all worktrees        <kind>:<name>   the rest
//
//   path   src/a.ts         that file
//          src/             that folder and everything beneath; `file:@w/` and `repo:./` are the whole tree
//          src/**/*.ts      everything that matches
//          src/a.ts#Foo.b   one symbol of that file
//
// A stored key is canonical: there is one text for each thing it can say, so keys that are equal as text are equal. It
// comes into being only through `makeKey`, which checks everything; reading it back never fails. Who hears it (a reply,
// a view) hears the described form, which leaves out the worktree when it is the hearer's own.

import type { Rejection } from '../rejection.ts';
import { invalidResource, RESERVED_KIND, refusalOfKey, refusalOfReserved } from './key-rules.ts';
import { escapeName, hasPattern, quote, unescapeName } from './key-text.ts';
import { EVERY_SPACE, type ParsedKey, type PathKey, type PathKind, type SymbolKey } from './parsed-key.ts';
import { RESOURCE_LIMITS } from './resource-limits.ts';

declare const brand: unique symbol;
/** Canonical text of a resource. */
export type ResourceKey = string & { readonly [brand]: 'ResourceKey' };

/** The whole tree, where the path would else be empty. */
const WHOLE_TREE = './';

/** What a stored key says. Never fails for a stored key; for any other text the answer means nothing. */
export function parseKey(key: ResourceKey): ParsedKey {
  return readKey(key);
}

/** The stored text of `parsed`. */
export function formatKey(parsed: ParsedKey): ResourceKey {
  if (parsed.form === 'name') return `${parsed.kind}:${parsed.name}` as ResourceKey;
  const path = formatPath(parsed);
  return (parsed.kind === 'file' ? `file:@${parsed.space}/${path}` : `repo:${path || WHOLE_TREE}`) as ResourceKey;
}

/** The key that says `parsed`, or why there is none. The only way from loose parts to a key. */
export function makeKey(parsed: ParsedKey): ResourceKey | Rejection {
  return refusalOfKey(parsed) ?? formatKey(parsed);
}

/** `text` as a stored key if it is one, character by character; for text from outside: an import, a test, a filter. */
export function checkKey(text: string): ResourceKey | Rejection {
  if (text.length > RESOURCE_LIMITS.requestBytes || !text.includes(':')) return notCanonical(text);
  const key = makeKey(readKey(text));
  return key === text || typeof key !== 'string' ? key : notCanonical(text);
}

/** `key` for somebody in the worktree `viewer`: without the worktree where it is the viewer's own. */
export function describeKey(key: ResourceKey, viewer: string | null): string {
  const prefix = `file:@${viewer ?? ''}/`;
  if (viewer === null || !key.startsWith(prefix)) return key;
  return `file:${key.slice(prefix.length) || WHOLE_TREE}`;
}

/**
 * The key that `describeKey` described for `viewer`, or why there is none; without a look at any file, so a resource that
 * Brigade named in a reply is found by its name even where the file has become a folder or a link since. `isWorktree`
 * tells the id of another worktree from a folder of the viewer's own that begins with `@`.
 */
export function keyFromDescription(
  text: string,
  viewer: string,
  isWorktree: (id: string) => boolean,
): ResourceKey | Rejection {
  if (text.startsWith(`${RESERVED_KIND}:`)) return refusalOfReserved();
  if (!text.startsWith('file:')) return checkKey(text);
  const worktree = worktreeIn(text);
  if (worktree !== null && (worktree === viewer || isWorktree(worktree))) return checkKey(text);
  const path = text.slice('file:'.length);
  return checkKey(`file:@${viewer}/${path === WHOLE_TREE ? '' : path}`);
}

/** What stands where a stored `file:` key names its worktree; null where nothing does. It may be a folder `@types`. */
export function worktreeIn(text: string): string | null {
  return /^file:@([^/]*)\//.exec(text)?.[1] ?? null;
}

function readKey(text: string): ParsedKey {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (kind === 'repo') return readPath('repo', EVERY_SPACE, rest === WHOLE_TREE ? '' : rest);
  if (kind !== 'file') return Object.freeze({ form: 'name', kind, name: rest });
  const slash = rest.indexOf('/');
  return readPath('file', rest.slice(1, slash), rest.slice(slash + 1));
}

function readPath(kind: PathKind, space: string, text: string): PathKey | SymbolKey {
  const hash = text.indexOf('#');
  if (hash !== -1) {
    const path = unescapeName(text.slice(0, hash));
    return Object.freeze({ form: 'symbol', kind, space, path, symbol: text.slice(hash + 1) });
  }
  if (hasPattern(text)) return Object.freeze({ form: 'glob', kind, space, path: text });
  if (text === '' || text.endsWith('/')) {
    return Object.freeze({ form: 'tree', kind, space, path: unescapeName(text.slice(0, -1)) });
  }
  return Object.freeze({ form: 'exact', kind, space, path: unescapeName(text) });
}

function formatPath(parsed: PathKey | SymbolKey): string {
  if (parsed.form === 'glob') return parsed.path;
  const path = escapeName(parsed.path);
  if (parsed.form === 'symbol') return `${path}#${parsed.symbol}`;
  return parsed.form === 'tree' && path !== '' ? `${path}/` : path;
}

function notCanonical(text: string): Rejection {
  return invalidResource(`${quote(text)} is not a canonical resource key.`, 'Write kind:name, as Brigade shows it.');
}
