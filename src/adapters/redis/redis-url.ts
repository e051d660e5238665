// The URL of a Redis store: which server, or which Sentinels know it, and how to get in.
//
//   redis://[user:password@]host[:6379][/db]                                rediss:// over TLS
//   redis+sentinel://[user:password@]host[:26379][,host...]/MASTER[/db]     user and password are those of the servers
//
//   ?replicas=N                              an append is answered once N replicas have it
//   ?ca=PATH&cert=PATH&key=PATH              PEM files, with TLS: whom to trust, and how to prove who asks
//   ?servername=NAME                         whose certificate is expected, where that is not the host's name
//   ?tls=true                                Sentinels and servers speak TLS
//   ?sentinelUser=NAME&sentinelPassword=P    what the Sentinels ask for

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

export interface RedisLogin {
  readonly username: string | null;
  readonly password: string;
}

/** Paths of PEM files; null: what Node trusts, and no certificate of one's own. */
export interface RedisTls {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly servername: string | null;
}

/** Sentinels that know which server is the master. */
export interface SentinelTarget {
  readonly addresses: readonly RedisAddress[];
  /** What they call it. */
  readonly master: string;
  readonly login: RedisLogin | null;
}

export interface RedisTarget {
  /** Of the server itself, where its Sentinels are not asked. */
  readonly server: RedisAddress | null;
  readonly sentinel: SentinelTarget | null;
  readonly login: RedisLogin | null;
  readonly database: number;
  readonly tls: RedisTls | null;
  /** How many replicas must have an append before it is answered. */
  readonly replicas: number;
  /** For people, without secrets: the same for everybody who means the same database. */
  readonly location: string;
}

export type ParsedRedisUrl = ({ readonly ok: true } & RedisTarget) | { readonly ok: false; readonly problem: string };

const SCHEMES = {
  redis: { form: 'redis://HOST[:PORT][/DB]', port: 6379 },
  rediss: { form: 'rediss://HOST[:PORT][/DB]', port: 6379 },
  'redis+sentinel': { form: 'redis+sentinel://HOST[:PORT],HOST.../MASTER[/DB]', port: 26_379 },
} as const;

/** As the comments of `sentinel.conf` have it. */
const SENTINEL_NAME = /^[\w.-]+$/;

type SchemeName = keyof typeof SCHEMES;

const TLS_PARAMETERS = ['ca', 'cert', 'key', 'servername'] as const;
const SENTINEL_PARAMETERS = ['sentinelUser', 'sentinelPassword', 'tls'] as const;
/** More replicas than anybody waits for. */
const REPLICAS_MAX = 16;

