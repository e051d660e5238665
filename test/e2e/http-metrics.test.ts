// `/metrics` as Prometheus finds it: every published name with its labels, whatever the fleet is doing.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Served } from '../../src/surface/http/run-serve.ts';
import { Scratch } from '../support/scratch.ts';
import { serve } from '../support/serve-here.ts';
import { waitUntil } from '../support/wait-until.ts';

let scratch: Scratch;
let served: Served;

beforeEach(async () => {
  scratch = new Scratch();
  served = await serve(scratch);
});
afterEach(async () => {
  await served.stop();
  await scratch.close();
});

/** Names and labels that a caller can see; a change of one breaks somebody's dashboard. */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  'histogram brigade_lock_wait_seconds': ['le'],
  'histogram brigade_lock_hold_seconds': ['le'],
  'counter brigade_lock_requests_total': ['op', 'outcome'],
  'gauge brigade_locks_held': [],
  'gauge brigade_lock_waiters': [],
  'gauge brigade_lock_queue_max_age_seconds': [],
  'counter brigade_lock_expirations_total': ['cause'],
  'counter brigade_lock_revocations_total': ['cause'],
  'counter brigade_stale_token_rejections_total': [],
  'counter brigade_deadlocks_total': [],
  'gauge brigade_sessions': ['state'],
  'gauge brigade_agents': ['lifecycle'],
  'counter brigade_verdicts_total': ['verdict'],
  'counter brigade_alert_deliveries_total': ['outcome'],
  'histogram brigade_commit_seconds': ['le'],
  'histogram brigade_commit_batch_size': ['le'],
  'counter brigade_store_conflicts_total': [],
  'counter brigade_invariant_violations_total': [],
};

async function scrape(): Promise<string> {
  const response = await fetch(`${served.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** Labels of each metric by its type and name, without those of the parts of a histogram. */
function labelsIn(text: string): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const series = [...text.matchAll(new RegExp(`^${name}(?:_bucket)?(?:\\{(.*)\\})? `, 'gm'))];
    const labels = series.flatMap(([, inside = '']) => [...inside.matchAll(/(\w+)="/g)].map(([, label = '']) => label));
    if (series.length > 0) found[`${type} ${name}`] = [...new Set(labels)].toSorted();
  }
  return found;
}

async function post(path: string, body: unknown, bearer?: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${served.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

describe('GET /metrics', () => {
  it('has every published name with its labels before anything happened', async () => {
    const text = await scrape();
    expect(labelsIn(text)).toMatchObject(PUBLISHED);
    // No alert is open, so it has no series yet.
    expect(text).toContain('# TYPE brigade_alerts_open gauge');
    expect(text).toMatch(/^brigade_process_cpu_seconds_total /m);
    expect(text).toMatch(/^brigade_build_info\{version="test"\} 1$/m);
  });

  it('tells what happens in the fleet, and never the name of a resource or an agent', async () => {
    const handle = String((await post('/v1/sessions', { id: 'ana-of-the-stew' })).session);
    await post('/v1/locks/acquire', { resources: ['task:secret-recipe'], waitMs: 0 }, handle);
    const text = await waitUntil('the grant to be counted', async () => {
      const seen = await scrape();
      return /^brigade_lock_requests_total\{op="acquire",outcome="granted"\} 1$/m.test(seen) ? seen : null;
    });
    expect(text).toMatch(/^brigade_locks_held 1$/m);
    expect(text).toMatch(/^brigade_sessions\{state="live"\} 1$/m);
    expect(text).toMatch(/^brigade_agents\{lifecycle="active"\} 1$/m);
    expect(text).toMatch(/^brigade_ready 1$/m);
    expect(Number(/^brigade_commit_seconds_count (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
    expect(text).not.toMatch(/recipe|ana-of/);
  });

  it('also counts what other processes of the fleet do', async () => {
    const agent = await scratch.agent();
    await agent.call('register', { id: 'bo' });
    await agent.call('acquire_lock', { resources: ['task:stew'], waitMs: 0 });
    const counted = await waitUntil('the grant to be counted', async () =>
      /^brigade_lock_requests_total\{op="acquire",outcome="granted"\} 1$/m.exec(await scrape()),
    );
    expect(counted).toHaveLength(1);
  });

  it('answers many that ask at once with one look', async () => {
    const { coordinator } = served.fleet;
    let looks = 0;
    const view = coordinator.view.bind(coordinator);
    coordinator.view = (query) => {
      looks += query.kind === 'counts' ? 1 : 0;
      return view(query);
    };
    await Promise.all(Array.from({ length: 50 }, scrape));
    expect(looks).toBe(1);
  });

  it('goes on without what the log would tell when the log cannot be read, and says so', async () => {
    await post('/v1/sessions', { id: 'ana' });
    await scrape();
    rmSync(join(scratch.root), { recursive: true });
    const text = await waitUntil('the trouble to be told', async () => {
      const seen = await scrape();
      return /^brigade_ready 0$/m.test(seen) ? seen : null;
    });
    expect(text).not.toMatch(/^brigade_locks_held /m);
    expect(text).toMatch(/^brigade_deadlocks_total 0$/m);
  });
});
