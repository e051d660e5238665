// The stores of the fault campaign, and what a run of it has once: a Redis and an etcd for all kitchens, with a fleet of its own for
// each, and the library that sets clocks.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtcdCluster } from '../support/etcd-server.ts';
import { findFakeTime } from '../support/fake-time.ts';
import { RedisServer } from '../support/redis-server.ts';

export const STORES = ['sqlite', 'sqlite-desk', 'redis', 'etcd', 'memory'] as const;

export type Store = (typeof STORES)[number];

export type Shared = 'redis' | 'etcd';

/** A store of several hosts, with a server that can fail. */
export interface StoreServer {
  readonly kind: Shared;
  /** Where it listens. */
  readonly address: string;
  kill(): Promise<void>;
  /** After `kill`, with what it had. */
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
  /** From now on it takes nothing more, as with a full disk. */
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
  stop(): Promise<void>;
}

export class StoreServers {
  readonly #started = new Map<Shared, Promise<StoreServer>>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'brigade-faults-'));
  #fleets = 0;
  #fakeTime: Promise<string> | null = null;

  server(kind: Shared): Promise<StoreServer> {
    const known = this.#started.get(kind) ?? (kind === 'redis' ? startRedis() : startEtcd());
    this.#started.set(kind, known);
    return known;
  }

  /** A name that no fleet of these servers has. */
  freshFleet(): string {
    this.#fleets += 1;
    return `kitchen-${this.#fleets}`;
  }

  /** The library that tells a program another time. */
  fakeTime(): Promise<string> {
    this.#fakeTime ??= findFakeTime(this.#folder);
    return this.#fakeTime;
  }

  async stop(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    await Promise.all([...this.#started.values()].map(async (server) => (await server).stop()));
  }
}

async function startRedis(): Promise<StoreServer> {
  const redis = await RedisServer.start();
  const memory = (most: string) => async (): Promise<void> =>
    void (await redis.ask('CONFIG', 'SET', 'maxmemory', most));
  return {
    kind: 'redis',
    address: `${redis.host}:${redis.port}`,
    kill: () => redis.kill(),
    restart: () => redis.restart({ withData: true }),
    pause: () => redis.pause(),
    resume: () => redis.resume(),
    fill: memory('1mb'),
    makeRoom: memory('0'),
    stop: () => redis.stop(),
  };
}

async function startEtcd(): Promise<StoreServer> {
  const cluster = await EtcdCluster.start();
  const [member] = cluster.members;
  if (member === undefined) throw new Error('etcd has no member');
  return {
    kind: 'etcd',
    address: member.address,
    kill: () => member.kill(),
    restart: async () => {
      await member.restart();
      await cluster.healthy();
    },
    pause: () => member.pause(),
    resume: () => member.resume(),
    fill: () => raiseNoSpace(member.address),
    makeRoom: async () => void (await member.ctl('alarm', 'disarm')),
    stop: () => cluster.stop(),
  };
}

/** The alarm that etcd raises by itself when its quota is used up; everything that writes is refused then. */
async function raiseNoSpace(address: string): Promise<void> {
  const { members } = (await post(address, 'cluster/member/list', {})) as {
    readonly members: readonly { readonly ID: string }[];
  };
  await post(address, 'maintenance/alarm', { action: 'ACTIVATE', memberID: members[0]?.ID, alarm: 'NOSPACE' });
}

async function post(address: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`http://${address}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
