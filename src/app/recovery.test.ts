import { describe, expect, it } from 'vitest';
import { createMemoryLog, type MemoryLog } from '../adapters/memory/memory-log.ts';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import { type FleetEvent, FORMAT } from '../core/event.ts';
import { epochStarted } from '../core/fleet/epoch.ts';
import { emptyState, type FleetState } from '../core/fleet-state.ts';
import { EMPTY_HEAD, EPOCH_STRIDE, type LogHead, StoreFault } from '../ports/event-store.ts';
import type { WitnessedHead } from '../ports/witness.ts';
import { encodeBatch, encodeEvent } from './batch-codec.ts';
import { assessLog, type LogNow, type OwnKnowledge, tokensGivenTwice } from './recovery.ts';

const MOMENT = { at: 5, wallAt: '2025-11-19T23:25:00.000Z' };

/** A log that the test writes, as whatever it says. */
class WrittenLog {
  readonly log: MemoryLog = createMemoryLog();
  readonly #store = createMemoryStore(this.log, nodeHasher);

  async append(make: (seq: number) => FleetEvent, epoch = this.log.head.epoch): Promise<LogHead> {
    const { head } = this.log;
    await this.#store.open();
    const seq = epoch > head.epoch ? epoch * EPOCH_STRIDE : head.seq + 1;
    const parts = { id: `b${seq}`, ...MOMENT, placeId: 'p', epoch, format: FORMAT, hasher: nodeHasher };
    return (await this.#store.append(head, encodeBatch(head, [encodeEvent(make(seq))], parts))).head;
  }

  mark(label = 'x'): Promise<LogHead> {
    return this.append((seq) => ({ ...headOf(seq), type: 'drill.marked', label, note: '' }));
  }

  /** An epoch by somebody who had folded up to `basis`. */
  start(epoch: number, basis: WitnessedHead): Promise<LogHead> {
    const facts = { fleetId: 'f_1', epoch, lost: basis, basis, why: 'it was lost', requestId: 'r' };
    return this.append((seq) => ({ ...epochStarted(emptyState(), facts, MOMENT), seq }), epoch);
  }

  grant(resource: string): Promise<LogHead> {
    const lease = { mode: 'exclusive', ttlMs: 60_000, reason: '', path: 'free', ticket: null } as const;
    const set = { replaces: null, firstToken: null };
    return this.append((seq) => ({
      ...headOf(seq),
      type: 'lease.granted',
      agentId: 'ana',
      sessionId: 's_ana',
      resource,
      ...lease,
      ...set,
    }));
  }

  now(isSuspended = false): LogNow {
    return { store: this.#store, head: this.log.head, isSuspended };
  }
}

function headOf(seq: number) {
  return { seq, ...MOMENT, version: 1, actor: 'brigade' } as const;
}

const folded = (head: LogHead, change: Partial<OwnKnowledge> = {}): OwnKnowledge => ({
  head,
  before: head,
  hashes: new Set([head.hash]),
  isWhole: true,
  ...change,
});

/** A log that was written, and what is left of it. */
async function lostAt(events: number): Promise<LogHead> {
  const lost = new WrittenLog();
  for (let i = 0; i < events; i += 1) await lost.mark();
  return lost.log.head;
}

describe('a log that was begun anew by somebody who knew less', () => {
  it.each([
    ['nothing stands in it but its start, and granting rests in it', true, 0, true, 'none'],
    ['the same, and what we know may lack the end', true, 0, false, 'settle'],
    ['something was written behind its start', true, 1, true, 'belief'],
    ['granting does not rest in it', false, 0, true, 'belief'],
  ] as const)(
    'is begun once more, and granting rests as long as it must: %s',
    async (_what, rests, more, isWhole, rest) => {
      const own = await lostAt(9);
      const written = new WrittenLog();
      await written.start(1, { ...own, seq: 5 });
      for (let i = 0; i < more; i += 1) await written.mark();
      const loss = await assessLog(written.now(rests), { own: folded(own, { isWhole }), witness: null });
      expect(loss).toMatchObject({ lost: own, rest });
    },
  );

  it('is sound where what it was begun with reaches what we had folded before we noticed', async () => {
    const own = await lostAt(9);
    const written = new WrittenLog();
    await written.start(1, own);
    const known = folded({ ...own, seq: 12 }, { before: own });
    expect(await assessLog(written.now(true), { own: known, witness: null })).toBeNull();
  });
});

describe('an epoch that says it was built on itself, or on one that is to come', () => {
  it.each([1, 2, 7])('stands on nothing (%i)', async (epoch) => {
    const own = await lostAt(3);
    const written = new WrittenLog();
    await written.start(1, { epoch, seq: epoch * EPOCH_STRIDE, hash: 'a'.repeat(64) });
    expect(await assessLog(written.now(), { own: folded(own), witness: null })).toMatchObject({ lost: own });
  });
});

describe('a token that a fork gave twice', () => {
  const LEASE = {
    agentId: 'ana',
    sessionId: 's_ana',
    resource: 'task:stew',
    mode: 'exclusive',
    ttlMs: 60_000,
    grantedAt: MOMENT.at,
    grantedWallAt: MOMENT.wallAt,
    usedAt: MOMENT.at,
    path: 'free',
    ticket: null,
    reason: '',
    offer: null,
  } as const;

  /** Somebody who knows of these leases. */
  const knowing = (...tokens: readonly number[]): FleetState => {
    const state = emptyState();
    for (const token of tokens) state.leases.set({ ...LEASE, token, firstToken: token });
    return state;
  };

  it('is none that retention has cut off: what was before a fork was the same', async () => {
    const written = new WrittenLog();
    for (const resource of ['stew', 'stew', 'soup', 'soup']) await written.grant(`task:${resource}`);
    const { store, head } = written.now();
    const truncated = new StoreFault('HISTORY_TRUNCATED', 'gone', { details: { removedUpTo: 2 } });
    const cut: LogNow['store'] = {
      read: (after, limit) => (after < 2 ? Promise.reject(truncated) : store.read(after, limit)),
    };
    const now = { store: cut, head, state: emptyState() };
    expect(await tokensGivenTwice(now, knowing(1, 2, 3, 4))).toEqual([3, 4]);
  });

  it('is one that the log gave for something else', async () => {
    const written = new WrittenLog();
    await written.grant('task:stew');
    await written.grant('task:soup');
    await written.mark();
    const now = { ...written.now(), state: emptyState() };
    expect(await tokensGivenTwice(now, knowing(1, 2, 3, 9))).toEqual([2]);
    expect(await tokensGivenTwice({ ...now, head: EMPTY_HEAD }, knowing(1, 2))).toEqual([]);
  });
});
