import { InMemoryServerEventBus, McpServer } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import type { Seat } from '../../../app/seat/seat.ts';
import { FleetWatch } from '../resources/fleet-watch.ts';
import type { ListenRequest } from '../resources/listen-request.ts';
import { SUBSCRIPTIONS_MAX } from '../resources/subscriptions.ts';
import { ListenStreams } from './listen-streams.ts';

const REVISION = '2026-07-28';
const META = {
  'io.modelcontextprotocol/protocolVersion': REVISION,
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

function rig() {
  const look = (): Promise<object> => Promise.resolve({ head: { epoch: 1, seq: 1 } });
  async function* feed({ signal }: { readonly signal: AbortSignal }) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    yield* [];
  }
  const seat = { look, feed } as unknown as Seat;
  const watch = new FleetWatch({
    seat: () => Promise.resolve(seat),
    after: () => undefined,
    onTrouble: () => undefined,
  });
  const makeServer = (): McpServer => {
    const server = new McpServer({ name: 'test', version: '1' });
    server.server.registerCapabilities({ resources: { subscribe: true } });
    return server;
  };
  const offers = new InMemoryServerEventBus();
  const streams = new ListenStreams({ makeServer, seat, watch, onError: () => undefined, offers });
  const open = (uris: readonly string[], { signal, meta = META }: { signal?: AbortSignal; meta?: object } = {}) => {
    const params = { _meta: meta, notifications: { resourceSubscriptions: uris } };
    const asked = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params } as unknown as ListenRequest;
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const more = { 'mcp-protocol-version': REVISION, 'mcp-method': 'subscriptions/listen' };
    const init = { method: 'POST', headers: { ...headers, ...more }, ...(signal === undefined ? {} : { signal }) };
    return streams.answer(new Request('http://127.0.0.1/mcp', init), asked, {});
  };
  return { watch, streams, offers, open };
}

describe('a stream of changes', () => {
  it('follows until its client is gone', async () => {
    const { watch, offers, open } = rig();
    const gone = new AbortController();
    const stream = await open(['brigade://fleet', 'brigade://locks'], { signal: gone.signal });
    expect([stream.headers.get('content-type'), watch.size, offers.listenerCount]).toEqual(['text/event-stream', 2, 1]);
    gone.abort();
    expect([watch.size, offers.listenerCount]).toEqual([0, 0]);
  });

  it('follows until it is read no more', async () => {
    const { watch, open } = rig();
    const stream = await open(['brigade://fleet']);
    await stream.body?.cancel();
    expect(watch.size).toBe(0);
  });

  it('ends with an answer when the server does', async () => {
    const { watch, streams, open } = rig();
    const stream = await open(['brigade://fleet']);
    await streams.close();
    expect(watch.size).toBe(0);
    const text = await stream.text();
    expect(text).toContain('notifications/subscriptions/acknowledged');
    expect(text).toContain('"result"');
  });

  it('of a request that is refused leaves nothing behind', async () => {
    const { watch, offers, open } = rig();
    expect((await open(['brigade://fleet'], { meta: {} })).status).toBe(400);
    const many = Array.from({ length: SUBSCRIPTIONS_MAX + 1 }, (_, index) => `brigade://agents/a${index}`);
    const refused = await open(many);
    expect(await refused.json()).toMatchObject({ id: 1, error: { data: { code: 'BUSY' } } });
    expect([watch.size, offers.listenerCount]).toEqual([0, 0]);
  });
});
