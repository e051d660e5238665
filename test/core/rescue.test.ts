// Acting on findings: who may, on what evidence, what it does, and that nothing is done on what was so a moment ago.

import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/core/decide.ts';
import type { Finding } from '../../src/core/diagnosis/finding.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Presence } from '../../src/core/view/views.ts';
import { randomOf } from '../support/random.ts';
import { rescued, tokenOf, type WatchedFleet, watched } from '../support/watched-fleet.ts';

const STEW = 'task:stew';
const SOUP = 'task:soup';
const SILENT = 150_000;

function refusal({ answer, groups }: Decision): {
  readonly code: string;
  readonly message: string;
  readonly next: string;
} {
  if (!isRejection(answer)) throw new Error('it was done');
  expect(groups.flat().filter(({ type }) => type !== 'session.active')).toEqual([]);
  return answer;
}

function holderOf(fleet: WatchedFleet, resource: string): string | null {
  for (const lease of fleet.state.leases.rows()) if (lease.resource === resource) return lease.agentId;
  return null;
}

function silentAna(): WatchedFleet {
  const fleet = watched('ana', 'bo', 'cy', 'dee').queue('ana', STEW, 'bo', 'cy');
  fleet.atMs += SILENT;
  return fleet;
}

describe('a silent holder', () => {
  it('is relieved by any agent, by its name in the finding; the next in line goes on', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    const reply = rescued(fleet.rescue('dee', id));
    expect(holderOf(fleet, STEW)).toBe('bo');
    expect(reply).toMatchObject({ finding: id, means: 'take task:stew back from ana' });
    expect(reply.done).toEqual([
      `task:stew (token ${tokenInId(id)}) was revoked from ana by dee: "the others wait (silent_holder)".`,
      `bo was granted, first in line, task:stew (exclusive, token ${tokenOf(fleet, 'bo')}).`,
    ]);
    expect(fleet.codes()).toEqual([]);
  });

  it('is told in the log: who rescued whom, by which finding, on what evidence and why', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    fleet.rescue('dee', id);
    const event = fleet.events.find(({ type }) => type === 'rescue.done');
    expect(event).toMatchObject({
      actor: 'dee',
      agentId: 'ana',
      sessionId: 's-ana',
      resource: STEW,
      finding: id,
      action: 'revoke',
      reason: 'the others wait',
    });
    expect(event).toHaveProperty(
      'evidence.0',
      'ana holds task:stew and was not heard of for 2m00s; bo and cy wait, the longest for 2m30s.',
    );
    const notices = fleet.state.notices.get('s-ana')?.notices.map(({ text }) => text);
    expect(notices?.join(' ')).toContain('dee revoked it: the others wait (silent_holder)');
  });

  it('gives back all that somebody waits for, and keeps the rest', () => {
    const fleet = watched('ana', 'bo', 'cy', 'dee');
    fleet.acquire('ana', [STEW, SOUP, 'task:salt']);
    fleet.queue('ana', STEW, 'bo').queue('ana', SOUP, 'cy');
    fleet.atMs += SILENT;
    rescued(fleet.rescue('dee', fleet.found('silent_holder').id));
    expect([STEW, SOUP, 'task:salt'].map((resource) => holderOf(fleet, resource))).toEqual(['bo', 'cy', 'ana']);
  });

  it.each([
    [
      'came back',
      (fleet: WatchedFleet) => fleet.look('ana'),
      'It is another one now: ana works on task:stew for 2m30s',
    ],
    ['is waited for by nobody any more', (fleet: WatchedFleet) => leave(fleet, 'bo', 'cy'), 'nobody waits for it'],
    [
      'released it',
      (fleet: WatchedFleet) => fleet.says('ana', { op: 'release', leases: 'all' }),
      'What it was about is over',
    ],
    [
      'is stopped, as is seen now',
      (fleet: WatchedFleet) => fleet.presence.set('s-ana', 'stopped'),
      'It is another one now: ana holds task:stew and its process is stopped',
    ],
  ])('is left alone when it %s', (_, change, says) => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    change(fleet);
    const { code, message } = refusal(fleet.rescue('dee', id));
    expect({ code, message }).toMatchObject({ code: 'NOT_SAFE', message: expect.stringContaining(says) as string });
  });

  it('cannot be relieved by itself, nor by a paused agent', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    expect(refusal(fleet.rescue('ana', id))).toMatchObject({ code: 'NOT_SAFE' });
    fleet.atMs += SILENT;
    fleet.operator({ op: 'pause', agentId: 'dee', reason: 'x' });
    expect(refusal(fleet.rescue('dee', id))).toMatchObject({ code: 'AGENT_PAUSED' });
    expect(holderOf(fleet, STEW)).toBe('ana');
  });

  it('is relieved once for one request, and the repeat hears what was done', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    rescued(fleet.rescue('dee', id, { requestId: 'r-1' }));
    const count = fleet.events.length;
    expect(rescued(fleet.rescue('dee', id, { requestId: 'r-1' }))).toMatchObject({
      means: 'take task:stew back from ana',
      done: [],
      events: [],
    });
    expect(fleet.events.slice(count).filter(({ type }) => type !== 'session.active')).toEqual([]);
  });

  it('is not touched by a dry run, which tells what would be logged', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    const count = fleet.events.length;
    const would = rescued(fleet.rescue('dee', id, { dryRun: true }));
    expect(fleet.events).toHaveLength(count);
    const { events } = rescued(fleet.rescue('dee', id));
    expect(would.events).toEqual(events);
    expect(would.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['rescue.done', 'lease.revoked', 'lease.granted']),
    );
  });

  it('is told to whoever has no session what a rescue would do, and no more', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    const command = { op: 'rescue', finding: id, reason: 'x', seen: [] } as const;
    expect(rescued(fleet.system({ ...command, dryRun: true })).events).not.toEqual([]);
    expect(refusal(fleet.system(command))).toMatchObject({ code: 'CREDENTIAL_REQUIRED' });
  });
});

