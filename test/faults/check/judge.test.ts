// Each rule seen to let pass what it must, and to find what it must, on histories and logs written by hand.

import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../../../src/core/event.ts';
import type { Call, Cut, Read } from '../history.ts';
import {
  acquire,
  acquireAsk,
  call,
  check,
  grantRow,
  historyOf,
  LOCK,
  logOf,
  put,
  queued,
  queueRow,
  refused,
  release,
  releaseRow,
} from './hand-made.ts';
import { judge } from './judge.ts';

type More = { readonly reads?: readonly Read[]; readonly cuts?: readonly Cut[] };

/** Kinds of problems that are found, without those of a log that this test does not write. */
function found(calls: readonly Call[], more: More = {}): readonly string[] {
  return kinds(judge(historyOf(calls, more), [], 0).problems.filter((problem) => !problem.startsWith('log:')));
}

function foundInLog(rows: Parameters<typeof logOf>[0], calls: readonly Call[] = []): readonly string[] {
  return kinds(judge(historyOf(calls), logOf(rows), 0).problems);
}

function kinds(problems: readonly string[]): readonly string[] {
  return [...new Set(problems.map((problem) => problem.split(/[ :]/)[0] ?? ''))].toSorted();
}

describe('leases, as callers see them', () => {
  it('one after the other are well', () => {
    expect(found([acquire('ana', 0, 1), release('ana', 20, 1), acquire('bo', 25, 3)])).toEqual([]);
  });

  it('two at once are not, also where nobody overlaps in time of asking', () => {
    expect(found([acquire('ana', 0, 1), acquire('bo', 50, 2)])).toEqual(['belief', 'lease']);
  });

  it('shared ones go together, and an exclusive one with none of them', () => {
    const shared = [acquire('ana', 0, 1, { mode: 'shared' }), acquire('bo', 20, 2, { mode: 'shared' })];
    expect(found(shared)).toEqual([]);
    expect(found([...shared, acquire('cy', 50, 3)])).toEqual(['belief', 'lease']);
  });

  it('an upgrade takes the place of the shared one, whose token is stale then', () => {
    const upgraded = [acquire('ana', 0, 1, { mode: 'shared' }), acquire('ana', 20, 2)];
    expect(found([...upgraded, check('ana', 40, 1, false), check('ana', 60, 2, true)])).toEqual([]);
    expect(found([...upgraded, check('ana', 40, 1, true)])).toEqual(['lease']);
  });

  it('one whose belief is over may go to another, and not before', () => {
    const brief = acquire('ana', 0, 1, { safeForMs: 100 });
    expect(found([brief, acquire('bo', 95, 2)])).toEqual([]);
    expect(found([brief, acquire('bo', 80, 2)])).toEqual(['belief', 'lease']);
    expect(found([brief, check('ana', 200, 1, false)])).toEqual([]);
    expect(found([brief, check('ana', 50, 1, false)])).toEqual(['lease']);
  });

  it('one that was over before it was heard may have gone to another long since', () => {
    const late = acquire('ana', 0, 1, { heardMs: 300, safeForMs: 100 });
    expect(found([late, acquire('bo', 50, 2), release('bo', 70, 2)])).toEqual([]);
    const lateAndLong = acquire('ana', 0, 1, { heardMs: 300, safeForMs: 400 });
    expect(found([lateAndLong, acquire('bo', 50, 2)])).toEqual(['belief', 'lease']);
  });

  it('a belief that a later answer makes longer counts as long', () => {
    const renewed = { ...acquire('ana', 50, 1, { safeForMs: 500 }) };
    expect(found([acquire('ana', 0, 1, { safeForMs: 100 }), renewed, acquire('bo', 200, 2)])).toEqual([
      'belief',
      'lease',
    ]);
  });

  it('one of an agent that was killed may go to another from then on', () => {
    const calls = [acquire('ana', 0, 1), acquire('bo', 50, 2)];
    expect(found(calls, { cuts: [{ agent: 'ana', atMs: 40 }] })).toEqual([]);
    expect(found(calls, { cuts: [{ agent: 'ana', atMs: 70 }] })).toEqual(['belief', 'lease']);
  });

  it('tokens rise with time', () => {
    expect(found([acquire('ana', 0, 5), release('ana', 20, 5), acquire('bo', 40, 4)])).toEqual(['belief', 'lease']);
  });

  it('one that was given back is stale from then on', () => {
    const over = [acquire('ana', 0, 1), release('ana', 20, 1)];
    expect(found([...over, check('ana', 40, 1, false)])).toEqual([]);
    expect(found([...over, check('ana', 40, 1, true)])).toEqual(['lease']);
    expect(found([...over, { ...release('ana', 40, 1) }])).toEqual(['lease']);
  });

  it('one whose release was lost may be held by another, or be held still', () => {
    const lost = call('ana', 20, { op: 'release', leases: [{ resource: LOCK, token: 1 }] }, null);
    expect(found([acquire('ana', 0, 1), lost, acquire('bo', 40, 2)])).toEqual([]);
    expect(found([acquire('ana', 0, 1), lost, check('ana', 60, 1, true)])).toEqual([]);
  });

  it('a refusal names somebody who holds it', () => {
    const blockedBy = [{ kind: 'holder', agentId: 'ana', resource: LOCK, token: 1 }];
    const no = (sentMs: number): Call => call('bo', sentMs, acquireAsk(), refused('LEASE_HELD', { blockedBy }));
    expect(found([acquire('ana', 0, 1), no(20), release('ana', 40, 1)])).toEqual([]);
    expect(found([acquire('ana', 0, 1), release('ana', 20, 1), no(40)])).toEqual(['lease']);
    // Whoever never heard of its grant may hold it.
    expect(found([call('ana', 0, acquireAsk(), null), no(20)])).toEqual([]);
  });

  it('a grant that comes by a ticket counts from when it was asked for', () => {
    const asked = call('bo', 5, acquireAsk(), queued('t1'), { heardMs: 15 });
    const lease = acquire('bo', 50, 2).answer;
    const heard = call('bo', 50, { op: 'await', ticket: 't1', waitMs: 100 }, lease);
    expect(found([acquire('ana', 0, 1), asked, release('ana', 20, 1), heard])).toEqual([]);
  });

  it('what is handed on is held by the other, and by the giver no more', () => {
    const lease = { resource: LOCK, mode: 'exclusive', token: 3, expiresAt: 0, guarded: false, wanted: false } as const;
    const offer = call(
      'ana',
      20,
      { op: 'hand_off', resource: LOCK, token: 1, to: 'bo' },
      { op: 'hand_off', offer: 'h2', to: 'bo', until: 0 },
    );
    const accepted = call(
      'bo',
      40,
      { op: 'answer_handoff', offer: 'h2', answer: 'accept' },
      { op: 'answer_handoff', offer: 'h2', accepted: true, lease },
    );
    const handed = [acquire('ana', 0, 1), offer, accepted];
    expect(found([...handed, check('ana', 60, 1, false)])).toEqual([]);
    expect(found([...handed, check('ana', 60, 1, true)])).toEqual(['lease']);
    expect(found([acquire('ana', 0, 1), offer, release('ana', 25, 1, { heardMs: 35 }), accepted])).toEqual(['lease']);
  });
});

