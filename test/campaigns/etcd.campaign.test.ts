// The leader of an etcd of three members is killed under load, again and again: three hosts on one log, whose agents take and
// give back locks without a pause. Whatever was acknowledged is in the log, once; nobody held what another held; and every
// agent is served again within 5 s.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEtcdStore } from '../../src/adapters/etcd/etcd-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { decodeBatch } from '../../src/app/batch-codec.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { EventStore } from '../../src/ports/event-store.ts';
import { type Acknowledged, LogCheck } from '../support/acknowledged.ts';
import { campaignCount } from '../support/campaign.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { type Cook, codeOf, FleetRig, HERE, seat, tokenOf } from '../support/fleet-rig.ts';
import { randomOf } from '../support/random.ts';
import { waitUntil } from '../support/wait-until.ts';

const rounds = campaignCount(20, { atLeast: 2 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const HOSTS = ['north', 'south', 'west'];
const COOKS = 4;
const SERVED_WITHIN_MS = 5_000;

let cluster: EtcdCluster;
let rig: FleetRig<typeof systemClock>;
const heard: Acknowledged[] = [];
const log = new LogCheck();
const gapsMs: number[] = [];
let unclear = 0;

beforeAll(async () => {
  cluster = await EtcdCluster.start({ members: 3 });
  rig = new FleetRig({ clock: systemClock, makeStore: store });
});
afterAll(async () => {
  await rig.close();
  await cluster.stop();
  const sorted = gapsMs.toSorted((a, b) => a - b);
  console.info(
    `leader killed ${gapsMs.length} times: longest without service ${sorted.at(-1)} ms, median of the longest ` +
      `${sorted[Math.floor(sorted.length / 2)]} ms; ${heard.length} acknowledged, ${unclear} calls refused and asked again`,
  );
});

function store(): EventStore {
  const ports = { clock: systemClock, hasher: nodeHasher, random: Math.random };
  return createEtcdStore({ url: cluster.url, fleet: 'kitchen', ...ports });
}

/** An agent at work. */
interface Worker {
  readonly cook: Cook;
  readonly resource: string;
  /** When it was last answered, and the longest it was not, since that was set to 0. */
  answeredAtMs: number;
  longestMs: number;
  turns: number;
}

describe(`leader killed under load, seed ${seed} (BRIGADE_TEST_SEED repeats its moments)`, () => {
  const random = randomOf(seed);
  const workers: Worker[] = [];
  const progress = { isOver: false };

  it('with three hosts at work', async () => {
    for (const host of HOSTS) {
      const place = { ...HERE, placeId: `p_${host}`, machineId: host, bootId: host, hostName: host };
      const at = await rig.coordinator(host, place);
      for (let i = 0; i < COOKS; i += 1) {
        const cook = await seat(at, `cook-${host}-${i}`, { placeId: place.placeId });
        const resource = `task:${host}-${i}`;
        workers.push({ cook, resource, answeredAtMs: performance.now(), longestMs: 0, turns: 0 });
      }
    }
    expect(workers).toHaveLength(HOSTS.length * COOKS);
  });

  it.each(Array.from({ length: rounds }, (_, i) => i + 1))(`round %i of ${rounds}`, async () => {
    progress.isOver = false;
    for (const worker of workers) Object.assign(worker, { answeredAtMs: performance.now(), longestMs: 0, turns: 0 });
    const working = Promise.all(workers.map((worker) => work(worker, progress)));
    await everybody(workers, 3 + random.below(20));
    const leader = await cluster.leader();
    await leader.kill();
    for (const worker of workers) worker.turns = 0;
    await everybody(workers, 3);
    progress.isOver = true;
    await working;
    await leader.restart();
    await cluster.healthy();
    const longestMs = Math.round(Math.max(...workers.map((worker) => worker.longestMs)));
    gapsMs.push(longestMs);
    await takeLog();
    expect(log.brokenBy(heard)).toEqual([]);
    expect(longestMs).toBeLessThan(SERVED_WITHIN_MS);
  });
});

/** Takes its lock and gives it back, asking again under the same id what was refused because the store was out of reach. */
async function work(worker: Worker, progress: { readonly isOver: boolean }): Promise<void> {
  const { cook, resource } = worker;
  while (!progress.isOver) {
    const requestId = cook.head().requestId;
    const granted = await persist(worker, () => cook.acquire(resource, { requestId }));
    const token = tokenOf(granted);
    heard.push({ kind: 'granted', requestId, token });
    const release = { ...cook.head(), op: 'release', leases: [{ resource, token }] } as const;
    await persist(worker, () => cook.at.submit(release));
    heard.push({ kind: 'released', requestId: release.requestId, token });
    worker.turns += 1;
  }
}

async function persist(worker: Worker, ask: () => ReturnType<Cook['acquire']>): ReturnType<Cook['acquire']> {
  for (;;) {
    const outcome = await ask();
    if (isRejection(outcome.answer) && codeOf(outcome) === 'STORE_UNAVAILABLE') {
      unclear += 1;
      continue;
    }
    if (isRejection(outcome.answer)) throw new Error(`${outcome.answer.code}: ${outcome.answer.message}`);
    const nowMs = performance.now();
    worker.longestMs = Math.max(worker.longestMs, nowMs - worker.answeredAtMs);
    worker.answeredAtMs = nowMs;
    return outcome;
  }
}

async function everybody(workers: readonly Worker[], turns: number): Promise<void> {
  const served = (): boolean => workers.every((worker) => worker.turns >= turns);
  await waitUntil(`${turns} turns of everybody`, served, { withinMs: 50_000 });
}

async function takeLog(): Promise<void> {
  const reader = store();
  await reader.open();
  for (;;) {
    const batches = await reader.read(log.seq, 1_000);
    if (batches.length === 0) break;
    for (const batch of batches) log.take(decodeBatch(batch).events.map((event) => ({ ...event, hash: batch.hash })));
  }
  await reader.close();
}
