// Cutting the log. First it is written down how far it goes, then the batches are removed, a bounded number at a time, so that no
// call keeps etcd busy for long: whoever dies in between leaves batches that nobody reads any more, and the next one removes
// them. Room in etcd's database is free only after etcd itself has compacted; see `caveats.ts`.

import { headAfter } from '../../ports/chain.ts';
import type { LogHead } from '../../ports/event-store.ts';
import { truncationPoints } from '../../ports/snapshot-rules.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { EtcdLog } from './etcd-log.ts';
import type { EtcdSnapshots } from './etcd-snapshots.ts';
import type { FleetKeys } from './keys.ts';
import { batchIn, headIn, headText } from './stored-values.ts';
import { afterPrefix, base64, isUnchangedSince, type RangeReply, type TxnReply, textOf } from './wire.ts';

const DELETED_AT_ONCE = 256;

export interface TruncationOptions {
  readonly client: EtcdClient;
  readonly keys: FleetKeys;
  readonly log: EtcdLog;
  readonly snapshots: EtcdSnapshots;
  readonly location: string;
}

/** As `EventStore.truncate`. */
export async function truncate(options: TruncationOptions, before: number): Promise<number> {
  // A log that is not the one that was seen is not cut.
  await options.log.head();
  const point = await truncationPoint(options, before);
  if (point !== null) await raiseBase(options, point);
  const base = await readBase(options);
  await removeUpTo(options, base.seq);
  await options.snapshots.removeBefore(base.seq);
  return firstSeq(options, base);
}

/** Where what was truncated ended. */
export async function readBase({
  client,
  keys,
  location,
}: Omit<TruncationOptions, 'log' | 'snapshots'>): Promise<LogHead> {
  const reply = await client.ask<RangeReply>('/v3/kv/range', { key: base64(keys.base) }, 'read');
  return headIn(reply.kvs?.[0], location);
}

async function truncationPoint({ log, snapshots }: TruncationOptions, before: number): Promise<LogHead | null> {
  for (const seq of truncationPoints(await snapshots.numbers(), before)) {
    const batch = await log.batchAt(seq);
    if (batch === null) continue;
    const snapshot = await snapshots.loadAt(seq);
    if (snapshot !== null && snapshot.hash === batch.hash) return headAfter(batch);
  }
  return null;
}

/** Unless somebody else has cut further meanwhile. */
async function raiseBase({ client, keys, location }: TruncationOptions, point: LogHead): Promise<void> {
  for (;;) {
    const { kvs: [found] = [] } = await client.ask<RangeReply>('/v3/kv/range', { key: base64(keys.base) }, 'read');
    if (headIn(found, location).seq >= point.seq) return;
    const compare = [isUnchangedSince(keys.base, found?.mod_revision ?? '0')];
    const success = [{ request_put: { key: base64(keys.base), value: base64(headText(point)) } }];
    const reply = await client.ask<TxnReply>('/v3/kv/txn', { compare, success }, 'repeat');
    if (reply.succeeded === true) return;
  }
}

async function removeUpTo({ client, keys }: TruncationOptions, seq: number): Promise<void> {
  const all = { key: base64(keys.log), range_end: base64(after(keys.batch(seq))) };
  for (;;) {
    const some = { ...all, keys_only: true, limit: String(DELETED_AT_ONCE) };
    const { kvs = [] } = await client.ask<RangeReply>('/v3/kv/range', some, 'read');
    const last = kvs.at(-1);
    if (last === undefined) return;
    const these = { key: all.key, range_end: base64(after(textOf(last.key))) };
    await client.ask('/v3/kv/deleterange', these, 'repeat');
  }
}

async function firstSeq({ client, keys, location }: TruncationOptions, base: LogHead): Promise<number> {
  const kept = { key: base64(keys.batch(base.seq + 1)), range_end: base64(afterPrefix(keys.log)), limit: '1' };
  const { kvs: [first] = [] } = await client.ask<RangeReply>('/v3/kv/range', kept, 'read');
  return first === undefined ? base.seq + 1 : (await batchIn(first, location)).firstSeq;
}

/** The next possible key. */
function after(key: string): string {
  return `${key}\0`;
}
