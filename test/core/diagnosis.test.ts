// What is found wrong with a fleet, how it is called, and that its cause comes first.

import { describe, expect, it } from 'vitest';
import { FINDING_CODES, findingId, parseFindingId } from '../../src/core/diagnosis/finding.ts';
import { viewOf } from '../../src/core/view/view-of.ts';
import { ticketOf, tokenOf, type WatchedFleet, watched } from '../support/watched-fleet.ts';

const STEW = 'task:stew';
const SOUP = 'task:soup';
const LONG = 600_000;

describe('a healthy fleet', () => {
  it('has no findings, and a sentence that says what was looked at', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.atMs += 5_000;
    const { findings, summary, looked } = fleet.diagnosis();
    expect(findings).toEqual([]);
    expect(summary).toBe('Nothing is wrong. 2 agents in 2 sessions, 1 lock held, 1 wait, the longest for 5s.');
    expect(looked.join(' ')).toContain('Looked at: processes of this host');
  });

  it('is told of a resource and of an agent', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.atMs += 5_000;
    expect(fleet.diagnosis({ kind: 'resource', resource: STEW }).looked).toEqual([
      'ana holds task:stew for 5s, heard of 5s ago; its process is there.',
      'bo has waited 5s.',
    ]);
    expect(fleet.diagnosis({ kind: 'agent', agentId: 'bo' }).looked).toEqual([
      'bo is here, holds 0 locks and stands in 1 line.',
      'It is number 1 in line for task:stew, for 5s now; ana in its way.',
    ]);
    expect(fleet.diagnosis({ kind: 'resource', resource: SOUP }).summary).toBe('Nobody holds or waits for task:soup.');
    expect(fleet.diagnosis({ kind: 'agent', agentId: 'cy' }).summary).toBe('There is no agent "cy" in this fleet.');
  });
});

describe('a holder that others wait for', () => {
  it('is dead when its process is gone; whoever works here may close its session', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.presence.set('s-ana', 'gone');
    const [first, ...others] = fleet.findings();
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      code: 'dead_holder',
      id: `dead_holder:${STEW}:${tokenOf(fleet, 'ana')}`,
      severity: 'critical',
      message: 'ana holds task:stew and its process is gone; bo has waited 0s.',
      agents: ['ana', 'bo'],
      resources: [STEW],
      action: { kind: 'close_session', who: 'agent', sessionId: 's-ana' },
    });
    expect(first?.evidence[0]).toBe('Gone: process 100 (mcp); no such process is there any more.');
  });

  it('is stopped when its process is there and does not run; only an operator takes from it', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.presence.set('s-ana', 'stopped');
    const found = fleet.found('stopped_holder');
    expect(found.action).toMatchObject({ kind: 'revoke', who: 'operator' });
    expect(found.next).toContain('kill -CONT 100');
    fleet.atMs += LONG;
    expect(fleet.codes()).toContain('stopped_holder');
    expect(fleet.codes()).not.toContain('silent_holder');
  });

  it('is silent when nothing can have been heard of it for as long as policy allows, and not before', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.atMs += 149_999;
    expect(fleet.codes()).not.toContain('silent_holder');
    fleet.atMs += 1;
    const found = fleet.found('silent_holder');
    expect(fleet.codes()[0]).toBe('silent_holder');
    expect(found).toMatchObject({
      message: 'ana holds task:stew and was not heard of for 2m00s; bo has waited 2m30s.',
      action: { kind: 'revoke', who: 'agent', tokens: [tokenOf(fleet, 'ana')] },
    });
    fleet.look('ana');
    expect(fleet.codes()).not.toContain('silent_holder');
  });

  it('is silent only while somebody waits', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW);
    fleet.atMs += LONG;
    expect(fleet.findings()).toEqual([]);
  });

  it('is paused', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'look at this' });
    expect(fleet.found('paused_holder')).toMatchObject({
      action: { kind: 'revoke', who: 'operator' },
      evidence: ['Paused by operator:root for 0s: look at this'],
    });
    expect(fleet.codes()).toEqual(['paused_holder']);
  });

  it('is slow when it works and holds for long; it can be asked once', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.atMs += 59_000;
    fleet.look('ana');
    expect(fleet.codes()).toEqual([]);
    fleet.atMs += 1_000;
    const found = fleet.found('slow_holder');
    expect(found).toMatchObject({ severity: 'warning', action: { kind: 'ask', who: 'agent' } });
    fleet.says('bo', { op: 'send_message', to: 'ana', kind: 'task', text: 'please', replyTo: null, resource: STEW });
    expect(fleet.found('slow_holder')).toMatchObject({ id: found.id, action: null });
  });

  it('is one finding for all that it holds', () => {
    const fleet = watched('ana', 'bo', 'cy');
    fleet.acquire('ana', [STEW, SOUP, 'task:salt']);
    fleet.acquire('bo', [SOUP], { waitMs: LONG });
    fleet.acquire('cy', [STEW], { waitMs: LONG });
    fleet.presence.set('s-ana', 'gone');
    expect(fleet.findings()).toMatchObject([{ code: 'dead_holder', resources: [STEW, SOUP], behind: 2 }]);
    const refs = fleet.findings()[0]?.refs;
    expect(refs).toHaveLength(3);
  });

  it('keeps its id while its cause is the same', () => {
    const fleet = watched('ana', 'bo', 'cy').queue('ana', STEW, 'bo');
    fleet.atMs += 200_000;
    const { id } = fleet.found('silent_holder');
    fleet.atMs += 5_000;
    fleet.acquire('cy', [STEW], { waitMs: LONG });
    expect(fleet.found('silent_holder').id).toBe(id);
  });
});

