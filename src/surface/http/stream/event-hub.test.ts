// Readers of the live log on one hub, with a clock in the hand of the test: from the past to the live edge, and out.

import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../../../test/support/fake-clock.ts';
import { type Cook, FleetRig, seat, silent } from '../../../../test/support/fleet-rig.ts';
import { wipe } from '../../../../test/support/memory-damage.ts';
import type { Coordinator } from '../../../app/coordinator.ts';
import type { LocalCoordinator } from '../../../app/local-coordinator.ts';
import type { Viewer } from '../rest/caller.ts';
import { EventHub, JOIN_MS, TICK_MS } from './event-hub.ts';
import { StreamReader } from './stream-reader.ts';

const rig = () => {
  fleet = FleetRig.onFakeClock();
  return fleet;
};
let fleet: FleetRig;
afterEach(() => fleet.close());

const ANYBODY: Viewer = { kind: 'anybody', worktree: 'w' };

const viewerOf = ({ agentId, sessionId }: Cook): Viewer => ({ kind: 'session', worktree: 'w', agentId, sessionId });

interface Frame {
  readonly id: number | null;
  readonly event: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly comment: boolean;
}

function frameOf(text: string): Frame {
  const field = (name: string): string | null => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? null;
  const [id, data] = [field('id'), field('data')];
  return {
    id: id === null ? null : Number(id),
    event: field('event'),
    data: data === null ? null : (JSON.parse(data) as Frame['data']),
    comment: text.startsWith(':'),
  };
}

/** A client that takes what it is given when it is told to. */
class Client {
  readonly reader: StreamReader;
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  readonly chunks: string[] = [];
  isOver = false;

  constructor(
    hub: EventHub,
    coordinator: Coordinator,
    options: Partial<ConstructorParameters<typeof StreamReader>[0]>,
  ) {
    const after = options.after ?? 0;
    this.reader = new StreamReader({
      hub,
      coordinator,
      clock: fleet.clock,
      filter: null,
      viewer: ANYBODY,
      after,
      provenSeq: 0,
      greeting: '',
      onOver: () => undefined,
      destroy: () => undefined,
      ...options,
    });
    this.#body = this.reader.body.getReader();
  }

  /** Takes everything from now on. */
  async drain(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#body.read();
      if (done) break;
      if (value.length > 0) this.chunks.push(new TextDecoder().decode(value));
    }
    this.isOver = true;
  }

  async leave(): Promise<void> {
    await this.#body.cancel();
  }

  get frames(): readonly Frame[] {
    const texts = this.chunks.join('').split('\n\n');
    return texts.filter((text) => text.trim() !== '').map(frameOf);
  }

  get seqs(): readonly number[] {
    return this.frames.flatMap(({ event, id, data }) => (event === null && id !== null && data !== null ? [id] : []));
  }
}

/** Of the coordinator's feed: how often it is followed live. */
function counted(coordinator: LocalCoordinator): { readonly at: Coordinator; readonly live: () => number } {
  let live = 0;
  const feed: Coordinator['feed'] = async function* (options) {
    const isLive = options.once !== true;
    if (isLive) live += 1;
    try {
      yield* coordinator.feed(options);
    } finally {
      if (isLive) live -= 1;
    }
  };
  const at = new Proxy(coordinator, {
    get: (target, name) => {
      const value: unknown = name === 'feed' ? feed : Reflect.get(target, name, target);
      return typeof value === 'function' && name !== 'feed' ? (value.bind(target) as unknown) : value;
    },
  });
  return { at, live: () => live };
}

function hubOn(coordinator: Coordinator): EventHub {
  return new EventHub({ coordinator, clock: fleet.clock, logger: silent, worktree: 'w' });
}

