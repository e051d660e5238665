// What edit hooks take, for agents that need not know of it: when it is granted, when it ends, and what becomes of whoever is
// in its way.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { standingCircle } from '../../src/core/deadlock/audit.ts';
import { decide } from '../../src/core/decide.ts';
import { nextDeadline } from '../../src/core/due.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { AcquireReply, Answer } from '../../src/core/reply.ts';
import { CoreFleet } from '../support/core-fleet.ts';

const A = 'file:@w1/src/a.ts';
const B = 'file:@w1/src/b.ts';
const QUIET_MS = 40_000;

let fleet: CoreFleet;

beforeEach(() => {
  fleet = new CoreFleet({ hooks: { quietMs: QUIET_MS } });
  fleet.join('ana');
  fleet.join('bo');
});

const edit = (agentId: string, resources: readonly string[], label: string | null = null): AcquireReply | string =>
  answered(fleet.says(agentId, { op: 'begin_edit', resources, tool: 'Edit', label, reason: 'editing' }).answer);

const done = (agentId: string, resources: readonly string[], label: string | null = null): void =>
  void fleet.says(agentId, { op: 'note_edits', resources, tool: 'Edit', label, via: 'hook' });

const endTurn = (agentId: string, label: string | null = null): void =>
  void fleet.says(agentId, { op: 'end_turn', label });

function answered(answer: Answer): AcquireReply | string {
  return isRejection(answer) ? answer.code : (answer as AcquireReply);
}

const holders = (): Record<string, string> =>
  Object.fromEntries([...fleet.state.leases.rows()].map((lease) => [lease.resource, lease.agentId]));

const firstToken = (): number | undefined => [...fleet.state.leases.rows()][0]?.token;

const types = (): readonly string[] => fleet.events.map(({ type }) => type);

const passes = (ms: number): void => {
  fleet.atMs += ms;
  fleet.settle();
};

describe('an edit that is free', () => {
  it('is leased, renewed by the next one, and told with what it was done under', () => {
    expect(edit('ana', [A])).toMatchObject({ status: 'granted', leases: [{ resource: A, mode: 'exclusive' }] });
    const token = firstToken();
    done('ana', [A]);
    expect(edit('ana', [A])).toMatchObject({ status: 'renewed', leases: [{ token }] });
    expect(fleet.events.findLast(({ type }) => type === 'file.edited')).toMatchObject({
      agentId: 'ana',
      resource: A,
      token,
      via: 'hook',
      beside: null,
    });
  });

  it('is told once to the agent that asks for it beside another file, also where it asks again with the same id', () => {
    edit('ana', [A]);
    const ask = {
      op: 'acquire',
      resources: [A, B],
      mode: 'exclusive',
      waitMs: 0,
      ttlMs: 300_000,
      reason: '',
      priority: 0,
    } as const;
    const told = (): readonly string[] => {
      const { answer } = fleet.says('ana', ask, 'one-call');
      return isRejection(answer) ? [] : (answer as AcquireReply).leases.map(({ resource }) => resource);
    };
    expect(told()).toEqual([A, B]);
    expect(told()).toEqual([A, B]);
  });

  it('ends with the turn, and only what hooks took does', () => {
    edit('ana', [A]);
    fleet.acquire('ana', [B]);
    edit('ana', [B]);
    endTurn('ana');
    expect(holders()).toEqual({ [B]: 'ana' });
    expect(fleet.events.at(-1)).toMatchObject({ type: 'lease.released', why: 'turn', resource: A });
  });

  it('ends after a quiet time, whatever else its agent does, and is not held against it', () => {
    edit('ana', [A]);
    done('ana', [A]);
    passes(QUIET_MS - 1);
    fleet.says('ana', { op: 'put_state', key: 'k', value: 1, condition: { ifVersion: 0 } });
    expect(holders()).toEqual({ [A]: 'ana' });
    passes(1);
    expect(holders()).toEqual({});
    expect(fleet.events.findLast(({ resource }) => resource === A)).toMatchObject({
      type: 'lease.released',
      why: 'quiet',
    });
    expect(fleet.state.conduct.get('ana')).toBeUndefined();
  });

  it('uses what its agent asked for, also where that is a folder', () => {
    fleet.acquire('ana', ['file:@w1/src/']);
    passes(3_600_000 * 7);
    edit('ana', [A]);
    const folder = [...fleet.state.leases.rows()].find(({ resource }) => resource.endsWith('/'));
    expect(folder).toMatchObject({ usedAt: fleet.atMs });
    expect(folder?.hook).toBeUndefined();
  });

  it("is its agent's own from when that asks for it", () => {
    edit('ana', [A]);
    fleet.acquire('ana', [A]);
    endTurn('ana');
    passes(QUIET_MS);
    expect(holders()).toEqual({ [A]: 'ana' });
  });

  it("is its agent's own also where it asks for that and more", () => {
    edit('ana', [A]);
    fleet.acquire('ana', [A, B]);
    endTurn('ana');
    expect(holders()).toEqual({ [A]: 'ana', [B]: 'ana' });
  });
});

