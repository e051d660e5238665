import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../../test/support/core-fleet.ts';
import { apply } from '../apply.ts';
import type { FleetEvent } from '../event.ts';
import { emptyState } from '../fleet-state.ts';
import { HISTORY_COLUMNS, type HistoryRow, historyRow } from './history-row.ts';

/** Rows as an export makes them: each from the fold of what came before its event. */
function rowsOf(events: readonly FleetEvent[]): readonly HistoryRow[] {
  const state = emptyState();
  return events.map((event) => {
    const row = historyRow(state, event);
    apply(state, event);
    return row;
  });
}

function open(...names: readonly string[]): CoreFleet {
  const fleet = new CoreFleet();
  for (const name of names) fleet.join(name);
  return fleet;
}

function tokenOf({ state }: CoreFleet, agentId: string): number {
  for (const lease of state.leases.rows()) if (lease.agentId === agentId) return lease.token;
  throw new Error(`${agentId} holds nothing`);
}

function rowsOfType(fleet: CoreFleet, ...types: readonly string[]): readonly HistoryRow[] {
  return rowsOf(fleet.events).filter(({ event }) => types.includes(String(event)));
}

describe('a row of history', () => {
  it('has every column for every event, in the pinned order', () => {
    const fleet = open('ana');
    fleet.acquire('ana', ['task:a']);
    for (const row of rowsOf(fleet.events)) expect(Object.keys(row)).toEqual(HISTORY_COLUMNS);
  });

  it('tells how long was waited and held, and who stands in line once it has happened', () => {
    const fleet = open('ana', 'bo', 'cy');
    fleet.acquire('ana', ['task:a'], { reason: 'first' });
    fleet.atMs = 1_000;
    fleet.acquire('bo', ['task:a'], { waitMs: 60_000, reason: 'second' });
    fleet.atMs = 3_000;
    fleet.acquire('cy', ['task:a'], { waitMs: 60_000 });
    fleet.atMs = 5_000;
    fleet.says('ana', { op: 'release', leases: 'all' });
    const found = rowsOfType(fleet, 'lease.granted', 'lease.queued', 'lease.released', 'wait.ended');
    const told = found.map(({ agent_id, event, wait_ms, hold_ms, queue_depth }) => [
      agent_id,
      event,
      wait_ms,
      hold_ms,
      queue_depth,
    ]);
    expect(told).toEqual([
      ['ana', 'lease.granted', null, null, 0],
      ['bo', 'lease.queued', null, null, 1],
      ['cy', 'lease.queued', null, null, 2],
      ['ana', 'lease.released', null, 5_000, 2],
      ['bo', 'lease.granted', 4_000, null, 1],
      ['bo', 'wait.ended', 4_000, null, 1],
    ]);
    expect(found[0]).toMatchObject({
      resource: 'task:a',
      mode: 'exclusive',
      token: tokenOf(fleet, 'bo') > 0 ? found[0]?.seq : 0,
    });
    expect(found[0]).toMatchObject({ reason: 'first', actor: 'ana', at: '2025-11-19T23:25:00.000Z' });
    expect(found[5]).toMatchObject({ resource: 'task:a', mode: 'exclusive', reason: 'granted' });
  });

  it('counts a wait for several once, names all of them, and ends its wait with each of its grants', () => {
    const fleet = open('ana', 'bo');
    fleet.acquire('ana', ['task:a', 'task:b']);
    fleet.acquire('bo', ['task:a', 'task:b'], { waitMs: 60_000 });
    fleet.atMs = 2_000;
    fleet.says('ana', { op: 'release', leases: 'all' });
    const [queued] = rowsOfType(fleet, 'lease.queued');
    expect(queued).toMatchObject({ resource: 'task:a\ttask:b', queue_depth: 1 });
    const granted = rowsOfType(fleet, 'lease.granted').filter(({ agent_id }) => agent_id === 'bo');
    expect(granted.map(({ wait_ms, queue_depth }) => [wait_ms, queue_depth])).toEqual([
      [2_000, 0],
      [2_000, 0],
    ]);
  });

  it('sees a line through a tree of files', () => {
    const fleet = open('ana', 'bo');
    fleet.acquire('ana', ['file:@w1/src/a.ts']);
    fleet.acquire('bo', ['file:@w1/src/'], { waitMs: 60_000 });
    fleet.says('ana', {
      op: 'renew',
      leases: [{ resource: 'file:@w1/src/a.ts', token: tokenOf(fleet, 'ana') }],
      ttlMs: null,
    });
    expect(rowsOfType(fleet, 'lease.renewed')).toMatchObject([{ queue_depth: 1, mode: 'exclusive' }]);
  });

  it('tells the hold of a lease that is handed over by the end of the handoff, of its giver', () => {
    const fleet = open('ana', 'bo');
    fleet.acquire('ana', ['task:a']);
    const token = tokenOf(fleet, 'ana');
    fleet.says('ana', { op: 'hand_off', resource: 'task:a', token, to: 'bo' });
    const [offer] = [...fleet.state.handoffs.rows()];
    fleet.atMs = 7_000;
    fleet.says('bo', { op: 'answer_handoff', offer: offer?.offer ?? '', answer: 'accept' });
    fleet.atMs = 9_000;
    fleet.says('bo', { op: 'release', leases: 'all' });
    const held = rowsOf(fleet.events).filter(({ hold_ms }) => hold_ms !== null);
    expect(held.map(({ agent_id, event, token: of, hold_ms }) => [agent_id, event, of, hold_ms])).toEqual([
      ['ana', 'handoff.ended', token, 7_000],
      ['bo', 'lease.released', expect.any(Number), 2_000],
    ]);
  });

  it('tells the hold of a shared lease by the upgrade that replaces it', () => {
    const fleet = open('ana');
    fleet.acquire('ana', ['task:a'], { mode: 'shared' });
    fleet.atMs = 4_000;
    fleet.acquire('ana', ['task:a']);
    expect(rowsOfType(fleet, 'lease.granted').map(({ hold_ms, mode }) => [hold_ms, mode])).toEqual([
      [null, 'shared'],
      [4_000, 'exclusive'],
    ]);
  });

  it('belongs to the agent whose work it is about; the actor is who said it', () => {
    const head = { seq: 9, at: 1, wallAt: '2025-11-19T23:25:00.000Z', version: 1, actor: 'bo', agentId: 'bo' } as const;
    const outcome = {
      type: 'outcome.recorded',
      checkInId: 'c1',
      about: 'ana',
      kind: 'tests',
      ok: false,
      evidence: '',
    } as const;
    expect(historyRow(emptyState(), { ...head, ...outcome })).toMatchObject({
      agent_id: 'ana',
      actor: 'bo',
      reason: 'tests failed',
    });
  });

  it('names governed state and what a message asks for as resources', () => {
    const head = {
      seq: 9,
      at: 1,
      wallAt: '2025-11-19T23:25:00.000Z',
      version: 1,
      actor: 'ana',
      agentId: 'ana',
    } as const;
    const put = { type: 'state.put', key: 'plan', value: 1, valueVersion: 2, guard: 7 } as const;
    expect(historyRow(emptyState(), { ...head, ...put })).toMatchObject({ resource: 'state:plan', token: 7 });
    const lease = { resource: 'task:a', token: 5 };
    const sent = {
      type: 'message.sent',
      messageId: 'm9',
      to: 'bo',
      kind: 'task',
      text: 'secret',
      replyTo: null,
    } as const;
    const row = historyRow(emptyState(), { ...head, ...sent, thread: 'm9', lease });
    expect(row).toMatchObject({ resource: 'task:a', token: 5, reason: null });
    expect(JSON.stringify(row)).not.toContain('secret');
  });

  it('tells what ended a session, and of a grant that nobody heard of what is offered again and how many wait', () => {
    const fleet = new CoreFleet();
    fleet.join('ana', 's-ana', 7);
    for (const agent of ['bo', 'cy']) fleet.join(agent);
    fleet.acquire('ana', ['task:a']);
    fleet.acquire('bo', ['task:a'], { waitMs: 60_000 });
    fleet.acquire('cy', ['task:a'], { waitMs: 60_000 });
    const [ticket] = [...fleet.state.tickets.rows()];
    fleet.system({ op: 'detach', sessionId: 's-ana', attachmentId: 'a7', cause: 'dead', evidence: 'no process 7' });
    expect(rowsOfType(fleet, 'session.detached', 'session.lost').map(({ reason }) => reason)).toEqual([
      'no process 7',
      'no process 7',
    ]);
    fleet.says('bo', { op: 'undelivered', ticket: ticket?.ticket ?? '' });
    expect(rowsOfType(fleet, 'lease.offered')).toMatchObject([{ agent_id: 'bo', resource: 'task:a', queue_depth: 2 }]);
  });
});
