// What the invariants would see. Nothing that decides makes such a step or state, so they are made by hand: each is broken once.

import { describe, expect, it } from 'vitest';
import { CoreFleet } from '../../test/support/core-fleet.ts';
import { tableSaying } from '../../test/support/full-table.ts';
import { brokenByStep, nextEvent } from '../../test/support/next-step.ts';
import { apply } from './apply.ts';
import { type FleetState, forkState, type TableName } from './fleet-state.ts';
import { checkDraft, checkState, checkStep } from './invariants.ts';
import { lookAgainAtWaitsOf } from './lease/absent.ts';
import { LIMITS } from './limits.ts';
import type { LeaseRow, SessionRow, TicketRow } from './rows.ts';
import type { Table } from './table.ts';

const PATIENT_MS = 600_000;

/** Ana, bo and cy, with nothing yet. */
function kitchen(): CoreFleet {
  const fleet = new CoreFleet();
  for (const agent of ['ana', 'bo', 'cy']) fleet.join(agent);
  return fleet;
}

/** Ana holds the oven, and bo stands in line for it. */
function line(): CoreFleet {
  const fleet = kitchen();
  fleet.acquire('ana', ['task:oven']);
  fleet.acquire('bo', ['task:oven'], { waitMs: PATIENT_MS });
  return fleet;
}

/** Bo's call went home before ana gave the oven back, so bo has the offer of it. */
function offer(): CoreFleet {
  const fleet = kitchen();
  fleet.acquire('ana', ['task:oven']);
  fleet.acquire('bo', ['task:oven'], { waitMs: 10 });
  fleet.atMs += 20;
  fleet.says('ana', { op: 'release', leases: 'all' });
  return fleet;
}

function leaseOf({ state }: CoreFleet, agentId = 'ana'): LeaseRow {
  for (const lease of state.leases.rows()) if (lease.agentId === agentId) return lease;
  throw new Error(`${agentId} holds nothing`);
}

function ticketOf({ state }: CoreFleet, agentId = 'bo'): TicketRow {
  for (const ticket of state.tickets.rows()) if (ticket.agentId === agentId) return ticket;
  throw new Error(`${agentId} waits for nothing`);
}

function sessionOf({ state }: CoreFleet, agentId = 'ana'): SessionRow {
  const session = state.sessions.get(`s-${agentId}`);
  if (session === undefined) throw new Error(`${agentId} has no session`);
  return session;
}

/** The rule that the rows which `write` changes break, before they are appended. */
function brokenInDraft(fleet: CoreFleet, write: (draft: FleetState) => void): string | null {
  const draft = forkState(fleet.state);
  write(draft);
  return checkDraft(fleet.state, draft)?.invariant ?? null;
}

function brokenIn({ state }: CoreFleet): readonly string[] {
  return checkState(state).map(({ invariant }) => invariant);
}

function broken(fleet: CoreFleet, facts: object): string | null {
  return brokenByStep(fleet.state, facts);
}

const GRANTED = {
  type: 'lease.granted',
  resource: 'task:pan',
  mode: 'exclusive',
  ttlMs: LIMITS.ttlMs,
  path: 'free',
  ticket: null,
  replaces: null,
  firstToken: null,
  reason: '',
};

/** What the next event grants: its token is its number. */
function granted(fleet: CoreFleet, facts: object = {}): object {
  return { ...GRANTED, token: fleet.state.position.seq + 1, ...facts };
}

const LOST = { type: 'lease.revoked', resource: 'task:pan', token: 1, by: 'operator:root', reason: 'so' };
const ALERT = {
  type: 'alert.opened',
  code: 'paused_agent',
  severity: 'warning',
  subject: 'ana',
  agents: ['ana'],
  resources: [],
  text: 'ana stands still.',
  next: 'Look.',
  evidence: {},
};
const INCIDENT = { type: 'incident.opened', incident: 1, title: 'ana stands still', earlier: null };

const OF_BO = { agentId: 'bo', sessionId: 's-bo' };
const OF_CY = { agentId: 'cy', sessionId: 's-cy' };

