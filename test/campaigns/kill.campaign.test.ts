// kill -9 at random moments under load: several `brigade mcp` processes and a program that embeds Brigade, on one log that all
// rounds share. Whatever was acknowledged is in the log, once; nobody ever held what another held; and whoever comes next
// works on without anybody's help.

import { type ChildProcess, fork } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/app/coordinator.ts';
import { type Acknowledged, LogCheck } from '../support/acknowledged.ts';
import { campaignCount } from '../support/campaign.ts';
import type { McpAgent } from '../support/mcp-agent.ts';
import { type Random, randomOf } from '../support/random.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

const rounds = campaignCount(50, { atLeast: 2 });
const seed = Number(process.env.BRIGADE_TEST_SEED ?? Date.now() % 1_000_000);
const RESOURCES = ['task:soup', 'task:stew', 'task:salad'];
const AGENTS = 3;
/** Of load before the last process is killed. */
const LOAD_MS = 1_000;

let scratch: Scratch;
const heard: Acknowledged[] = [];
const log = new LogCheck();

beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

describe(`kill -9 under load, seed ${seed} (BRIGADE_TEST_SEED repeats its moments)`, () => {
  const random = randomOf(seed);

  it.each(Array.from({ length: rounds }, (_, i) => i + 1))(
    `round %i of ${rounds}`,
    async (round) => {
      const before = heard.length;
      const agents = await scratch.agents(Array.from({ length: AGENTS }, (_, i) => `cook-x${round}x${i}x`));
      const library = await startLibrary(`library-x${round}x`);
      const working = agents.map((agent, i) => work(agent, `r${round}-${i}`));
      const killing = [...agents.map((agent) => () => agent.kill()), library.kill];
      await Promise.all(killing.map((kill) => atRandom(random, kill)));
      await Promise.all(working);
      expect(heard.length).toBeGreaterThan(before);

      log.take(await scratch.events(log.seq + 1));
      expect(log.brokenBy(heard)).toEqual([]);
      const next = await scratch.agent();
      const all = await next.call('acquire_lock', { resources: RESOURCES, waitMs: 20_000 });
      expect(all.told.leases).toHaveLength(RESOURCES.length);
      await untilNothingFound();
      await next.close();
    },
    60_000,
  );

  it('would not miss a grant that is not there, or an event that is there twice', async () => {
    log.take(await scratch.events(log.seq + 1));
    expect(log.brokenBy([{ kind: 'granted', requestId: 'none', token: 1 }])).toHaveLength(1);
    const events = await scratch.events();
    const twice = new LogCheck();
    expect(() =>
      twice.take(events.flatMap((event): FeedEvent[] => (event.type === 'state.put' ? [event, event] : [event]))),
    ).toThrow(/at \d+ state.put/);
    expect(twice.brokenBy([])).not.toEqual([]);
  });
});

/** Takes, writes and gives back until the process is gone. */
async function work(agent: McpAgent, name: string): Promise<void> {
  for (let turn = 0; !agent.isOver; turn += 1) {
    const id = (what: string): string => `${name}-${what}-${turn}`;
    const resource = RESOURCES[turn % RESOURCES.length];
    try {
      const ask = { resources: [resource], waitMs: 500, requestId: id('grant') };
      const token = (await agent.call('acquire_lock', ask)).told.leases?.[0]?.token;
      if (token === undefined) continue;
      heard.push({ kind: 'granted', requestId: id('grant'), token });
      const key = `count-${name}`;
      const put = await agent.call('put_state', { key, value: turn, resource, token, requestId: id('put') });
      if (put.told.version !== undefined)
        heard.push({ kind: 'put', requestId: id('put'), key, version: put.told.version });
      const leases = [{ resource, token }];
      const released = await agent.call('release_lock', { leases, requestId: id('release') });
      if (!released.isError) heard.push({ kind: 'released', requestId: id('release'), token });
    } catch (error) {
      // Killed while it was asked.
      if (!agent.isOver) throw error;
    }
  }
}

/** Whoever works clears what the dead left within seconds; chain, rules and file are judged by the same command. */
async function untilNothingFound(): Promise<void> {
  let found: unknown;
  const look = async (): Promise<boolean> => {
    const { code, stdout } = await scratch.brigade(['doctor', '--json']);
    found = (JSON.parse(stdout) as { readonly findings: unknown }).findings;
    return code === 0;
  };
  await waitUntil('a doctor who finds nothing', look, { withinMs: 20_000, everyMs: 200 }).catch((error: unknown) => {
    throw new Error(JSON.stringify(found), { cause: error });
  });
}

async function startLibrary(name: string): Promise<{ readonly kill: () => Promise<void> }> {
  const program = new URL('../support/library-worker.ts', import.meta.url);
  const env = { PATH: process.env.PATH, ...scratch.env };
  const child = fork(program, [scratch.root, name, ...RESOURCES], { env, execArgv: [], serialization: 'json' });
  let isReady = false;
  child.on('message', (message: Acknowledged | 'ready') => {
    if (message === 'ready') isReady = true;
    else heard.push(message);
  });
  await waitUntil('the embedding program', () => isReady || child.exitCode !== null, { withinMs: 30_000 });
  return { kill: () => killChild(child) };
}

async function killChild(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await waitUntil('the end of the embedding program', () => child.signalCode !== null || child.exitCode !== null);
}

/** Runs `kill` at some moment of the load. */
function atRandom(random: Random, kill: () => Promise<void>): Promise<void> {
  const afterMs = 100 + random.below(LOAD_MS);
  return new Promise((resolve, reject) => {
    setTimeout(() => void kill().then(resolve, reject), afterMs);
  });
}