describe('governed state, as callers see it', () => {
  function read(sentMs: number, version: number, value: unknown): Read {
    return { by: 'cy', key: 'k', sentMs, heardMs: sentMs + 5, version, value };
  }

  it('one write after the other is well, and read as it is', () => {
    const calls = [put('ana', 0, 7, 0, 1), put('bo', 20, 8, 1, 2)];
    expect(found(calls, { reads: [read(12, 1, 7), read(35, 2, 8)] })).toEqual([]);
  });

  it('two writes on one version, an old value, a version that is left out, another value: none of them', () => {
    expect(found([put('ana', 0, 7, 0, 1), put('bo', 5, 8, 0, 1)])).toEqual(['state']);
    expect(found([put('ana', 0, 7, 0, 1)], { reads: [read(20, 0, null)] })).toEqual(['state']);
    expect(found([put('ana', 0, 7, 0, 2)])).toEqual(['state']);
    expect(found([put('ana', 0, 7, 0, 1)], { reads: [read(20, 1, 8)] })).toEqual(['state']);
  });

  it('a write that was lost may be there or not', () => {
    expect(found([put('ana', 0, 7, 0, null)], { reads: [read(20, 0, null), read(40, 1, 7)] })).toEqual([]);
    expect(found([put('ana', 0, 7, 0, null)], { reads: [read(20, 1, 7), read(40, 0, null)] })).toEqual(['state']);
  });

  it('a mismatch tells the version that there is', () => {
    const no = (version: number): Call =>
      call(
        'bo',
        20,
        { op: 'put_state', key: 'k', value: 1, condition: { ifVersion: 0 } },
        refused('VERSION_MISMATCH', { version }),
      );
    expect(found([put('ana', 0, 7, 0, 1), no(1)])).toEqual([]);
    expect(found([put('ana', 0, 7, 0, 1), no(2)])).toEqual(['state']);
  });
});

