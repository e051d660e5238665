// Who may use an etcd, how the line to it is secured, and what is said where it is none, or too old.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_HEAD, type EventStore } from '../../src/ports/event-store.ts';
import { batchAfter, mustAppend } from '../support/batches.ts';
import { EtcdCluster } from '../support/etcd-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { storeFrom } from './store-config.ts';

const PASSWORD = 'salt & pepper/:@';
let opened: EventStore[] = [];

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
});

function storeAt(url: string, fleet = 'default', deadlineMs = 4_000): EventStore {
  const store = storeFrom({ kind: 'etcd', url, fleet, deadlineMs });
  opened.push(store);
  return store;
}

describe('with a user and a password', () => {
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.start();
    await cluster.enableAuth(PASSWORD);
    await cluster.ctl('role', 'add', 'brigade');
    await cluster.ctl('role', 'grant-permission', 'brigade', '--prefix=true', 'readwrite', '/brigade/own/');
    await cluster.ctl('user', 'add', 'cook:cook');
    await cluster.ctl('user', 'grant-role', 'cook', 'brigade');
  });
  afterAll(() => cluster.stop());

  it('whoever has none is told so, whoever has a wrong one too, and nobody sees it', async () => {
    const none = await storeAt(cluster.urlOf(cluster.members, null)).open().catch(String);
    expect(none).toMatch(/for users with a password only/);
    const wrong = storeAt(cluster.urlOf(cluster.members, { name: 'root', password: 'sugar' }));
    const said = await wrong.open().catch((error: unknown) => error);
    expect(said).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/no such user/) as unknown,
    });
    expect(JSON.stringify([said, String(said), wrong.traits])).not.toMatch(/sugar|root/);
  });

  it('the log of a fleet needs rights on the keys of that fleet, and no others', async () => {
    const url = cluster.urlOf(cluster.members, { name: 'cook', password: 'cook' });
    const own = storeAt(url, 'own');
    await own.open();
    const head = await mustAppend(own, EMPTY_HEAD);
    await own.saveSnapshot({ ...head, body: 'state' });
    await own.beat({ placeId: 'p', bootId: 'b', counter: 1, wallAt: '' });
    expect(await own.truncate(1)).toBe(1);
    expect((await own.caveats?.())?.map(({ code }) => code)).toEqual(['etcd_single_member']);
    expect(await storeAt(url, 'strange').open().catch(String)).toMatch(/may not use the keys of this fleet/);
  });

  it('a token that etcd has forgotten is renewed, for calls and for the watch', async () => {
    const [store, other] = [storeAt(cluster.url), storeAt(cluster.url)];
    await Promise.all([store.open(), other.open()]);
    let hints = 0;
    store.onAppended(() => {
      hints += 1;
    });
    let head = await mustAppend(other, EMPTY_HEAD);
    await waitUntil('a hint', () => hints > 0);
    // Whatever was handed out before counts no more, and the watch has to begin again.
    await cluster.ctl('auth', 'disable');
    await cluster.ctl('auth', 'enable');
    await cluster.members[0]?.restart();
    await cluster.healthy();
    head = await mustAppend(other, head);
    const before = hints;
    await waitUntil('the watch', async () => {
      head = await mustAppend(other, head);
      return hints > before;
    });
    expect(await store.append(head, batchAfter(head))).toMatchObject({ appended: true });
  });

  it('a password for an etcd without users does no harm', async () => {
    const open = await EtcdCluster.start();
    try {
      const store = storeAt(open.urlOf(open.members, { name: 'root', password: PASSWORD }));
      await store.open();
      const head = await mustAppend(store, EMPTY_HEAD);
      await open.enableAuth(PASSWORD);
      expect((await mustAppend(store, head)).seq).toBe(2);
      await store.close();
    } finally {
      await open.stop();
    }
  });
});

