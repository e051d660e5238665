// A server of the same framework, in a process of its own: it parses a body, keeps it as a bare log does, and answers as many bytes
// as Brigade. Argument: a folder; without one nothing outlives it. Tells its port.

import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { BareLog, BODY } from './bare-log.ts';

const log = await BareLog.open(process.argv[2] ?? null);
let token = 0;

const app = new Hono();
app.post('/v1/locks/acquire', async (context) => {
  const { resources } = await context.req.json<{ readonly resources: readonly string[] }>();
  await log.append(BODY);
  token += 1;
  const leases = resources.map((resource) => ({ resource, mode: 'exclusive', token, expiresInMs: 300_000 }));
  return context.json({ status: 'granted', leases, waitedMs: 0, refused: [], ticket: null, position: null });
});
app.post('/v1/locks/release', async (context) => {
  const { leases } = await context.req.json<{ readonly leases: readonly unknown[] }>();
  await log.append(BODY);
  return context.json({ released: leases, refused: [], promoted: [] });
});

const server = createAdaptorServer({ fetch: app.fetch });
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
