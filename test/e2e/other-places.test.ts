// Sessions of places that nobody here can judge: a machine that was started anew, and a container. A machine that starts anew
// is played by a place of the same machine with another boot (`BRIGADE_PLACE=NAME/BOOT`); the container is a real pid namespace.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { containing } from '../support/matching.ts';
import type { McpAgent } from '../support/mcp-agent.ts';
import { Scratch } from '../support/scratch.ts';
import { waitUntil } from '../support/wait-until.ts';

const YESTERDAY = { BRIGADE_PLACE: 'kitchen/yesterday' };
const TODAY = { BRIGADE_PLACE: 'kitchen/today' };
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;
const WITHIN_MS = 90_000;

let scratch: Scratch;
afterEach(() => scratch.close());

async function register(agent: McpAgent, id: string): Promise<void> {
  const answer = await agent.call('register', { id });
  if (answer.isError) throw new Error(answer.text);
}

/** `ana` held `src/a.ts` when the power went. */
async function cutPower(): Promise<void> {
  scratch = new Scratch();
  const ana = await scratch.agent({ env: YESTERDAY });
  await register(ana, 'ana');
  await ana.acquire('src/a.ts');
  await waitUntil('the place has beaten', () => counters().length === 1);
  await ana.kill();
}

/** Of the places that have beaten, by their names. */
function counters(): readonly number[] {
  const database = new Database(join(scratch.root, '.brigade', 'brigade.db'), { readonly: true });
  try {
    const rows = database.prepare('SELECT counter FROM beats ORDER BY place_id').all() as { counter: number }[];
    return rows.map(({ counter }) => counter);
  } finally {
    database.close();
  }
}

describe('after the machine was started anew', () => {
  it(
    'what was held before goes to whoever waits, and the log says why',
    async () => {
      await cutPower();
      const bo = await scratch.agent({ env: TODAY });
      await register(bo, 'bo');
      const answer = await bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 25_000 });
      expect(answer.told.status).toBe('granted');
      const lost = (await scratch.events()).find(({ type }) => type === 'session.lost');
      expect(lost).toMatchObject({
        evidence: containing('kitchen was started anew since, and its earlier start has given no sign for 15s'),
      });
    },
    WITHIN_MS,
  );

  it(
    'a backup can be restored: who was there before is not attached any more',
    async () => {
      await cutPower();
      const { stdout: token } = await scratch.brigade(['token', 'operator', '--force'], { env: TODAY });
      const backup = join(scratch.folder, 'backup.db');
      expect(await scratch.brigade(['store', 'backup', backup], { env: TODAY })).toMatchObject({ code: 0 });
      const env = { ...TODAY, BRIGADE_OPERATOR_TOKEN: token.trim() };
      const restored = await scratch.brigade(['store', 'restore', backup], { env });
      expect(restored).toMatchObject({
        code: 0,
        stdout: containing('Restored'),
        stderr: containing('looking for 20 s'),
      });
    },
    WITHIN_MS,
  );
});

describe('a container', () => {
  it(
    'beats into the log of its host, and is not taken for gone when it is frozen for a while',
    async () => {
      const can = spawnSync(CONTAINER[0], [...CONTAINER.slice(1), 'true'], { encoding: 'utf8' });
      if (can.status !== 0)
        throw new Error(
          `This test needs a pid namespace of its own: \`${CONTAINER.join(' ')} true\` failed: ${can.stderr}`,
        );
      scratch = new Scratch();
      const ana = await scratch.agent({ under: CONTAINER });
      await register(ana, 'ana');
      const held = await ana.acquire('src/a.ts');
      const bo = await scratch.agent();
      await register(bo, 'bo');
      await waitUntil('both places have beaten', () => counters().length === 2);
      const first = counters();
      await waitUntil('both beat on', () => counters().every((counter, i) => counter > (first[i] ?? 0)));

      const inside = childOf(ana.pid);
      process.kill(inside, 'SIGSTOP');
      const waited = await bo.call('acquire_lock', { resources: ['src/a.ts'], waitMs: 20_000 });
      expect(waited.told).toMatchObject({ status: 'queued', blockedBy: [{ agentId: 'ana', alive: 'unknown' }] });
      process.kill(inside, 'SIGCONT');
      const check = await ana.call('check_token', { resource: held.resource, token: held.token });
      expect(check.told).toMatchObject({ holds: true });
    },
    WITHIN_MS,
  );
});

/** As the host sees it. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}
