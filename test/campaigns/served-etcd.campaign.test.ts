// `brigade serve` on an etcd of three members, whose leader is killed under the traffic of its clients, again and again: programs
// over REST, and MCP of both eras. The server stays and tells nobody what it cannot keep: whatever was acknowledged is in the
// log, once, and every client is served again within 5 s.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Acknowledged } from '../support/acknowledged.ts';
import { campaignCount } from '../support/campaign.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { HttpCook, type Way } from '../support/http-cook.ts';
import { randomOf } from '../support/random.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { SharedLog } from '../support/shared-log.ts';
import { waitUntil } from '../support/wait-until.ts';

const rounds = campaignCount(20, { atLeast: 2 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const WAYS: readonly Way[] = ['rest', 'rest', 'mcp 2025-11-25', 'mcp 2026-07-28'];
const COOKS = 12;
/** A turn of a client: it takes its lock, counts under it and gives it back. */
const TURN = 3;
const SERVED_WITHIN_MS = 5_000;
/** When a test gives up. */
const WITHIN_MS = 60_000;
const FLEET = 'kitchen';

let cluster: EtcdCluster;
let scratch: Scratch;
let served: ServedProcess;
let log: SharedLog;
let cooks: readonly HttpCook[] = [];
const heard: Acknowledged[] = [];
/** Of each round: the longest for which any client heard nothing. */
const silencesMs: number[] = [];

beforeAll(async () => {
  cluster = await EtcdCluster.start({ members: 3 });
  scratch = new Scratch({ env: { BRIGADE_STORE: cluster.url, BRIGADE_FLEET: FLEET } });
  served = await ServedProcess.start(scratch);
  log = await SharedLog.open({ kind: 'etcd', url: cluster.url, fleet: FLEET });
  const { url } = served;
  const onHeard = (each: Acknowledged): void => void heard.push(each);
  // Nobody waits for anybody else, so who hears nothing is not served.
  cooks = Array.from(
    { length: COOKS },
    (_, i) => new HttpCook(`cook-x${i}x`, { url, resources: [`task:pot-${i}`], onHeard }),
  );
  for (const [i, cook] of cooks.entries()) cook.start(WAYS[i % WAYS.length] ?? 'rest');
  await everybody(1);
}, 2 * WITHIN_MS);

afterAll(async () => {
  await served.end('SIGKILL');
  await log.close();
  await scratch.close();
  await cluster.stop();
});

describe(`leader killed under a server, seed ${seed} (BRIGADE_TEST_SEED repeats its moments)`, () => {
  const random = randomOf(seed);

  it.each(Array.from({ length: rounds }, (_, i) => i + 1))(
    `round %i of ${rounds}`,
    async () => {
      for (const cook of cooks) cook.mark();
      await everybody(1 + random.below(5));
      const leader = await cluster.leader();
      await leader.kill();
      for (const cook of cooks) cook.heardTimes = 0;
      await everybody(2);
      const silenceMs = Math.max(...cooks.map(({ longestSilenceMs }) => longestSilenceMs));
      silencesMs.push(silenceMs);
      await leader.restart();
      await cluster.healthy();

      const told = heard.splice(0);
      await log.read();
      expect(log.brokenBy(told)).toEqual([]);
      expect(silenceMs).toBeLessThan(SERVED_WITHIN_MS);
    },
    2 * WITHIN_MS,
  );

  it('leaves nothing behind once its clients have gone', { timeout: 2 * WITHIN_MS }, async () => {
    await Promise.all(cooks.map((cook) => cook.stop()));
    await log.read();
    expect(log.brokenBy(heard)).toEqual([]);
    const { code, stdout } = await scratch.brigade(['doctor', '--json']);
    expect([code, stdout]).toEqual([0, expect.any(String) as unknown]);
    const sorted = silencesMs.toSorted((a, b) => a - b);
    const [median, worst] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
    console.info(
      `leader killed ${sorted.length} times under ${COOKS} clients: nothing heard for ${median.toFixed(0)} ms (median of the ` +
        `longest), ${worst.toFixed(0)} ms (longest); ${log.head} events`,
    );
  });
});

async function everybody(turns: number): Promise<void> {
  const haveHad = (): boolean => cooks.every(({ heardTimes }) => heardTimes >= turns * TURN);
  await waitUntil(`${turns} turns of everybody`, haveHad, { withinMs: WITHIN_MS });
}
