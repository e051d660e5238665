// What etcd says of itself: its version, and of how many members it is made.

import { StoreFault } from '../../ports/event-store.ts';
import type { EtcdClient } from './etcd-client.ts';

export interface ClusterMember {
  readonly ID: string;
  readonly name?: string;
  readonly isLearner?: boolean;
}

/** Before it, learners, the gateway's `/v3` and what a status says are missing. */
const OLDEST = [3, 4] as const;

/** Throws STORE_UNSAFE for an etcd that is too old. */
export async function expectVersion(client: EtcdClient, location: string): Promise<void> {
  type Versions = { readonly etcdserver?: string; readonly etcdcluster?: string };
  const { etcdserver = '', etcdcluster = '' } = await client.get<Versions>('/version');
  // A cluster speaks as its oldest member does; until it has found that out, the member's own version counts.
  const version = /^\d/.test(etcdcluster) ? etcdcluster : etcdserver;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new StoreFault(
    'STORE_UNSAFE',
    `${location} is etcd ${version === '' ? 'of an unknown version' : version}; Brigade needs ${OLDEST.join('.')} or later.`,
    { details: { location, version } },
  );
}

/** Empty where the user may not know. */
export async function membersOf(client: EtcdClient): Promise<readonly ClusterMember[]> {
  try {
    type Listed = { readonly members?: readonly ClusterMember[] };
    return (await client.ask<Listed>('/v3/cluster/member/list', {}, 'read')).members ?? [];
  } catch (error) {
    if (error instanceof StoreFault && error.details.outcome === 'none') return [];
    throw error;
  }
}
