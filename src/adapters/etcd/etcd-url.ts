// Which etcd, and how to reach it:
//
//   etcd://[user:password@]host[:2379][,host[:2379]...]
//   etcds://...?ca=FILE&cert=FILE&key=FILE&servername=NAME      over TLS; every parameter may be left out

export interface EtcdEndpoint {
  readonly host: string;
  readonly port: number;
  /** `host:port`, as people write it. */
  readonly label: string;
}

export interface EtcdUser {
  readonly name: string;
  readonly password: string;
}

/** PEM files. Without a CA those of the system are trusted. */
export interface EtcdTls {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Whose certificate is expected, where it is not the host's. */
  readonly servername: string | null;
}

export interface EtcdTarget {
  readonly endpoints: readonly EtcdEndpoint[];
  readonly user: EtcdUser | null;
  readonly tls: EtcdTls | null;
}

export type ParsedEtcdUrl = ({ readonly ok: true } & EtcdTarget) | { readonly ok: false; readonly problem: string };

const DEFAULT_PORT = 2379;
const PARAMETERS = ['ca', 'cert', 'key', 'servername'] as const;

/** The `problem` completes "--store: ..." and shows no secret. */
export function parseEtcdUrl(text: string): ParsedEtcdUrl {
  const [, scheme, login, hosts = '', query = ''] =
    /^(etcds?):\/\/(?:([^/?#]*)@)?([^/?#]*)\/?(?:\?([^#]*))?$/is.exec(text) ?? [];
  if (scheme === undefined) return wrong('write etcd://HOST:PORT[,HOST:PORT...], or etcds:// for TLS');
  const endpoints = hosts.split(',').map(parseEndpoint);
  const found = endpoints.filter((endpoint) => endpoint !== null);
  if (found.length < endpoints.length) return wrong('each host is HOST or HOST:PORT, with commas between them');
  const user = login === undefined ? null : parseUser(login);
  if (user === 'wrong')
    return wrong('a user is NAME:PASSWORD@ before the hosts, and what is special in it is %-encoded');
  const parameters = new URLSearchParams(query);
  const problem = problemIn(parameters, scheme.toLowerCase() === 'etcds');
  if (problem !== null) return wrong(problem);
  const tls = scheme.toLowerCase() === 'etcds' ? tlsOf(parameters) : null;
  return { ok: true, endpoints: found, user, tls };
}

function parseEndpoint(text: string): EtcdEndpoint | null {
  const [, bracketed, named, port] = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? named;
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (host === undefined || number < 1 || number > 65_535) return null;
  return { host, port: number, label: `${bracketed === undefined ? host : `[${host}]`}:${number}` };
}

function parseUser(login: string): EtcdUser | 'wrong' {
  const [, name = '', password = ''] = /^([^:@]+):([^@]+)$/s.exec(login) ?? [];
  try {
    return name === '' ? 'wrong' : { name: decodeURIComponent(name), password: decodeURIComponent(password) };
  } catch {
    return 'wrong';
  }
}

function problemIn(parameters: URLSearchParams, isTls: boolean): string | null {
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.some((known) => known === name));
  if (unknown !== undefined)
    return `"${unknown.slice(0, 40)}" is no parameter of etcd; there are ${PARAMETERS.join(', ')}`;
  if (parameters.size > 0 && !isTls) return `${[...parameters.keys()][0]} is for etcds://, which is etcd over TLS`;
  if (isGiven(parameters, 'cert') !== isGiven(parameters, 'key')) return 'cert and key belong together';
  return null;
}

function isGiven(parameters: URLSearchParams, name: string): boolean {
  return (parameters.get(name) ?? '') !== '';
}

function tlsOf(parameters: URLSearchParams): EtcdTls {
  const value = (name: (typeof PARAMETERS)[number]): string | null => parameters.get(name) || null;
  return { ca: value('ca'), cert: value('cert'), key: value('key'), servername: value('servername') };
}

function wrong(problem: string): ParsedEtcdUrl {
  return { ok: false, problem };
}
