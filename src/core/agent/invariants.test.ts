// What the invariants of agents would see. Nothing that decides makes such a step or state, so they are made by hand.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { brokenByStep, nextEvent } from '../../../test/support/next-step.ts';
import { apply } from '../apply.ts';
import type { FleetEvent } from '../event.ts';
import { forkState } from '../fleet-state.ts';
import { checkDraft, checkState, checkStep } from '../invariants.ts';
import { lookAgainAtWaitsOf } from '../lease/absent.ts';
import { LIMITS } from '../limits.ts';
import type { AgentRow, ConductRow } from '../rows.ts';

type Op = 'pause' | 'resume' | 'archive' | 'restore' | 'retire';

/** A fleet of one agent which has checked in, brought to where these words lead. */
function open(...ops: readonly Op[]): CoreFleet {
  const fleet = new CoreFleet();
  fleet.join('ana');
  fleet.says('ana', {
    op: 'check_in',
    summary: 'begun',
    digest: 'begun',
    complexity: null,
    confidence: null,
    outcomes: [{ kind: 'tests', ok: true, evidence: '' }],
    plan: null,
    parameters: null,
  });
  for (const op of ops) fleet.operator({ op, agentId: 'ana', reason: 'so' });
  return fleet;
}

/** What the next event, folded as it is, breaks. */
function stepOf({ state }: CoreFleet, facts: object): string | null {
  return brokenByStep(state, facts);
}

function agentOf({ state }: Pick<CoreFleet, 'state'>): AgentRow {
  const row = state.agents.get('ana');
  if (row === undefined) throw new Error('nobody');
  return row;
}

function conductOf({ state }: CoreFleet): ConductRow {
  const row = state.conduct.get('ana');
  if (row === undefined) throw new Error('it did nothing');
  return row;
}

const PAUSED = { type: 'agent.paused', by: 'operator', was: 'active', reason: 'x', reasons: [], leases: 'keep' };
const RESUMED = { type: 'agent.resumed', by: 'operator', reason: 'x' };
const ARCHIVED = { type: 'agent.archived', by: 'operator', was: 'active', reason: 'x' };
const RESTORED = { type: 'agent.restored', by: 'operator', reason: 'x' };
const RETIRED = { type: 'agent.retired', was: 'active', reason: 'x' };
const CHECK_IN = {
  type: 'checkin.recorded',
  checkInId: 'c9',
  summary: '',
  digest: 'd',
  complexity: null,
  confidence: null,
  outcomes: [],
  plan: null,
  verdict: 'proceed',
  reasons: [],
  next: '',
  estimator: { name: 'evidence', labelled: 0, brier: null, failuresInARow: 0, equal: 1, lostLeases: 0 },
};

describe('lifecycle_moves', () => {
  it.each([
    ['is paused by the wrong past', [], { ...PAUSED, was: 'archived' }],
    ['is paused out of the archive', ['archive'], { ...PAUSED, was: 'archived' }],
    ['is resumed and was not paused', [], RESUMED],
    ['is resumed out of the archive', ['pause', 'archive'], RESUMED],
    ['is archived twice', ['archive'], { ...ARCHIVED, was: 'archived' }],
    ['is restored and was not archived', ['pause'], RESTORED],
    ['is restored after it was retired', ['retire'], RESTORED],
    ['is paused after it was retired', ['retire'], { ...PAUSED, was: 'retired' }],
    ['is retired twice', ['retire'], { ...RETIRED, was: 'retired' }],
  ] as const)('sees an agent that %s', (_, ops, facts) => {
    expect(stepOf(open(...ops), facts)).toBe('lifecycle_moves');
  });

  it.each([
    [[], PAUSED],
    [['pause'], { ...PAUSED, was: 'paused' }],
    [['pause'], RESUMED],
    [['pause'], { ...ARCHIVED, was: 'paused' }],
    [['pause', 'archive'], RESTORED],
    [['pause', 'archive'], { ...RETIRED, was: 'archived' }],
  ] as const)('lets pass what the table says: %j', (ops, facts) => {
    expect(stepOf(open(...ops), facts)).toBeNull();
  });

  it('sees an agent that an event of something else makes another, or none', () => {
    const { state } = open();
    const event = nextEvent(state, { type: 'drill.marked', label: 'x', note: '' });
    const after = { ...forkState(state), position: { ...state.position, seq: event.seq } };
    const agent = agentOf({ state });
    expect(checkStep(state, event, after)).toBeNull();
    after.agents.set({ ...agent, lifecycle: 'archived' });
    expect(checkStep(state, event, after)).toMatchObject({ invariant: 'lifecycle_moves' });
    after.agents.delete('ana');
    expect(checkStep(state, event, after)).toMatchObject({ invariant: 'lifecycle_moves' });
  });

  it('sees a retired agent that is anything else in a draft', () => {
    const fleet = open('retire');
    const draft = forkState(fleet.state);
    draft.agents.set({ ...agentOf(fleet), lifecycle: 'archived' });
    expect(checkDraft(fleet.state, draft)).toMatchObject({ invariant: 'lifecycle_moves' });
  });
});