async function write(cook: Cook, count: number, text = 'x'): Promise<void> {
  for (let i = 0; i < count; i += 1) await cook.send('*', text);
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the hub', () => {
  it('follows the log once for all, from the first reader to the last', async () => {
    const a = await rig().coordinator();
    const ana = await seat(a, 'ana');
    const { at, live } = counted(a);
    const hub = hubOn(at);
    await settle();
    expect(live()).toBe(0);
    const clients = [0, 1, 2, 3].map((after) => new Client(hub, at, { after }));
    for (const client of clients) void client.drain();
    await settle();
    expect(live()).toBe(1);
    await ana.acquire('task:stew');
    await settle();
    const head = fleet.log.head.seq;
    expect(clients.map(({ seqs }) => seqs)).toEqual([0, 1, 2, 3].map((after) => numbers(after + 1, head)));
    for (const client of clients) await client.leave();
    await settle();
    expect(live()).toBe(0);
  });

  it('brings a reader from the past to the live edge without a gap or a double while others write', async () => {
    const [a, b] = [await rig().coordinator('a'), await fleet.coordinator('b')];
    const ana = await seat(a, 'ana');
    await write(ana, 700);
    const hub = hubOn(b);
    const clients: Client[] = [];
    // Written by the coordinator itself and by another one, in turns, while one reader after the other begins.
    for (let i = 0; i < 60; i += 1) {
      const client = new Client(hub, b, { after: (i * 37) % 700 });
      void client.drain();
      clients.push(client);
      await write(i % 2 === 0 ? ana : ana.via(b), 9);
      if (i % 7 === 0) await fleet.clock.advance(JOIN_MS / 4);
    }
    await fleet.clock.advance(2_000);
    const head = fleet.log.head.seq;
    for (const [i, { seqs }] of clients.entries()) expect(seqs).toEqual(numbers(((i * 37) % 700) + 1, head));
    for (const client of clients) await client.leave();
  });

  it('joins what comes within 20 ms, and tells at once after a quiet moment', async () => {
    const a = await rig().coordinator();
    const ana = await seat(a, 'ana');
    const after = fleet.log.head.seq;
    const client = new Client(hubOn(a), a, { after });
    void client.drain();
    await fleet.clock.advance(100);
    await write(ana, 1);
    await settle();
    expect(client.chunks).toHaveLength(1);
    await write(ana, 5);
    await settle();
    expect(client.chunks).toHaveLength(1);
    await fleet.clock.advance(JOIN_MS);
    expect(client.chunks).toHaveLength(2);
    expect(client.seqs).toEqual(numbers(after + 1, fleet.log.head.seq));
    await client.leave();
  });

  it('goes on over the loss of the log with the numbers of the epoch that follows, without its state', async () => {
    const a = await rig().coordinator();
    const ana = await seat(a, 'ana');
    const client = new Client(hubOn(a), a, { after: 0 });
    void client.drain();
    await settle();
    wipe(fleet.log);
    await fleet.clock.advance(5_000);
    await ana.acquire('task:stew');
    await fleet.clock.advance(5_000);
    const epoch = client.frames.find(({ data }) => data?.type === 'epoch.started');
    expect(epoch?.id).toBeGreaterThanOrEqual(2 ** 40);
    expect(epoch?.data?.state).toBeNull();
    expect(client.frames.map(({ data }) => data?.type)).toContain('lease.granted');
    await client.leave();
  });

  it('hears every fact once as a listener, and none from before', async () => {
    const a = await rig().coordinator();
    const ana = await seat(a, 'ana');
    const heard: number[] = [];
    const hub = hubOn(a);
    const silence = hub.listen((event) => heard.push(event.seq));
    await settle();
    const before = fleet.log.head.seq;
    await write(ana, 3);
    await settle();
    expect(heard).toEqual(numbers(before + 1, fleet.log.head.seq));
    silence();
  });
});