describe('agents, as callers see them', () => {
  const word = (op: 'pause' | 'resume', sentMs: number, changed: boolean): Call =>
    call(
      'operator',
      sentMs,
      { op, agentId: 'ana', reason: 'x' },
      { op: 'lifecycle', agentId: 'ana', was: 'active', lifecycle: 'active', changed, leases: 0 },
    );
  const work = (sentMs: number, isRefused: boolean): Call => {
    const answer = isRefused ? refused('AGENT_PAUSED') : ({ op: 'put_state', key: 'k', version: 1 } as const);
    return call('ana', sentMs, { op: 'put_state', key: 'k', value: 1, condition: { ifVersion: 0 } }, answer);
  };

  it('who is paused is refused until it is resumed', () => {
    expect(found([word('pause', 0, true), work(20, true), word('resume', 40, true), work(60, false)])).toEqual([]);
    expect(found([word('pause', 0, true), work(20, false)])).toEqual(['agent']);
    expect(found([word('pause', 0, true), word('resume', 20, true), work(40, true)])).toEqual(['agent']);
    expect(found([work(0, true)])).toEqual(['agent']);
  });

  it('a word that changes nothing says so', () => {
    expect(found([word('pause', 0, true), word('pause', 20, false)])).toEqual([]);
    expect(found([word('pause', 0, true), word('pause', 20, true)])).toEqual(['agent']);
  });

  it('a verdict binds', () => {
    const verdict = { op: 'check_in', checkInId: 'c', verdict: 'pause' } as never;
    const asked = { op: 'check_in', summary: 's' } as never;
    expect(found([call('ana', 0, asked, verdict), work(20, false)])).toEqual(['agent']);
    expect(found([call('ana', 0, asked, verdict), work(20, true), word('pause', 40, true)])).toEqual([]);
  });
});

describe('a log', () => {
  it('of one holder after the other is well', () => {
    expect(foundInLog([grantRow('ana'), releaseRow('ana', 1), grantRow('bo'), releaseRow('bo', 3)])).toEqual([]);
  });

  it.each<[string, Parameters<typeof logOf>[0]]>([
    ['two holders', [grantRow('ana'), grantRow('bo'), releaseRow('ana', 1), releaseRow('bo', 2)]],
    ['a token that is no number of its grant', [grantRow('ana', { token: 9 }), releaseRow('ana', 1)]],
    ['the end of what nobody holds', [releaseRow('ana', 1)]],
    ['the end of what another holds', [grantRow('ana'), releaseRow('bo', 1)]],
    ['a version left out', [{ type: 'state.put', by: 'ana', key: 'k', value: 1, valueVersion: 2, guard: null }]],
    [
      'a write under a token of another',
      [
        grantRow('ana'),
        { type: 'state.put', by: 'bo', key: 'k', value: 1, valueVersion: 1, guard: 1 },
        releaseRow('ana', 1),
      ],
    ],
    ['a number left out', [{ type: 'drill.marked', seq: 2 }]],
  ])('with %s is not', (_what, rows) => {
    expect(foundInLog(rows)).toEqual(['log']);
  });

  it('in which somebody still holds or waits at the end is not at rest', () => {
    expect(foundInLog([grantRow('ana')])).toEqual(['rest']);
    expect(foundInLog([grantRow('ana'), queueRow('bo', 't2')])).toEqual(['rest']);
  });

  it('in which somebody waits for nothing has lost a wake-up', () => {
    expect(foundInLog([grantRow('ana'), queueRow('bo', 't2'), releaseRow('ana', 1)])).toEqual(['rest', 'wake-up']);
  });
});

describe('a waiter that could go', () => {
  const freed = [grantRow('ana'), queueRow('bo', 't2'), releaseRow('ana', 1)];
  const over = { type: 'wait.ended', by: 'bo', ticket: 't2', outcome: 'withdrawn', tokens: [] };

  it('is not left waiting for a moment, though it gives up later', () => {
    expect(foundInLog([...freed, { ...over, at: 5 }])).toEqual(['wake-up']);
    expect(foundInLog([...freed, over])).toEqual([]);
  });

  it('may be left while the log says that its line is still to be walked, or that granting rests', () => {
    const due = { type: 'line.unsettled', line: 'n4', resources: [] };
    const settled = { type: 'line.settled', line: 'n4', at: 5 };
    expect(foundInLog([...freed, due, settled, { ...over, at: 5 }])).toEqual([]);
    expect(foundInLog([...freed, due, settled, { ...over, at: 6 }])).toEqual(['wake-up']);
    expect(foundInLog([...freed, { type: 'granting.suspended', until: 9 }, { ...over, at: 5 }])).toEqual([]);
  });
});

