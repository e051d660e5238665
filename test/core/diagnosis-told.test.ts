// How a diagnosis tells of what is not as it mostly is: one that is over, one that cannot be seen, many of a kind, and what it
// looked at where nothing is wrong.

import { describe, expect, it } from 'vitest';
import { registration } from '../support/registration.ts';
import { ticketOf, type WatchedFleet, watched } from '../support/watched-fleet.ts';

const STEW = 'task:stew';
const SOUP = 'task:soup';
const LONG = 600_000;
const SILENT = 150_000;

function ofResource(fleet: WatchedFleet, resource = STEW): readonly string[] {
  return fleet.diagnosis({ kind: 'resource', resource }).looked;
}

function ofAgent(fleet: WatchedFleet, agentId: string): readonly string[] {
  return fleet.diagnosis({ kind: 'agent', agentId }).looked;
}

describe('a holder', () => {
  it('whose session is over holds it only until something is decided', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.saysCut('ana', { op: 'close_session', why: 'done for today' }, 'close', 1);
    expect(fleet.findings()).toMatchObject([
      {
        code: 'dead_holder',
        message: 'ana is gone, and bo has waited 0s for task:stew, which it held.',
        evidence: ['Its session is over: done for today.'],
        action: null,
        others: [],
        next: 'Its leases end with the next thing that is decided; any call does that.',
      },
    ]);
  });

  it('of several processes is gone when all of them are, and the first three are named', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    for (const pid of [501, 502, 503]) {
      const attachment = { attachmentId: `a${pid}`, placeId: 'p_here', pid, startTime: 'start', kind: 'cli' };
      fleet.says('ana', { op: 'attach', attachment });
    }
    fleet.presence.set('s-ana', 'gone');
    expect(fleet.found('dead_holder').evidence[0]).toBe(
      'Gone: processes 100 (mcp), 501 (cli), 502 (cli) and 1 more; none of them is there any more.',
    );
  });

  it.each([
    ['mcp', ' It ends some minutes after that falls silent.'],
    ['cli', ''],
  ])('whose process (%s) is on another host is told to be there', (kind, ends) => {
    const fleet = watched('bo');
    fleet.system({
      op: 'anchor',
      placeId: 'p_far',
      bootId: 'b1',
      machineId: 'm1',
      host: 'pantry',
      anchorAt: 0,
      anchorMonoMs: 0,
      why: 'new',
    });
    const attachment = { attachmentId: 'a9', placeId: 'p_far', pid: 9, startTime: 'start', kind };
    fleet.system(registration('ana', { transport: 'process', attachment, freshSessionId: 's-ana' }));
    fleet.queue('ana', STEW, 'bo');
    fleet.atMs += SILENT;
    expect(fleet.found('silent_holder').evidence).toContain(
      `Its process cannot be seen from here: process 9 (${kind}) on pantry, in another container, start or machine.${ends}`,
    );
  });

  it('that its own check-ins have paused is paused by policy', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    const said = { complexity: null, confidence: null, plan: null, parameters: null } as const;
    const outcomes = [{ kind: 'tests', ok: false, evidence: '' }];
    for (const summary of ['one', 'two', 'three', 'four', 'five'])
      fleet.says('ana', { op: 'check_in', summary, digest: summary, outcomes, ...said });
    expect(fleet.found('paused_holder').evidence[0]).toMatch(/^Paused by policy for 0s: 5 check-ins in a row failed/u);
  });

  it.each([
    ['confirm', 'bo asked it 0s ago to let go; it will.'],
    ['dismiss', 'bo asked it 0s ago to let go; it will not.'],
  ] as const)('that was asked, and answered %s, is told with its answer', (kind, says) => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.atMs += 60_000;
    const message = { op: 'send_message', text: 'please', replyTo: null, resource: null } as const;
    fleet.says('bo', { ...message, to: 'ana', kind: 'task', resource: STEW });
    expect(fleet.found('slow_holder').evidence.at(-1)).toBe('bo asked it 0s ago to let go; no answer yet.');
    const [asked] = fleet.state.messages.in('to', 'ana');
    fleet.says('ana', { ...message, to: 'bo', kind, replyTo: asked?.messageId ?? '' });
    expect(fleet.found('slow_holder')).toMatchObject({ action: null });
    expect(fleet.found('slow_holder').evidence.at(-1)).toBe(says);
  });
});

