// The EventStore on etcd, from 3.4 on, for several machines. An append is answered once a majority of the members has it on disk.
//
// etcd does what a store must: it compares, orders and keeps. Which member is asked, for how long, and what is made of an answer
// that does not come, is in `etcd-client.ts`; what the log is made of in `keys.ts` and `etcd-log.ts`.

import type { Clock } from '../../ports/clock.ts';
import {
  type Appended,
  type Batch,
  type Beat,
  type Conflict,
  type Hint,
  type LogHead,
  type Snapshot,
  type StoreCaveat,
  type StoredBatch,
  StoreFault,
  type StoreTraits,
  type Unsubscribe,
} from '../../ports/event-store.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { placeBatch } from '../../ports/place-batch.ts';
import type { ServerLog } from '../../ports/server-log.ts';
import { caveatsOf } from './caveats.ts';
import { expectVersion, votersOf } from './cluster.ts';
import { Connections, readSecrets } from './connections.ts';
import { Endpoints } from './endpoints.ts';
import { EtcdBeats } from './etcd-beats.ts';
import { EtcdClient, notOpen } from './etcd-client.ts';
import { EtcdLog } from './etcd-log.ts';
import { EtcdSnapshots } from './etcd-snapshots.ts';
import { type EtcdTarget, parseEtcdUrl } from './etcd-url.ts';
import { HintQueue } from './hint-queue.ts';
import { FleetKeys } from './keys.ts';
import { LogWatch } from './log-watch.ts';
import { BODY_BYTES, batchValue } from './stored-values.ts';
import { readBase, truncate } from './truncation.ts';
import { afterPrefix, base64 } from './wire.ts';

export interface EtcdStoreOptions {
  /** As `parseEtcdUrl` takes it. */
  readonly url: string;
  /** Which of the fleets that share this etcd. */
  readonly fleet: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** Uniform in [0, 1), for the choice of a member and the jitter of pauses. */
  readonly random: () => number;
  /** How long a call tries before it answers STORE_UNAVAILABLE; each step of one that takes several. */
  readonly deadlineMs?: number;
  /** How long an append by another process may go unseen where the watch fails. */
  readonly pollMs?: number;
}

const defaults = { deadlineMs: 5_000, pollMs: 250 } as const;

const batchLimits = { maxBatchEvents: 4096, maxBatchBytes: BODY_BYTES } as const;

/** A store that is not open yet. Throws STORE_UNAVAILABLE for a URL that is none. */
export function createEtcdStore(options: EtcdStoreOptions): ServerLog {
  const target = parseEtcdUrl(options.url);
  if (!target.ok) throw new StoreFault('STORE_UNAVAILABLE', `This is no URL of an etcd: ${target.problem}.`);
  return new EtcdStore(target, { ...defaults, ...options });
}

/** What exists between open and close. */
interface Opened {
  readonly client: EtcdClient;
  readonly endpoints: Endpoints;
  readonly keys: FleetKeys;
  readonly log: EtcdLog;
  readonly snapshots: EtcdSnapshots;
  readonly beats: EtcdBeats;
  readonly watch: LogWatch;
}

class EtcdStore implements ServerLog {
  readonly #target: EtcdTarget;
  readonly #options: Required<EtcdStoreOptions>;
  readonly #location: string;
  readonly #hints = new Set<Hint>();
  #opening: Promise<Opened> | null = null;
  #opened: Opened | null = null;
  #isClosed = false;
  #survives: StoreTraits['survives'] = 'host';

  constructor(target: EtcdTarget, options: Required<EtcdStoreOptions>) {
    const hosts = target.endpoints.map(({ label }) => label).join(',');
    const fleet = options.fleet === 'default' ? '' : `#${options.fleet}`;
    this.#target = target;
    this.#options = options;
    this.#location = `${target.tls === null ? 'etcd' : 'etcds'}://${hosts}${fleet}`;
  }

  get traits(): StoreTraits {
    return {
      kind: 'etcd',
      sharedAcrossHosts: true,
      pushesHints: true,
      survives: this.#survives,
      ...batchLimits,
      location: this.#location,
    };
  }