describe('leases', () => {
  it.each<[string, string, (lease: LeaseRow) => Partial<LeaseRow>]>([
    ['a token that is no number of the log', 'token_is_number', () => ({ token: 1.5 })],
    ['a token of an event that is still to come', 'token_is_number', (lease) => ({ token: lease.token + 1_000 })],
    ['a holder that nobody knows', 'lease_has_session', () => ({ sessionId: 's-nobody' })],
    ['another holder of the same', 'one_holder', () => ({ token: 1, sessionId: 's-bo', agentId: 'bo' })],
  ])('are seen with %s, in a draft and in a state', (_, invariant, change) => {
    const fleet = line();
    const wrong = { ...leaseOf(fleet), ...change(leaseOf(fleet)) };
    expect(brokenInDraft(fleet, (draft) => draft.leases.set(wrong))).toBe(invariant);
    fleet.state.leases.set(wrong);
    expect(brokenIn(fleet)).toContain(invariant);
  });

  it('are seen where one session has more than it may', () => {
    const fleet = line();
    const lease = leaseOf(fleet);
    const token = lease.token;
    fleet.state.position = { ...fleet.state.position, seq: token + LIMITS.leasesPerSession };
    for (let n = 1; n <= LIMITS.leasesPerSession; n += 1)
      fleet.state.leases.set({ ...lease, token: token + n, resource: `task:${n}` });
    expect(brokenInDraft(fleet, (draft) => draft.leases.set({ ...lease }))).toBe('bounds');
  });

  it('may be beside each other where both are older than the rule that makes them one name', () => {
    const fleet = kitchen();
    fleet.acquire('ana', ['file:Oven']);
    fleet.acquire('bo', ['file:oven']);
    const { fleet: row, position } = fleet.state;
    if (row === null) throw new Error('no fleet');
    fleet.state.fleet = { ...row, foldsCaseSince: position.seq + 1 };
    expect(brokenIn(fleet)).toEqual([]);
    fleet.state.fleet = { ...row, foldsCaseSince: leaseOf(fleet, 'bo').token };
    expect(brokenIn(fleet)).toEqual(['one_holder', 'one_holder']);
  });

  it('are seen without the offer that their handoff names', () => {
    const fleet = line();
    const { resource, token } = leaseOf(fleet);
    fleet.says('ana', { op: 'hand_off', resource, token, to: 'cy' });
    expect(brokenIn(fleet)).toEqual([]);
    fleet.state.leases.set({ ...leaseOf(fleet), offer: null });
    expect(brokenIn(fleet)).toEqual(['handoff_has_lease']);
  });
});

