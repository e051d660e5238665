// kill -9 of `brigade serve` in the middle of the traffic of 32 clients, again and again, all on one log: programs over REST,
// and MCP of both eras. The clients stay; only the server is another one each time, at the same address. Whatever was
// acknowledged is in the log, once; nobody ever held what another held; and every client goes on by itself.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Acknowledged, LogCheck } from '../support/acknowledged.ts';
import { campaignCount } from '../support/campaign.ts';
import { HttpCook, type Way } from '../support/http-cook.ts';
import { randomOf } from '../support/random.ts';
import { Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';
import { waitUntil } from '../support/wait-until.ts';

const rounds = campaignCount(50, { atLeast: 2 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const WAYS: readonly Way[] = ['rest', 'rest', 'mcp 2025-11-25', 'mcp 2026-07-28'];
const COOKS = 32;
const RESOURCES = Array.from({ length: 12 }, (_, i) => `task:pot-${i}`);
/** Of load before the server is killed. */
const LOAD_MS = 1_000;
/** What is wanted of a restart, and when a test gives up. */
const WANTED_MS = 3_000;
const DEADLINE_MS = 10 * WANTED_MS;

let scratch: Scratch;
let served: ServedProcess;
let cooks: readonly HttpCook[] = [];
const heard: Acknowledged[] = [];
const log = new LogCheck();
/** Of each round: from the start of the next server until the last client was told something. */
const backAfterMs: number[] = [];

beforeAll(async () => {
  scratch = new Scratch();
  served = await ServedProcess.start(scratch);
  const kitchen = { url: served.url, resources: RESOURCES, onHeard: (each: Acknowledged) => void heard.push(each) };
  cooks = Array.from({ length: COOKS }, (_, i) => new HttpCook(`cook-x${i}x`, kitchen));
  for (const [i, cook] of cooks.entries()) cook.start(WAYS[i % WAYS.length] ?? 'rest');
  await untilAllHeard();
}, 2 * DEADLINE_MS);

afterAll(async () => {
  await served.end('SIGKILL');
  await scratch.close();
});

describe(`kill -9 of the server, seed ${seed} (BRIGADE_TEST_SEED repeats its moments)`, () => {
  const random = randomOf(seed);

  it.each(Array.from({ length: rounds }, (_, i) => i + 1))(
    `round %i of ${rounds}`,
    async () => {
      const before = heard.length;
      const killMs = performance.now() + 100 + random.below(LOAD_MS);
      await waitUntil('the moment', () => performance.now() >= killMs && heard.length > before);
      const { port } = served;
      await served.end('SIGKILL');
      for (const cook of cooks) cook.mark();
      const startMs = performance.now();
      served = await ServedProcess.start(scratch, { port });
      await untilAllHeard();
      backAfterMs.push(Math.max(...cooks.map(({ firstHeardMs }) => firstHeardMs ?? 0)) - startMs);

      const told = heard.splice(0);
      log.take(await scratch.events(log.seq + 1));
      expect(log.brokenBy(told)).toEqual([]);
    },
    4 * DEADLINE_MS,
  );

  it('leaves nothing behind once its clients have gone', { timeout: 4 * DEADLINE_MS }, async () => {
    await Promise.all(cooks.map((cook) => cook.stop()));
    log.take(await scratch.events(log.seq + 1));
    expect(log.brokenBy(heard)).toEqual([]);
    const { code, stdout } = await scratch.brigade(['doctor', '--json']);
    expect([code, stdout]).toEqual([0, expect.any(String) as unknown]);
    const sorted = backAfterMs.toSorted((a, b) => a - b);
    const [median, worst] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
    console.info(`back after, round by round: ${backAfterMs.map((ms) => ms.toFixed(0)).join(' ')} ms`);
    console.info(
      `${COOKS} clients were back ${median.toFixed(0)} ms (median) and ${worst.toFixed(0)} ms (worst of ${sorted.length}) ` +
        `after the next server was started; wanted: ${WANTED_MS} ms`,
    );
  });

  it('would not miss a grant that is not there', () => {
    expect(log.brokenBy([{ kind: 'granted', requestId: 'none', token: 1 }])).toHaveLength(1);
  });
});

async function untilAllHeard(): Promise<void> {
  const silent = (): readonly string[] =>
    cooks.filter(({ firstHeardMs }) => firstHeardMs === null).map(({ name }) => name);
  await waitUntil('every client', () => silent().length === 0, { withinMs: DEADLINE_MS }).catch((error: unknown) => {
    throw new Error(`nothing heard by ${silent().join(', ')}`, { cause: error });
  });
}
