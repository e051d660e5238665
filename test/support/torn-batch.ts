// What no Brigade writes: a batch that fits the log and cannot be folded.

import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import type { FleetEvent } from '../../src/core/event.ts';
import type { Batch, LogHead } from '../../src/ports/event-store.ts';

/** Its chain is whole; its first event can be folded, its second cannot. */
export function tornAfter(head: LogHead): Batch {
  const moment = { at: 1, wallAt: '2025-11-19T23:25:00.000Z' };
  const event = { ...moment, version: 1, actor: 'x' } as const;
  const mark = { ...event, seq: head.seq + 1, type: 'drill.marked', label: 'torn', note: '' } as const;
  const torn = { ...event, seq: head.seq + 2, type: 'epoch.started', state: 7 } as unknown as FleetEvent;
  const { epoch, format } = head;
  const parts = { id: 'torn', ...moment, placeId: 'p', epoch, format, hasher: nodeHasher };
  return encodeBatch(head, [encodeEvent(mark), encodeEvent(torn)], parts);
}