describe('tickets', () => {
  it.each<[string, string, Partial<TicketRow>]>([
    ['of a session that nobody knows', 'lease_has_session', { sessionId: 's-nobody' }],
    ['for nothing', 'ticket_is_sane', { resources: [] }],
    ['that count nobody in whose agent may act', 'absence_is_known', { absent: true }],
    ['which ends while its call is parked', 'ticket_is_sane', { livesUntil: 0 }],
    ['offered beside the lease', 'offer_excludes', { state: 'offered', offeredUntil: PATIENT_MS }],
  ])('are seen %s', (_, invariant, change) => {
    const fleet = line();
    expect(brokenInDraft(fleet, (draft) => draft.tickets.set({ ...ticketOf(fleet), ...change }))).toBe(invariant);
  });

  it('are seen offered beside another offer', () => {
    const fleet = offer();
    fleet.acquire('cy', ['task:oven'], { waitMs: PATIENT_MS });
    const beside = { ...ticketOf(fleet, 'cy'), state: 'offered', offeredUntil: PATIENT_MS } as const;
    expect(brokenInDraft(fleet, (draft) => draft.tickets.set(beside))).toBe('offer_excludes');
  });

  it('are seen waiting for what is free, unless their line is due', () => {
    const fleet = line();
    fleet.state.leases.delete(String(leaseOf(fleet).token));
    expect(brokenIn(fleet)).toEqual(['free_and_wanted']);
    const due = { line: 'l1', resources: ['task:oven'], sessionId: null, at: 0 };
    fleet.state.lines.set(due);
    expect(brokenIn(fleet)).toEqual([]);
    fleet.state.lines.set({ ...due, resources: ['task:pan'] });
    expect(brokenIn(fleet)).toEqual(['free_and_wanted']);
    fleet.state.lines.set({ ...due, resources: [], sessionId: 's-bo' });
    expect(brokenIn(fleet)).toEqual([]);
  });

  it('may wait for what is free while the session before them has ended and is due', () => {
    const fleet = line();
    fleet.acquire('cy', ['task:oven'], { waitMs: PATIENT_MS });
    fleet.state.leases.delete(String(leaseOf(fleet).token));
    fleet.state.tickets.set({ ...ticketOf(fleet), resources: ['task:oven', 'task:pan'] });
    expect(brokenIn(fleet)).toEqual(['free_and_wanted']);
    const { at } = fleet.state.position;
    const ended = { ...sessionOf(fleet, 'bo'), state: 'closed', endedSeq: 1 } as const;
    fleet.state.sessions.set({ ...ended, endedAt: at + 1 });
    lookAgainAtWaitsOf(fleet.state, ended.sessionId);
    expect(brokenIn(fleet)).toEqual(['free_and_wanted']);
    fleet.state.sessions.set({ ...ended, endedAt: at });
    expect(brokenIn(fleet)).toEqual([]);
  });

  it('are seen in a circle, unless it is due to be broken', () => {
    const fleet = kitchen();
    fleet.acquire('ana', ['task:oven']);
    fleet.acquire('bo', ['task:pan']);
    fleet.acquire('ana', ['task:pan'], { waitMs: PATIENT_MS });
    fleet.state.tickets.set({ ...ticketOf(fleet, 'ana'), ...OF_BO, ticket: 't9', resources: ['task:oven'] });
    expect(brokenIn(fleet)).toEqual(['no_cycle', 'no_cycle']);
    fleet.state.lines.set({ line: 'l1', resources: [], sessionId: 's-bo', at: 0 });
    expect(brokenIn(fleet)).toEqual([]);
  });
});

describe('sessions', () => {
  it.each<[string, string, (session: SessionRow) => Partial<SessionRow>]>([
    ['of an agent that nobody registered', 'session_has_agent', () => ({ agentId: 'nobody' })],
    [
      'with more processes than they may have',
      'bounds',
      () => ({
        attachments: Array.from({ length: LIMITS.attachmentsPerSession + 1 }, (_, n) => ({
          attachmentId: `a${n}`,
          placeId: 'p_here',
          pid: n,
          startTime: 'start',
          kind: 'mcp' as const,
        })),
      }),
    ],
  ])('are seen %s', (_, invariant, change) => {
    const fleet = kitchen();
    const session = sessionOf(fleet);
    expect(brokenInDraft(fleet, (draft) => draft.sessions.set({ ...session, ...change(session) }))).toBe(invariant);
  });

  it('are seen with more requests and notices than they may have', () => {
    const fleet = kitchen();
    fleet.says('ana', { op: 'put_state', key: 'menu', value: 1, condition: { ifVersion: 0 } }, 'first');
    const [asked] = [...fleet.state.requests.in('scope', 's-ana')];
    if (asked === undefined) throw new Error('nothing is remembered');
    for (let n = 0; n < LIMITS.requestsPerSession + 8; n += 1) fleet.state.requests.set({ ...asked, key: `k${n}` });
    expect(brokenIn(fleet)).toEqual(['bounds']);
    const notice = { seq: 1, kind: 'alert', wallAt: '', text: '' } as const;
    const notices = Array.from({ length: LIMITS.noticesPerSession + 1 }, () => notice);
    fleet.state.notices.set({ sessionId: 's-bo', notices });
    expect(checkState(fleet.state).map(({ detail }) => detail)).toEqual(['requests of s-ana', 'notices of s-bo']);
  });
});

