import { describe, expect, it } from 'vitest';
import { batchAfter } from '../../test/support/batches.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/fleet-rig.ts';
import { createMemoryLog } from '../adapters/memory/memory-log.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import { EMPTY_HEAD, type EventStore, StoreFault } from '../ports/event-store.ts';
import type { Logger } from '../ports/logger.ts';
import { type AppendSeen, instrument } from './instrument.ts';

describe('a store behind its door', () => {
  it('tells its operator of a call that took a second, and of one that was refused only who asks', async () => {
    const said: [string, Readonly<Record<string, unknown>>][] = [];
    const logger: Logger = {
      ...silent,
      warn: (fields) => void said.push(['warn', fields]),
      debug: (fields) => void said.push(['debug', fields]),
    };
    const clock = createFakeClock();
    const inner = createMemoryStore(createMemoryLog(), nodeHasher);
    const passing = (ms: number) => async (): Promise<readonly never[]> => {
      await clock.advance(ms);
      return [];
    };
    const fault = new StoreFault('STORE_UNAVAILABLE', 'gone');
    const store = instrument(
      Object.assign(inner, { beats: passing(999), caveats: passing(1_000), loadSnapshot: () => Promise.reject(fault) }),
      logger,
      clock,
    );
    await store.open();
    await store.beats();
    expect(said).toEqual([]);
    expect(await store.caveats?.()).toEqual([]);
    await expect(store.loadSnapshot()).rejects.toBe(fault);
    expect(said).toEqual([
      ['warn', { call: 'caveats', tookMs: 1_000 }],
      ['debug', { call: 'loadSnapshot', tookMs: 0, err: fault }],
    ]);
  });

  it('tells how long an append took that took less than a millisecond', async () => {
    const readings = [1_000.25, 1_000.75];
    const clock = { ...createFakeClock(), preciseMs: () => readings.shift() ?? Number.NaN };
    const seen: AppendSeen[] = [];
    const store = instrument(createMemoryStore(createMemoryLog(), nodeHasher), silent, clock, (each) =>
      seen.push(each),
    );
    await store.open();
    await store.append(EMPTY_HEAD, batchAfter(EMPTY_HEAD));
    expect(seen).toEqual([{ appended: true, tookMs: 0.5, events: 1 }]);
  });

  it('can what it can, and nothing more', () => {
    const bare = createMemoryStore(createMemoryLog(), nodeHasher);
    const optional = ['readRemains', 'ahead', 'beginBehind', 'caveats'] as const;
    const had = (store: EventStore) => optional.filter((name) => store[name] !== undefined);
    const clock = createFakeClock();
    expect(had(instrument(bare, silent, clock))).toEqual(had(bare));
    const rich: EventStore = Object.assign(bare, {
      caveats: () => Promise.resolve([]),
      ahead: { read: () => Promise.resolve([]), confirm: () => Promise.resolve() },
    });
    expect(had(instrument(rich, silent, clock))).toEqual(had(rich));
  });
});
