// What a server says of itself: what it is, what it keeps, and what it would throw away. Some of it a user may not be allowed to
// ask; that is null then, and told as such.

import { RedisRefusal } from './redis-faults.ts';
import type { RedisLink } from './redis-link.ts';

export interface ServerReport {
  /** Null where INFO may not be asked: then of all the others too. */
  readonly version: string | null;
  readonly role: 'master' | 'replica' | 'sentinel' | null;
  /** Of a replica: `host:port` of the server that it follows. */
  readonly follows: string | null;
  readonly isCluster: boolean;
  readonly isLoading: boolean;
  /** How many replicas follow it at this moment. */
  readonly replicas: number;
  /** 0: no limit. */
  readonly maxMemoryBytes: number;
  readonly usedMemoryBytes: number;
  /** Of what it makes room for itself when its memory is used up. */
  readonly evictionPolicy: string;
  readonly hasAof: boolean;
  readonly config: ServerConfig | null;
}

/** What only CONFIG tells; null where that may not be asked, as with most Redis that somebody else operates. */
export interface ServerConfig {
  readonly appendfsync: 'always' | 'everysec' | 'no';
  /** While the file is written anew nothing is synced. */
  readonly pausesSync: boolean;
  /** Points in time at which everything is written to a file. */
  readonly hasSavePoints: boolean;
  readonly minReplicasToWrite: number;
}

const NOTHING_KNOWN: ServerReport = {
  version: null,
  role: null,
  follows: null,
  isCluster: false,
  isLoading: false,
  replicas: 0,
  maxMemoryBytes: 0,
  usedMemoryBytes: 0,
  evictionPolicy: '',
  hasAof: false,
  config: null,
};

/**
 * When its memory is used up the server makes room with what a log needs. Policies named `volatile-...` take only keys that were
 * given an end, which is nothing of a log but the pieces of a snapshot that is still being written; where that makes no room, writes
 * are refused, as with `noeviction`.
 */
export function evictsLogs({ maxMemoryBytes, evictionPolicy }: ServerReport): boolean {
  return maxMemoryBytes > 0 && evictionPolicy !== 'noeviction' && !evictionPolicy.startsWith('volatile-');
}

const CONFIG_NAMES = ['appendfsync', 'no-appendfsync-on-rewrite', 'save', 'min-replicas-to-write'] as const;

/** Throws what any call of `link` throws, but for what may not be asked. */
export async function inspectServer(link: RedisLink, untilMs: number): Promise<ServerReport> {
  const [info, config] = await Promise.all([
    permitted(link.send(['INFO'], untilMs)),
    permitted(Promise.all(CONFIG_NAMES.map((name) => link.send(['CONFIG', 'GET', name], untilMs)))),
  ]);
  if (typeof info !== 'string') return NOTHING_KNOWN;
  const values = config?.map((pair) => (Array.isArray(pair) && typeof pair[1] === 'string' ? pair[1] : null));
  return reportIn(info, values?.every((value) => value !== null) === true ? configIn(values) : null);
}

async function permitted<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    // NOPERM is an access list's; those who hide a command altogether say that it is unknown.
    if (error instanceof RedisRefusal && /^(NOPERM|ERR)$/.test(error.code)) return null;
    throw error;
  }
}

function configIn([appendfsync = '', pauses, save, minReplicas]: readonly string[]): ServerConfig {
  return {
    appendfsync: appendfsync === 'always' || appendfsync === 'no' ? appendfsync : 'everysec',
    pausesSync: pauses === 'yes',
    hasSavePoints: save !== '',
    minReplicasToWrite: Number(minReplicas),
  };
}

function reportIn(info: string, config: ServerConfig | null): ServerReport {
  const values = new Map(Array.from(info.matchAll(/^(\w+):(.*?)\r?$/gm), ([, name = '', value = '']) => [name, value]));
  const text = (name: string): string => values.get(name) ?? '';
  const number = (name: string): number => Number(values.get(name) ?? 0);
  return {
    version: values.get('redis_version') ?? null,
    role: text('redis_mode') === 'sentinel' ? 'sentinel' : text('role') === 'slave' ? 'replica' : 'master',
    follows: values.has('master_host') ? `${text('master_host')}:${text('master_port')}` : null,
    isCluster: text('cluster_enabled') === '1',
    isLoading: text('loading') === '1',
    replicas: number('connected_slaves'),
    maxMemoryBytes: number('maxmemory'),
    usedMemoryBytes: number('used_memory'),
    evictionPolicy: text('maxmemory_policy'),
    hasAof: text('aof_enabled') === '1',
    config,
  };
}
