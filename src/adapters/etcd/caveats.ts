// What whoever operates the etcd should know of it, as it runs now. Only what etcd tells over its API: whether it syncs its disk
// or compacts by itself are flags that nobody can ask for, so the latter is judged by what is still there.

import type { StoreCaveat } from '../../ports/event-store.ts';
import { votersOf } from './cluster.ts';
import type { Endpoints } from './endpoints.ts';
import type { EtcdClient } from './etcd-client.ts';
import { EtcdRefusal } from './etcd-faults.ts';
import type { FleetKeys } from './keys.ts';
import { base64, type RangeReply } from './wire.ts';

/** What a member says of itself. 64-bit numbers are strings; what is zero is left out. */
interface Status {
  readonly label: string;
  readonly dbSize?: string;
  readonly dbSizeInUse?: string;
  readonly leader?: string;
  readonly raftIndex?: string;
  readonly raftAppliedIndex?: string;
  readonly errors?: readonly string[];
  readonly isLearner?: boolean;
}

export interface CaveatsOptions {
  readonly client: EtcdClient;
  readonly endpoints: Endpoints;
  readonly keys: FleetKeys;
}

const STATUS_PATIENCE_MS = 1_000;
/** etcd's own quota where none is set is 2 GiB; from here on whoever set none should look. */
const LARGE_BYTES = 1.5 * 1024 ** 3;
/** So many changes and never a compaction: nobody compacts. One host that beats makes them in three hours. */
const UNCOMPACTED_CHANGES = 10_000;
/** Under load members are apart by some hundreds. */
const LAG_ENTRIES = 5_000;

export async function caveatsOf(options: CaveatsOptions): Promise<readonly StoreCaveat[]> {
  const { client, endpoints } = options;
  const asked = endpoints.inTurn.map(async (endpoint) => {
    const status = await client.askOne<Omit<Status, 'label'>>(endpoint, '/v3/maintenance/status', STATUS_PATIENCE_MS);
    return { label: endpoint.label, status };
  });
  const answered = await Promise.all(asked);
  const statuses = answered.flatMap(({ label, status }) => (status === null ? [] : [{ label, ...status }]));
  const silent = answered.filter(({ status }) => status === null).map(({ label }) => label);
  const hasLeader = statuses.some(({ leader = '0' }) => leader !== '0');
  const voters = await votersOf(client, endpoints.inTurn);
  return [
    ...alarms(statuses),
    ...silent.map(unreachable),
    ...statuses.flatMap(memberTrouble),
    ...lagging(statuses),
    ...tooFew(voters.length),
    ...(hasLeader && (await isUncompacted(options)) ? [notCompacted] : []),
    ...large(statuses),
  ];
}

function alarms(statuses: readonly Status[]): readonly StoreCaveat[] {
  const said = statuses.flatMap(({ errors = [] }) => errors).join(' ');
  return [...(/NOSPACE/.test(said) ? [noSpace] : []), ...(/CORRUPT/.test(said) ? [corrupt] : [])];
}

const noSpace: StoreCaveat = {
  code: 'etcd_no_space',
  isGrave: false,
  stopsWriting: true,
  message:
    "etcd's database has reached its quota (alarm NOSPACE): nothing is written, not even presence; reading goes on.",
  next: 'Compact and defragment it, or raise --quota-backend-bytes; then `etcdctl alarm disarm`.',
};

const corrupt: StoreCaveat = {
  code: 'etcd_corrupt',
  isGrave: true,
  message:
    'etcd found its members to differ (alarm CORRUPT). What one of them answers may not be what was acknowledged.',
  next: 'Follow the disaster recovery of etcd: find the member that differs, and replace it.',
};

const notCompacted: StoreCaveat = {
  code: 'etcd_not_compacted',
  isGrave: false,
  message:
    'This etcd has never compacted its history. Every beat that was overwritten and every event that was truncated stays in its ' +
    'database, until its quota is used up and it writes nothing more.',
  next: 'Start etcd with --auto-compaction-mode=periodic --auto-compaction-retention=1h.',
};

