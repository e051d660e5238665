// What may be done about a finding instead of what it advises: asking, handing over to one who waits, pausing whoever causes it.

import { describe, expect, it } from 'vitest';
import { checkState } from '../../src/core/invariants.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection, type Rejection } from '../../src/core/rejection.ts';
import { rescued, ticketOf, type WatchedFleet, watched } from '../support/watched-fleet.ts';
import { Witness } from '../support/witness.ts';

const STEW = 'task:stew';
const SOUP = 'task:soup';
const SILENT = 150_000;

function refusal({ answer }: ReturnType<WatchedFleet['rescue']>): Rejection {
  if (!isRejection(answer)) throw new Error('it was done');
  return answer;
}

function holders(fleet: WatchedFleet, resource: string): readonly string[] {
  return [...fleet.state.leases.rows()].filter((lease) => lease.resource === resource).map(({ agentId }) => agentId);
}

/** Ana is silent; bo, cy and dee stand in line, in this order. */
function silentAna(): WatchedFleet {
  const fleet = watched('ana', 'bo', 'cy', 'dee', 'eve').queue('ana', STEW, 'bo', 'cy', 'dee');
  fleet.atMs += SILENT;
  return fleet;
}

function kinds(fleet: WatchedFleet, code: 'silent_holder' | 'retry_storm' | 'lapsed_offers'): readonly string[] {
  return fleet.found(code).others.map(({ kind }) => kind);
}

