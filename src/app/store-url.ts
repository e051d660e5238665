// Where the log is, as a URL: `sqlite:PATH`, one of a store that several hosts share (shared-url.ts), or `memory:`.

import { resolve } from 'node:path';
import type { SharedLocation, StoreLocation } from '../ports/store-location.ts';
import { isSharedScheme, parseSharedUrl, publicUrl } from './shared-url.ts';

export type { StoreLocation } from '../ports/store-location.ts';

export type ParsedStore =
  | { readonly ok: true; readonly location: StoreLocation }
  | { readonly ok: false; readonly problem: string };

export interface StoreContext {
  /** Relative paths start here. */
  readonly fleetRoot: string;
  /** The fleet of a shared store whose URL names none; null: nobody named one. */
  readonly fleet: string | null;
  /** What the adapter has against a URL of its own, as a `problem`; null when it takes it. */
  readonly flawIn?: (kind: SharedLocation['kind'], url: string) => string | null;
}

/** Hosts of a large cluster fit, and patterns that look at it stay quick: the file of settings is written by others. */
const URL_CHARACTERS_MAX = 4_096;

export const DEFAULT_FLEET = 'default';
const FLEET_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
export const FLEET_NAME_RULE = 'a fleet name has up to 63 of a-z 0-9 . _ - and begins with a letter or digit';

export function isFleetName(text: string): boolean {
  return FLEET_NAME.test(text);
}

/** Parses a store URL. The answer's `problem` completes "--store: ..." and shows no secret. */
export function parseStoreUrl(text: string, context: StoreContext): ParsedStore {
  if (text.length > URL_CHARACTERS_MAX) return problem(`is longer than ${URL_CHARACTERS_MAX} characters`);
  if (!text.isWellFormed()) return problem('holds half of a character: correct the \\u in it');
  const [, typed, rest] = /^([a-z+]+):(.*)$/is.exec(text) ?? [];
  if (typed === undefined || rest === undefined) {
    return problem(
      `"${shown(text)}" is not a store URL; write sqlite:PATH, for example sqlite:${shown(text) || 'brigade.db'}`,
    );
  }
  const scheme = typed.toLowerCase();
  if (isSharedScheme(scheme)) return parseShared(text, context);
  if (scheme === 'memory')
    return rest === '' ? ok({ kind: 'memory' }) : problem('memory: takes nothing after the colon');
  if (scheme !== 'sqlite')
    return problem(`there is no store called ${shown(scheme)}:; use sqlite:PATH, redis://HOST, etcd://HOST or memory:`);
  return parseSqlitePath(rest, context.fleetRoot);
}

/**
 * The URL that names the same log from anywhere, without secrets: for people, and what the fleet's id is remembered under.
 * `#NAME` at its end is the fleet in a store of several.
 */
export function storeUrlOf(location: StoreLocation): string {
  switch (location.kind) {
    case 'memory':
      return 'memory:';
    case 'sqlite':
      return `sqlite:${location.path}`;
    default:
      return `${publicUrl(location.url)}${location.fleet === DEFAULT_FLEET ? '' : `#${location.fleet}`}`;
  }
}

function parseShared(text: string, { fleetRoot, fleet: named, flawIn = () => null }: StoreContext): ParsedStore {
  const parsed = parseSharedUrl(text, fleetRoot);
  if (!parsed.ok) return parsed;
  const { kind, url } = parsed;
  const fleet = parsed.fleet ?? named ?? DEFAULT_FLEET;
  if (!isFleetName(fleet)) return problem(FLEET_NAME_RULE);
  if (named !== null && fleet !== named)
    return problem(`it names the fleet ${fleet}, and the setting names ${named}; leave one of them out`);
  const flaw = flawIn(kind, url);
  return flaw === null ? ok({ kind, url, fleet }) : problem(flaw);
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
  return text.replace(/\/\/.*@/s, '//').slice(0, 80);
}
