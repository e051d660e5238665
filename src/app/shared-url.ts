// URLs of the stores that several hosts share, as every part of Brigade understands them: which store, where, and what in
// them is nobody's business. What a parameter means is the adapter's.
//
//   redis://[user:password@]host[:6379][/db]                          rediss:// over TLS
//   redis+sentinel://[user:password@]host[:26379][,host...]/MASTER[/db]
//   etcd://[user:password@]host[:2379][,host...]                      etcds:// over TLS

import { resolve } from 'node:path';
import type { SharedLocation } from '../ports/store-location.ts';

interface Scheme {
  readonly kind: SharedLocation['kind'];
  readonly port: number;
  /** How a URL of it is written. */
  readonly form: string;
  readonly takesHosts: boolean;
  /** What may stand after the hosts. */
  readonly path: RegExp;
  /** What of that says nothing: a slash, or the database that is meant without it. */
  readonly idle: RegExp;
}

const REDIS_PATH = /^(?:\/\d{0,4})?$/;
const REDIS_IDLE = /^\/0?$/;
const ETCD_PATH = /^\/?$/;

const REDIS = { kind: 'redis', port: 6379, takesHosts: false, path: REDIS_PATH, idle: REDIS_IDLE } as const;
const ETCD = { kind: 'etcd', port: 2379, takesHosts: true, path: ETCD_PATH, idle: ETCD_PATH } as const;

const SCHEMES: Readonly<Record<string, Scheme>> = {
  redis: { ...REDIS, form: 'redis://HOST[:PORT][/DB]' },
  rediss: { ...REDIS, form: 'rediss://HOST[:PORT][/DB]' },
  'redis+sentinel': {
    kind: 'redis',
    port: 26379,
    form: 'redis+sentinel://HOST[:PORT],HOST.../MASTER[/DB]',
    takesHosts: true,
    // What a master is called is told to people: nothing else than Sentinel's letters, or a login in the wrong place is told too.
    path: /^\/[\w.-]+(?:\/\d{0,4})?$/,
    idle: /(?<=^\/[^/]+)\/0?$/,
  },
  etcd: { ...ETCD, form: 'etcd://HOST:PORT[,HOST:PORT...]' },
  etcds: { ...ETCD, form: 'etcds://HOST:PORT[,HOST:PORT...]' },
};

interface Parts {
  readonly name: string;
  readonly scheme: Scheme;
  /** As written, with its `@`; empty without one. */
  readonly login: string;
  readonly hosts: readonly string[];
  readonly path: string;
  /** As written, with its `?`. */
  readonly query: string;
}

export type ParsedShared =
  | (Omit<SharedLocation, 'fleet'> & { readonly ok: true; readonly fleet: string | null })
  | { readonly ok: false; readonly problem: string };

/** True for a scheme that is read here, whatever comes after it. */
export function isSharedScheme(scheme: string): boolean {
  return Object.hasOwn(SCHEMES, scheme);
}

/**
 * Parses such a URL. `#NAME` at its end names the fleet. Files that it names are made absolute, from `folder`. The `problem`
 * completes "--store: ..." and shows no secret.
 */
export function parseSharedUrl(text: string, folder: string): ParsedShared {
  const [, name = '', rest = ''] = /^([a-z+]+):(.*)$/is.exec(text) ?? [];
  const scheme = SCHEMES[name.toLowerCase()];
  if (scheme === undefined) return { ok: false, problem: 'this is not the URL of a shared store' };
  const [, login = '', hosts = '', path = '', query = '', fleet] =
    /^\/\/(?:([^/?#]*)@)?([^/?#]*)(\/[^?#]*)?(\?[^#]*)?(?:#(.*))?$/s.exec(rest) ?? [];
  const parts = { name: name.toLowerCase(), scheme, login, hosts: hosts.split(','), path, query };
  const problem = problemIn(parts);
  if (problem !== null) return { ok: false, problem };
  const url = `${parts.name}://${login === '' ? '' : `${login}@`}${hosts}${path}${withFullPaths(query, folder)}`;
  return { ok: true, kind: scheme.kind, url, fleet: fleet === undefined || fleet === '' ? null : fleet };
}

function problemIn({ name, scheme, login, hosts, path }: Parts): string | null {
  const how = `write ${scheme.form}`;
  if (login.includes('@')) return `an @ in a user or a password is written %40; ${how}`;
  if (hosts.length === 1 && hosts[0] === '') return `${name}: needs a host; ${how}`;
  if (hosts.length > 1 && !scheme.takesHosts) return `${name}: takes one host; ${how}`;
  const wrong = hosts.find((host) => !isHost(host));
  if (wrong !== undefined) return `"${wrong.slice(0, 80)}" is not HOST[:PORT]; ${how}`;
  return scheme.path.test(path) ? null : `what stands after the host is not understood; ${how}`;
}

/** A name or an address, IPv6 in brackets, with a port or without. */
function isHost(text: string): boolean {
  const parts = /^(?:\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(text);
  if (parts === null) return false;
  const { 1: port } = parts;
  return port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
}

const FILES = ['ca', 'cert', 'key'] as const;

function withFullPaths(query: string, folder: string): string {
  const parameters = new URLSearchParams(query);
  for (const name of FILES) {
    const path = parameters.get(name);
    if (path !== null && path !== '') parameters.set(name, resolve(folder, path));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/**
 * The URL without secrets and without what only says how to connect: the same for everybody who uses the same store, in
 * whatever order they name its hosts. `url`: as `parseSharedUrl` made it.
 */
export function publicUrl(url: string): string {
  const { name, scheme, hosts, path } = partsOf(url);
  const named = hosts.map((host) => (/:\d+$/.test(host) ? host : `${host}:${scheme.port}`).toLowerCase());
  return `${name}://${named.toSorted().join(',')}${path.replace(scheme.idle, '')}`;
}

/** The user that the URL names; null where it names none. */
export function userIn(url: string): string | null {
  const [user = ''] = partsOf(url).login.split(':');
  return user === '' ? null : decoded(user);
}

/** The URL gives a password away to whoever sees it. */
export function holdsSecret(url: string): boolean {
  const { login, query } = partsOf(url);
  return /:./s.test(login) || (new URLSearchParams(query).get('sentinelPassword') ?? '') !== '';
}

function partsOf(url: string): Parts {
  const [, name = '', login = '', hosts = '', path = '', query = ''] =
    /^([a-z+]+):\/\/(?:([^/?#]*)@)?([^/?#]*)(\/[^?#]*)?(\?.*)?$/s.exec(url) ?? [];
  const scheme = SCHEMES[name];
  if (scheme === undefined) throw new TypeError('not the URL of a shared store');
  return { name, scheme, login, hosts: hosts.split(','), path, query };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The adapter says what is wrong with it.
    return text;
  }
}