describe('a dead holder', () => {
  it('is closed on the evidence that its process is gone, and everything it held goes on', () => {
    const fleet = watched('ana', 'bo', 'cy', 'dee');
    fleet.queue('ana', STEW, 'bo').queue('ana', SOUP, 'cy');
    fleet.presence.set('s-ana', 'gone');
    rescued(fleet.rescue('dee', fleet.found('dead_holder').id));
    expect([STEW, SOUP].map((resource) => holderOf(fleet, resource))).toEqual(['bo', 'cy']);
    expect(fleet.state.sessions.get('s-ana')).toMatchObject({
      state: 'lost',
      endedWhy: 'process 100 (mcp) is gone; seen by dee',
    });
  });

  it('is not dead because a caller says so: the coordinator’s look counts', () => {
    const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
    fleet.presence.set('s-ana', 'gone');
    const { id } = fleet.found('dead_holder');
    fleet.presence.set('s-ana', 'alive');
    expect(refusal(fleet.rescue('dee', id))).toMatchObject({ code: 'NOT_SAFE' });
  });

  it.each(['dead_holder', 'stopped_holder'] as const)(
    'is no %s when another process came to act for it after the look',
    (code) => {
      const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
      fleet.presence.set('s-ana', code === 'dead_holder' ? 'gone' : 'stopped');
      const { id } = fleet.found(code);
      const seen = fleet.seen();
      const attachment = { attachmentId: 'a999', placeId: 'p_here', pid: 999, startTime: 'start', kind: 'mcp' };
      fleet.says('ana', { op: 'attach', attachment });
      expect(refusal(fleet.rescue('dee', id, { seen }))).toMatchObject({ code: 'NOT_SAFE' });
      expect(refusal(fleet.rescue(null, id, { seen }))).toMatchObject({ code: 'NOT_SAFE' });
      expect(holderOf(fleet, STEW)).toBe('ana');
    },
  );
});

describe('what needs an operator', () => {
  it.each([
    ['stopped_holder', (fleet: WatchedFleet) => fleet.presence.set('s-ana', 'stopped')],
    ['paused_holder', (fleet: WatchedFleet) => fleet.operator({ op: 'pause', agentId: 'ana', reason: 'x' })],
  ] as const)('%s: an agent is told so, an operator does it', (code, make) => {
    const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
    fleet.atMs += 2 * SILENT;
    make(fleet);
    const { id } = fleet.found(code);
    const refused = refusal(fleet.rescue('dee', id));
    expect(refused).toMatchObject({ code: 'NOT_SAFE' });
    expect(refused.next).toContain('operator');
    rescued(fleet.rescue(null, id));
    expect(holderOf(fleet, STEW)).toBe('bo');
  });

  it('a session that cannot be seen and was silent for long: it is closed on the operator’s word', () => {
    const fleet = watched('ana', 'dee');
    fleet.presence.set('s-ana', 'unknown');
    fleet.atMs += 40 * 60_000;
    fleet.look('dee');
    const { id } = fleet.found('leftover_session');
    expect(refusal(fleet.rescue('dee', id))).toMatchObject({ code: 'NOT_SAFE' });
    rescued(fleet.rescue(null, id));
    expect(fleet.state.sessions.get('s-ana')).toMatchObject({
      state: 'closed',
      endedWhy: 'operator:root closed it: the others wait',
    });
  });
});