describe('pause_binds', () => {
  const ticket = { ticket: 't9', resources: ['task:a'], mode: 'exclusive', ttlMs: 1_000, priority: 0, reason: '' };
  it.each([
    { type: 'lease.renewed', resource: 'task:a', token: 1, ttlMs: 1_000 },
    { type: 'lease.queued', ...ticket, parkedUntil: 1 },
    { type: 'wait.parked', ticket: 't9', parkedUntil: 1 },
    { type: 'handoff.offered', resource: 'task:a', token: 1, offer: 'h9', to: 'bo', until: 1 },
    { type: 'state.put', key: 'k', value: 1, valueVersion: 1, guard: null },
    {
      type: 'message.sent',
      messageId: 'm9',
      to: '*',
      kind: 'info',
      text: 'x',
      replyTo: null,
      thread: 'm9',
      lease: null,
    },
  ])('sees $type of a paused agent, and not of an active one', (facts) => {
    expect(stepOf(open('pause'), facts)).toBe('pause_binds');
    expect(stepOf(open(), facts)).toBeNull();
  });

  it('sees activity of a paused agent that would renew what it holds', () => {
    const fleet = open();
    fleet.acquire('ana', ['task:a']);
    const active = { type: 'session.active', noticesSeen: 0 };
    expect(stepOf(fleet, active)).toBeNull();
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'so' });
    expect(stepOf(fleet, active)).toBe('pause_binds');
    expect(stepOf(open('pause'), active)).toBeNull();
  });

  it('sees an offer that stands with a paused agent for long', () => {
    const fleet = open();
    fleet.join('hal');
    fleet.acquire('hal', ['task:a']);
    fleet.acquire('ana', ['task:a'], { waitMs: 10 });
    fleet.atMs += 20;
    fleet.says('hal', { op: 'release', leases: 'all' });
    const pause = { seq: 1, wallAt: '', actor: '', reason: '', reasons: [], leases: 'keep', by: 'operator' } as const;
    const late = { ...pause, at: fleet.atMs + 1 };
    fleet.state.agents.set({ ...agentOf(fleet), lifecycle: 'paused', pause: late, change: late });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'absence_is_known' }, { invariant: 'pause_binds' }]);
    lookAgainAtWaitsOf(fleet.state, 's-ana');
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'pause_binds' }]);
  });
});

describe('verdict_binds', () => {
  it('sees a paused agent that is told to go on', () => {
    expect(stepOf(open('pause'), CHECK_IN)).toBe('verdict_binds');
    expect(stepOf(open('pause'), { ...CHECK_IN, verdict: 'pause' })).toBeNull();
  });

  it('sees an agent that goes on although it was told to pause', () => {
    const fleet = open('pause', 'resume');
    const conduct = conductOf(fleet);
    const [told] = conduct.recent;
    if (conduct.last === null || told === undefined) throw new Error('nothing said');
    const last = { ...conduct.last, verdict: 'pause' } as const;
    const verdicts = { proceed: 0, guide: 0, pause: 1 };
    fleet.state.conduct.set({ ...conduct, last, verdicts });
    expect(checkState(fleet.state)).toEqual([]);
    fleet.state.conduct.set({ ...conduct, last, verdicts, recent: [{ ...told, seq: fleet.state.position.seq }] });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'verdict_binds' }]);
    // Long ago, so that the check-in itself is forgotten.
    fleet.state.conduct.set({ ...conduct, last, verdicts: { ...verdicts, proceed: 1 }, updates: 2, recent: [] });
    fleet.state.checkIns.delete(told.checkInId);
    expect(checkState(fleet.state)).toEqual([]);
    fleet.state.agents.set({ ...agentOf(fleet), change: null });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'verdict_binds' }]);
  });
});