describe('lines', () => {
  const line = [grantRow('ana'), queueRow('bo', 't2'), queueRow('cy', 't3'), releaseRow('ana', 1)];
  const over = (by: string, ticket: string) => ({ type: 'wait.ended', by, ticket, outcome: 'granted', tokens: [] });
  const promoted = (by: string, ticket: string) => grantRow(by, { path: 'promoted', ticket });

  it('are served in the order of arrival', () => {
    const rows = [
      ...line,
      promoted('bo', 't2'),
      over('bo', 't2'),
      releaseRow('bo', 5),
      promoted('cy', 't3'),
      over('cy', 't3'),
    ];
    expect(foundInLog([...rows, releaseRow('cy', 8)])).toEqual([]);
  });

  it.each<[string, Parameters<typeof logOf>[0]]>([
    ['who came later', [promoted('cy', 't3'), over('cy', 't3'), releaseRow('cy', 5)]],
    ['who does not stand in it', [grantRow('dee'), releaseRow('dee', 5)]],
    ['an offer to who came later', [{ type: 'lease.offered', by: 'cy', ticket: 't3', until: 9, revived: false }]],
  ])('are passed by nobody: %s', (_what, rows) => {
    expect(foundInLog([...line, ...rows])).toContain('line');
  });

  it.each<[string, Parameters<typeof logOf>[0]]>([
    ['is paused', [{ type: 'agent.paused', by: 'bo' }]],
    [
      'let its offer lapse',
      [
        { type: 'lease.offered', by: 'bo', ticket: 't2', until: 9, revived: false },
        { type: 'offer.lapsed', by: 'bo', ticket: 't2' },
      ],
    ],
    ['is gone', [{ type: 'session.lost', by: 'bo', evidence: '' }]],
    ['was passed to break a cycle', [{ type: 'wait.passed', by: 'cy', ticket: 't3', passed: 't2' }]],
  ])('let pass whoever stands behind one who %s', (_what, rows) => {
    expect(foundInLog([...line, ...rows, promoted('cy', 't3')])).not.toContain('line');
  });

  it('go together where they are shared, and not past an exclusive waiter', () => {
    const shared = { mode: 'shared' };
    const rows = [
      grantRow('ana'),
      queueRow('bo', 't2', shared),
      queueRow('cy', 't3'),
      queueRow('dee', 't4', shared),
      releaseRow('ana', 1),
      grantRow('bo', { ...shared, path: 'promoted', ticket: 't2' }),
      over('bo', 't2'),
    ];
    expect(foundInLog(rows)).not.toContain('line');
    expect(foundInLog([...rows, grantRow('dee', { ...shared, path: 'promoted', ticket: 't4' })])).toContain('line');
  });
});

describe('what was told, against the log', () => {
  const told = [acquire('ana', 0, 1), release('ana', 20, 1)];
  const rows = [grantRow('ana'), releaseRow('ana', 1)];

  it('is in it', () => {
    expect(foundInLog(rows, told)).toEqual([]);
  });

  it.each<[string, readonly FleetEvent[]]>([
    ['is not in it', logOf([])],
    ['is of somebody else', logOf([grantRow('bo'), releaseRow('bo', 1)])],
  ])('%s: found', (_what, events) => {
    expect(kinds(judge(historyOf(told), events, 0).problems)).toContain('log');
  });

  it('is in it twice: found', () => {
    const written = [put('ana', 0, 7, 0, 1)].map((each) => ({ ...each, requestId: 'w' }));
    const row = { type: 'state.put', by: 'ana', key: 'k', value: 7, valueVersion: 1, guard: null, requestId: 'w' };
    expect(foundInLog([row], written)).toEqual([]);
    expect(kinds(judge(historyOf(written), [...logOf([row]), ...logOf([row])], 0).problems)).toContain('log');
  });

  it('was refused and done: found', () => {
    const no = { ...call('ana', 0, acquireAsk(), refused('LEASE_HELD')), requestId: 'no' };
    expect(foundInLog([grantRow('ana', { requestId: 'no' }), releaseRow('ana', 1)], [no])).toEqual(['log']);
  });

  it('a fault of ours is always one', () => {
    expect(found([call('ana', 0, acquireAsk(), refused('INTERNAL'))])).toEqual(['fault']);
  });
});