describe('what is due', () => {
  it('counts as settled: whoever acts on a finding meets the fleet like that', () => {
    const fleet = watched('ana', 'bo');
    const short = {
      op: 'acquire',
      resources: [STEW],
      mode: 'exclusive',
      waitMs: 0,
      ttlMs: 60_000,
      reason: '',
      priority: 0,
    } as const;
    fleet.says('ana', short);
    fleet.acquire('bo', [STEW], { waitMs: LONG });
    fleet.atMs += LONG - 1;
    expect(fleet.codes()).toEqual(['silent_holder']);
    const view = viewOf(fleet.state, fleet.atMs, () => 'alive', { kind: 'diagnosis' });
    expect(view.findings).toEqual([]);
    expect(view.looked[0]).toContain('1 lock held, nobody waits');
  });
});

describe('a chain', () => {
  const NAMES = Array.from({ length: 20 }, (_, i) => `w${String(i + 1).padStart(2, '0')}`);

  /** Twenty, each of whom holds something and waits for what the one before it holds; the first waits for ana. */
  function chain(): WatchedFleet {
    const fleet = watched('ana', ...NAMES);
    fleet.acquire('ana', ['task:c00']);
    NAMES.forEach((name, i) => void fleet.acquire(name, [`task:c${String(i + 1).padStart(2, '0')}`]));
    NAMES.forEach((name, i) => void fleet.acquire(name, [`task:c${String(i).padStart(2, '0')}`], { waitMs: LONG }));
    return fleet;
  }

  it('has its root first, not the starvation of the twentieth', () => {
    const fleet = chain();
    for (let minute = 0; minute < 11; minute += 1) {
      fleet.atMs += 60_000;
      for (const name of NAMES) fleet.look(name);
    }
    const [first, second] = fleet.findings();
    expect(first).toMatchObject({ code: 'silent_holder', agents: ['ana', 'w01'], behind: 20 });
    expect(second).toMatchObject({ code: 'chain', severity: 'info', behind: 20 });
    expect(second?.message).toBe(
      '20 wait one behind the other, 20 deep, and in the end all of them for ana, who holds task:c00 and waits for nobody.',
    );
    expect(second?.next).toContain(first?.id);
    expect(fleet.codes()).toContain('starving_waiter');
    expect(fleet.codes().filter((code) => code === 'silent_holder')).toHaveLength(1);
  });

  it('has its root first among several that cannot go on', () => {
    const fleet = chain();
    fleet.presence.set('s-w10', 'stopped');
    fleet.presence.set('s-ana', 'stopped');
    fleet.presence.set('s-w05', 'gone');
    expect(
      fleet
        .findings()
        .map(({ agents: [agent], behind }) => [agent, behind])
        .slice(0, 3),
    ).toEqual([
      ['ana', 20],
      ['w05', 15],
      ['w10', 10],
    ]);
  });

  it('is told of its last one: only what keeps it waiting', () => {
    const fleet = chain();
    fleet.presence.set('s-ana', 'gone');
    const codes = fleet.findings({ kind: 'agent', agentId: 'w20' }).map(({ code }) => code);
    expect(codes).toEqual(['dead_holder', 'chain']);
    expect(fleet.findings({ kind: 'resource', resource: 'task:c20' }).map(({ code }) => code)).toEqual(codes);
    expect(fleet.findings({ kind: 'resource', resource: 'task:else' })).toEqual([]);
  });
});