describe('what is written', () => {
  it('is seen at a version that it had already', () => {
    const fleet = kitchen();
    fleet.says('ana', { op: 'put_state', key: 'menu', value: 1, condition: { ifVersion: 0 } });
    const [entry] = [...fleet.state.entries.rows()];
    if (entry === undefined) throw new Error('nothing is written');
    expect(brokenInDraft(fleet, (draft) => draft.entries.set({ ...entry }))).toBe('version_counts');
    expect(brokenInDraft(fleet, (draft) => draft.entries.set({ ...entry, version: 2 }))).toBeNull();
    expect(brokenInDraft(fleet, (draft) => draft.entries.set({ ...entry, key: 'new', version: 0 }))).toBe(
      'version_counts',
    );
  });

  it('is seen unread again, and so is a mailbox that is gone', () => {
    const fleet = kitchen();
    fleet.state.mailboxes.set({ agentId: 'ana', readUpTo: 3 });
    const unread = { agentId: 'ana', readUpTo: 2 };
    expect(brokenInDraft(fleet, (draft) => draft.mailboxes.set(unread))).toBe('read_stays');
    expect(brokenInDraft(fleet, (draft) => draft.mailboxes.delete('ana'))).toBe('read_stays');
    expect(brokenInDraft(fleet, (draft) => draft.mailboxes.set({ ...unread, readUpTo: 3 }))).toBeNull();
  });

  it('is seen where more messages are kept than there is room for', () => {
    const { state } = kitchen();
    const messages = tableSaying(state.messages, { size: LIMITS.messagesKept + 1 });
    expect(checkState({ ...state, messages })).toContainEqual({ invariant: 'bounds', detail: 'messages' });
  });
});

describe('conduct, alerts and incidents', () => {
  it('are looked at in a draft too', () => {
    const fleet = kitchen();
    apply(fleet.state, nextEvent(fleet.state, LOST));
    apply(fleet.state, nextEvent(fleet.state, ALERT));
    const { seq: alert } = fleet.state.position;
    apply(fleet.state, nextEvent(fleet.state, { ...INCIDENT, alert }));
    expect(brokenIn(fleet)).toEqual([]);
    const [conduct] = fleet.state.conduct.rows();
    const [opened] = fleet.state.alerts.rows();
    const [incident] = fleet.state.incidents.rows();
    if (conduct === undefined || opened === undefined || incident === undefined) throw new Error('nothing happened');
    expect(brokenInDraft(fleet, (draft) => draft.conduct.set({ ...conduct, updates: 1 }))).toBe('check_ins_count');
    expect(brokenInDraft(fleet, (draft) => draft.alerts.set({ ...opened, told: 0 }))).toBe('one_alert');
    expect(brokenInDraft(fleet, (draft) => draft.incidents.set({ ...incident, quietSince: 0 }))).toBe('incident_lasts');
  });
});

describe('rows that are gone', () => {
  it('break nothing in a draft', () => {
    const fleet = line();
    const names: readonly TableName[] = ['leases', 'tickets', 'sessions', 'agents', 'conduct', 'alerts', 'incidents'];
    apply(fleet.state, nextEvent(fleet.state, LOST));
    apply(fleet.state, nextEvent(fleet.state, ALERT));
    const { seq: alert } = fleet.state.position;
    apply(fleet.state, nextEvent(fleet.state, { ...INCIDENT, alert }));
    for (const name of names) expect(fleet.state[name].size).toBeGreaterThan(0);
    expect(
      brokenInDraft(fleet, (draft) => {
        for (const name of names) {
          const table = draft[name] as Table<object>;
          for (const row of Array.from(table.rows())) table.delete(table.spec.keyOf(row));
        }
      }),
    ).toBeNull();
  });
});

describe('indexes', () => {
  it.each<[string, (table: Table<SessionRow>) => Partial<Table<SessionRow>>]>([
    ['is not found by its key', () => ({ get: () => undefined })],
    [
      'stands in a bucket without a row',
      (table) => ({ in: (index, bucket) => (index === 'place' ? [] : table.in(index, bucket)) }),
    ],
    ['is not counted', ({ size }) => ({ size: size - 1 })],
    ['weighs nothing', (table) => ({ weight: (index) => (index === 'place' ? 0 : table.weight(index)) })],
  ])('are seen where a row %s', (_, liesOf) => {
    const fleet = new CoreFleet();
    fleet.join('ana', 's-ana', 7);
    const { sessions } = fleet.state;
    expect(brokenIn(fleet)).toEqual([]);
    const state = { ...fleet.state, sessions: tableSaying(sessions, liesOf(sessions)) };
    expect(checkState(state).map(({ invariant }) => invariant)).toContain('indexed');
  });
});

