// What makes no sense or has no room is refused before anything of it is logged, and the refusal says which it is.

import { beforeEach, describe, expect, it } from 'vitest';
import { decide } from '../../src/core/decide.ts';
import { emptyState, type FleetState, type TableName } from '../../src/core/fleet-state.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer } from '../../src/core/reply.ts';
import type { Table } from '../../src/core/table.ts';
import { type Ask, CoreFleet } from '../support/core-fleet.ts';
import { tableSaying } from '../support/full-table.ts';
import { type Registration, registration } from '../support/registration.ts';

const LONG = 'x'.repeat(LIMITS.textBytes + 1);

let fleet: CoreFleet;

beforeEach(() => {
  fleet = new CoreFleet();
  fleet.join('ana');
  fleet.join('bo');
});

function codeOf(answer: Answer): string {
  return isRejection(answer) ? answer.code : 'taken';
}

function tokenOf(answer: Answer): number {
  const [lease] = isRejection(answer) || answer.op !== 'acquire' ? [] : answer.leases;
  if (lease === undefined) throw new Error(`nothing was granted: ${JSON.stringify(answer)}`);
  return lease.token;
}

/** Refused so, and nothing is in the log of it. */
function refused({ groups, answer }: { readonly groups: readonly unknown[]; readonly answer: Answer }): string {
  expect(groups).toEqual([]);
  return codeOf(answer);
}

const ACQUIRE = { op: 'acquire', mode: 'exclusive', waitMs: 0, ttlMs: LIMITS.ttlMs, reason: '', priority: 0 } as const;
const EDIT = { tool: 'Edit', label: null } as const;
const CHECK_IN = {
  op: 'check_in',
  summary: 'begun',
  digest: 'begun',
  complexity: null,
  confidence: null,
  outcomes: [],
  plan: null,
  parameters: null,
} as const;
const OUTCOME = { kind: 'tests', ok: true, evidence: '' } as const;
const PUT = { op: 'put_state', key: 'menu', value: 1, condition: { ifVersion: 0 } } as const;

function leaseRef(n: number): { readonly resource: string; readonly token: number } {
  return { resource: `task:${n}`, token: n };
}

describe('an agent’s call is refused', () => {
  const tooMany = Array.from({ length: LIMITS.resourcesPerAcquire + 1 }, (_, n) => leaseRef(n));

  it.each<[string, Ask, string]>([
    ['that takes nothing', { ...ACQUIRE, resources: [] }, 'INVALID_ARGUMENT'],
    ['that edits nothing', { op: 'begin_edit', resources: [], ...EDIT, reason: '' }, 'INVALID_ARGUMENT'],
    ['that has edited nothing', { op: 'note_edits', resources: [], ...EDIT, via: 'hook' }, 'INVALID_ARGUMENT'],
    ['that waits too long', { op: 'await', ticket: 't1', waitMs: LIMITS.waitMaxMs + 1 }, 'INVALID_ARGUMENT'],
    ['that gives back too many at once', { op: 'release', leases: tooMany }, 'TOO_MANY_RESOURCES'],
    ['that gives back nothing', { op: 'release', leases: [] }, 'INVALID_ARGUMENT'],
    ['that renews nothing', { op: 'renew', leases: [], ttlMs: null }, 'INVALID_ARGUMENT'],
    ['that writes under no name', { ...PUT, key: '' }, 'INVALID_ARGUMENT'],
    ['that writes nothing', { ...PUT, value: undefined }, 'INVALID_ARGUMENT'],
    ['that writes too much', { ...PUT, value: 'x'.repeat(LIMITS.stateValueBytes) }, 'TOO_LARGE'],
    ['that checks in with evidence too long', { ...CHECK_IN, outcomes: [{ ...OUTCOME, evidence: LONG }] }, 'TOO_LARGE'],
    [
      'that checks in with too many numbers',
      { ...CHECK_IN, parameters: Array.from({ length: LIMITS.parametersGiven + 1 }, () => 0) },
      'INVALID_ARGUMENT',
    ],
    [
      'that tells an outcome of no kind',
      { op: 'record_outcome', checkInId: 'c1', ...OUTCOME, kind: ' ' },
      'INVALID_ARGUMENT',
    ],
    ['of a system', { op: 'sweep' }, 'CREDENTIAL_REQUIRED'],
  ])('%s', (_, ask, code) => {
    expect(refused(fleet.says('ana', ask))).toBe(code);
  });

  it('that tells one kind of outcome more than a check-in may have, and not one that replaces another', () => {
    const outcomes = Array.from({ length: LIMITS.outcomesPerCheckIn }, (_, n) => ({ ...OUTCOME, kind: `k${n}` }));
    const { answer } = fleet.says('ana', { ...CHECK_IN, outcomes });
    const checkInId = !isRejection(answer) && answer.op === 'check_in' ? (answer.checkInId ?? '') : '';
    const tell = (kind: string): string =>
      codeOf(fleet.says('ana', { op: 'record_outcome', checkInId, ...OUTCOME, kind }).answer);
    expect([tell('one more'), tell('k0')]).toEqual(['QUEUE_FULL', 'taken']);
  });
});