describe('those who wait or ask', () => {
  it('may be dead in line', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.presence.set('s-bo', 'gone');
    expect(fleet.findings()).toMatchObject([
      {
        code: 'dead_waiter',
        action: { kind: 'close_session', who: 'agent', sessionId: 's-bo' },
        refs: [ticketOf(fleet, 'bo').ticket],
      },
    ]);
  });

  it('may storm: five that ask in vain within a minute and do not stand in line', () => {
    const fleet = watched('ana', 'a1', 'a2', 'a3', 'a4', 'a5');
    fleet.acquire('ana', [STEW]);
    for (const agent of ['a1', 'a2', 'a3', 'a4']) fleet.acquire(agent, [STEW]);
    expect(fleet.codes()).toEqual([]);
    fleet.acquire('a5', [STEW]);
    expect(fleet.found('retry_storm')).toMatchObject({ action: null, agents: ['ana', 'a1', 'a2', 'a3', 'a4', 'a5'] });
    fleet.atMs += 60_000;
    expect(fleet.codes()).toEqual([]);
  });

  it('may be in a deadlock that nobody can prove', () => {
    const fleet = watched('ana', 'bo');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [SOUP]);
    fleet.acquire('ana', [SOUP]);
    fleet.acquire('bo', [STEW]);
    expect(fleet.found('suspected_deadlock')).toMatchObject({
      action: { kind: 'ask', who: 'agent', token: tokenOf(fleet, 'bo') },
      evidence: [
        'ana asked for task:soup in vain 0s ago; bo holds it.',
        'bo asked for task:stew in vain 0s ago; ana holds it.',
      ],
    });
  });

  it('may starve', () => {
    const fleet = watched('ana', 'bo', 'cy');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [STEW], { waitMs: LONG });
    fleet.acquire('cy', [STEW], { waitMs: LONG });
    fleet.atMs += LONG - 1;
    expect(fleet.codes()).not.toContain('starving_waiter');
    fleet.atMs += 1;
    expect(fleet.found('starving_waiter')).toMatchObject({
      agents: ['bo'],
      action: null,
      next: 'See to who is in its way: ana.',
    });
    expect(fleet.found('starving_waiter').evidence).toContain('1 more in the same line wait as long.');
  });

  it('may never take what they are offered', () => {
    const fleet = watched('ana', 'bo');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [STEW], { waitMs: 1_000 });
    const ticket = ticketOf(fleet, 'bo');
    fleet.state.tickets.set({ ...ticket, lapses: 3 });
    expect(fleet.found('lapsed_offers')).toMatchObject({ agents: ['bo'], refs: [ticket.ticket] });
  });

  it('may stand in a ring, though every decision breaks those it closes', () => {
    const fleet = watched('ana', 'bo');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [SOUP]);
    fleet.acquire('ana', [SOUP], { waitMs: LONG });
    const waits = ticketOf(fleet, 'ana');
    fleet.state.tickets.set({
      ...waits,
      ticket: 't999',
      sessionId: 's-bo',
      agentId: 'bo',
      resources: [STEW],
      queuedSeq: 999,
    });
    expect(fleet.findings()[0]).toMatchObject({
      code: 'deadlock_ring',
      action: { kind: 'break_ring', who: 'operator', ticket: 't999' },
    });
  });
});

