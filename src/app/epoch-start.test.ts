import { describe, expect, it } from 'vitest';
import { nodeHasher } from '../adapters/system/node-hasher.ts';
import { emptyState, type FleetState } from '../core/fleet-state.ts';
import { LIMITS } from '../core/limits.ts';
import { EMPTY_HEAD, EPOCH_STRIDE, StoreFault, type StoreTraits } from '../ports/event-store.ts';
import { decodeBatch } from './batch-codec.ts';
import { type EpochPlan, epochBatches } from './epoch-start.ts';

const traits: StoreTraits = {
  kind: 'memory',
  sharedAcrossHosts: false,
  pushesHints: true,
  survives: 'nothing',
  maxBatchEvents: 4_096,
  maxBatchBytes: 20_000,
  location: 'memory:',
};
const lost = { epoch: 0, seq: 90, hash: 'a'.repeat(64) };

function plan(change: Partial<EpochPlan> = {}): EpochPlan {
  return {
    loss: { lost, why: 'the log was removed', rest: 'none' },
    fleetId: 'f_1',
    state: emptyState(),
    basis: { ...lost, format: 1 },
    givenTwice: [],
    head: EMPTY_HEAD,
    witness: lost,
    moment: { at: 500, wallAt: '2025-11-19T23:25:00.000Z' },
    batchId: 'b1',
    placeId: 'p',
    traits,
    hasher: nodeHasher,
    ...change,
  };
}

function eventsOf(planned: EpochPlan) {
  const [batch] = epochBatches(planned);
  if (batch === undefined) throw new Error('there is none');
  const firstSeq = batch.epoch * EPOCH_STRIDE;
  return decodeBatch({ ...batch, firstSeq, lastSeq: firstSeq + batch.count - 1, prevHash: planned.head.hash }).events;
}

function withRequests(state: FleetState, count: number): FleetState {
  for (let i = 0; i < count; i += 1) {
    const key = `scope request-${i}`;
    const row = { key, scope: 'scope', requestId: `request-${i}`, bodyHash: 'b', op: 'acquire', seq: i, at: 0 };
    state.requests.set({ ...row, sessionId: null, leases: [], ticket: null, outcome: null });
  }
  return state;
}

describe('the start of an epoch', () => {
  it('lies above every epoch that anybody has seen, and says what was lost and what is known', () => {
    const witness = { ...lost, epoch: 4 };
    const [start] = eventsOf(plan({ witness, head: { ...EMPTY_HEAD, epoch: 2 } }));
    expect(start).toMatchObject({ type: 'epoch.started', seq: 5 * EPOCH_STRIDE, fleetId: 'f_1', lost, basis: lost });
  });

  it('rests for a moment where others may know more, and for the longest belief where nobody knows all', () => {
    const restUntil = (rest: 'none' | 'settle' | 'belief', sharedAcrossHosts = false): unknown[] =>
      eventsOf(plan({ loss: { lost, why: 'gone', rest }, traits: { ...traits, sharedAcrossHosts } })).flatMap(
        (event) => (event.type === 'granting.suspended' ? [event.until - 500] : []),
      );
    expect(restUntil('none')).toEqual([]);
    expect(restUntil('settle')).toEqual([3_000]);
    expect(restUntil('belief')).toEqual([LIMITS.beliefMaxMs]);
    expect([...restUntil('settle', true), ...restUntil('belief', true)]).toEqual([16_000, 16_000]);
  });

  it('never makes a rest shorter that is not over', () => {
    const resting = (until: number | null): FleetState => {
      const state = emptyState();
      const suspended = { until, code: 'STORE_REGRESSED' as const, why: 'gone before', sinceWallAt: '' };
      const tokens = { operatorTokenHash: null, joinTokenHash: null, policy: null };
      state.fleet = {
        fleetId: 'f_1',
        foundedWallAt: '',
        epoch: 1,
        format: 1,
        foldsCaseSince: null,
        suspended,
        ...tokens,
      };
      return state;
    };
    const loss = { lost, why: 'gone again', rest: 'settle' } as const;
    const types = (until: number | null): string[] =>
      eventsOf(plan({ loss, state: resting(until) })).map(({ type }) => type);
    expect(types(500 + LIMITS.beliefMaxMs)).toEqual(['epoch.started']);
    expect(types(null)).toEqual(['epoch.started']);
    expect(types(600)).toEqual(['epoch.started', 'granting.suspended']);
  });

  it('lets a broken invariant be one, and rests underneath for as long as somebody may believe', () => {
    const state = emptyState();
    state.fleet = {
      fleetId: 'f_1',
      foundedWallAt: '',
      epoch: 0,
      format: 1,
      foldsCaseSince: null,
      suspended: { until: null, code: 'INVARIANT_BROKEN', why: 'one_holder: 7: and 9', sinceWallAt: '' },
      operatorTokenHash: null,
      joinTokenHash: null,
      policy: null,
    };
    const [, broken] = eventsOf(plan({ loss: { lost, why: 'gone', rest: 'belief' }, state }));
    const until = 500 + LIMITS.beliefMaxMs;
    const expected = {
      type: 'invariant.broken',
      invariant: 'one_holder',
      detail: '7: and 9',
      rest: { until, why: 'gone' },
    };
    expect(broken).toMatchObject(expected);
  });

  it('leaves out the memory of the past where the state is too large, and no claim of anybody', () => {
    const state = withRequests(emptyState(), 500);
    state.places.set({ placeId: 'p', bootId: 'b', host: 'h', anchorAt: 0, anchorMonoMs: 0 });
    const [start] = eventsOf(plan({ state }));
    const image = (start as unknown as { state: { tables: Record<string, unknown[]> } }).state;
    expect([image.tables.requests?.length, image.tables.places?.length]).toEqual([0, 1]);
    expect(state.requests.size).toBe(500);
  });

  it('is refused where more ends with it than the store takes at once', () => {
    const state = emptyState();
    const lease = {
      mode: 'exclusive',
      sessionId: 's',
      agentId: 'ana',
      ttlMs: 1,
      grantedAt: 0,
      grantedWallAt: '',
    } as const;
    const more = { usedAt: 0, path: 'free', ticket: null, reason: '', offer: null } as const;
    const tokens = Array.from({ length: 40 }, (_, i) => i + 1);
    for (const token of tokens)
      state.leases.set({ ...lease, ...more, token, resource: `task:${token}`, firstToken: token });
    const ends = (givenTwice: readonly number[]): unknown =>
      epochBatches(plan({ state, givenTwice, traits: { ...traits, maxBatchEvents: 40 } }));
    expect(ends(tokens.slice(1))).toHaveLength(2);
    expect(() => ends(tokens)).toThrow(StoreFault);
  });

  it('is refused where even that is too large', () => {
    const state = emptyState();
    for (let i = 0; i < 500; i += 1)
      state.places.set({ placeId: `p${i}`, bootId: 'b', host: 'h', anchorAt: 0, anchorMonoMs: 0 });
    expect(() => epochBatches(plan({ state }))).toThrow(StoreFault);
  });
});
