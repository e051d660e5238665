// A log of many events that mean nothing, for what depends on their number alone.

import { randomBytes } from 'node:crypto';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import { apply } from '../../src/core/apply.ts';
import { type FleetEvent, FORMAT } from '../../src/core/event.ts';
import { exportState } from '../../src/core/fleet/state-image.ts';
import { emptyState } from '../../src/core/fleet-state.ts';
import { EPOCH_STRIDE, type EventStore, type LogHead } from '../../src/ports/event-store.ts';

export const MARKS_BEGAN_MS = Date.UTC(2025, 10, 19);

/** Marks behind whatever `store` has, 500 in a batch, a thousand an hour; a snapshot after each 5,000. `state`: of the log so far. */
export async function writeMarks(store: EventStore, events: number, epoch = 0, state = emptyState()): Promise<LogHead> {
  let head = await store.open();
  for (let made = 0; made < events; made += 500) {
    const first = epoch > head.epoch ? epoch * EPOCH_STRIDE : head.seq + 1;
    const wallAt = new Date(MARKS_BEGAN_MS + (head.seq % EPOCH_STRIDE) * 3_600).toISOString();
    const batch = Array.from({ length: 500 }, (_, i): FleetEvent => {
      const seq = first + i;
      return { seq, at: seq, wallAt, version: 1, actor: 'brigade', type: 'drill.marked', label: `${seq}`, note: '' };
    });
    for (const event of batch) apply(state, event);
    const parts = { id: `b${first}`, at: first, wallAt, placeId: 'p', epoch, format: FORMAT, hasher: nodeHasher };
    const appended = await store.append(head, encodeBatch(head, batch.map(encodeEvent), parts));
    if (!appended.appended) throw new Error('not appended');
    head = appended.head;
    if ((made + 500) % 5_000 === 0) {
      const { seq, hash, format } = head;
      await store.saveSnapshot({ epoch, seq, hash, format, body: JSON.stringify(exportState(state)) });
    }
  }
  return head;
}

/** One batch of about so many bytes behind whatever `store` has, which hardly compresses. Answers the number at which it ends. */
export async function writeIncompressible(store: EventStore, bytes: number): Promise<number> {
  const head = await store.open();
  const wallAt = new Date(MARKS_BEGAN_MS).toISOString();
  const events = Array.from({ length: Math.ceil(bytes / 1_000) }, (_, i): FleetEvent => {
    const seq = head.seq + 1 + i;
    const note = randomBytes(660).toString('base64');
    return { seq, at: seq, wallAt, version: 1, actor: 'brigade', type: 'drill.marked', label: `${seq}`, note };
  });
  const parts = { id: 'large', at: head.seq + 1, wallAt, placeId: 'p', epoch: head.epoch, format: head.format };
  const batch = encodeBatch(head, events.map(encodeEvent), { ...parts, hasher: nodeHasher });
  return (await store.append(head, batch)).head.seq;
}