describe('over TLS', () => {
  let cluster: EtcdCluster;
  let folder: string;
  let made: Certificates;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brigade-tls-'));
    made = certificates(folder);
    const { ca, cert, key } = made;
    cluster = await EtcdCluster.start({ tls: { ca, cert, key } });
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  it('the server is believed for its CA, and not without', async () => {
    const store = storeAt(cluster.url);
    await store.open();
    const [other, head] = [storeAt(cluster.url), await mustAppend(store, EMPTY_HEAD)];
    await other.open();
    const hinted = new Promise<void>((resolve) => void other.onAppended(() => resolve()));
    await mustAppend(store, head);
    await hinted;
    const [bare = ''] = cluster.url.split('?');
    expect(await storeAt(bare, 'default', 600).open().catch(String)).toMatch(
      /handshake failed, (SELF_SIGNED|UNABLE_TO_)/,
    );
    const named = `${cluster.url}&servername=another.example`;
    expect(await storeAt(named, 'default', 600).open().catch(String)).toMatch(/ALTNAME/);
  });

  it('a server that wants to know its clients by certificate is shown one', async () => {
    const strict = await EtcdCluster.start({ tls: made });
    try {
      const store = storeAt(strict.url);
      expect((await mustAppend(store, await store.open())).seq).toBe(1);
      const [address] = strict.members.map((member) => member.address);
      const without = storeAt(`etcds://${address}?ca=${encodeURIComponent(made.ca)}`, 'default', 600);
      expect(await without.open().catch(String)).toMatch(/cannot be reached/);
    } finally {
      await strict.stop();
    }
  });

  it('a file that is not there is named', async () => {
    const [bare = ''] = cluster.url.split('?');
    const said = await storeAt(`${bare}?ca=/nowhere/ca.pem`).open().catch(String);
    expect(said).toMatch(/the file of ca, \/nowhere\/ca.pem, cannot be read \(ENOENT\)/);
  });

  it('TLS on one side only is told', async () => {
    const plain = cluster.url.replace('etcds:', 'etcd:').split('?')[0] ?? '';
    expect(await storeAt(plain).open().catch(String)).toMatch(
      /etcd:\/\/ or etcds:\/\/.*HTTP request to an HTTPS server|its URL begins with etcds:\/\//,
    );
    const open = await EtcdCluster.start();
    const [address] = open.members.map((member) => member.address);
    const said = await storeAt(`etcds://${address}`, 'default', 600).open().catch(String);
    await open.stop();
    expect(said).toMatch(/the TLS handshake failed/);
  });
});

describe('what answers is', () => {
  async function answering(status: number, body: string): Promise<{ url: string; close: () => void }> {
    const server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `etcd://127.0.0.1:${port}`, close: () => server.closeAllConnections() ?? server.close() };
  }

  it.each(['3.3.27', '2.3.8'])('etcd %s, and too old', async (version) => {
    const { url, close } = await answering(200, JSON.stringify({ etcdserver: version, etcdcluster: version }));
    const opening = storeAt(url).open();
    await expect(opening).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
      message: expect.stringContaining(version) as unknown,
    });
    close();
  });

  it('no etcd at all', async () => {
    const { url, close } = await answering(404, '<html>not here</html>');
    const said = storeAt(url).open();
    await expect(said).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/is no etcd .*HTTP 404/) as unknown,
    });
    close();
  });
});

interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly client: { readonly cert: string; readonly key: string };
}

/** A CA, and what it signed for 127.0.0.1 and for a client. */
function certificates(folder: string): Certificates {
  const file = (name: string): string => join(folder, name);
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const make = (name: string, ...args: readonly string[]): { readonly cert: string; readonly key: string } => {
    const [cert, key] = [file(`${name}.pem`), file(`${name}.key`)];
    const how = ['req', '-x509', ...fresh, '-subj', `/CN=${name}`, ...args, '-keyout', key, '-out', cert];
    execFileSync('openssl', how, { stdio: 'pipe' });
    return { cert, key };
  };
  const ca = make('kitchen-ca');
  const signed = ['-CA', ca.cert, '-CAkey', ca.key, '-addext', 'subjectAltName=IP:127.0.0.1'];
  return { ca: ca.cert, ...make('etcd', ...signed), client: make('cook', ...signed) };
}