describe('an edit of what another one holds', () => {
  it('is denied with who holds it, since when and why, and keeps a place in line', () => {
    edit('ana', [A]);
    fleet.atMs += 5_000;
    expect(edit('bo', [A])).toMatchObject({
      status: 'queued',
      position: 1,
      blockedBy: [{ kind: 'holder', agentId: 'ana', resource: A, reason: 'editing', since: 0 }],
    });
    expect(types().filter((type) => type === 'edit.denied')).toHaveLength(1);
  });

  it('takes all files of a patch, or none', () => {
    edit('ana', [A]);
    expect(edit('bo', [A, B])).toMatchObject({ status: 'queued' });
    expect(holders()).toEqual({ [A]: 'ana' });
    endTurn('ana');
    expect(edit('bo', [B, A])).toMatchObject({ status: 'granted' });
    expect(holders()).toEqual({ [A]: 'bo', [B]: 'bo' });
    endTurn('bo');
    expect(holders()).toEqual({});
  });

  it('tried again stays in its place without a word in the log, and claims its turn', () => {
    fleet.join('cy');
    edit('ana', [A]);
    edit('bo', [A]);
    expect(edit('cy', [A])).toMatchObject({ position: 2 });
    const length = fleet.events.length;
    expect(edit('bo', [A])).toMatchObject({ status: 'queued', position: 1 });
    expect(fleet.events).toHaveLength(length);
    endTurn('ana');
    expect(types().at(-1)).toBe('lease.offered');
    expect(edit('cy', [A])).toMatchObject({ status: 'queued', blockedBy: [{ kind: 'offer', agentId: 'bo' }] });
    expect(edit('bo', [A])).toMatchObject({ status: 'granted' });
    endTurn('bo');
    expect(edit('cy', [A])).toMatchObject({ status: 'granted' });
  });

  it('waits for a quarter of the quiet time after the last edit, no more', () => {
    edit('ana', [A]);
    passes(QUIET_MS / 2);
    done('ana', [A]);
    passes(1_000);
    expect(edit('bo', [A])).toMatchObject({ status: 'queued' });
    passes(QUIET_MS / 4 - 1_001);
    expect(holders()).toEqual({ [A]: 'ana' });
    passes(1);
    expect(edit('bo', [A])).toMatchObject({ status: 'granted' });
  });

  it('waits no longer where the end that it would have had alone was looked for before', () => {
    edit('ana', [A]);
    done('ana', [A]);
    passes(QUIET_MS / 2);
    edit('bo', [A]);
    expect(nextDeadline(fleet.state)).toBe(QUIET_MS / 4);
    fleet.settle();
    expect(holders()).toEqual({});
  });

  it('waits longer while the edit before it is not over', () => {
    edit('ana', [A]);
    edit('bo', [A]);
    passes(QUIET_MS - 1);
    expect(holders()).toEqual({ [A]: 'ana' });
    passes(1);
    expect(edit('bo', [A])).toMatchObject({ status: 'granted' });
  });

  it('is over with the turn, and then keeps nobody waiting', () => {
    edit('ana', [A]);
    edit('bo', [A]);
    endTurn('bo');
    expect(fleet.state.tickets.size).toBe(0);
  });

  it('is over when its file is held after all', () => {
    edit('ana', [A]);
    edit('bo', [A, B]);
    endTurn('ana');
    edit('bo', [A]);
    edit('bo', [B]);
    expect(fleet.state.tickets.size).toBe(0);
    expect(holders()).toEqual({ [A]: 'bo', [B]: 'bo' });
  });

  it('is denied to a paused agent, which may still say that it is done', () => {
    edit('ana', [A]);
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'look' });
    expect(edit('ana', [A])).toBe('AGENT_PAUSED');
    done('ana', [A]);
    endTurn('ana');
    expect(holders()).toEqual({});
  });
});

