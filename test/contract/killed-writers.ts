// S5 and S8 at once: a writer appends without end and is killed at a moment that nobody chose, again and again on one
// log. What is there afterwards is whole batches, in the order in which they were tried, and all that were acknowledged.

import { expect } from 'vitest';
import { EMPTY_HEAD, type EventStore, type LogHead } from '../../src/ports/event-store.ts';
import { readAll } from '../support/batches.ts';
import type { RemoteStore } from './remote-store.ts';

export interface KilledWriters {
  readonly rounds: number;
  /** A fresh handle on the log, open. */
  readonly open: () => Promise<EventStore>;
  readonly openElsewhere: (options: { readonly isHasty: boolean }) => Promise<RemoteStore>;
}

export async function expectWholeAfterKills({ rounds, open, openElsewhere }: KilledWriters): Promise<void> {
  let head: LogHead = EMPTY_HEAD;
  let known = 0;
  for (let round = 0; round < rounds; round += 1) {
    const writer = await openElsewhere({ isHasty: round % 4 !== 3 });
    const bytes = round % 2 === 0 ? 300_000 : 200;
    writer.flood(head, bytes);
    await writer.nextAcknowledged();
    await spin(Math.random() * 4);
    await writer.kill();
    const reader = await open();
    const batches = await readAll(reader, head.seq);
    head = await reader.open();
    for (const batch of batches) expect([batch.count, batch.body.length]).toEqual([3, bytes]);
    const ids = batches.map((batch) => batch.id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => numberOf(a) - numberOf(b)));
    for (const { batchId } of writer.acknowledged) expect(ids).toContain(batchId);
    known += ids.length;
    await reader.close();
  }
  expect(await readAll(await open())).toHaveLength(known);
}

/** Not a wait for something: a moment that nobody chose, for a process to be killed in. */
async function spin(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
}

/** Writers number their batches as they try them. */
function numberOf(batchId: string): number {
  return Number(batchId.split('-').at(-1));
}
