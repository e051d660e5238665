// What etcd says of itself: its version, and of how many members it is made.

import { StoreFault } from '../../ports/event-store.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { EtcdEndpoint } from './etcd-url.ts';

interface ClusterMember {
  readonly ID: string;
  readonly name?: string;
  readonly isLearner?: boolean;
}

/** Before it, learners, the gateway's `/v3` and what a status says are missing. */
const OLDEST = [3, 4] as const;
/** A member answers for itself, so at once. */
const PATIENCE_MS = 1_000;

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

/** Those that have a vote, by what one of these endpoints says; empty where none does. */
export async function votersOf(
  client: EtcdClient,
  endpoints: readonly EtcdEndpoint[],
): Promise<readonly ClusterMember[]> {
  type Listed = { readonly members?: readonly ClusterMember[] };
  for (const endpoint of endpoints) {
    const listed = await client.askOne<Listed>(endpoint, '/v3/cluster/member/list', PATIENCE_MS);
    if (listed !== null) return (listed.members ?? []).filter(({ isLearner }) => isLearner !== true);
  }
  return [];
}