/** The `problem` completes "--store: ..." and shows no secret. */
export function parseRedisUrl(text: string): ParsedRedisUrl {
  try {
    return { ok: true, ...parse(text) };
  } catch (error) {
    if (error instanceof UrlProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

class UrlProblem extends Error {}

function parse(text: string): RedisTarget {
  const [, scheme, login, hosts = '', path = '', query = ''] =
    /^([a-z+]+):\/\/(?:([^/?#]*)@)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i.exec(text) ?? [];
  const name = scheme?.toLowerCase();
  if (!isScheme(name)) throw new UrlProblem('it does not begin with redis://, rediss:// or redis+sentinel://');
  const { form, port } = SCHEMES[name];
  const addresses = hosts.split(',').map((host) => addressIn(host, port, form));
  const [server] = addresses;
  const parameters = parametersIn(query, name);
  const { master, database } = pathIn(path, name);
  if (server === undefined || (master === null && addresses.length > 1)) throw new UrlProblem(`write ${form}`);
  const { servers, sentinels } = loginsIn(login, parameters);
  return {
    server: master === null ? server : null,
    sentinel: master === null ? null : { addresses, master, login: sentinels },
    login: servers,
    database,
    tls: name === 'rediss' || parameters.get('tls') === 'true' ? tlsIn(parameters) : null,
    replicas: replicasIn(parameters),
    location: locationOf(name, addresses, master, database),
  };
}

function isScheme(name: string | undefined): name is SchemeName {
  return name !== undefined && Object.hasOwn(SCHEMES, name);
}

function addressIn(text: string, defaultPort: number, form: string): RedisAddress {
  const [, v6, name, port] = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined) throw new UrlProblem(`"${text.slice(0, 80)}" is not HOST[:PORT]; write ${form}`);
  const number = port === undefined ? defaultPort : Number(port);
  if (number < 1 || number > 65_535) throw new UrlProblem(`${number} is not a port`);
  return { host: host.toLowerCase(), port: number };
}

function parametersIn(query: string, name: SchemeName): ReadonlyMap<string, string> {
  const parameters = new Map(new URLSearchParams(query));
  const isSecure = name === 'rediss' || parameters.get('tls') === 'true';
  const known = [
    'replicas',
    ...(isSecure ? TLS_PARAMETERS : []),
    ...(name === 'redis+sentinel' ? SENTINEL_PARAMETERS : []),
  ];
  for (const given of parameters.keys()) {
    if (known.includes(given)) continue;
    const needsTls = TLS_PARAMETERS.some((each) => each === given);
    const secure = name === 'redis+sentinel' ? '?tls=true' : 'rediss://';
    if (needsTls) throw new UrlProblem(`${given} is for connections over TLS; write ${secure}`);
    throw new UrlProblem(`"${given.slice(0, 40)}" is not one of ${known.join(', ')}`);
  }
  const tls = parameters.get('tls') ?? 'false';
  if (tls !== 'true' && tls !== 'false') throw new UrlProblem('tls is true or false');
  return parameters;
}

function pathIn(path: string, name: SchemeName): { readonly master: string | null; readonly database: number } {
  const parts = path.split('/').slice(1);
  const master = name === 'redis+sentinel' ? (parts.shift() ?? '') : null;
  if (master === '')
    throw new UrlProblem(`it does not say what the Sentinels call their master; write ${SCHEMES[name].form}`);
  if (master !== null && !SENTINEL_NAME.test(master))
    throw new UrlProblem('what the Sentinels call their master has only letters, digits and . _ -');
  const [database = '', ...rest] = parts;
  if (!/^\d{0,4}$/.test(database) || rest.length > 0)
    throw new UrlProblem(`what stands after the host is not the number of a database; write ${SCHEMES[name].form}`);
  return { master, database: Number(database) };
}

function loginsIn(
  login: string | undefined,
  parameters: ReadonlyMap<string, string>,
): { readonly servers: RedisLogin | null; readonly sentinels: RedisLogin | null } {
  const [user = '', ...rest] = (login ?? '').split(':');
  const password = rest.join(':');
  if (user !== '' && password === '')
    throw new UrlProblem('it names a user without a password; a password alone is :PASSWORD@');
  const sentinelUser = parameters.get('sentinelUser') ?? '';
  const sentinelPassword = parameters.get('sentinelPassword') ?? '';
  if (sentinelUser !== '' && sentinelPassword === '') throw new UrlProblem('sentinelUser needs sentinelPassword');
  return {
    servers: password === '' ? null : { username: decoded(user) || null, password: decoded(password) },
    sentinels: sentinelPassword === '' ? null : { username: sentinelUser || null, password: sentinelPassword },
  };
}

function tlsIn(parameters: ReadonlyMap<string, string>): RedisTls {
  const [ca, cert, key, servername] = TLS_PARAMETERS.map((name) => parameters.get(name) || null);
  if ((cert === null) !== (key === null)) throw new UrlProblem('cert and key belong together');
  return { ca: ca ?? null, cert: cert ?? null, key: key ?? null, servername: servername ?? null };
}

function replicasIn(parameters: ReadonlyMap<string, string>): number {
  const text = parameters.get('replicas') ?? '0';
  const number = Number(text);
  if (/^\d{1,2}$/.test(text) && number <= REPLICAS_MAX) return number;
  throw new UrlProblem(`replicas is a number from 0 to ${REPLICAS_MAX}`);
}

function locationOf(
  name: SchemeName,
  addresses: readonly RedisAddress[],
  master: string | null,
  database: number,
): string {
  const hosts = addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).toSorted();
  const path = `${master === null ? '' : `/${master}`}${database === 0 ? '' : `/${database}`}`;
  return `${name}://${hosts.join(',')}${path}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UrlProblem('a % in a name or a password is written %25');
  }
}
