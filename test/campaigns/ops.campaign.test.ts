// What ships for monitoring, against the real thing: Debian's Prometheus scrapes a server under load, every query of the
// dashboard finds series in it, and every alert rule is evaluated and fires when it should.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Served } from '../../src/surface/http/run-serve.ts';
import { campaignCount } from '../support/campaign.ts';
import { findPrometheus, Prometheus, type PrometheusTools } from '../support/prometheus.ts';
import { Scratch } from '../support/scratch.ts';
import { serve } from '../support/serve-here.ts';
import { waitUntil } from '../support/wait-until.ts';

const OPS = fileURLToPath(new URL('../../ops', import.meta.url));
const SCRAPES = campaignCount(40, { atLeast: 8 });
const AGENTS = 6;

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Lease {
  readonly resource: string;
  readonly token: number;
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly type: string; readonly definition?: string }[] };
}

const dashboard = JSON.parse(readFileSync(join(OPS, 'grafana/brigade.json'), 'utf8')) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
const alerts = readFileSync(join(OPS, 'prometheus/alerts.yml'), 'utf8');

let scratch: Scratch;
let tools: PrometheusTools;
let served: Served;
let prometheus: Prometheus;
let load: Promise<void>;
const over = new AbortController();

beforeAll(async () => {
  scratch = new Scratch();
  tools = await findPrometheus(scratch.folder);
  served = await serve(scratch);
  load = Promise.all(Array.from({ length: AGENTS }, (_, i) => work(`cook-x${i}x`))).then(() => undefined);
  const folder = join(scratch.folder, 'prometheus');
  mkdirSync(folder);
  prometheus = await Prometheus.start(tools, folder, configFor(new URL(served.url).host));
  await waitUntil(`${SCRAPES} scrapes`, async () => (await scrapesSeen()) >= SCRAPES, {
    withinMs: 120_000,
    everyMs: 250,
  });
}, 300_000);

afterAll(async () => {
  over.abort();
  await load;
  await prometheus.stop();
  await served.stop();
  await scratch.close();
});

function configFor(target: string): string {
  return [
    'global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }',
    `rule_files: [${JSON.stringify(join(OPS, 'prometheus/alerts.yml'))}]`,
    'scrape_configs:',
    `  - { job_name: brigade, static_configs: [{ targets: [${JSON.stringify(target)}] }] }`,
    '',
  ].join('\n');
}

async function scrapesSeen(): Promise<number> {
  return (await prometheus.query('count_over_time(brigade_ready[10m])'))[0]?.value ?? 0;
}

async function post(path: string, body: unknown, bearer?: string): Promise<Readonly<Record<string, unknown>>> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const response = await fetch(`${served.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

/** An agent that takes a thing of its own and one that all want, again and again, and holds one more all the time. */
async function work(id: string): Promise<void> {
  const handle = String((await post('/v1/sessions', { id })).session);
  await post('/v1/locks/acquire', { resources: [`task:${id}`], waitMs: 0 }, handle);
  await post('/v1/checkins', { summary: 'stirred', complexity: 0.4, confidence: 0.6 }, handle);
  const takeAndGiveBack = async (resource: string): Promise<void> => {
    const { leases = [] } = await post('/v1/locks/acquire', { resources: [resource], waitMs: 2_000 }, handle);
    if ((leases as readonly unknown[]).length === 0) return;
    const shown = (leases as readonly Lease[]).map(({ resource: name, token }) => ({ resource: name, token }));
    await post('/v1/locks/release', { leases: shown }, handle);
  };
  while (!over.signal.aborted) {
    await takeAndGiveBack(`file:${id}.ts`);
    await takeAndGiveBack('task:the-stove');
  }
}

/** As Grafana writes it before it asks. */
function filledIn(expression: string): string {
  return expression.replaceAll('$__rate_interval', '10s').replaceAll(/\$(?:job|instance)\b/g, '.*');
}

/** Names of metrics, as they are declared. */
function metricsIn(text: string): readonly string[] {
  const names = [...text.matchAll(/\bbrigade_[a-z0-9_]+/g)].map(([name]) => name);
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))];
}

describe('what ships for monitoring', () => {
  it('has rules that promtool finds right, and that fire when they should', async () => {
    const folder = join(OPS, 'prometheus');
    for (const args of [
      ['check', 'rules', 'alerts.yml'],
      ['check', 'config', 'prometheus.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ])
      expect(await tools.promtool(args, folder)).toMatchObject({ isOk: true });
  });

  it('names no metric that the server does not have', async () => {
    const text = await (await fetch(`${served.url}/metrics`)).text();
    const declared = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const variables = dashboard.templating.list.map(({ definition = '' }) => definition);
    const named = metricsIn(
      [alerts.replaceAll(/^ *#.*$/gm, ''), ...queries.map(({ expr }) => expr), ...variables].join('\n'),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !declared.has(name))).toEqual([]);
  });

  it.each(queries)('finds series for the panel "$title": $expr', async ({ expr }) => {
    expect(await prometheus.query(filledIn(expr))).not.toEqual([]);
  });

  it('shows the load that is there', async () => {
    const one = async (expression: string): Promise<number> => (await prometheus.query(expression))[0]?.value ?? 0;
    expect(await one('max(brigade_locks_held)')).toBeGreaterThanOrEqual(AGENTS);
    expect(await one('max(brigade_sessions{state="live"})')).toBe(AGENTS);
    expect(await one('max(rate(brigade_lock_requests_total{op="acquire",outcome="granted"}[10s]))')).toBeGreaterThan(0);
    expect(await one('max(rate(brigade_lock_wait_seconds_count[10s]))')).toBeGreaterThan(0);
    expect(await one('max(rate(brigade_commit_seconds_count[10s]))')).toBeGreaterThan(0);
    expect(await one('min(brigade_ready)')).toBe(1);
  });

  it('has every rule evaluated without an error, and none fires in a healthy fleet', async () => {
    const rules = await waitUntil('every rule to be evaluated', async () => {
      const found = await prometheus.rules();
      return found.every(({ health }) => health !== 'unknown') ? found : null;
    });
    expect(rules.map(({ name, health, lastError }) => ({ name, health, lastError }))).toEqual(
      rules.map(({ name }) => ({ name, health: 'ok', lastError: undefined })),
    );
    expect(rules).toHaveLength(alerts.match(/- alert:/g)?.length ?? 0);
    expect(await prometheus.query('ALERTS{alertstate="firing"}')).toEqual([]);
  });
});
