// From what a caller writes to a resource key: the part that needs no look at a file system. (The part that does, links
// and what exists, is app/resource/canonical-resource.ts; it puts both together.)
//
//   request   [kind:]name     no kind is `file:`
//             file:src/a.ts#Foo.bar   the first bare `#` begins the symbol; a `#` in a name is %23
//             file:src/*.ts           a pattern, from the first segment that is one

import { isRejection, type Rejection } from '../rejection.ts';
import {
  invalidResource,
  isKind,
  outsideWorkspace,
  RESERVED_KIND,
  refusalOfNoPath,
  refusalOfReserved,
} from './key-rules.ts';
import { escapeName, flawOf, normaliseEscapes, quote } from './key-text.ts';
import { EVERY_SPACE, type PathKind } from './parsed-key.ts';
import { makeKey, type ResourceKey } from './resource-key.ts';
import { RESOURCE_LIMITS } from './resource-limits.ts';

/** A path as the caller wrote it: not resolved, escapes still in place. */
export interface RequestedPath {
  readonly kind: PathKind;
  readonly path: string;
  readonly symbol: string | null;
}

/**
 * What `request` asks for: a key where the name alone decides, else a path to resolve. `isLiteral` takes the text after
 * the kind for a path as a file system knows it: no symbol, no escape, and only `file:` and `repo:` count as kinds.
 */
export function readRequest(request: string, isLiteral: boolean): ResourceKey | RequestedPath | Rejection {
  const flaw = flawOf(request, RESOURCE_LIMITS.requestBytes);
  if (flaw !== null) {
    const next = 'Write kind:name, as in file:src/a.ts or task:review.';
    return invalidResource(`The resource ${quote(request)} ${flaw}.`, next);
  }
  const kind = /^[^:/\\]*(?=:)/.exec(request)?.[0] ?? null;
  if (kind === 'file' || kind === 'repo') return requestedPath(kind, request.slice(kind.length + 1), isLiteral);
  if (kind === null || isLiteral) return requestedPath('file', request, isLiteral);
  if (kind === RESERVED_KIND) return refusalOfReserved();
  if (isKind(kind)) return makeKey({ form: 'name', kind, name: request.slice(kind.length + 1).normalize('NFC') });
  const start = request.slice(0, 80).toWellFormed();
  const next = `Write a kind in a-z, 0-9 and -, as in task:review; for a file of this name write file:${start}.`;
  return invalidResource(`${quote(kind)} is not a kind of resource.`, next);
}

function requestedPath(kind: PathKind, text: string, isLiteral: boolean): RequestedPath | Rejection {
  const hash = isLiteral ? -1 : text.indexOf('#');
  const path = hash === -1 ? text : text.slice(0, hash);
  if (path === '') return refusalOfNoPath(kind);
  return { kind, path, symbol: hash === -1 ? null : text.slice(hash + 1) };
}

/** A path that has been resolved. */
export interface ResolvedPath {
  readonly kind: PathKind;
  /** The worktree of the caller. */
  readonly worktree: string;
  /** Literal names from the root of the worktree. */
  readonly names: readonly string[];
  readonly isFolder: boolean;
  /** What follows the names and is a pattern, as the caller wrote it; null where nothing does. */
  readonly pattern: string | null;
  readonly symbol: string | null;
}

/** The key of a resolved path, or why there is none. */
export function keyOfPath(resolved: ResolvedPath): ResourceKey | Rejection {
  const { kind, names, symbol } = resolved;
  const place = { kind, space: kind === 'repo' ? EVERY_SPACE : resolved.worktree };
  if (resolved.pattern !== null) return keyOfPattern(resolved, resolved.pattern, place);
  const path = names.join('/').normalize('NFC');
  const isFolder = resolved.isFolder || names.length === 0;
  if (symbol === null) return makeKey({ ...place, form: isFolder ? 'tree' : 'exact', path });
  if (isFolder) {
    const next = 'Name one file before the #, as in file:src/a.ts#parse.';
    return invalidResource(`${quote(path)} is a folder and has no symbols.`, next);
  }
  return makeKey({ ...place, form: 'symbol', path, symbol: symbol.normalize('NFC') });
}

function keyOfPattern(
  resolved: ResolvedPath,
  pattern: string,
  place: { kind: PathKind; space: string },
): ResourceKey | Rejection {
  if (resolved.symbol !== null) {
    const next = 'Name one file before the #, as in file:src/a.ts#parse; write %23 for a # in a name.';
    return invalidResource('A pattern has no symbols.', next);
  }
  const rest = normalisePattern(pattern);
  if (isRejection(rest)) return rest;
  const path = [...resolved.names.map(escapeName), rest].join('/').normalize('NFC');
  return makeKey({ ...place, form: 'glob', path });
}

/** A dot segment that stays, plain or at the edge of an alternative. */
const DOT_SEGMENT = /(?:^|[/{,])\.\.?\/|\/\.\.?(?=[/},]|$)/;

function normalisePattern(pattern: string): string | Rejection {
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  const rest = segments.join('/');
  if (DOT_SEGMENT.test(rest)) {
    const next = 'Write the path without it, or each alternative as a resource of its own.';
    return invalidResource(`${quote(rest)} has a . or .. after the beginning of a pattern.`, next);
  }
  return normaliseEscapes(/\/\.?$/.test(pattern) ? `${rest}/` : rest);
}

/** The refusal of a path that leads out of the worktree. */
export function refusalOfOutside(request: string, root: string): Rejection {
  return outsideWorkspace(
    `${quote(request)} lies outside the worktree ${root}.`,
    'Name a path within the worktree. Other things can be claimed by name, as in task:deploy or path:/etc/hosts.',
  );
}
