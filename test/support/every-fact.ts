// One fact of every type. They speak of the same few things, so that each finds what another one made, in whatever order they come.

import type { EventFacts, EventType, FleetEvent, OpenedDelivery } from '../../src/core/event.ts';
import { exportState } from '../../src/core/fleet/state-image.ts';
import { emptyState } from '../../src/core/fleet-state.ts';

const attachment = { attachmentId: 'a7', placeId: 'p1', pid: 7, startTime: 's', kind: 'mcp' };
const worker = { id: 'w1', placeId: 'p1', pid: 7, startTime: 's' };
const told: OpenedDelivery = {
  message: 1,
  subject: 'alert 1',
  code: 'deadlock',
  severity: 'warning',
  targets: ['ops'],
  full: ['pager'],
  isLast: false,
};
const cause = { severity: 'warning', agents: ['ana'], resources: ['task:oven'], text: 'so', evidence: {} } as const;
const segment = { firstSeq: 1, lastSeq: 1, hashBefore: '0', hashAfter: 'f', file: 'f1/1-1.ndjson.gz' };
const point = { epoch: 0, seq: 1, hash: 'x' };

const FACTS: { readonly [T in EventType]: Readonly<EventFacts[T]> } = {
  'fleet.founded': { fleetId: 'f1', format: 1 },
  'epoch.started': {
    fleetId: 'f1',
    format: 3,
    lost: point,
    basis: point,
    why: 'so',
    state: JSON.parse(JSON.stringify(exportState(emptyState()))) as unknown,
  },
  'format.moved': { from: 1, to: 3 },
  'granting.suspended': { until: 5, code: 'STORE_REGRESSED', why: 'so' },
  'granting.resumed': { why: 'so' },
  'place.anchored': { placeId: 'p1', bootId: 'b1', host: 'kitchen', anchorAt: 5, anchorMonoMs: 7, why: 'so' },
  'names.folded': { worktree: 'w1', why: 'so' },
  'invariant.broken': { invariant: 'one_holder', detail: 'two' },
  'log.archived': segment,
  'fleet.moved': { to: 'etcd://h:2379#night' },
  'drill.marked': { label: '23:25', note: '' },
  'operator.token_set': { kind: 'join', tokenHash: 'h' },
  'agent.registered': { client: 'test', purpose: null, tags: [], notes: '', named: true },
  'session.opened': {
    handleHash: 'h-ana',
    client: 'test',
    clientSession: null,
    transport: 'process',
    worktree: 'w1',
    root: '/',
    attachment,
    warnings: [],
    resumedFrom: null,
  },
  'session.handle_renewed': { handleHash: 'h2' },
  'session.attached': { attachment },
  'session.detached': { attachmentId: 'a7', how: 'exit', evidence: 'so' },
  'session.active': { noticesSeen: 1 },
  'notices.heard': { upTo: 1 },
  'session.closed': { why: 'so' },
  'session.lost': { evidence: 'so' },
  'lease.granted': {
    mode: 'exclusive',
    ttlMs: 1_000,
    path: 'promoted',
    ticket: null,
    replaces: null,
    firstToken: null,
    reason: '',
  },
  'lease.renewed': { ttlMs: 1_000 },
  'lease.shortened': { ttlMs: 1_000, until: 5, by: 'operator:kim', reason: 'so' },
  'lease.released': { why: 'released' },
  'lease.expired': { lastUsedAt: 1 },
  'lease.revoked': { by: 'operator:kim', reason: 'so' },
  'lease.dropped': { ending: 'session_lost' },
  'lease.queued': {
    ticket: 't1',
    resources: ['task:oven'],
    mode: 'exclusive',
    ttlMs: 1_000,
    priority: 0,
    parkedUntil: 5,
    reason: '',
  },
  'lease.offered': { ticket: 't1', until: 5, revived: true },
  'offer.lapsed': { ticket: 't1' },
  'wait.parked': { ticket: 't1', parkedUntil: 5 },
  'wait.left': { ticket: 't1' },
  'wait.passed': { ticket: 't1', passed: 't2' },
  'wait.ended': { ticket: 't1', outcome: 'deadlock', tokens: [1], cycle: [] },
  'line.unsettled': { line: 'n1', resources: ['task:oven'] },
  'line.settled': { line: 'n1' },
  'request.refused': { code: 'LEASE_HELD', blockers: ['s-bo'] },
  'deadlock.suspected': { sessions: ['s-ana'], agents: ['ana'] },
  'edit.began': { tool: 'Edit', label: null, quietMs: 1_000 },
  'edit.denied': { tool: 'Edit', label: null, ticket: 't1' },
  'file.edited': { tool: 'Edit', label: null, via: 'hook', beside: null },
  'handoff.offered': { offer: 'h1', to: 'ana', until: 5 },
  'handoff.ended': { offer: 'h1', outcome: 'declined' },
  'checkin.recorded': {
    checkInId: 'c1',
    summary: 'so',
    digest: 'so',
    complexity: null,
    confidence: 0.5,
    outcomes: [],
    plan: null,
    verdict: 'proceed',
    reasons: [],
    next: '',
    estimator: { name: 'evidence', labelled: 0, brier: null, failuresInARow: 0, equal: 1, lostLeases: 0 },
  },
  'outcome.recorded': { checkInId: 'c1', about: 'ana', kind: 'tests', ok: true, evidence: '' },
  'agent.paused': { by: 'policy', was: 'active', reason: 'so', reasons: [], leases: 'release' },
  'agent.resumed': { by: 'recover', reason: 'so' },
  'agent.archived': { by: 'policy', was: 'active', reason: 'so' },
  'agent.restored': { by: 'return', reason: 'so' },
  'agent.retired': { was: 'active', reason: 'so' },
  'policy.adopted': {
    policy: { alerts: { deliver: [{ name: 'pager', kind: 'desktop' }] } },
    diff: [],
    reason: '',
  },
  'message.sent': { messageId: 'm1', to: 'ana', kind: 'info', text: 'so', replyTo: null, thread: 'm1', lease: null },
  'messages.read': { upTo: 1 },
  'agent.imported': {
    lifecycle: 'paused',
    createdWallAt: null,
    tags: [],
    notes: '',
    record: {},
    digest: 'd',
    source: 'agents.json',
  },
  'history.imported': { source: 'ana.csv', columns: ['E'], rows: [['1']], lines: [2], after: 0, digest: 'd' },
  'state.put': { key: 'menu', value: 1, valueVersion: 1, guard: null },
  'rescue.done': { finding: 'f', action: 'revoke', means: 'so', evidence: [], reason: 'so' },
  'alert.opened': { ...cause, code: 'deadlock', subject: 'ana', next: 'Look.' },
  'alert.repeated': { ...cause, alert: 1 },
  'alert.closed': { alert: 1, code: 'deadlock', why: 'so' },
  'alert.acknowledged': { alert: 1, note: '' },
  'alert.unacknowledged': { alert: 1, note: '' },
  'alert.silenced': { alert: 1, until: 5, note: '' },
  'incident.opened': { incident: 1, alert: 1, title: 'so', earlier: null },
  'incident.joined': { incident: 1, alert: 1, beside: [2] },
  'incident.noted': { incident: 1, text: 'so' },
  'incident.closed': { incident: 1, how: 'quiet', text: 'so' },
  'delivery.opened': { opened: [told] },
  'delivery.claimed': { target: 'ops', worker, until: 5, instead: null },
  'delivery.done': { target: 'ops', messages: [] },
  'delivery.retrying': { target: 'ops', message: 1, attempt: 1, nextAt: 5, detail: 'so' },
  'delivery.dead': { target: 'ops', message: 1, attempts: 1, detail: 'so' },
  'delivery.disabled': { target: 'ops', detail: 'so' },
  'delivery.reopened': { target: 'ops', messages: [1] },
};

export const EVENT_TYPES = Object.keys(FACTS) as readonly EventType[];

/** What the head of an event may say besides, or leave out. */
export type Head = Partial<
  Pick<FleetEvent, 'actor' | 'agentId' | 'sessionId' | 'resource' | 'token' | 'requestId' | 'request'>
>;

/** The fact of this type, at this number of the log. */
export function factOf(type: EventType, seq: number, head: Head = {}): FleetEvent {
  const when = { seq, at: seq, wallAt: '2025-11-19T23:25:00.000Z', version: 1 };
  return { ...when, actor: 'brigade', ...head, type, ...FACTS[type] } as unknown as FleetEvent;
}