describe('a slow holder', () => {
  it('is asked, once, in the words of whoever asks', () => {
    const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
    fleet.atMs += 60_000;
    fleet.look('ana');
    const { id } = fleet.found('slow_holder');
    rescued(fleet.rescue('dee', id));
    const [message] = fleet.state.messages.in('to', 'ana');
    expect(message).toMatchObject({ from: 'dee', kind: 'task', lease: { resource: STEW } });
    expect(message?.text).toContain('the others wait');
    expect(fleet.found('slow_holder').action).toBeNull();
    expect(refusal(fleet.rescue('dee', id))).toMatchObject({ code: 'NOT_SAFE' });
  });
});

describe('a ring that stands', () => {
  it('is broken by an operator, at its youngest wait', () => {
    const fleet = watched('ana', 'bo', 'dee');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [SOUP]);
    fleet.acquire('ana', [SOUP], { waitMs: 600_000 });
    const [waits] = fleet.state.tickets.in('session', 's-ana');
    if (waits === undefined) throw new Error('ana does not wait');
    // No decision makes one: it is put there.
    fleet.state.tickets.set({
      ...waits,
      ticket: 't900',
      sessionId: 's-bo',
      agentId: 'bo',
      resources: [STEW],
      queuedSeq: 900,
    });
    const { id } = fleet.found('deadlock_ring');
    expect(refusal(fleet.rescue('dee', id))).toMatchObject({ code: 'NOT_SAFE' });
    rescued(fleet.rescue(null, id));
    expect(fleet.state.endedTickets.get('t900')).toMatchObject({ outcome: 'deadlock', agentId: 'bo' });
    expect(fleet.codes()).toEqual([]);
  });
});

describe('whoever cannot be written to', () => {
  it('was not asked: nothing is logged, and the rescuer hears why', () => {
    const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
    const message = { op: 'send_message', to: 'ana', kind: 'info', text: 'x', replyTo: null, resource: null } as const;
    for (let sent = 0; sent < LIMITS.messagesPerReader; sent += 1) fleet.operator(message);
    fleet.atMs += 60_000;
    fleet.says('ana', { op: 'hear' });
    fleet.says('ana', { op: 'check', resource: STEW, token: tokenOf(fleet, 'ana') });
    expect(refusal(fleet.rescue('dee', fleet.found('slow_holder').id))).toMatchObject({ code: 'QUEUE_FULL' });
  });
});

describe('the repeat of a rescue', () => {
  it.each([
    ['an operator', null],
    ['an agent', 'dee'],
  ] as const)('by %s hears what was done, whatever came of it', (_, agent) => {
    const fleet = watched('ana', 'bo', 'dee').queue('ana', STEW, 'bo');
    fleet.atMs += 60_000;
    fleet.look('ana');
    const { id } = fleet.found('slow_holder');
    const { means } = rescued(fleet.rescue(agent, id, { requestId: 'r-1' }));
    expect(rescued(fleet.rescue(agent, id, { requestId: 'r-1' }))).toMatchObject({ means, done: [] });
    expect(fleet.state.messages.countIn('to', 'ana')).toBe(1);
  });
});

describe('a rescue whose append was cut', () => {
  it('does the rest when it is repeated, by the name that it was asked for, and nothing twice', () => {
    const fleet = watched('ana', 'bo', 'cy', 'dee');
    fleet.queue('ana', STEW, 'bo').queue('ana', SOUP, 'cy');
    fleet.atMs += SILENT;
    const { id } = fleet.found('silent_holder');
    const ask = { op: 'rescue', finding: id, reason: 'the others wait', seen: fleet.seen() } as const;
    fleet.saysCut(null, ask, 'r-1', 1);
    expect([STEW, SOUP].map((resource) => holderOf(fleet, resource))).toEqual(['ana', 'cy']);
    const { done } = rescued(fleet.rescue(null, id, { requestId: 'r-1' }));
    expect(done).toHaveLength(2);
    expect([STEW, SOUP].map((resource) => holderOf(fleet, resource))).toEqual(['bo', 'cy']);
    expect(rescued(fleet.rescue(null, id, { requestId: 'r-1' }))).toMatchObject({ done: [] });
  });
});

