// A port that somebody has already.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpRig } from '../../../test/support/http-rig.ts';
import { type Found, findAddress, type Wanted } from './find-address.ts';
import { fleetMark } from './neighbour.ts';

type Rig = Awaited<ReturnType<typeof httpRig>>;

async function serveAt({ app, fleet }: Rig, wanted: Partial<Wanted>): Promise<Found> {
  const found = await findAddress(app, {
    host: '127.0.0.1',
    port: 0,
    mayMove: false,
    fleetMark: fleetMark(fleet),
    ...wanted,
  });
  onTestFinished(async () => {
    const closed = once(found.server, 'close');
    found.server.close();
    found.server.closeAllConnections();
    await closed;
  });
  return found;
}

async function stranger(): Promise<number> {
  const server = createServer((socket) => void socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a port that was asked for and is taken', () => {
  it('by a server of the same fleet: says where that one is, and that nothing else is needed', async () => {
    const rig = await httpRig();
    const first = await serveAt(rig, {});
    await expect(serveAt(rig, { port: first.port })).rejects.toMatchObject({
      rejection: {
        code: 'INVALID_ARGUMENT',
        message: `This fleet is served at ${first.url} already.`,
        next: expect.stringContaining('nothing else is needed') as string,
      },
    });
  });

  it('by a server of another fleet: says so', async () => {
    const first = await serveAt(await httpRig(), {});
    const message = `Port ${first.port} is taken by a Brigade server of another fleet (test).`;
    await expect(serveAt(await httpRig(), { port: first.port })).rejects.toMatchObject({ rejection: { message } });
  });

  it('by another program: says so', async () => {
    const port = await stranger();
    const message = `Port ${port} is taken by another program.`;
    await expect(serveAt(await httpRig(), { port })).rejects.toMatchObject({ rejection: { message } });
  });
});

describe('the default port, taken', () => {
  it('gives way to the next free one, and tells who has it', async () => {
    const rig = await httpRig();
    const first = await serveAt(rig, {});
    const second = await serveAt(rig, { port: first.port, mayMove: true });
    expect(second.port).toBeGreaterThan(first.port);
    expect(second.taken).toMatchObject({ port: first.port, url: first.url, by: { kind: 'same' } });
    expect(await (await fetch(`${second.url}/healthz`)).json()).toMatchObject({ ok: true, service: 'brigade' });
  });
});

describe('an address that cannot be had', () => {
  it.each(['192.0.2.1', 'no-such-host.invalid'])('%s: says why', async (host) => {
    const refused = serveAt(await httpRig(), { host });
    await expect(refused).rejects.toMatchObject({ rejection: { next: expect.stringContaining('--host') as string } });
  });
});
