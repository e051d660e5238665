// A log behind TLS, with certificates of an authority that only the store URL names.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { EventStore } from '../../src/ports/event-store.ts';
import { mustAppend } from '../support/batches.ts';
import { type CertifiedBy, certificates } from '../support/certificates.ts';
import { RedisFailover } from '../support/redis-failover.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { storeFrom } from './store-config.ts';

let folder: string;
let server: RedisServer;
/** For the address of the server, for a name, and for a client. */
let made: readonly [CertifiedBy, CertifiedBy, CertifiedBy];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brigade-tls-'));
  made = certificates(folder, ['127.0.0.1', 'kitchen.example', 'client']) as unknown as typeof made;
  server = await RedisServer.start({ tls: made[0], password: 'a secret' });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function store(url: string, deadlineMs = 5_000, fleet = `t-${randomUUID()}`): EventStore {
  const own = storeFrom({ kind: 'redis', url, fleet, deadlineMs, pollMs: 50 });
  onTestFinished(() => own.close());
  return own;
}

it('is written and followed where the authority is named', async () => {
  const [own, other] = [store(server.url, 5_000, 'kitchen'), store(server.url, 5_000, 'kitchen')];
  await other.open();
  const hinted = new Promise<void>((resolve) => void other.onAppended(() => resolve()));
  const head = await mustAppend(own, await own.open());
  await hinted;
  expect(await other.read(0, 10)).toMatchObject([{ lastSeq: head.seq }]);
  expect(own.traits.location).toContain('rediss://127.0.0.1');
  expect(own.traits.location).not.toMatch(/secret|pem/);
});

it.each([
  ['an authority that nobody has named', () => server.url.replace(/\?ca=.*/, ''), /certificate|issuer/],
  ['a certificate for another name', () => `${server.url}&servername=other.example`, /other\.example/],
  ['a file that is not there', () => `${server.url}.gone`, /ENOENT/],
])('%s is refused at once, with the reason', async (_what, url, reason) => {
  const startedMs = performance.now();
  const refused = store(url(), 30_000).open();
  await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { outcome: 'none' } });
  await expect(refused).rejects.toThrow(reason);
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});

it('a server whose certificate names something else is reached by that name', async () => {
  const named = await RedisServer.start({ tls: made[1] });
  onTestFinished(() => named.stop());
  await expect(store(named.url).open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await store(`${named.url}&servername=kitchen.example`).open()).toMatchObject({ seq: 0 });
});

it('a server that asks who comes is shown a certificate', async () => {
  const strict = await RedisServer.start({ tls: made[0], config: { 'tls-auth-clients': 'optional' } });
  onTestFinished(() => strict.stop());
  await strict.ask('CONFIG', 'SET', 'tls-auth-clients', 'yes');
  await expect(store(strict.url, 1_000).open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const { cert, key } = made[2];
  expect(await store(`${strict.url}&cert=${cert}&key=${key}`).open()).toMatchObject({ seq: 0 });
});

it('plain speech on either side is told within the deadline', async () => {
  const plain = await RedisServer.start();
  onTestFinished(() => plain.stop());
  const refused = store(plain.url.replace('redis://', 'rediss://'), 1_000).open();
  await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const other = store(server.url.replace('rediss://', 'redis://').replace(/\?.*/, ''), 1_000).open();
  await expect(other).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await waitUntil('the server still there', async () => (await server.ask('PING')) === 'PONG');
});

it('Sentinels that speak TLS and ask for a password lead to servers that do', async () => {
  const rig = await RedisFailover.start({
    server: { tls: made[0], password: 'of the servers' },
    sentinelPassword: 'of-the-sentinels',
  });
  onTestFinished(() => rig.stop());
  const own = store(rig.url);
  const head = await mustAppend(own, await own.open());
  expect(own.traits.location).not.toMatch(/of.the/);
  await rig.inSync();
  await rig.failOver();
  await waitUntil('the new master', async () => (await own.read(0, 10)).length === 1);
  await mustAppend(own, head);
  const stranger = store(rig.url.replace('of-the-sentinels', 'mistaken')).open();
  await expect(stranger).rejects.toThrow('does not take this user and password');
}, 90_000);