describe('edits that cross', () => {
  it('are no deadlock: neither agent waits, and what they hold ends by itself', () => {
    edit('ana', [A]);
    edit('bo', [B]);
    done('ana', [A]);
    done('bo', [B]);
    expect(edit('ana', [B])).toMatchObject({ status: 'queued' });
    expect(edit('bo', [A])).toMatchObject({ status: 'queued' });
    expect(standingCircle(fleet.state)).toBeNull();
    passes(QUIET_MS / 4);
    expect(edit('ana', [B])).toMatchObject({ status: 'granted' });
    expect(edit('bo', [A])).toMatchObject({ status: 'granted' });
    expect(types().filter((type) => type.includes('deadlock') || type === 'alert.opened')).toEqual([]);
  });

  it('are one from when both wait by themselves', () => {
    fleet.acquire('ana', [A]);
    fleet.acquire('bo', [B]);
    edit('ana', [B]);
    expect(answered(fleet.acquire('bo', [A], { waitMs: 10_000 }).answer)).toMatchObject({ status: 'queued' });
    expect(answered(fleet.acquire('ana', [B], { waitMs: 10_000 }).answer)).toMatchObject({ status: 'queued' });
    const aborted = fleet.events.filter((event) => event.type === 'wait.ended' && event.outcome === 'deadlock');
    expect(aborted).toMatchObject([{ agentId: 'bo' }]);
  });
});

describe('sub-agents that share a session', () => {
  it('never stand in the way of each other, and each lets go of its own', () => {
    edit('ana', [A], 'writer');
    expect(edit('ana', [A, B], 'tester')).toMatchObject({ status: 'granted' });
    endTurn('ana', 'writer');
    expect(holders()).toEqual({ [A]: 'ana', [B]: 'ana' });
    endTurn('ana');
    expect(holders()).toEqual({ [A]: 'ana', [B]: 'ana' });
    endTurn('ana', 'tester');
    expect(holders()).toEqual({});
  });
});

describe('a hook that knows its session by its process alone', () => {
  const as = (sessionId: string, ask: Parameters<CoreFleet['system']>[0]) => {
    const by = { kind: 'process', sessionId } as const;
    const command = { ...ask, by, requestId: `p${fleet.atMs}`, bodyHash: '' } as Command;
    return decide(fleet.state, command, { at: fleet.atMs, wallAt: '' }).answer;
  };
  const begins = { op: 'begin_edit', resources: [A], tool: 'Edit', label: null, reason: '' } as const;

  it('edits and ends turns for it, while it lives, and nothing else', () => {
    expect(answered(as('s-ana', begins))).toMatchObject({ status: 'granted' });
    expect(answered(as('s-ana', { op: 'end_turn', label: null }))).toMatchObject({ op: 'done' });
    expect(answered(as('s-ana', { op: 'release', leases: 'all' }))).toBe('CREDENTIAL_REQUIRED');
    expect(answered(as('s-ana', { op: 'close_session', why: 'x' }))).toBe('CREDENTIAL_REQUIRED');
    expect(answered(as('s-nobody', begins))).toBe('CREDENTIAL_WRONG');
    fleet.says('ana', { op: 'close_session', why: 'over' });
    expect(answered(as('s-ana', begins))).toBe('CREDENTIAL_WRONG');
  });
});

describe('an edit that nobody asked about', () => {
  it('is told with whose lease it went beside', () => {
    edit('ana', [A]);
    const token = firstToken();
    done('bo', [A]);
    const seen = fleet.events.findLast(({ type }) => type === 'file.edited');
    expect(seen).toMatchObject({ agentId: 'bo', beside: token });
    fleet.system({ op: 'note_edits', resources: [A, B], tool: 'prettier', label: null, via: 'watch' });
    const [a, b] = fleet.events.slice(-2);
    expect(a).toMatchObject({ resource: A, beside: token, via: 'watch' });
    expect(b).toMatchObject({ resource: B, beside: null });
    expect(a?.agentId).toBeUndefined();
  });
});