describe('what may be chosen', () => {
  it('stands beside what is advised, each with its kind, what it means and who may', () => {
    expect(silentAna().found('silent_holder').others).toMatchObject([
      { kind: 'ask', who: 'agent', means: 'ask ana to let go of task:stew' },
      { kind: 'shorten', who: 'agent', means: 'let the lease of task:stew end within 3m45s unless ana uses it' },
      {
        kind: 'hand_over',
        who: 'operator',
        means: 'hand task:stew over from ana to one of those who wait: bo, cy and dee',
      },
    ]);
  });

  it('is refused where the finding does not offer it, and the refusal says what it offers', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    const refused = refusal(fleet.rescue(null, id, { do: 'pause' }));
    expect(refused).toMatchObject({ code: 'NOT_SAFE', details: { others: ['revoke', 'ask', 'shorten', 'hand_over'] } });
    expect(refused.message).toContain('(pause) is not to be done about it, but revoke or ask or shorten or hand_over');
    expect(holders(fleet, STEW)).toEqual(['ana']);
  });

  it('may be what is advised, by its name', () => {
    const fleet = silentAna();
    rescued(fleet.rescue('eve', fleet.found('silent_holder').id, { do: 'revoke' }));
    expect(holders(fleet, STEW)).toEqual(['bo']);
  });

  it('names somebody only where something is handed over', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    expect(refusal(fleet.rescue(null, id, { to: 'cy' }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('asking a silent holder', () => {
  it('takes nothing away, and is offered once', () => {
    const fleet = silentAna();
    rescued(fleet.rescue('eve', fleet.found('silent_holder').id, { do: 'ask' }));
    expect(holders(fleet, STEW)).toEqual(['ana']);
    expect([...fleet.state.messages.in('to', 'ana')]).toMatchObject([{ from: 'eve', lease: { resource: STEW } }]);
    expect(kinds(fleet, 'silent_holder')).toEqual(['shorten', 'hand_over']);
  });
});

describe('handing over', () => {
  it('gives it to the named one past the line, and those before it keep their places', () => {
    const fleet = silentAna();
    const { ticket } = ticketOf(fleet, 'cy');
    const reply = rescued(fleet.rescue(null, fleet.found('silent_holder').id, { do: 'hand_over', to: 'cy' }));
    expect(reply.means).toBe('hand task:stew over from ana to cy');
    expect(reply.events.map(({ type }) => type).slice(0, 3)).toEqual(['rescue.done', 'lease.revoked', 'lease.offered']);
    fleet.says('cy', { op: 'await', ticket, waitMs: 0 });
    expect(holders(fleet, STEW)).toEqual(['cy']);
    fleet.says('cy', { op: 'release', leases: 'all' });
    expect(holders(fleet, STEW)).toEqual(['bo']);
    expect(checkState(fleet.state)).toEqual([]);
    new Witness().take(fleet.events);
  });

  it('goes on with the line where the named one does not take it', () => {
    const fleet = silentAna();
    rescued(fleet.rescue(null, fleet.found('silent_holder').id, { do: 'hand_over', to: 'dee' }));
    expect(holders(fleet, STEW)).toEqual([]);
    fleet.atMs += LIMITS.claimMs;
    fleet.look('eve');
    expect(holders(fleet, STEW)).toEqual(['bo']);
  });

  it('tells the holder, and its token is refused', () => {
    const fleet = silentAna();
    rescued(fleet.rescue(null, fleet.found('silent_holder').id, { do: 'hand_over', to: 'cy' }));
    const told = fleet.state.notices.get('s-ana')?.notices.map(({ text }) => text);
    expect(told?.join(' ')).toContain('operator:root revoked it: the others wait (silent_holder)');
  });

  it('past the line is an operator’s word; to the first in line it is what any agent may do', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    expect(refusal(fleet.rescue('eve', id, { do: 'hand_over', to: 'cy' }))).toMatchObject({ code: 'NOT_SAFE' });
    expect(rescued(fleet.rescue('eve', id, { do: 'hand_over' })).means).toBe('hand task:stew over from ana to bo');
  });

  it('goes to nobody who does not wait for it', () => {
    const fleet = silentAna();
    const refused = refusal(fleet.rescue(null, fleet.found('silent_holder').id, { do: 'hand_over', to: 'eve' }));
    expect(refused).toMatchObject({ code: 'NOT_SAFE', details: { to: ['bo', 'cy', 'dee'] } });
    expect(refused.message).toContain('eve does not stand in line for it');
  });

  it('is not done where somebody else keeps the named one waiting too', () => {
    const fleet = watched('ana', 'bo', 'cy', 'fay').queue('ana', STEW, 'bo');
    fleet.acquire('fay', [SOUP]);
    fleet.acquire('cy', [STEW, SOUP], { waitMs: 600_000 });
    fleet.atMs += SILENT;
    fleet.look('fay');
    const { id } = fleet.found('silent_holder');
    expect(refusal(fleet.rescue(null, id, { do: 'hand_over', to: 'cy' })).message).toContain(
      'cy waits for task:soup of fay as well',
    );
    expect(holders(fleet, STEW)).toEqual(['ana']);
  });

  it('is not done where the holder itself has the offer of something else that the named one waits for', () => {
    const fleet = watched('ana', 'bo', 'cy', 'fay').queue('ana', STEW, 'bo');
    fleet.acquire('fay', [SOUP]);
    fleet.acquire('ana', [SOUP], { waitMs: 60_000 });
    fleet.acquire('cy', [STEW, SOUP], { waitMs: 600_000 });
    fleet.atMs += SILENT;
    fleet.says('fay', { op: 'release', leases: 'all' });
    const { id } = fleet.found('silent_holder');
    expect(refusal(fleet.rescue(null, id, { do: 'hand_over', to: 'cy' })).message).toContain(
      'cy waits for task:soup, which ana has the offer of, as well',
    );
    expect(holders(fleet, STEW)).toEqual(['ana']);
  });

  it('is not done while nothing is granted: it would be taken from one and given to nobody', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    fleet.system({ op: 'report_break', invariant: 'one_holder', detail: 'two' });
    expect(refusal(fleet.rescue(null, id, { do: 'hand_over', to: 'cy' }))).toMatchObject({ code: 'INVARIANT_BROKEN' });
    expect(holders(fleet, STEW)).toEqual(['ana']);
  });

  it('breaks the ring that it would close', () => {
    const fleet = watched('ana', 'bo', 'cy').queue('ana', STEW, 'bo', 'cy');
    fleet.acquire('bo', [SOUP]);
    fleet.acquire('cy', [SOUP], { waitMs: 600_000 });
    fleet.atMs += SILENT;
    fleet.look('bo');
    rescued(fleet.rescue(null, fleet.found('silent_holder').id, { do: 'hand_over', to: 'cy' }));
    expect(checkState(fleet.state)).toEqual([]);
    expect(fleet.codes()).not.toContain('deadlock_ring');
  });

  it('is what a dry run says, and done once for one request', () => {
    const fleet = silentAna();
    const { id } = fleet.found('silent_holder');
    const ask = { do: 'hand_over', to: 'cy' } as const;
    const count = fleet.events.length;
    const would = rescued(fleet.rescue(null, id, { ...ask, dryRun: true }));
    expect(fleet.events).toHaveLength(count);
    const { events } = rescued(fleet.rescue(null, id, { ...ask, requestId: 'r-1' }));
    expect(would.events).toEqual(events);
    const after = fleet.events.length;
    expect(rescued(fleet.rescue(null, id, { ...ask, requestId: 'r-1' }))).toMatchObject({
      means: 'hand task:stew over from ana to cy',
      done: [],
    });
    expect(fleet.events).toHaveLength(after);
  });

  it('is not offered before one waiter alone: that is taking it back', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.atMs += SILENT;
    expect(kinds(fleet, 'silent_holder')).toEqual(['ask', 'shorten']);
  });
});

describe('pausing whoever causes it', () => {
  it('is offered about a holder that lost locks like this before, by an operator with the finding as reason', () => {
    const fleet = silentAna();
    for (const resource of ['task:a', 'task:b']) {
      fleet.acquire('ana', [resource]);
      fleet.operator({ op: 'revoke', resource, token: null, reason: 'x' });
    }
    fleet.atMs += SILENT;
    const { id } = fleet.found('silent_holder');
    expect(refusal(fleet.rescue('eve', id, { do: 'pause' }))).toMatchObject({ code: 'NOT_SAFE' });
    const reply = rescued(fleet.rescue(null, id, { do: 'pause' }));
    expect(reply.means).toBe('pause ana, which lost 2 locks within 1h00m, until an operator resumes it');
    expect(reply.done).toEqual(['ana is paused by operator:root: "the others wait (silent_holder)".']);
    expect(fleet.state.agents.get('ana')).toMatchObject({ lifecycle: 'paused', pause: { by: 'operator' } });
    expect(fleet.codes()[0]).toBe('paused_holder');
    fleet.operator({ op: 'resume', agentId: 'ana', reason: 'it is well again' });
    expect(fleet.state.agents.get('ana')).toMatchObject({ lifecycle: 'active' });
  });

  it('ends a storm of retries: all who ask, and not the holder', () => {
    const names = ['bo', 'cy', 'dee', 'eve', 'fay'];
    const fleet = watched('ana', ...names);
    fleet.acquire('ana', [STEW]);
    for (const name of names) fleet.acquire(name, [STEW]);
    const { id, action } = fleet.found('retry_storm');
    expect(action).toBeNull();
    expect(refusal(fleet.rescue(null, id)).message).toContain('No action is advised; one may be chosen: pause.');
    rescued(fleet.rescue(null, id, { do: 'pause' }));
    expect(names.map((name) => fleet.state.agents.get(name)?.lifecycle)).toEqual(names.map(() => 'paused'));
    expect(fleet.state.agents.get('ana')?.lifecycle).toBe('active');
  });
});