describe('a ring that stands behind a holder', () => {
  it('is not walked round and round', () => {
    const fleet = watched('ana', 'bo', 'cy').queue('ana', STEW, 'bo');
    fleet.queue('bo', SOUP, 'cy');
    fleet.acquire('cy', ['task:salt']);
    // No decision makes one: it is put there.
    const waits = ticketOf(fleet, 'bo');
    fleet.state.tickets.set({ ...waits, ticket: 't900', resources: ['task:salt'], queuedSeq: 900 });
    fleet.presence.set('s-ana', 'gone');
    expect(fleet.found('chain').evidence[0]).toBe('In order: ana, for whom waits bo, for whom waits cy.');
  });
});

describe('a deadlock that is suspected', () => {
  it('is told by what keeps it closed, and not by what its agents asked for besides', () => {
    const fleet = watched('ana', 'bo', 'cy');
    for (const [agent, resource] of [
      ['ana', STEW],
      ['bo', SOUP],
      ['cy', 'task:salt'],
    ] as const)
      fleet.acquire(agent, [resource]);
    for (const resource of ['task:salt', SOUP]) fleet.acquire('ana', [resource]);
    fleet.acquire('bo', [STEW]);
    expect(fleet.found('suspected_deadlock')).toMatchObject({
      agents: ['ana', 'bo'],
      resources: [SOUP, STEW],
      evidence: [
        'ana asked for task:soup in vain 0s ago; bo holds it.',
        'bo asked for task:stew in vain 0s ago; ana holds it.',
      ],
    });
  });
});

describe('a storm', () => {
  function storm(): WatchedFleet {
    const agents = ['a1', 'a2', 'a3', 'a4', 'a5'];
    const fleet = watched('ana', ...agents);
    fleet.acquire('ana', [STEW]);
    for (const agent of agents) fleet.acquire(agent, [STEW]);
    return fleet;
  }

  it('goes on where nobody holds any more what all have asked for', () => {
    const fleet = storm();
    const { id } = fleet.found('retry_storm');
    fleet.says('ana', { op: 'release', leases: 'all' });
    expect(fleet.found('retry_storm')).toMatchObject({
      id: `retry_storm:${STEW}:0`,
      agents: ['a1', 'a2', 'a3', 'a4', 'a5'],
      sessions: ['s-a1', 's-a2', 's-a3', 's-a4', 's-a5'],
      refs: ['0'],
    });
    expect(fleet.found('retry_storm').evidence[0]).toBe('Nobody holds it any more.');
    expect(fleet.found('retry_storm').id).not.toBe(id);
  });

  it('is no larger than what anybody reads: the first five hundred count', () => {
    const fleet = storm();
    const [known] = fleet.state.refusals.rows();
    if (known === undefined) throw new Error('nobody was refused');
    for (let n = 0; n < 600; n += 1)
      fleet.state.refusals.set({ ...known, key: `more${n}`, sessionId: `s${n}`, agentId: `b${n}` });
    expect(fleet.found('retry_storm').behind).toBe(500);
  });

  it('is told of the thing that all ask for', () => {
    const fleet = storm();
    fleet.says('ana', { op: 'release', leases: 'all' });
    expect(fleet.findings({ kind: 'resource', resource: STEW })).toMatchObject([{ code: 'retry_storm' }]);
    expect(fleet.findings({ kind: 'resource', resource: SOUP })).toEqual([]);
  });
});

describe('a line in which several starve', () => {
  it('is told of by the one that came first, also where that has come back to its place', () => {
    const fleet = watched('ana', 'bo', 'cy').queue('ana', STEW, 'bo', 'cy');
    const { ticket } = ticketOf(fleet, 'bo');
    fleet.says('ana', { op: 'release', leases: 'all' });
    fleet.says('bo', { op: 'undelivered', ticket });
    fleet.acquire('ana', [SOUP]);
    const places = [...fleet.state.tickets.rows()].map(({ agentId }) => agentId);
    expect(places).toEqual(['cy', 'bo']);
    for (const row of fleet.state.tickets.rows())
      fleet.state.tickets.set({ ...row, state: 'waiting', offeredUntil: null });
    fleet.atMs += LONG;
    expect(fleet.found('starving_waiter')).toMatchObject({ agents: ['bo'], refs: [ticket] });
  });
});