describe('what is no finding', () => {
  it.each(['', 'stew', 'nonsense:task:stew:1'])('%j is refused', (id) => {
    expect(refusal(silentAna().rescue('dee', id))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each(['silent_holder:task:stew', 'silent_holder:task:stew:1'])('%j names nothing that is there', (id) => {
    expect(refusal(silentAna().rescue('dee', id))).toMatchObject({ code: 'NOT_SAFE' });
  });

  it('a reason is needed', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    const command = { op: 'rescue', finding: id, reason: ' ', seen: [] } as const;
    expect(refusal(fleet.says('dee', command))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('rescue by policy', () => {
  it('takes back what a silent holder keeps from others, when the policy says so and not before', () => {
    const off = silentAna();
    off.system({ op: 'watch' });
    expect(holderOf(off, STEW)).toBe('ana');
    off.operator({ op: 'adopt_policy', policy: { silentHolder: { revoke: true } }, reason: 'x' });
    off.system({ op: 'watch' });
    expect(holderOf(off, STEW)).toBe('bo');
    expect(off.events.find(({ type }) => type === 'rescue.done')).toMatchObject({ actor: 'brigade', action: 'revoke' });
  });

  it('leaves a paused agent what it holds', () => {
    const fleet = silentAna();
    fleet.operator({ op: 'adopt_policy', policy: { silentHolder: { revoke: true } }, reason: 'x' });
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'x' });
    fleet.system({ op: 'watch' });
    expect(holderOf(fleet, STEW)).toBe('ana');
  });
});

describe('every action that is offered', () => {
  it('is accepted in the same state, by whoever it is offered to, and ends the finding or is not offered again', () => {
    const carriedOut = new Set<string>();
    const flaws: string[] = [];
    for (let seed = 1; seed <= 150; seed += 1) {
      const random = randomOf(seed);
      const cooks = ['ana', 'bo', 'cy', 'eve'];
      const fleet = watched(...cooks, 'dee');
      const resources = [STEW, SOUP, 'task:salt'];
      for (let step = 0; step < 30; step += 1) {
        fleet.atMs += random.between(0, 60_000);
        const cook = random.pick(cooks);
        const asked = [random.pick(resources)];
        random.weighted([
          [3, () => void fleet.acquire(cook, asked, { waitMs: 600_000, mode: random.pick(['shared', 'exclusive']) })],
          [1, () => void fleet.acquire(cook, asked)],
          [1, () => void fleet.says(cook, { op: 'release', leases: 'all' })],
          [1, () => void fleet.operator({ op: random.pick(['pause', 'resume']), agentId: cook, reason: 'x' })],
          [
            1,
            () => void fleet.presence.set(`s-${cook}`, random.pick<Presence>(['alive', 'stopped', 'gone', 'unknown'])),
          ],
        ])();
        fleet.settle();
        fleet.look('dee');
        const offered = fleet.findings().filter(({ action }) => action !== null);
        for (const finding of offered) flaws.push(...flawsOf(fleet, finding).map((flaw) => `${seed}.${step} ${flaw}`));
        if (offered.length === 0 || random.chance(0.5)) continue;
        const first = random.pick(offered);
        rescued(fleet.rescue(first.action?.who === 'agent' ? 'dee' : null, first.id));
        carriedOut.add(`${first.code} ${first.action?.kind}`);
        const again = fleet.findings().find(({ id }) => id === first.id);
        if (again !== undefined && again.action !== null) flaws.push(`${seed}.${step} ${first.id} is offered again`);
      }
    }
    expect(flaws).toEqual([]);
    expect([...carriedOut].toSorted()).toEqual([
      'dead_holder close_session',
      'dead_waiter close_session',
      'leftover_session close_session',
      'paused_holder revoke',
      'silent_holder revoke',
      'slow_holder ask',
      'stopped_holder revoke',
      'suspected_deadlock ask',
    ]);
  });
});

/** It is accepted of whoever it is offered to, and of no agent where it is for operators. */
function flawsOf(fleet: WatchedFleet, { id, action }: Finding): readonly string[] {
  const agent = action?.who === 'agent' ? 'dee' : null;
  const { answer } = fleet.rescue(agent, id, { dryRun: true });
  const isRefused = isRejection(answer) ? [`${id} is refused: ${answer.message}`] : [];
  if (agent !== null) return isRefused;
  const byAgent = fleet.rescue('dee', id).answer;
  const isNotSafe = isRejection(byAgent) && byAgent.code === 'NOT_SAFE';
  return isNotSafe ? isRefused : [...isRefused, `${id} is done by an agent`];
}

function leave(fleet: WatchedFleet, ...agents: readonly string[]): void {
  for (const agent of agents) {
    const [ticket] = fleet.state.tickets.in('session', `s-${agent}`);
    fleet.says(agent, { op: 'withdraw', ticket: ticket?.ticket ?? '' });
  }
}

function tokenInId(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1);
}
