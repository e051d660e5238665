// Where the log is, as a URL: `sqlite:PATH` or `memory:`. Of the URLs for several hosts only the names are known here, so
// that they are refused by name.

import { resolve } from 'node:path';

export type StoreLocation = { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'memory' };

export type ParsedStore =
  | { readonly ok: true; readonly location: StoreLocation }
  | { readonly ok: false; readonly problem: string };

const LATER = new Set(['redis', 'rediss', 'redis+sentinel', 'etcd', 'etcds']);

/** Parses a store URL; a relative path starts at `fleetRoot`. The answer's `problem` completes "--store: ...". */
export function parseStoreUrl(text: string, fleetRoot: string): ParsedStore {
  const [, typed, rest] = /^([a-z+]+):(.*)$/is.exec(text) ?? [];
  if (typed === undefined || rest === undefined) {
    return problem(
      `"${shown(text)}" is not a store URL; write sqlite:PATH, for example sqlite:${shown(text) || 'brigade.db'}`,
    );
  }
  const scheme = typed.toLowerCase();
  if (LATER.has(scheme)) return problem(`${scheme}: stores are not in this version yet; use sqlite:PATH`);
  if (scheme === 'memory')
    return rest === '' ? ok({ kind: 'memory' }) : problem('memory: takes nothing after the colon');
  if (scheme !== 'sqlite') return problem(`there is no store called ${shown(scheme)}:; use sqlite:PATH or memory:`);
  return parseSqlitePath(rest, fleetRoot);
}

/** The URL that names the same store from anywhere; also what the fleet's id is remembered under. */
export function storeUrlOf(location: StoreLocation): string {
  return location.kind === 'memory' ? 'memory:' : `sqlite:${location.path}`;
}

function parseSqlitePath(rest: string, fleetRoot: string): ParsedStore {
  // `sqlite:///a/b` is how other programs write the absolute path /a/b.
  const path = rest.startsWith('///') ? rest.slice(2) : rest;
  if (path === '' || path.includes('\0')) return problem('sqlite: needs the path of a file');
  if (path.startsWith('//')) return problem('sqlite: takes a path without a host; write sqlite:PATH');
  if (path === ':memory:') return problem('a log in memory is written memory:');
  if (/[\\/]$/.test(path)) return problem(`sqlite:${shown(path)} names a folder; name the file`);
  return ok({ kind: 'sqlite', path: resolve(fleetRoot, path) });
}

function ok(location: StoreLocation): ParsedStore {
  return { ok: true, location };
}

function problem(text: string): ParsedStore {
  return { ok: false, problem: text };
}

/** What was typed, without what may be a password. */
function shown(text: string): string {
  return text.replace(/\/\/[^@]*@/, '//').slice(0, 80);
}