describe('a step', () => {
  it('takes the next number and goes not back in time, save that an epoch may start far ahead', () => {
    const fleet = kitchen();
    fleet.atMs = 1_000;
    fleet.acquire('ana', ['task:oven']);
    const { state } = fleet;
    const { seq } = state.position;
    const moved = (type: string, facts: object): string | null =>
      checkStep(state, nextEvent(state, { type, ...facts }), state)?.invariant ?? null;
    expect(moved('drill.marked', {})).toBeNull();
    expect(moved('drill.marked', { seq })).toBe('numbers_rise');
    expect(moved('drill.marked', { seq: seq + 2 })).toBe('numbers_rise');
    expect(moved('drill.marked', { at: 999 })).toBe('numbers_rise');
    expect(moved('epoch.started', { seq: seq + 1_000 })).toBeNull();
    expect(moved('epoch.started', { seq: seq + 1_000, at: 999 })).toBe('numbers_rise');
  });
});

describe('a grant', () => {
  it('is none without its own number', () => {
    const fleet = kitchen();
    expect(broken(fleet, granted(fleet))).toBeNull();
    expect(broken(fleet, granted(fleet, { token: 1 }))).toBe('token_is_number');
  });

  it('is none while granting rests', () => {
    const fleet = kitchen();
    fleet.system({ op: 'report_break', invariant: 'one_holder', detail: 'so' });
    expect(broken(fleet, granted(fleet))).toBe('rests');
  });

  it('goes to nobody whose session has ended or whose agent is paused', () => {
    const fleet = kitchen();
    fleet.operator({ op: 'pause', agentId: 'ana', reason: 'so' });
    expect(broken(fleet, granted(fleet))).toBe('acts_alive');
    fleet.says('bo', { op: 'close_session', why: 'done' });
    expect(broken(fleet, granted(fleet, OF_BO))).toBe('acts_alive');
  });

  it('stands beside no lease of another, unless it takes its place', () => {
    const fleet = kitchen();
    fleet.acquire('ana', ['task:oven']);
    const { token } = leaseOf(fleet);
    const handed = { ...OF_BO, resource: 'task:oven', path: 'handoff' };
    expect(broken(fleet, granted(fleet, handed))).toBe('grant_excludes');
    expect(broken(fleet, granted(fleet, { ...handed, replaces: token }))).toBeNull();
  });

  it('stands beside no offer to another', () => {
    const fleet = offer();
    expect(broken(fleet, granted(fleet, { ...OF_CY, resource: 'task:oven' }))).toBe('grant_excludes');
    const { ticket } = ticketOf(fleet);
    expect(broken(fleet, granted(fleet, { ...OF_BO, resource: 'task:oven', path: 'claimed', ticket }))).toBeNull();
  });

  it('goes past no earlier waiter, save one that it may pass', () => {
    const fleet = line();
    fleet.acquire('cy', ['task:oven'], { waitMs: PATIENT_MS });
    fleet.state.leases.delete(String(leaseOf(fleet).token));
    const [bo, cy] = [ticketOf(fleet), ticketOf(fleet, 'cy')];
    const toCy = { ...OF_CY, resource: 'task:oven', path: 'promoted', ticket: cy.ticket };
    expect(broken(fleet, granted(fleet, { ...toCy, ticket: null }))).toBe('first_come');
    expect(broken(fleet, granted(fleet, toCy))).toBe('first_come');
    fleet.state.tickets.set({ ...cy, passes: [bo.ticket] });
    expect(broken(fleet, granted(fleet, toCy))).toBeNull();
    const toBo = { ...OF_BO, resource: 'task:oven', path: 'promoted', ticket: bo.ticket };
    expect(broken(fleet, granted(fleet, toBo))).toBe('first_come');
  });
});