describe('the fleet itself', () => {
  it('has sessions that were left behind', () => {
    const fleet = watched('ana', 'bo');
    fleet.acquire('ana', [STEW]);
    fleet.presence.set('s-ana', 'gone').set('s-bo', 'gone');
    expect(fleet.findings()).toMatchObject([
      { code: 'dead_holder', severity: 'warning', behind: 0 },
      { code: 'leftover_session', severity: 'info', action: { kind: 'close_session', who: 'agent' } },
    ]);
  });

  it('has sessions whose process cannot be seen and of which nothing was heard for long', () => {
    const fleet = watched('ana');
    fleet.presence.set('s-ana', 'unknown');
    fleet.atMs += 30 * 60_000;
    expect(fleet.codes()).toEqual([]);
    fleet.atMs += 75_000;
    expect(fleet.findings()).toMatchObject([{ code: 'leftover_session', action: { who: 'operator' } }]);
  });

  it('has two of one name in one folder', () => {
    const fleet = watched('ana', 'ana_2');
    expect(fleet.findings()).toMatchObject([
      { code: 'identity_collision', id: 'identity_collision:ana:ana_2', agents: ['ana', 'ana_2'], action: null },
    ]);
  });

  it('has trouble of its log and its desk, the log before everything else', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.presence.set('s-ana', 'stopped');
    const own = {
      store: { code: 'STORE_UNAVAILABLE', message: 'the log is busy' },
      desk: { code: 'refused', message: 'no key' },
    };
    const { findings } = fleet.diagnosis(null, own);
    expect(findings.map(({ code }) => code)).toEqual(['store_problem', 'stopped_holder', 'desk_problem']);
    expect(findings[0]?.evidence[0]).toContain('Stopped: process 100 (mcp) of ana');
  });

  it('has a store that endangers what it acknowledged, or that takes nothing; what only says what to expect is no finding', () => {
    const caveat = { message: 'It keeps nothing.', next: 'Have it keep something.' };
    const caveats = [
      { ...caveat, code: 'redis_no_persistence', isGrave: true },
      { ...caveat, code: 'etcd_single_member', isGrave: false },
      { ...caveat, code: 'etcd_no_space', isGrave: false, stopsWriting: true },
    ] as const;
    const { findings } = watched('ana').diagnosis(null, { store: null, desk: null, caveats });
    expect(findings.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
      { id: 'store_caveat:etcd_no_space:0' },
      { id: 'store_caveat:redis_no_persistence:0', severity: 'warning', ...caveat, action: null },
    ]);
  });

  it('rests', () => {
    const fleet = watched('ana');
    fleet.system({ op: 'report_break', invariant: 'grant_excludes', detail: 'x' });
    expect(fleet.findings()).toMatchObject([{ code: 'granting_rests', severity: 'critical' }]);
  });
});

describe('the id of a finding', () => {
  it.each([
    ['silent_holder', 'file:@w1/src/a b:c.ts', 812],
    ['leftover_session', 'ana', 'ses_1'],
    ['granting_rests', 'INVARIANT_BROKEN', 0],
  ] as const)('%s names its parts', (code, subject, ref) => {
    expect(parseFindingId(findingId({ code, subject, ref }))).toEqual({ code, subject, ref: String(ref) });
  });

  it.each(['', 'silent_holder', 'silent_holder:812', 'silent_holder:x:', 'other:x:1', ':x:1'])('%j is none', (id) => {
    expect(parseFindingId(id)).toBeNull();
  });

  it('is not given twice', () => {
    expect(new Set(FINDING_CODES).size).toBe(FINDING_CODES.length);
  });
});
