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

function stored(change: Partial<StoredBatch> = {}, body?: unknown): StoredBatch {
  const batch = encodeBatch(EMPTY_HEAD, events.map(encodeEvent), {
    id: 'b1',
    ...moment,
    placeId: 'p1',
    epoch: 0,
    format: 1,
    hasher: nodeHasher,
  });
  const whole = { ...batch, firstSeq: 1, lastSeq: 2, prevHash: EMPTY_HEAD.hash };
  return { ...whole, ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...change };
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
    expect(JSON.parse(body)).toMatchObject({ v: 1, id: 'b1', place: 'p1' });
    expect(hash).toBe(chainHash(nodeHasher, EMPTY_HEAD.hash, body));
    expect(count).toBe(2);
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
    expect(faultOf(stored({}, { ...known, v: 2 }))).toBe('STORE_VERSION');
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
