// The EventStore on Redis, for the hosts that share a fleet.
//
// The life of an append:
//   1. the link to the server that is the master, found and looked at where there is none
//   2. one script: compare the head whole, add one entry to a stream, move the head, tell who listens
//   3. with `?replicas=N`: wait until they have it
//   4. answer
// What breaks between 2 and 4 is answered as unknown, and is never sent again: reading shows what became of it. What the server
// refused was not done, and is tried again until the deadline where that passes by itself; so is whatever does no harm twice.

import type { Clock } from '../../ports/clock.ts';
import {
  type Appended,
  type Batch,
  type Beat,
  type Conflict,
  type Hint,
  type LogHead,
  type ReadAhead,
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
import { HintListener } from './hint-listener.ts';
import { LinkKeeper } from './link-keeper.ts';
import { type LogKeys, logKeys } from './log-keys.ts';
import { forgetOldPlaces, readBeats, writeBeat } from './redis-beats.ts';
import { type Call, RedisCalls } from './redis-calls.ts';
import { connectRedis } from './redis-connection.ts';
import type { RedisLink } from './redis-link.ts';
import { RedisLog } from './redis-log.ts';
import { RedisSnapshots } from './redis-snapshots.ts';
import { parseRedisUrl, type RedisTarget } from './redis-url.ts';
import { caveatsOf, survivalOn } from './server-caveats.ts';
import { inspectServer } from './server-report.ts';
import { truncate } from './truncation.ts';

export interface RedisStoreOptions {
  /** As `parseRedisUrl` takes it. */
  readonly url: string;
  readonly fleet: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long a call tries before it answers STORE_UNAVAILABLE. */
  readonly deadlineMs?: number;
  /** How long an append by another process may go unseen where no message comes. */
  readonly pollMs?: number;
}

const defaults = { deadlineMs: 5_000, pollMs: 250 } as const;

/** The first event of an epoch carries the whole state: room for some 50,000 leases. Other batches stay far below. */
const batchLimits = { maxBatchEvents: 4096, maxBatchBytes: 16 * 1024 * 1024 } as const;

/** A store that is not open yet. Throws STORE_UNSAFE for a URL that says nothing sensible. */
export function createRedisStore(options: RedisStoreOptions): ServerLog {
  const target = parseRedisUrl(options.url);
  if (!target.ok) throw new StoreFault('STORE_UNSAFE', `This is not the URL of a Redis store: ${target.problem}.`);
  return new RedisStore(target, { ...defaults, ...options });
}

class RedisStore implements ServerLog {
  readonly traits: StoreTraits;
  /** Where replicas are waited for, what a reader sees may not have reached them yet. */
  readonly ahead?: ReadAhead;
  readonly #target: RedisTarget;
  readonly #hasher: Hasher;
  readonly #keys: LogKeys;
  readonly #log: RedisLog;
  readonly #calls: RedisCalls;
  readonly #hints: HintListener;
  readonly #snapshots: RedisSnapshots;
  #ids = 0;
  #hasBeaten = false;
  /** Everything up to here is known to be with the replicas that were asked for. */
  #confirmedSeq = 0;

  constructor(target: RedisTarget, settings: Required<RedisStoreOptions>) {
    const { clock, hasher, random, fleet, deadlineMs, pollMs } = settings;
    const keys = logKeys(fleet);
    const writerId = Math.floor(random() * 2 ** 52).toString(36);
    const location = `${target.location}${fleet === 'default' ? '' : `#${fleet}`}`;
    const log = new RedisLog({ keys, hasher, location, writerId });
    const links = new LinkKeeper({
      target: { ...target, location },
      clock,
      random,
      deadlineMs,
      probeKey: keys.head,
      examine: (link, untilMs) => log.expectSeen(link, untilMs),
      onLinked: (isFirst) => {
        if (!isFirst) this.#hints.tell();
      },
    });
    this.#target = target;
    this.#hasher = hasher;
    this.#keys = keys;
    this.#log = log;
    const calls = new RedisCalls({ links, clock, deadlineMs, location });
    this.#calls = calls;
    this.#hints = new HintListener({
      clock,
      pollMs,
      patienceMs: deadlineMs,
      writerId,
      channel: keys.appended,
      look: () => this.#look(),
      connect: ({ address }, onLost) => {
        const { login, tls } = target;
        // Channels are the same in all databases of a server.
        return connectRedis({ address, login, tls, database: 0, clock, patienceMs: deadlineMs, onLost });
      },
      take: (batch) => (log.follows(batch) ? batch : null),
    });
    this.#snapshots = new RedisSnapshots({
      keys,
      hasher,
      location,
      step: calls.step,
      newId: () => {
        this.#ids += 1;
        return `${writerId}-${this.#ids}`;
      },
    });
    this.traits = {
      kind: 'redis',
      sharedAcrossHosts: true,
      pushesHints: true,
      // Known once the server was asked.
      get survives() {
        return links.report === null ? 'nothing' : survivalOn(links.report);
      },
      ...batchLimits,
      location,
    };
    if (target.replicas > 0) {
      this.ahead = {
        read: (after, limit) => this.#readAhead(after, limit),
        confirm: (seq) => this.#confirm(seq),
      };
    }
  }

  async open(): Promise<LogHead> {
    this.#calls.begin();
    const head = await this.#calls.step((link, untilMs) => this.#log.begin(link, untilMs));
    await this.#confirm(head.seq);
    return head;
  }

  async read(after: number, limit: number): Promise<readonly StoredBatch[]> {
    const found = await this.#readAhead(after, limit);
    await this.#confirm(found.at(-1)?.lastSeq ?? 0);
    return found;
  }

  async append(expected: LogHead, batch: Batch): Promise<Appended | Conflict> {
    const placed = placeBatch(this.#hasher, expected, batch, batchLimits);
    return this.#write(async (link, untilMs) => {
      const answer = await this.#log.append(link, expected, placed, untilMs);
      if (answer.appended) this.#hints.wrote(answer.head.hash);
      return answer;
    });
  }

  onAppended(hint: Hint): Unsubscribe {
    return this.#hints.add(hint);
  }

  async loadSnapshot(atOrBefore = Number.MAX_SAFE_INTEGER): Promise<Snapshot | null> {
    return this.#snapshots.newest(atOrBefore);
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    const start = () => this.#calls.step((link, untilMs) => this.#log.start(link, untilMs));
    await this.#snapshots.save(snapshot, async () => (await start()).base);
  }

  async truncate(before: number): Promise<number> {
    return truncate({ keys: this.#keys, log: this.#log, snapshots: this.#snapshots, step: this.#calls.step }, before);
  }

  async beginBehind(base: LogHead): Promise<Appended | Conflict> {
    return this.#write((link, untilMs) => this.#log.beginBehind(link, base, untilMs));
  }

  async beat(beat: Beat): Promise<void> {
    await this.#calls.step(async (link, untilMs) => {
      const places = await writeBeat(link, this.#keys, beat, untilMs);
      if (!this.#hasBeaten) await forgetOldPlaces(link, this.#keys, places, untilMs);
      // A master that was cut off from its replicas takes beats that nobody else will see.
      await this.#awaitReplicas(link, untilMs);
    });
    this.#hasBeaten = true;
  }

  async beats(): Promise<readonly Beat[]> {
    return this.#calls.step((link, untilMs) => readBeats(link, this.#keys, untilMs));
  }

  async caveats(): Promise<readonly StoreCaveat[]> {
    return caveatsOf(await this.#calls.step(inspectServer), this.#target);
  }

  async removeFleet(): Promise<void> {
    const { head, log, snapshots, beats, turn, confirmed } = this.#keys;
    const numbers = await this.#snapshots.numbers();
    // Without its base no snapshot is kept for it.
    await this.#calls.step((link, untilMs) => link.send(['DEL', head], untilMs));
    await this.#snapshots.forget(numbers);
    const rest = ['DEL', log, snapshots, beats, turn, confirmed];
    await this.#calls.step((link, untilMs) => link.send(rest, untilMs));
  }

  async close(): Promise<void> {
    this.#hints.close();
    this.#calls.end();
  }

  async #readAhead(after: number, limit: number): Promise<readonly StoredBatch[]> {
    const found: StoredBatch[] = [];
    let left = limit;
    for (;;) {
      const previous = found.at(-1) ?? null;
      const from = previous?.lastSeq ?? after;
      const asked = { after: from, limit: left, previous };
      const step = await this.#calls.step((link, untilMs) => this.#log.read(link, asked, untilMs));
      found.push(...step.batches);
      left -= step.batches.reduce((events, batch) => events + batch.count, 0);
      if (step.isComplete) return found;
    }
  }

  /** Answered once the replicas that were asked for have it too: on the same link, for on another one WAIT waits for nothing. */
  #write(call: Call<Appended | Conflict>): Promise<Appended | Conflict> {
    return this.#calls.once(async (link, untilMs) => {
      const answer = await call(link, untilMs);
      if (!answer.appended) return answer;
      await this.#awaitReplicas(link, untilMs);
      this.#log.follow(answer.head);
      this.#confirmedSeq = Math.max(this.#confirmedSeq, answer.head.seq);
      return answer;
    });
  }

  async #confirm(seq: number): Promise<void> {
    if (this.#target.replicas === 0 || seq <= this.#confirmedSeq) return;
    await this.#calls.step(async (link, untilMs) => {
      await this.#log.mark(link, untilMs);
      await this.#awaitReplicas(link, untilMs);
    });
    this.#confirmedSeq = Math.max(this.#confirmedSeq, seq);
  }

  async #awaitReplicas(link: RedisLink, untilMs: number): Promise<void> {
    if (this.#target.replicas > 0) await link.awaitReplicas(this.#target.replicas, untilMs);
  }

  async #look(): Promise<{ readonly link: RedisLink; readonly hash: string }> {
    return this.#calls.step(async (link, untilMs) => {
      const hash = await link.send(['HGET', this.#keys.head, 'hash'], untilMs);
      return { link, hash: String(hash) };
    });
  }
}