describe('an operator’s word is refused', () => {
  const history = {
    op: 'import_history',
    agentId: 'cy',
    source: 'cy.csv',
    columns: ['time'],
    rows: [['0.1']],
    lines: [2],
    after: 0,
    digest: 'd1',
  } as const;

  it.each<[string, Ask, string]>([
    [
      'that revokes without a reason',
      { op: 'revoke', resource: 'task:a', token: null, reason: ' ' },
      'INVALID_ARGUMENT',
    ],
    ['that revokes at length', { op: 'revoke', resource: 'task:a', token: null, reason: LONG }, 'INVALID_ARGUMENT'],
    ['that imports before the beginning', { ...history, after: -1 }, 'INVALID_ARGUMENT'],
    ['that imports between two lines', { ...history, after: 0.5 }, 'INVALID_ARGUMENT'],
    ['that imports from a place of a very long name', { ...history, source: LONG }, 'TOO_LARGE'],
    ['that imports lines nobody can know again', { ...history, digest: '' }, 'INVALID_ARGUMENT'],
    ['that imports lines of a very long digest', { ...history, digest: 'd'.repeat(201) }, 'INVALID_ARGUMENT'],
    ['that needs a session', { ...ACQUIRE, resources: ['task:a'] }, 'CREDENTIAL_REQUIRED'],
    ['that names a target where the policy has none', { op: 'retry_deliveries', target: 'ops' }, 'INVALID_ARGUMENT'],
  ])('%s', (_, ask, code) => {
    expect(refused(fleet.operator(ask))).toBe(code);
  });
});

describe('a registration is refused', () => {
  it.each<[string, Partial<Registration>]>([
    ['with notes', { notes: LONG }],
    ['with a purpose', { purpose: LONG }],
    ['with a root', { root: LONG }],
    ['with a tag', { tags: ['x'.repeat(LIMITS.tagBytes + 1)] }],
    ['with more tags', { tags: Array.from({ length: LIMITS.tags + 1 }, (_, n) => `t${n}`) }],
  ])('%s than there is room for', (_, change) => {
    expect(refused(fleet.system(registration('cy', change)))).toBe('TOO_LARGE');
  });
});

describe('nobody is heard', () => {
  it('before there is a fleet', () => {
    const by = { kind: 'operator', name: 'root', proof: 'terminal' } as const;
    const command = {
      op: 'revoke',
      resource: 'task:a',
      token: null,
      reason: 'so',
      by,
      requestId: 'r',
      bodyHash: '',
    } as const;
    const { groups, answer } = decide(emptyState(), command, { at: 0, wallAt: '' });
    expect(groups).toEqual([]);
    expect(answer).toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfterMs: 100 });
  });
});

describe('one more is refused', () => {
  /** Tells of a table that it has as much as it may. */
  function full<N extends TableName>(name: N, says: (table: FleetState[N]) => Partial<Table<object>>): void {
    const table = fleet.state[name];
    Object.assign(fleet.state, { [name]: tableSaying(table as Table<object>, says(table)) });
  }

  const counting =
    (index: string, most: number) =>
    (table: Pick<Table<object>, 'countIn'>): Partial<Table<object>> => ({
      countIn: (asked, bucket) => (asked === index ? most : table.countIn(asked, bucket)),
    });

  it('of leases, where the fleet holds all that it may', () => {
    full('leases', () => ({ size: LIMITS.leasesPerFleet }));
    expect(refused(fleet.acquire('ana', ['task:a']))).toBe('QUEUE_FULL');
    expect(refused(fleet.says('ana', { op: 'begin_edit', resources: ['file:a'], ...EDIT, reason: '' }))).toBe(
      'QUEUE_FULL',
    );
  });

  it('of waiters for the same, who would edit too', () => {
    fleet.acquire('ana', ['file:a']);
    full('tickets', counting('exact', LIMITS.waitersPerResource));
    expect(refused(fleet.acquire('bo', ['file:a'], { waitMs: 1_000 }))).toBe('QUEUE_FULL');
    expect(refused(fleet.says('bo', { op: 'begin_edit', resources: ['file:a'], ...EDIT, reason: '' }))).toBe(
      'QUEUE_FULL',
    );
  });

  it('of open handoffs', () => {
    const token = tokenOf(fleet.acquire('ana', ['task:a']).answer);
    full('handoffs', counting('from', LIMITS.handoffsPerSession));
    expect(refused(fleet.says('ana', { op: 'hand_off', resource: 'task:a', token, to: 'bo' }))).toBe('QUEUE_FULL');
  });

  it('of leases that are handed to a session', () => {
    const token = tokenOf(fleet.acquire('ana', ['task:a']).answer);
    fleet.says('ana', { op: 'hand_off', resource: 'task:a', token, to: 'bo' });
    const [handoff] = fleet.state.handoffs.rows();
    full('leases', counting('session', LIMITS.leasesPerSession));
    const accept = { op: 'answer_handoff', offer: handoff?.offer ?? '', answer: 'accept' } as const;
    expect(refused(fleet.says('bo', accept))).toBe('QUEUE_FULL');
  });

  it('of sessions', () => {
    full('sessions', counting('live', LIMITS.sessionsLive));
    expect(refused(fleet.system(registration('cy')))).toBe('QUEUE_FULL');
  });

  it('of keys, and not another version of one that is there', () => {
    fleet.says('ana', PUT);
    full('entries', () => ({ size: LIMITS.stateKeys }));
    expect(refused(fleet.says('ana', { ...PUT, key: 'more' }))).toBe('QUEUE_FULL');
    expect(fleet.says('ana', { ...PUT, condition: { ifVersion: 1 } }).answer).toMatchObject({ version: 2 });
  });

  it('of processes for a session', () => {
    const attachment = (n: number) => ({
      attachmentId: `a${n}`,
      placeId: 'p_here',
      pid: n,
      startTime: 's',
      kind: 'mcp',
    });
    for (let n = 0; n < LIMITS.attachmentsPerSession; n += 1)
      expect(fleet.says('ana', { op: 'attach', attachment: attachment(n) }).answer).toMatchObject({ changed: true });
    expect(refused(fleet.says('ana', { op: 'attach', attachment: attachment(99) }))).toBe('QUEUE_FULL');
    expect(fleet.says('ana', { op: 'attach', attachment: attachment(0) }).answer).toMatchObject({ changed: false });
  });
});
