// Presence. Each place has a key that its beats overwrite. It hangs on a lease of etcd of two weeks, so that etcd forgets places that
// are gone for good. Whether a place is there is judged by its counter standing still, on the observer's own clock, and never
// by this lease: a restart of etcd stretches leases.

import type { Clock } from '../../ports/clock.ts';
import type { Beat } from '../../ports/event-store.ts';
import type { EtcdClient } from './etcd-client.ts';
import { EtcdRefusal } from './etcd-faults.ts';
import type { FleetKeys } from './keys.ts';
import { allUnder, base64, type RangeReply, type RawKeyValue, textOf } from './wire.ts';

const FORGOTTEN_AFTER_S = 14 * 24 * 3_600;
/** Long before it would be over. */
const RENEWED_AFTER_MS = 24 * 3_600_000;

/** The lease under which this process writes the beats of a place. */
interface Held {
  readonly lease: string;
  readonly renewedAtMs: number;
}

export class EtcdBeats {
  readonly #client: EtcdClient;
  readonly #keys: FleetKeys;
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();

  constructor(client: EtcdClient, keys: FleetKeys, clock: Clock) {
    this.#client = client;
    this.#keys = keys;
    this.#clock = clock;
  }

  async beat(beat: Beat): Promise<void> {
    const untilMs = this.#client.deadline();
    const key = base64(this.#keys.beat(beat.placeId));
    const value = base64(JSON.stringify(beat));
    const put = async (): Promise<void> => {
      const lease = await this.#leaseFor(beat.placeId, key, untilMs);
      await this.#client.ask('/v3/kv/put', { key, value, lease }, 'repeat', untilMs);
    };
    try {
      await put();
    } catch (error) {
      if (!(error instanceof EtcdRefusal)) throw error;
      // Somebody has revoked it, or etcd was restored without it.
      this.#held.delete(beat.placeId);
      await put();
    }
  }

  async all(): Promise<readonly Beat[]> {
    const reply = await this.#client.ask<RangeReply>('/v3/kv/range', allUnder(this.#keys.beats), 'read');
    return (reply.kvs ?? []).map(beatOrNull).filter((beat) => beat !== null);
  }

  /** The processes of a place share one lease, whoever came first. */
  async #leaseFor(placeId: string, key: string, untilMs: number): Promise<string> {
    const held = this.#held.get(placeId);
    const nowMs = this.#clock.monotonicMs();
    if (held !== undefined && nowMs - held.renewedAtMs < RENEWED_AFTER_MS) return held.lease;
    const lease = held?.lease ?? (await this.#leaseOn(key, untilMs));
    const isAlive = lease !== null && (await this.#renew(lease, untilMs));
    const next = isAlive ? lease : await this.#grant(untilMs);
    this.#held.set(placeId, { lease: next, renewedAtMs: nowMs });
    return next;
  }

  async #leaseOn(key: string, untilMs: number): Promise<string | null> {
    const reply = await this.#client.ask<RangeReply>('/v3/kv/range', { key, keys_only: true }, 'read', untilMs);
    return reply.kvs?.[0]?.lease ?? null;
  }

  async #renew(lease: string, untilMs: number): Promise<boolean> {
    type Renewed = { readonly result?: { readonly TTL?: string } };
    const renewed = await this.#client.ask<Renewed>('/v3/lease/keepalive', { ID: lease }, 'repeat', untilMs);
    return Number(renewed.result?.TTL ?? 0) > 0;
  }

  async #grant(untilMs: number): Promise<string> {
    const asked = { TTL: String(FORGOTTEN_AFTER_S) };
    return (await this.#client.ask<{ readonly ID: string }>('/v3/lease/grant', asked, 'repeat', untilMs)).ID;
  }
}

/** What is no beat says nothing of anybody. */
function beatOrNull({ value }: RawKeyValue): Beat | null {
  try {
    const { placeId, bootId, counter, wallAt } = JSON.parse(textOf(value)) as Beat;
    return typeof placeId === 'string' && typeof counter === 'number' ? { placeId, bootId, counter, wallAt } : null;
  } catch {
    return null;
  }
}
