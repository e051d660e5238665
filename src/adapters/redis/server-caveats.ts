// What whoever operates the server should know of it: what it would lose, when, and what to set. `docs/guarantees.md` says the
// same at length; this is what is so now.

import type { StoreCaveat, StoreTraits } from '../../ports/event-store.ts';
import type { RedisTarget } from './redis-url.ts';
import { evictsLogs, type ServerReport } from './server-report.ts';

type Asked = Pick<RedisTarget, 'replicas' | 'sentinel'>;

/** From this share of its memory on a server is said to be nearly full. */
const NEARLY_FULL = 0.8;

/** What an acknowledged append survives on this one server. */
export function survivalOn({ hasAof, config }: ServerReport): StoreTraits['survives'] {
  const isSynced = hasAof && config?.appendfsync === 'always' && !config.pausesSync;
  return isSynced ? 'host' : 'process';
}

export function caveatsOf(report: ServerReport, asked: Asked): readonly StoreCaveat[] {
  const found = [
    persistence(report),
    rewriting(report),
    eviction(report),
    failover(report, asked),
    cluster(report, asked),
    memory(report),
  ];
  return found.filter((caveat) => caveat !== null);
}

function persistence({ version, hasAof, config }: ServerReport): StoreCaveat | null {
  if (config === null) return hidden(version === null, hasAof);
  if (!hasAof) return config.hasSavePoints ? snapshotsOnly : nothingKept;
  if (config.appendfsync === 'everysec') return syncedEachSecond;
  return config.appendfsync === 'no' ? neverSynced : null;
}

const setAlways = 'Set `appendonly yes` and `appendfsync always` in redis.conf.';

const nothingKept: StoreCaveat = {
  code: 'redis_no_persistence',
  isGrave: true,
  message: 'Redis keeps nothing on its disk. When it is started again, for whatever reason, the whole log is gone.',
  next: setAlways,
};

const snapshotsOnly: StoreCaveat = {
  code: 'redis_rdb_only',
  isGrave: true,
  message:
    'Redis writes its data to the disk only now and then (`save`). When it crashes or is killed, every grant since the last time ' +
    'is lost, which may be minutes.',
  next: setAlways,
};

const syncedEachSecond: StoreCaveat = {
  code: 'redis_fsync_everysec',
  isGrave: true,
  message:
    'Redis syncs its disk once a second (`appendfsync everysec`). What it acknowledged survives its death, but a power loss can ' +
    'take the last second or two, and with them grants that were answered.',
  next: 'Set `appendfsync always` in redis.conf, or with CONFIG SET.',
};

const neverSynced: StoreCaveat = {
  code: 'redis_fsync_never',
  isGrave: true,
  message:
    'Redis leaves it to the system when its file reaches the disk (`appendfsync no`). What it acknowledged survives its death, ' +
    'but a power loss can take the last half minute.',
  next: 'Set `appendfsync always` in redis.conf, or with CONFIG SET.',
};

function hidden(isAll: boolean, hasAof: boolean): StoreCaveat {
  const allowed = isAll ? 'INFO and CONFIG GET' : 'CONFIG GET';
  const seen = isAll
    ? ''
    : hasAof
      ? ' It has an append-only file; how often that is synced is not known.'
      : ' It has no append-only file.';
  return {
    code: 'redis_config_hidden',
    isGrave: !isAll && !hasAof,
    message: `This user may not ask Redis how it keeps its data (${allowed}).${seen} What a power loss or a failover takes, Brigade cannot tell.`,
    next: `Find out whether it runs with \`appendonly yes\` and \`appendfsync always\`; or allow ${allowed} to this user.`,
  };
}

function rewriting({ hasAof, config }: ServerReport): StoreCaveat | null {
  if (!hasAof || config?.appendfsync !== 'always' || !config.pausesSync) return null;
  return {
    code: 'redis_fsync_pauses',
    isGrave: true,
    message:
      'While Redis writes its file anew it syncs nothing (`no-appendfsync-on-rewrite yes`). A power loss in that time can take ' +
      'the last half minute.',
    next: 'Set `no-appendfsync-on-rewrite no`.',
  };
}

/** It was looked at when the link was made; somebody may have changed it since. */
function eviction(report: ServerReport): StoreCaveat | null {
  if (!evictsLogs(report)) return null;
  return {
    code: 'redis_evicts',
    isGrave: true,
    message: `Redis throws any keys away when its memory is used up (maxmemory-policy ${report.evictionPolicy}), and the log with them.`,
    next: 'Set `maxmemory-policy noeviction`, or one of those named `volatile-...`. Until then no process opens the log anew.',
  };
}

function failover(report: ServerReport, { replicas: wanted, sentinel }: Asked): StoreCaveat | null {
  const { replicas, config } = report;
  if (wanted > replicas) {
    return {
      code: 'redis_replicas_missing',
      isGrave: false,
      stopsWriting: true,
      message: `${replicas} replica(s) follow Redis, and the store URL asks for ${wanted} (\`replicas=${wanted}\`). Nothing can be granted until there are as many.`,
      next: 'Start the missing replicas, or ask for fewer.',
    };
  }
  if (wanted > 0 && wanted >= replicas) return null;
  if (replicas === 0 && sentinel === null) return null;
  const isolated =
    (config?.minReplicasToWrite ?? 0) > 0
      ? ''
      : ' A master that is cut off goes on granting meanwhile, so two hosts may each believe to hold a lease.';
  return {
    code: 'redis_failover_loses',
    isGrave: true,
    message:
      `Redis acknowledges before ${wanted === 0 ? 'its replicas have' : `all of its ${replicas} replicas have`} what was written. A failover can lose the last grants; that is noticed, ` +
      `and granting starts anew with larger tokens.${isolated}`,
    next: `Add \`?replicas=${Math.max(1, replicas)}\` to the store URL: then an append is answered once they have it.`,
  };
}

function cluster({ isCluster }: ServerReport, { sentinel }: Asked): StoreCaveat | null {
  if (!isCluster || sentinel !== null) return null;
  return {
    code: 'redis_cluster',
    isGrave: false,
    message:
      'This is a Redis cluster. The log is kept on one of its servers, and the host of the store URL is asked which one that is.',
    next: 'Name a host that is always there, such as an address that stands for the whole cluster.',
  };
}

function memory({ maxMemoryBytes, usedMemoryBytes }: ServerReport): StoreCaveat | null {
  if (maxMemoryBytes === 0 || usedMemoryBytes < NEARLY_FULL * maxMemoryBytes) return null;
  const percent = Math.round((usedMemoryBytes / maxMemoryBytes) * 100);
  return {
    code: 'redis_memory_full',
    isGrave: false,
    message: `Redis has used ${percent} % of the memory that it may use. When that is all, nothing can be granted any more.`,
    next: 'Raise `maxmemory`, or have old events archived and cut off (`retention` in the policy).',
  };
}