describe('agent_is_whole', () => {
  it.each([
    ['paused without a pause', ['pause'], { pause: null }],
    ['active with a pause', ['pause'], { lifecycle: 'active' }],
    ['archived since never', ['archive'], { change: null }],
  ] as const)('sees an agent that is %s', (_, ops, change) => {
    const fleet = open(...ops);
    const draft = forkState(fleet.state);
    draft.agents.set({ ...agentOf(fleet), ...change });
    expect(checkDraft(fleet.state, draft)).toMatchObject({ invariant: 'agent_is_whole' });
  });
});

describe('check_ins_count and their bounds', () => {
  it.each([
    ['uncounted', { updates: 0, recent: [] }, 'check_ins_count'],
    ['counted twice', { updates: 2 }, 'check_ins_count'],
    ['known by half', { recent: [] }, 'check_ins_count'],
    ['known twice', (row: ConductRow) => ({ recent: [...row.recent, ...row.recent] }), 'check_ins_count'],
    [
      'told one kind twice',
      (row: ConductRow) => ({
        recent: row.recent.map((each) => ({ ...each, outcomes: [...each.outcomes, ...each.outcomes] })),
      }),
      'check_ins_count',
    ],
    [
      'too many',
      (row: ConductRow) => ({ recent: Array.from({ length: LIMITS.checkInsPerAgent + 1 }, () => row.recent[0]) }),
      'bounds',
    ],
    [
      'with too many lost leases',
      {
        lost: Array.from({ length: LIMITS.lostLeases + 1 }, () => ({ at: 0, how: 'expired', resource: '', token: 1 })),
      },
      'bounds',
    ],
  ] as const)('see check-ins that are %s', (_, change, invariant) => {
    const fleet = open();
    const row = conductOf(fleet);
    const changed = typeof change === 'function' ? change(row) : change;
    fleet.state.conduct.set({ ...row, ...changed } as ConductRow);
    expect(checkState(fleet.state)[0]).toMatchObject({ invariant });
  });

  it('see a check-in that is known as that of another agent', () => {
    const fleet = open();
    const [told] = conductOf(fleet).recent;
    if (told === undefined) throw new Error('nothing said');
    fleet.state.checkIns.set({ checkInId: told.checkInId, agentId: 'bo' });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'check_ins_count' }]);
  });

  it('see more check-ins in the fleet than are kept, and an agent that never checked in with one', () => {
    const fleet = open();
    fleet.state.agents.set({ ...agentOf(fleet), hasCheckedIn: false });
    expect(checkState(fleet.state)).toMatchObject([{ invariant: 'check_ins_count' }]);
    for (let n = 0; n < LIMITS.checkInsKept; n += 1) fleet.state.checkIns.set({ checkInId: `x${n}`, agentId: 'ana' });
    expect(checkState(fleet.state).map(({ invariant }) => invariant)).toContain('bounds');
  });

  it('see a check-in that is not counted, or of which the last one is another', () => {
    const fleet = open();
    const { state } = fleet;
    const event = { ...CHECK_IN, agentId: 'ana', sessionId: 's-ana', actor: 'ana', at: 0, version: 1, wallAt: '' };
    const next = { ...event, seq: state.position.seq + 1 } as unknown as FleetEvent;
    const after = forkState(state);
    apply(after, next);
    expect(checkStep(state, next, after)).toBeNull();
    const counted = after.conduct.get('ana') as ConductRow;
    for (const wrong of [{ updates: 1 }, { verdicts: conductOf(fleet).verdicts }, { last: conductOf(fleet).last }]) {
      after.conduct.set({ ...counted, ...wrong });
      expect(checkStep(state, next, after)).toMatchObject({ invariant: 'check_ins_count' });
    }
  });
});
