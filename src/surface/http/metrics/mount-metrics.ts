// `/metrics` for Prometheus. A scrape is one look at counts that are kept anyway, however large the fleet is; scrapes at one
// time, or within a second, share one answer, so that nobody can keep the server busy by asking.

import type { Hono } from 'hono';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { clock } from '../../../compose.ts';
import type { HttpEnv, HttpParts } from '../http-parts.ts';
import type { EventHub } from '../stream/event-hub.ts';
import { commitTimesOf } from './commit-times.ts';
import { EventMeters } from './event-meters.ts';
import { FleetGauges } from './fleet-gauges.ts';
import { keepStoreMeters, StoreMeters } from './store-meters.ts';

const FRESH_MS = 1_000;

export function mountMetrics(app: Hono<HttpEnv>, { fleet, version }: HttpParts, hub: EventHub): void {
  const register = new Registry();
  const events = new EventMeters(register);
  const store = new StoreMeters(register);
  keepStoreMeters(fleet, store);
  const gauges = new FleetGauges({ register, coordinator: fleet.coordinator, clock });
  tellProcess(register, version, hub);
  hub.listen((event) => events.hear(event));
  const times = commitTimesOf(fleet, clock);
  fleet.appends.listen((seen) => {
    store.see(seen);
    times.see(seen);
  });
  const scrape = shared(async () => {
    await gauges.look();
    return register.metrics();
  });
  const headers = { 'content-type': register.contentType, 'cache-control': 'no-store' };
  app.get('/metrics', async (c) => c.body(await scrape(), 200, headers));
}

function tellProcess(register: Registry, version: string, hub: EventHub): void {
  collectDefaultMetrics({ register, prefix: 'brigade_' });
  const registers: Registry[] = [];
  const build = new Gauge({
    name: 'brigade_build_info',
    help: 'Always 1; its label says which version this is.',
    labelNames: ['version'],
    registers,
  });
  build.set({ version }, 1);
  const readers: Gauge = new Gauge({
    name: 'brigade_stream_readers',
    help: 'Readers of /v1/stream.',
    registers,
    collect: () => readers.set(hub.readers),
  });
  register.registerMetric(build);
  register.registerMetric(readers);
}

/** One run for all who ask while it is under way or fresh. */
function shared(run: () => Promise<string>): () => Promise<string> {
  let last: Promise<string> | null = null;
  let untilMs = Number.NEGATIVE_INFINITY;
  let isRunning = false;
  return () => {
    if (last !== null && (isRunning || clock.monotonicMs() < untilMs)) return last;
    isRunning = true;
    last = run().finally(() => {
      isRunning = false;
      untilMs = clock.monotonicMs() + FRESH_MS;
    });
    return last;
  };
}