describe('a reader', () => {
  it('that takes nothing is dropped with the reason and the number to go on from; others miss nothing', async () => {
    const a = await rig().coordinator();
    const ana = await seat(a, 'ana');
    const hub = hubOn(a);
    const after = fleet.log.head.seq;
    let over = 0;
    let destroyed = 0;
    const slow = new Client(hub, a, { after, onOver: () => (over += 1), destroy: () => (destroyed += 1) });
    const quick = new Client(hub, a, { after });
    void quick.drain();
    await settle();
    // 3 KB each: the connection takes a few, then the queue fills up to its bound.
    for (let i = 0; i < 800; i += 1) {
      await ana.put(`key${i}`, 'y'.repeat(3_000), { ifVersion: 0 });
      if (i % 20 === 0) await fleet.clock.advance(JOIN_MS);
    }
    await fleet.clock.advance(JOIN_MS);
    expect(over).toBe(1);
    expect(quick.seqs).toEqual(numbers(after + 1, fleet.log.head.seq));
    // What it was handed before, it still gets.
    await slow.drain();
    const last = slow.frames.at(-1);
    expect(last).toMatchObject({ event: 'dropped', data: { reason: 'slow' } });
    expect(last?.data?.resumeAfter).toBe(slow.seqs.at(-1));
    expect(last?.id).toBe(slow.seqs.at(-1));
    expect(slow.seqs).toEqual(numbers(after + 1, Number(last?.id)));
    await fleet.clock.advance(20_000);
    expect(destroyed).toBe(1);
    // And goes on from there.
    const again = new Client(hub, a, { after: Number(last?.id) });
    void again.drain();
    await fleet.clock.advance(100);
    expect(again.seqs).toEqual(numbers(Number(last?.id) + 1, fleet.log.head.seq));
    await again.leave();
    await quick.leave();
  });

  it('of the past is read for as fast as it takes, and dropped when it takes nothing for long', async () => {
    const a = await rig().coordinator();
    const ana = await seat(a, 'ana');
    for (let i = 0; i < 200; i += 1) await ana.put(`key${i}`, 'y'.repeat(3_000), { ifVersion: 0 });
    const client = new Client(hubOn(a), a, { after: 0 });
    await fleet.clock.advance(1_000);
    const { seq } = client.reader;
    expect(seq).toBeGreaterThan(0);
    expect(seq).toBeLessThan(fleet.log.head.seq / 2);
    await fleet.clock.advance(40_000);
    await client.drain();
    expect(client.frames.at(-1)).toMatchObject({ event: 'dropped', data: { reason: 'slow' } });
    expect(client.frames.at(-1)?.data?.resumeAfter).toBe(client.seqs.at(-1));
  });

  it('hears a comment now and then, with the number up to which nothing was for it', async () => {
    const a = await rig().coordinator();
    const ana = await seat(a, 'ana');
    const after = fleet.log.head.seq;
    const client = new Client(hubOn(a), a, { after, filter: ({ type }) => type === 'lease.revoked' });
    void client.drain();
    await write(ana, 3);
    await fleet.clock.advance(TICK_MS + 10);
    expect(client.frames).toMatchObject([{ comment: true, id: fleet.log.head.seq, data: null }]);
    await fleet.clock.advance(TICK_MS);
    expect(client.frames).toMatchObject([{ comment: true }, { comment: true, id: null }]);
    await client.leave();
  });

  it('sees texts of messages only when they are for it', async () => {
    const a = await rig().coordinator();
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    await seat(a, 'cleo');
    const hub = hubOn(a);
    const provenSeq = fleet.log.head.seq;
    const as = (viewer: Viewer): Client => new Client(hub, a, { after: provenSeq, provenSeq, viewer });
    const operator: Viewer = {
      kind: 'operator',
      worktree: 'w',
      operator: { kind: 'operator', name: 'kim', proof: { tokenHash: 'h' } },
    };
    const picky = new Client(hub, a, { after: provenSeq, provenSeq, filter: ({ type }) => type === 'message.sent' });
    const clients = [as(ANYBODY), picky, as(viewerOf(ana)), as(viewerOf(bo)), as(operator)];
    for (const client of clients) void client.drain();
    await settle();
    await ana.send('bo', 'the salt is in the sea');
    await ana.send('cleo', 'the sugar is in the cane');
    await fleet.clock.advance(100);
    const texts = clients.map(({ frames }) =>
      frames.filter(({ data }) => data?.type === 'message.sent').map(({ data }) => data?.text),
    );
    expect(texts).toEqual([
      ['', ''],
      ['', ''],
      ['the salt is in the sea', 'the sugar is in the cane'],
      ['the salt is in the sea', ''],
      ['the salt is in the sea', 'the sugar is in the cane'],
    ]);
    expect(clients[0]?.frames[0]?.data?.sentence).toBe('ana sent bo a message (info)');
    for (const { chunks } of clients) expect(chunks.join('')).not.toMatch(/bodyHash|"request":/);
    for (const client of clients) await client.leave();
  });

  it('whose session ends is dropped, and so is an operator whose token is another one', async () => {
    const a = await rig().coordinator();
    const [ana, bo] = [await seat(a, 'ana'), await seat(a, 'bo')];
    const hub = hubOn(a);
    const provenSeq = fleet.log.head.seq;
    const client = new Client(hub, a, { after: 0, provenSeq, viewer: viewerOf(ana) });
    void client.drain();
    await settle();
    await a.submit({ ...bo.head(), op: 'close_session', why: 'done' });
    await fleet.clock.advance(100);
    expect(client.isOver).toBe(false);
    await a.submit({ ...ana.head(), op: 'close_session', why: 'done' });
    await fleet.clock.advance(100);
    expect(client.isOver).toBe(true);
    expect(client.frames.at(-1)).toMatchObject({ event: 'dropped', data: { reason: 'credential' } });
  });

  it('hears that the server stops', async () => {
    const a = await rig().coordinator();
    await seat(a, 'ana');
    const hub = hubOn(a);
    const client = new Client(hub, a, { after: 0 });
    void client.drain();
    await settle();
    hub.close();
    await settle();
    expect(client.isOver).toBe(true);
    expect(client.frames.at(-1)).toMatchObject({
      event: 'dropped',
      id: client.seqs.at(-1),
      data: { reason: 'stopping' },
    });
  });
});