describe('the end of a lease', () => {
  it('comes only from who holds it', () => {
    const fleet = line();
    const { token, resource } = leaseOf(fleet);
    const released = { type: 'lease.released', resource, token, why: 'released' };
    expect(broken(fleet, released)).toBeNull();
    expect(broken(fleet, { ...released, ...OF_BO })).toBe('holder_releases');
    expect(broken(fleet, { ...released, token: 1 })).toBe('holder_releases');
  });

  it('comes by time only when it is over', () => {
    const fleet = line();
    const { token, resource } = leaseOf(fleet);
    const expired = { type: 'lease.expired', resource, token, lastUsedAt: 0 };
    const end = LIMITS.ttlMaxMs * 1.25;
    expect(broken(fleet, { ...expired, at: end - 1 })).toBe('ends_when_due');
    expect(broken(fleet, { ...expired, at: end })).toBeNull();
    expect(broken(fleet, { ...expired, at: end, token: 1 })).toBe('ends_when_due');
  });

  it('comes with a turn, or because nobody edits it, only to what a hook took, and not too soon', () => {
    const fleet = line();
    const { token, resource } = leaseOf(fleet);
    const turn = { type: 'lease.released', resource, token, why: 'turn' };
    const quiet = { ...turn, why: 'quiet' };
    expect(broken(fleet, turn)).toBe('asked_for_lasts');
    expect(broken(fleet, quiet)).toBe('asked_for_lasts');
    const hook = { label: null, quietMs: 1_000, editedAt: 0, isAwaited: false };
    apply(fleet.state, nextEvent(fleet.state, { type: 'edit.began', resource, token, tool: 'Edit', ...hook }));
    expect(broken(fleet, turn)).toBeNull();
    expect(broken(fleet, quiet)).toBe('ends_when_due');
    expect(broken(fleet, { ...quiet, at: LIMITS.ttlMaxMs * 2 })).toBeNull();
  });

  it('comes earlier only by so much as its holder was not told otherwise', () => {
    const fleet = line();
    const { token, resource } = leaseOf(fleet);
    const by = 'operator:root';
    const shortened = { type: 'lease.shortened', resource, token, ttlMs: LIMITS.ttlMs, by, reason: 'so' };
    const told = LIMITS.beliefMaxMs + LIMITS.ttlMs / 4;
    expect(broken(fleet, { ...shortened, until: told })).toBeNull();
    expect(broken(fleet, { ...shortened, ttlMs: 1_000, until: told - 1 })).toBe('shortens_untold');
    expect(broken(fleet, { ...shortened, until: LIMITS.ttlMaxMs * 1.25 })).toBe('shortens_untold');
    expect(broken(fleet, { ...shortened, token: 1, until: told })).toBe('shortens_untold');
  });
});

describe('governed state', () => {
  const put = { type: 'state.put', key: 'menu', value: 1, valueVersion: 1, guard: null };

  it('goes up by one version at a time', () => {
    expect(broken(kitchen(), put)).toBeNull();
    expect(broken(kitchen(), { ...put, valueVersion: 2 })).toBe('version_counts');
  });

  it('is written by no token of another, and past nobody who holds the key', () => {
    const fleet = line();
    const { token } = leaseOf(fleet);
    expect(broken(fleet, { ...put, guard: token })).toBeNull();
    expect(broken(fleet, { ...put, ...OF_BO, guard: token })).toBe('write_is_guarded');
    expect(broken(fleet, { ...put, guard: 1 })).toBe('write_is_guarded');
    fleet.acquire('cy', ['state:menu']);
    expect(broken(fleet, put)).toBe('write_is_guarded');
    expect(broken(fleet, { ...put, ...OF_CY })).toBeNull();
  });
});

describe('a waiter', () => {
  it('passes only one that waits for it', () => {
    const fleet = line();
    fleet.acquire('cy', ['task:oven'], { waitMs: PATIENT_MS });
    const [bo, cy] = [ticketOf(fleet), ticketOf(fleet, 'cy')];
    const passed = { type: 'wait.passed', ...OF_CY, ticket: cy.ticket, passed: bo.ticket };
    expect(broken(fleet, passed)).toBe('pass_breaks_cycle');
    expect(broken(fleet, { ...passed, ticket: 't9' })).toBe('pass_breaks_cycle');
  });
});