function unreachable(label: string): StoreCaveat {
  return {
    code: 'etcd_member_unreachable',
    isGrave: false,
    message: `${label} does not answer. The others serve as long as they are a majority.`,
    next: 'Start it again, or take it out of the URL if it is gone for good.',
  };
}

function memberTrouble({ label, leader, isLearner }: Status): readonly StoreCaveat[] {
  const found: StoreCaveat[] = [];
  if (leader === undefined || leader === '0') {
    found.push({
      code: 'etcd_no_leader',
      isGrave: false,
      message: `${label} knows no leader: it is cut off from the majority, or there is none.`,
      next: 'See that the members reach each other, and that more than half of them run.',
    });
  }
  if (isLearner === true) {
    found.push({
      code: 'etcd_learner',
      isGrave: false,
      message: `${label} is a learner: it has no vote and serves nobody yet.`,
      next: 'Promote it with `etcdctl member promote` once it has caught up, or name a voting member in the URL.',
    });
  }
  return found;
}

function lagging(statuses: readonly Status[]): readonly StoreCaveat[] {
  const newest = Math.max(0, ...statuses.map(({ raftIndex }) => Number(raftIndex ?? 0)));
  return statuses.flatMap(({ label, raftAppliedIndex }) => {
    const behind = newest - Number(raftAppliedIndex ?? 0);
    if (behind < LAG_ENTRIES) return [];
    return {
      code: 'etcd_member_lags',
      isGrave: false,
      message: `${label} is ${behind} entries behind. Asked there, a call waits until it has caught up.`,
      next: 'Look at its disk (sync times), its network and its processor.',
    };
  });
}

function tooFew(voters: number): readonly StoreCaveat[] {
  if (voters === 0 || voters > 2) return [];
  return [
    voters === 1
      ? {
          code: 'etcd_single_member',
          isGrave: false,
          message:
            'This etcd has one member: when it stops, everything waits for it; when its disk is lost, so is the log.',
          next: 'Use three members on three hosts, or copy the log regularly (`brigade store backup`).',
        }
      : {
          code: 'etcd_two_members',
          isGrave: false,
          message: 'This etcd has two members, and both are a majority: when either stops, nothing is written.',
          next: 'Add a third member.',
        },
  ];
}

function large(statuses: readonly Status[]): readonly StoreCaveat[] {
  return statuses
    .filter(({ dbSize }) => Number(dbSize ?? 0) > LARGE_BYTES)
    .slice(0, 1)
    .map(({ label, dbSize, dbSizeInUse }) => ({
      code: 'etcd_large_database',
      isGrave: false,
      message:
        `The database of ${label} takes ${mebibytes(dbSize)} MiB, of which ${mebibytes(dbSizeInUse)} are in use. Where it reaches its ` +
        'quota (2 GiB unless --quota-backend-bytes says otherwise) etcd writes nothing more.',
      next: 'Have the fleet keep less history (policy `retention`), defragment etcd, or raise its quota.',
    }));
}

function mebibytes(bytes: string | undefined): number {
  return Math.round(Number(bytes ?? 0) / 1024 ** 2);
}

/** Whether the very first state of this etcd can still be asked for, after all that was changed since. */
async function isUncompacted({ client, keys }: CaveatsOptions): Promise<boolean> {
  const head = { key: base64(keys.head), keys_only: true };
  const { header } = await client.ask<RangeReply>('/v3/kv/range', head, 'read');
  if (Number(header.revision ?? 0) < UNCOMPACTED_CHANGES) return false;
  try {
    await client.ask('/v3/kv/range', { ...head, revision: '1' }, 'read');
    return true;
  } catch (error) {
    if (error instanceof EtcdRefusal && error.meaning === 'compacted') return false;
    throw error;
  }
}