describe('a dead one in line', () => {
  it('is told of what it waits for, and of nothing else', () => {
    const fleet = watched('ana', 'bo', 'cy').queue('ana', STEW, 'bo');
    fleet.acquire('cy', [SOUP]);
    fleet.presence.set('s-bo', 'gone');
    expect(fleet.findings({ kind: 'resource', resource: STEW })).toMatchObject([{ code: 'dead_waiter' }]);
    expect(fleet.findings({ kind: 'agent', agentId: 'bo' })).toMatchObject([{ code: 'dead_waiter' }]);
    expect(fleet.findings({ kind: 'agent', agentId: 'ana' })).toEqual([]);
    expect(fleet.findings({ kind: 'resource', resource: SOUP })).toEqual([]);
  });
});

describe('what concerns the whole fleet', () => {
  it('is told of whatever is asked about', () => {
    const fleet = watched('ana');
    fleet.system({ op: 'report_break', invariant: 'grant_excludes', detail: 'x' });
    for (const subject of [
      { kind: 'resource', resource: STEW },
      { kind: 'agent', agentId: 'ana' },
    ] as const)
      expect(fleet.findings(subject)).toMatchObject([{ code: 'granting_rests' }]);
  });

  it('is told of the first ten sessions that were left behind', () => {
    const agents = Array.from({ length: 12 }, (_, n) => `a${n}`);
    const fleet = watched(...agents);
    for (const agent of agents) fleet.presence.set(`s-${agent}`, 'gone');
    expect(fleet.codes()).toEqual(Array.from({ length: 10 }, () => 'leftover_session'));
  });
});

describe('what was looked at', () => {
  it('of a resource that is offered: nobody holds it', () => {
    const fleet = watched('ana', 'bo', 'cy');
    fleet.acquire('ana', [STEW]);
    fleet.acquire('bo', [STEW], { waitMs: 10 });
    fleet.acquire('cy', [STEW], { waitMs: LONG });
    const { ticket } = ticketOf(fleet, 'bo');
    fleet.atMs += 1_000;
    fleet.says('ana', { op: 'release', leases: 'all' });
    expect(ofResource(fleet)).toEqual(['Nobody holds task:stew. bo and cy wait, the longest for 1s.']);
    expect(ofAgent(fleet, 'bo')).toEqual([
      'bo is here, holds 0 locks and stands in 1 line.',
      `It is offered task:stew and has not claimed it yet: ask with ticket ${ticket}.`,
    ]);
  });

  it('of a resource whose holder is on another host: it is not to be seen', () => {
    const fleet = watched('ana').queue('ana', STEW);
    fleet.presence.set('s-ana', 'unknown');
    expect(ofResource(fleet)[0]).toMatch(/; its process is not to be seen from here\.$/u);
    fleet.presence.set('s-ana', 'stopped');
    expect(ofResource(fleet)[0]).toMatch(/; its process is stopped\.$/u);
  });

  it('of an agent that is paused: its turn passes on', () => {
    const fleet = watched('ana', 'bo').queue('ana', STEW, 'bo');
    fleet.atMs += 5_000;
    fleet.operator({ op: 'pause', agentId: 'bo', reason: 'look at this' });
    expect(ofAgent(fleet, 'bo')).toEqual([
      'bo is paused, holds 0 locks and stands in 1 line.',
      'It keeps its place for task:stew, for 5s now, but its turn passes on.',
    ]);
  });

  it('of an agent behind many: how many hold it, and who else waits is in no way', () => {
    const readers = Array.from({ length: 7 }, (_, n) => `r${n}`);
    const fleet = watched(...readers, 'bo', 'cy');
    for (const reader of readers) fleet.acquire(reader, [STEW], { mode: 'shared' });
    for (const agent of ['bo', 'cy']) fleet.acquire(agent, [STEW], { waitMs: LONG });
    expect(ofAgent(fleet, 'cy')[1]).toBe(
      'It is number 2 in line for task:stew, for 0s now; r0, r1, r2 and 4 more in its way.',
    );
  });

  it('of an agent behind others who wait for something else too: nobody holds it', () => {
    const fleet = watched('ana', 'bo', 'cy');
    fleet.acquire('ana', [SOUP]);
    fleet.acquire('bo', [STEW, SOUP], { waitMs: LONG });
    fleet.acquire('cy', [STEW], { waitMs: LONG });
    expect(ofAgent(fleet, 'cy')[1]).toBe('It is number 2 in line for task:stew, for 0s now; nobody holds it.');
  });

  it('of an agent that left: it is not here', () => {
    const fleet = watched('ana', 'bo');
    fleet.says('bo', { op: 'close_session', why: 'done' });
    expect(ofAgent(fleet, 'bo')).toEqual([
      'bo is not here: it has no live session, holds nothing and waits for nothing.',
    ]);
  });
});