  async open(): Promise<LogHead> {
    if (this.#isClosed) throw notOpen(this.#location);
    const isFirst = this.#opening === null;
    this.#opening ??= this.#openOnce();
    try {
      this.#opened = await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
    if (isFirst && this.#hints.size > 0) this.#opened.watch.start();
    return this.#opened.log.begin();
  }

  async read(after: number, limit: number): Promise<readonly StoredBatch[]> {
    return this.#expectOpened().log.read(after, limit);
  }

  async append(expected: LogHead, batch: Batch): Promise<Appended | Conflict> {
    const { log } = this.#expectOpened();
    return log.append(expected, placeBatch(this.#options.hasher, expected, batch, batchLimits));
  }

  onAppended(hint: Hint): Unsubscribe {
    const own: Hint = (batch) => hint(batch);
    this.#hints.add(own);
    this.#opened?.watch.start();
    return () => {
      this.#hints.delete(own);
      if (this.#hints.size === 0) this.#opened?.watch.stop();
    };
  }

  async loadSnapshot(atOrBefore = Number.MAX_SAFE_INTEGER): Promise<Snapshot | null> {
    return this.#expectOpened().snapshots.load(atOrBefore);
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    const { snapshots, client, keys } = this.#expectOpened();
    await snapshots.save(snapshot);
    await snapshots.tidy(await readBase({ client, keys, location: this.#location }));
  }

  async truncate(before: number): Promise<number> {
    return truncate({ ...this.#expectOpened(), location: this.#location }, before);
  }

  async beginBehind(base: LogHead): Promise<Appended | Conflict> {
    return this.#expectOpened().log.beginBehind(base);
  }

  async expectRoomFor(batch: StoredBatch): Promise<void> {
    await batchValue(batch, this.#location);
  }

  async beat(beat: Beat): Promise<void> {
    await this.#expectOpened().beats.beat(beat);
  }

  async beats(): Promise<readonly Beat[]> {
    return this.#expectOpened().beats.all();
  }

  async caveats(): Promise<readonly StoreCaveat[]> {
    const { client, endpoints, keys } = this.#expectOpened();
    return caveatsOf({ client, endpoints, keys });
  }

  async removeFleet(): Promise<void> {
    const { client, keys } = this.#expectOpened();
    const all = { key: base64(keys.root), range_end: base64(afterPrefix(keys.root)) };
    await client.ask('/v3/kv/deleterange', all, 'repeat');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const [opened] = await Promise.allSettled([this.#opening]);
    this.#opened = null;
    this.#hints.clear();
    if (opened.status === 'rejected' || opened.value === null) return;
    opened.value.watch.stop();
    opened.value.client.close();
  }

  async #openOnce(): Promise<Opened> {
    const { clock, random, deadlineMs } = this.#options;
    const { tls, user } = this.#target;
    const location = this.#location;
    const connections = new Connections(clock, tls === null ? null : await readSecrets(tls, location));
    const endpoints = new Endpoints(this.#target.endpoints, clock, random);
    const client = new EtcdClient({ endpoints, connections, user, clock, deadlineMs, location });
    try {
      await expectVersion(client, location);
      const voters = await votersOf(client, endpoints.inTurn);
      // Not more than is known.
      this.#survives = voters.length > 1 ? 'quorum' : 'host';
      return { client, endpoints, ...this.#parts(client) };
    } catch (error) {
      client.close();
      throw error;
    }
  }

  #parts(client: EtcdClient): Omit<Opened, 'client' | 'endpoints'> {
    const { clock, random, fleet, hasher, pollMs } = this.#options;
    const keys = new FleetKeys(fleet);
    const log: EtcdLog = new EtcdLog({
      client,
      keys,
      hasher,
      location: this.#location,
      onHead: (revision, isOwn) => watch.noteHead(revision, isOwn),
    });
    const hints = new HintQueue({ take: (found) => log.received(found), hint: (batch) => this.#hint(batch) });
    const watch: LogWatch = new LogWatch({
      client,
      prefix: keys.log,
      clock,
      random,
      pollMs,
      onHint: (found) => hints.add(found),
      look: () => log.head(),
    });
    const snapshots = new EtcdSnapshots({ client, keys, hasher });
    return { keys, log, snapshots, beats: new EtcdBeats(client, keys, clock), watch };
  }

  #hint(batch: StoredBatch | undefined): void {
    for (const hint of this.#hints) hint(batch);
  }

  #expectOpened(): Opened {
    if (this.#opened === null || this.#isClosed) throw notOpen(this.#location);
    return this.#opened;
  }
}
