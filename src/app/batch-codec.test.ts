import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import type { FleetEvent } from '../core/event.ts';
import { chainHash } from '../ports/chain.ts';
import { EMPTY_HEAD, EPOCH_STRIDE, type StoredBatch, StoreFault } from '../ports/event-store.ts';
import { decodeBatch, encodeBatch, encodeEvent } from './batch-codec.ts';

const moment = { at: 17, wallAt: '2025-11-19T23:25:00.000Z' };
const events: readonly FleetEvent[] = [
  { seq: 1, ...moment, version: 1, actor: 'brigade', type: 'drill.marked', label: '23:25', note: 'frozen "é\u2028"' },
  { seq: 2, ...moment, version: 1, actor: 'ana', type: 'session.closed', sessionId: 's1', why: 'closed' },
];

function storedOf(encoded: readonly string[]): StoredBatch {
  const parts = { id: 'b1', ...moment, placeId: 'p1', epoch: 0, format: 1, hasher: nodeHasher };
  const batch = encodeBatch(EMPTY_HEAD, encoded, parts);
  return { ...batch, firstSeq: 1, lastSeq: encoded.length, prevHash: EMPTY_HEAD.hash };
}

function stored(change: Partial<StoredBatch> = {}, body?: unknown): StoredBatch {
  return {
    ...storedOf(events.map(encodeEvent)),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...change,
  };
}

function faultOf(batch: StoredBatch): string {
  try {
    decodeBatch(batch);
  } catch (error) {
    if (error instanceof StoreFault) return error.code;
    throw error;
  }
  return 'none';
}

describe('batch codec', () => {
  it('gives back every event with its number and time, and who wrote the batch', () => {
    const read = decodeBatch(stored());
    expect(read.events).toEqual(events);
    expect(read).toMatchObject({ id: 'b1', placeId: 'p1', ...moment });
  });

  it('says number and time once and chains to the hash before', () => {
    const { body, hash, count } = stored();
    expect(body.match(/2025-11-19T23:25/g)).toHaveLength(1);
    expect(JSON.parse(body)).toMatchObject({ v: 2, id: 'b1', place: 'p1' });
    expect(hash).toBe(chainHash(nodeHasher, EMPTY_HEAD.hash, body));
    expect(count).toBe(2);
  });

  it.each<[string, Partial<FleetEvent>]>([
    ['an actor that is the agent', { actor: 'ana', agentId: 'ana' }],
    ['an actor that is not', { actor: 'brigade', agentId: 'ana' }],
    ['an actor and no agent', { actor: 'operator:kim' }],
    ['a later version', { type: 'session.closed', version: 2, why: 'x' }],
    ['a request id alone', { requestId: 'r1' }],
    ['a mark', { requestId: 'r1', sessionId: 's1', request: { id: 'r1', bodyHash: 'h', scope: 's1', op: 'acquire' } }],
    [
      'a mark of another scope',
      { requestId: 'r1', sessionId: 's1', request: { id: 'r1', bodyHash: 'h', scope: 'operator', op: 'x' } },
    ],
    [
      'a mark and no session',
      { requestId: 'r1', request: { id: 'r1', bodyHash: 'h', scope: 'register', op: 'x', kept: [1] } },
    ],
    [
      'a mark under another request id',
      { requestId: 'r2', sessionId: 's1', request: { id: 'r1', bodyHash: 'h', scope: 's1', op: 'x' } },
    ],
    ['a mark and no request id', { sessionId: 's1', request: { id: 'r1', bodyHash: 'h', scope: 's1', op: 'x' } }],
  ])('gives back %s as it was', (_, parts) => {
    const event = { ...events[0], ...parts } as FleetEvent;
    const [read] = decodeBatch(storedOf([encodeEvent(event)])).events;
    expect(read).toStrictEqual(event);
  });

  it('reads bodies of version 1, in which every event says everything', () => {
    const body = JSON.parse(stored().body) as object;
    const whole = events.map(({ seq: _seq, at: _at, wallAt: _wallAt, ...rest }) => rest);
    expect(decodeBatch(stored({}, { ...body, v: 1, events: whole })).events).toStrictEqual(events);
    const lean = events.map((event) => JSON.parse(encodeEvent(event)) as unknown);
    expect(faultOf(stored({}, { ...body, v: 1, events: lean }))).toBe('STORE_VERSION');
  });

  it('numbers a new epoch from its own first number', () => {
    const read = decodeBatch(stored({ epoch: 1, firstSeq: EPOCH_STRIDE, lastSeq: EPOCH_STRIDE + 1 }));
    expect(read.events.map((event) => event.seq)).toEqual([EPOCH_STRIDE, EPOCH_STRIDE + 1]);
  });

  it('never skips what it does not know', () => {
    const known = JSON.parse(stored().body) as { events: Record<string, unknown>[] };
    const withType = (type: string) => ({ ...known, events: [known.events[0], { ...known.events[1], type }] });
    expect(faultOf(stored({}, withType('lease.teleported')))).toBe('STORE_VERSION');
    expect(faultOf(stored({}, withType('toString')))).toBe('STORE_VERSION');
    expect(faultOf(stored({}, { ...known, events: [known.events[0], { ...known.events[1], version: 3 }] }))).toBe(
      'STORE_VERSION',
    );
    expect(faultOf(stored({}, { ...known, v: 3 }))).toBe('STORE_VERSION');
    expect(faultOf(stored({ format: 99 }))).toBe('STORE_VERSION');
  });

  it('calls a body that is not ours damaged', () => {
    const known = JSON.parse(stored().body) as { events: unknown[] };
    expect(faultOf(stored({ body: '{"v":1,' }))).toBe('STORE_DAMAGED');
    expect(faultOf(stored({}, []))).toBe('STORE_VERSION');
    expect(faultOf(stored({}, { v: 1, id: 'b1' }))).toBe('STORE_DAMAGED');
    expect(faultOf(stored({}, { ...known, id: 'b2' }))).toBe('STORE_DAMAGED');
    expect(faultOf(stored({}, { ...known, events: known.events.slice(1) }))).toBe('STORE_DAMAGED');
    expect(faultOf(stored({}, { ...known, events: [null, known.events[1]] }))).toBe('STORE_DAMAGED');
  });
});
