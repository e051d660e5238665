// What each operation answers, by its id: the success with its schema and an example, and the refusals that are its own. What
// any of them may answer besides is in `document.ts`.

import type * as z from 'zod';
import * as schemas from './schemas.ts';
import { STRETCH_ANSWERS } from './stretch-answers.ts';
import { SYSTEM_ANSWERS } from './system-answers.ts';

export interface Described {
  readonly status: 200 | 201;
  readonly description: string;
  /** By content type. */
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType; readonly example?: unknown }>>;
  /** Of a request with a body. */
  readonly request?: unknown;
  /** Statuses of refusals, besides those that any such operation has. */
  readonly refusals: readonly (404 | 409 | 410 | 412)[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly isView?: boolean;
}

const ETAG = { ETag: 'of this content, for If-None-Match' };
const VERSION = { ETag: 'the version, for If-Match of the next write' };

function json(schema: z.ZodType, example: unknown): Described['content'] {
  return { 'application/json': { schema, example } };
}

function view(
  description: string,
  schema: z.ZodType,
  example: unknown,
  refusals: Described['refusals'] = [],
): Described {
  return { status: 200, description, content: json(schema, example), refusals, headers: ETAG, isView: true };
}

type Call = Pick<Described, 'request' | 'refusals'> & Partial<Pick<Described, 'status' | 'headers'>>;

function call(description: string, schema: z.ZodType, example: unknown, more: Call): Described {
  return { status: 200, description, content: json(schema, example), ...more };
}

const lease = {
  resource: 'file:src/a.ts',
  mode: 'exclusive',
  token: 42,
  expiresInMs: 300_000,
  safeForMs: 293_950,
  guarded: false,
  wanted: false,
};
const ref = { resource: 'file:src/a.ts', token: 42 };
const lock = {
  resource: 'file:src/a.ts',
  mode: 'exclusive',
  holder: { agentId: 'ana', sessionId: 'ses_1' },
  token: 42,
  heldForMs: 12_000,
  idleForMs: 500,
  expiresInMs: 288_000,
  alive: 'unknown',
  guarded: false,
  reason: 'rename the parser',
  reservedFor: null,
  handoffTo: null,
  waiters: [],
  waiting: 0,
  asks: [],
};
const granted = {
  status: 'granted',
  leases: [lease],
  waitedMs: 3,
  refused: [],
  ticket: null,
  position: null,
  blockedBy: [],
  notices: [],
};
const session = {
  sessionId: 'ses_1',
  agentId: 'ana',
  state: 'live',
  client: 'http',
  clientSession: null,
  worktree: 'wt',
  root: '/home/ana/shop',
  presence: 'unknown',
  openedAt: '2026-11-19T23:25:07.118Z',
  openForMs: 60_000,
  idleForMs: 500,
  leases: 1,
  waits: 0,
  processes: [],
};
const agent = {
  agentId: 'ana',
  client: 'http',
  purpose: null,
  tags: [],
  notes: '',
  lifecycle: 'active',
  change: null,
  plan: null,
  conduct: null,
  registeredAt: '2026-11-19T23:25:07.118Z',
  idleForMs: 500,
  sessions: [session],
  liveSessions: 1,
  leases: 1,
  waits: 0,
};
const end = { agentId: 'bo', sessionId: 'ses_2', ticket: 't43' };
const edge = {
  kind: 'hold',
  from: end,
  to: { agentId: 'ana', sessionId: 'ses_1', token: 42, ticket: null },
  resource: 'file:src/a.ts',
  ageMs: 4_000,
};
const finding = {
  id: 'silent_holder:file:src/a.ts:42',
  code: 'silent_holder',
  severity: 'critical',
  message: 'ana holds file:src/a.ts and was not heard of for 2m00s; bo has waited 2m30s.',
  evidence: ['Policy counts 2m00s of silence while somebody waits (silentHolder.afterMs).'],
  agents: ['ana', 'bo'],
  resources: ['file:src/a.ts'],
  action: 'take file:src/a.ts back from ana',
  safe: true,
  who: 'agent',
  do: 'revoke',
  others: [
    { do: 'ask', action: 'ask ana to let go of file:src/a.ts', safe: true, who: 'agent', to: [] },
    {
      do: 'hand_over',
      action: 'hand file:src/a.ts over from ana to one of those who wait: bo and cy',
      safe: false,
      who: 'operator',
      to: ['bo', 'cy'],
    },
  ],
  next: 'Take it back: whoever is next goes on, and its holder hears of it with its next call.',
  forMs: 120_000,
  behind: 1,
};
const waits = { edges: [edge], suspected: [], broken: [], leftOut: { waiters: 0, edges: 0 } };
const waiter = {
  ticket: 't43',
  agentId: 'bo',
  mode: 'exclusive',
  resources: ['file:src/a.ts'],
  position: 1,
  waitedMs: 4_000,
  state: 'parked',
  alive: 'unknown',
  reason: '',
};
const entry = {
  key: 'plans/tonight',
  value: { owner: 'ana' },
  version: 3,
  author: 'ana',
  at: '2026-11-19T23:25:07.118Z',
};
const message = {
  messageId: 'm42',
  from: 'ana',
  to: 'bo',
  type: 'task',
  text: 'please let go of src/a.ts',
  replyTo: null,
  thread: 'm42',
  lease: { ...ref, holds: true },
  at: '2026-11-19T23:25:07.118Z',
  agoMs: 2_000,
};
const alert = {
  alert: 44,
  code: 'silent_holder',
  severity: 'critical',
  subject: '42',
  text: 'ana holds file:src/a.ts (token 42) and nothing was heard of it for 2m00s; bo waits for it, the longest for 2m10s.',
  next: 'Ask it to let go (brigade ask file:src/a.ts "bo waits for it"); brigade diagnose file:src/a.ts says whether it is safe to take it back.',
  agents: ['ana', 'bo'],
  resources: ['file:src/a.ts'],
  evidence: { token: 42, sessionId: 'ses_1', silentMs: 120_000, waiting: 1, waitedMs: 130_000 },
  openedAt: '2026-11-19T23:27:07.118Z',
  openForMs: 4_000,
  told: 1,
  incident: 1,
  acknowledged: null,
  silenced: null,
  closed: null,
};
const calibration = { labels: 1, brier: 0.01, bins: [{ from: 0.9, count: 1, meanConfidence: 0.9, succeeded: 1 }] };
const event = {
  seq: 42,
  at: 120_000,
  wallAt: '2026-11-19T23:25:07.118Z',
  type: 'lease.granted',
  version: 1,
  actor: 'ana',
  agentId: 'ana',
  sessionId: 'ses_1',
  resource: 'file:@wt/src/a.ts',
  token: 42,
  hash: 'f'.repeat(64),
  sentence: 'ana was granted file:src/a.ts (token 42)',
};

function word(summary: string, was: string, lifecycle: string, back?: string): Described {
  const undo =
    back === undefined ? null : { method: 'POST', path: `/v1/agents/ana/${back}`, body: { reason: 'Taken back.' } };
  const example = { agentId: 'ana', was, lifecycle, changed: true, leases: 0, dryRun: false, undo };
  return call(summary, schemas.LifecycleChanged, example, {
    request: { reason: 'it overwrote the plan' },
    refusals: [404, 409],
  });
}

function alertUndo(way: string, body: object) {
  return { method: 'POST', path: `/v1/alerts/44/${way}`, body: { ...body, note: 'Taken back.' } };
}

const incident = {
  incident: 1,
  title: 'ana holds file:src/a.ts (token 42) and nothing was heard of it for 2m00s; bo waits for it.',
  severity: 'critical',
  state: 'open',
  openedAt: '2026-11-19T23:31:25.000Z',
  openedSeq: 57,
  lastedMs: 65_000,
  closed: null,
  alerts: 1,
  openAlerts: 1,
  agents: ['ana', 'bo'],
  resources: ['file:src/a.ts'],
  notes: 1,
  earlier: null,
  beside: [],
  leftOut: { agents: 0, resources: 0 },
};

export const ANSWERS: Readonly<Record<string, Described>> = {
  ...STRETCH_ANSWERS,
  ...SYSTEM_ANSWERS,
  getFleet: view('The fleet', schemas.Fleet, {
    fleetId: 'f1',
    foundedAt: '2026-11-19T21:02:11.402Z',
    root: '/home/ana/shop',
    store: 'sqlite:/home/ana/shop/.brigade/brigade.db',
    trouble: null,
    agents: [],
    locks: [lock],
    waits: [waiter],
    alerts: [],
    incidents: [],
    plans: [],
    counts: { agents: 2, paused: 0, sessions: 2, leases: 1, waits: 1, offers: 0 },
    leftOut: { agents: 0, locks: 0, waits: 0, alerts: 0, incidents: 0, plans: 0 },
    granting: { ok: true },
    longestWaitMs: 4_000,
    head: { epoch: 1, seq: 43 },
  }),
  listAgents: view('A page of agents', schemas.Agents, { agents: [agent], cursor: null, total: 1 }),
  getAgent: view('The agent', schemas.OneAgent, { agent }, [404]),
  listSessions: view('A page of sessions', schemas.Sessions, { sessions: [session], cursor: null, total: 1 }),
  register: call(
    'The session',
    schemas.Registered,
    { session: 'nW3p…', agentId: 'ana', sessionId: 'ses_1', resumed: false, warnings: [], notices: [] },
    { status: 201, request: { id: 'ana', purpose: 'tests' }, refusals: [409] },
  ),
  closeSession: call('It is closed', schemas.Closed, { closed: true, notices: [] }, { refusals: [409] }),
  listLocks: view('A page of locks', schemas.Locks, { locks: [lock], cursor: null, total: 1 }),
  getLock: view('What conflicts with it', schemas.OneLock, {
    resource: 'file:src/a.ts',
    isFree: false,
    locks: [lock],
    cursor: null,
    total: 1,
  }),
  acquireLocks: call('Granted, or queued', schemas.Acquired, granted, {
    request: { resources: ['src/a.ts'], waitMs: 20_000, reason: 'rename the parser' },
    refusals: [404, 409, 412],
  }),
  renewLocks: call(
    'Renewed',
    schemas.Acquired,
    { ...granted, status: 'renewed' },
    {
      request: { leases: [ref] },
      refusals: [409, 412],
    },
  ),
  releaseLocks: call(
    'Released',
    schemas.Released,
    {
      released: [ref],
      refused: [],
      promoted: [{ agentId: 'bo', resources: ['file:src/a.ts'], how: 'granted' }],
      notices: [],
    },
    { request: { leases: [ref] }, refusals: [409, 412] },
  ),
  withdrawTicket: call(
    'Out of the line',
    schemas.Withdrawn,
    { withdrawn: true, released: [], notices: [] },
    {
      request: { ticket: 't43' },
      refusals: [404, 409],
    },
  ),
  checkToken: call(
    'Whether it holds',
    schemas.Checked,
    {
      holds: true,
      holder: lock.holder,
      currentToken: 42,
      expiresInMs: 288_000,
      safeForMs: 282_190,
      wanted: false,
      notices: [],
    },
    { request: ref, refusals: [] },
  ),
  handOff: call(
    'The offer, or its answer',
    schemas.HandedOff,
    { offer: 'h44', to: 'bo', lapsesInMs: 600_000, notices: [] },
    {
      request: { ...ref, to: 'bo' },
      refusals: [404, 409, 412],
    },
  ),
  revokeLocks: call(
    'Taken back',
    schemas.Revoked,
    { revoked: [{ ...ref, agentId: 'ana' }], promoted: [], dryRun: false, undo: null },
    {
      request: { resource: 'file:src/a.ts', reason: 'ana is not coming back tonight' },
      refusals: [404, 409, 412],
    },
  ),
  listWaits: view('Waiters and edges', schemas.Waits, { waiters: [waiter], ...waits }),
  getGraph: view('The graph', schemas.Graph, {
    nodes: [{ agentId: 'bo', sessionId: 'ses_2', isWaiting: true, alive: 'unknown' }],
    ...waits,
    drawing: ['ana', '  bo waits for file:src/a.ts, 4 s'],
  }),
  diagnose: view('What is wrong', schemas.Diagnosis, {
    summary: finding.message,
    findings: [finding],
    leftOut: 0,
    looked: ['2 agents in 2 sessions, 1 lock held, 1 wait, the longest for 2m30s.'],
    graph: { nodes: [], edges: [edge], drawing: ['ana'], leftOut: { edges: 0, waiters: 0, lines: 0 } },
  }),
  rescue: call(
    'Done',
    schemas.Rescued,
    {
      finding: finding.id,
      action: finding.action,
      done: ['bo was granted, first in line, file:src/a.ts (exclusive, token 61).'],
      events: [],
      leftOut: 0,
      notices: [],
    },
    { request: { finding: finding.id, reason: 'bo has waited long enough' }, refusals: [409] },
  ),
  listState: view('A page of entries', schemas.State, { entries: [entry], cursor: null, total: 1 }),
  getState: { ...view('The entry', schemas.StateEntry, entry, [404]), headers: VERSION },
  putState: call(
    'Written',
    schemas.Put,
    { key: 'plans/tonight', version: 4, notices: [] },
    {
      request: { value: { owner: 'bo' }, ifVersion: 3 },
      refusals: [409, 412],
      headers: VERSION,
    },
  ),
  checkIn: call(
    'The verdict',
    schemas.CheckedIn,
    {
      checkInId: 'c45',
      verdict: 'proceed',
      reasons: [],
      next: 'Go on.',
      updates: 4,
      estimator: { name: 'evidence', labelled: 1, brier: 0.01, failuresInARow: 0, equal: 1, lostLeases: 0 },
      notices: [],
    },
    { request: { summary: 'renamed the parser; all tests pass', complexity: 0.4, confidence: 0.9 }, refusals: [409] },
  ),
  recordOutcome: call(
    'Recorded',
    schemas.OutcomeRecorded,
    { checkInId: 'c45', agentId: 'ana', calibration, notices: [] },
    { request: { checkInId: 'c45', kind: 'tests', ok: true, evidence: '412 passed' }, refusals: [404, 409] },
  ),
  recover: call(
    'Resumed, or why not',
    schemas.Recovered,
    { resumed: true, reasons: [], notices: [] },
    {
      request: { reflection: 'I repeated the same edit; from now on I read the failing test first.' },
      refusals: [409],
    },
  ),
  getPolicy: view('The policy', schemas.Policy, {
    adopted: { seq: 2, adoptedAt: '2026-11-19T21:02:11.402Z', by: 'operator:kim', reason: '' },
    content: { onPause: 'release' },
    settings: { estimator: 'evidence', onPause: 'release' },
  }),
  readMessages: {
    status: 200,
    description: 'Messages',
    content: json(schemas.Mail, { messages: [message], cursor: 42, more: false, notices: [] }),
    refusals: [409],
  },
  sendMessage: call(
    'Sent',
    schemas.Sent,
    { messageId: 'm42', to: 'bo', isHere: true, notices: [] },
    {
      request: { to: 'bo', type: 'task', text: message.text, resource: 'file:src/a.ts' },
      refusals: [404, 409],
    },
  ),
  pauseAgent: word('Paused', 'active', 'paused', 'resume'),
  resumeAgent: word('Active again', 'paused', 'active', 'pause'),
  archiveAgent: word('Archived', 'active', 'archived', 'restore'),
  restoreAgent: word('Restored', 'archived', 'active', 'archive'),
  retireAgent: word('Retired', 'archived', 'retired'),
  listAlerts: view('A page of alerts', schemas.Alerts, { alerts: [alert], cursor: null, total: 1 }),
  acknowledgeAlert: call(
    'Looked after',
    schemas.AlertChanged,
    { alert: 44, changed: true, dryRun: false, undo: alertUndo('unack', {}) },
    { request: { note: 'on it' }, refusals: [404, 409] },
  ),
  unacknowledgeAlert: call(
    'Looked after no more',
    schemas.AlertChanged,
    { alert: 44, changed: true, dryRun: false, undo: alertUndo('ack', {}) },
    { request: { note: 'my shift is over' }, refusals: [404, 409] },
  ),
  silenceAlert: call(
    'Silent',
    schemas.AlertChanged,
    { alert: 44, changed: true, dryRun: false, undo: alertUndo('silence', { forMs: 0 }) },
    { request: { forMs: 3_600_000, note: 'the build is known to be slow' }, refusals: [404, 409] },
  ),
  listIncidents: view('A page of incidents', schemas.Incidents, { incidents: [incident], cursor: null, total: 1 }),
  getIncident: view(
    'The incident',
    schemas.OneIncident,
    {
      incident,
      notes: [{ seq: 60, at: incident.openedAt, by: 'operator:kim', text: 'ana answers nobody' }],
      alerts: [],
      agents: [],
      locks: [
        { resource: 'file:src/a.ts', mode: 'exclusive', agentId: 'ana', token: 42, heldForMs: 420_000, reason: '' },
      ],
      waits: [],
      leftOut: { agents: 0, locks: 0, waits: 0 },
    },
    [404],
  ),
  getIncidentReport: {
    status: 200,
    description: 'The report',
    content: {
      'application/json': { schema: schemas.OneReport },
      'text/markdown': { schema: schemas.Text, example: '# Incident 1: ana fell silent while it held file:src/a.ts' },
    },
    refusals: [404, 410],
    headers: ETAG,
    isView: true,
  },
  noteIncident: call(
    'Noted',
    schemas.IncidentNoted,
    { incident: 1, noted: true, notices: [] },
    { request: { text: 'ana answers nobody' }, refusals: [404, 409] },
  ),
  closeIncident: call(
    'Closed',
    schemas.IncidentClosed,
    { incident: 1, closed: true, changed: true, dryRun: false, undo: null },
    { request: { reason: 'ana was restarted' }, refusals: [404, 409] },
  ),
  listProcesses: view('Processes', schemas.Processes, { processes: [], deskTrouble: null }),
  listAudit: view(
    'A page of the trail',
    schemas.Audit,
    {
      entries: [
        {
          seq: 46,
          at: '2026-11-19T23:25:07.118Z',
          atMs: 1_795_130_707_118,
          type: 'agent.paused',
          actor: 'operator:kim',
          agentId: 'ana',
          resource: null,
          reason: 'it overwrote the plan',
          sentence: 'kim paused ana: it overwrote the plan',
          hash: 'f'.repeat(64),
        },
      ],
      cursor: null,
    },
    [410],
  ),
  exportHistory: {
    status: 200,
    description: 'The history, streamed',
    content: {
      'text/csv': {
        schema: schemas.Text,
        example: 'seq,at,agent_id,event,resource,mode,token,wait_ms,hold_ms,queue_depth,verdict,reason,actor',
      },
      'application/x-ndjson': { schema: schemas.Text },
      'application/json': { schema: schemas.History, example: [event] },
    },
    refusals: [410],
  },
  listEvents: {
    status: 200,
    description: 'A page of the log',
    content: json(schemas.Events, { events: [event], cursor: 42, hasMore: false, head: 42 }),
    refusals: [410],
  },
  streamEvents: {
    status: 200,
    description: 'The log as it grows',
    content: { 'text/event-stream': { schema: schemas.Text, example: `id: 42\ndata: ${JSON.stringify(event)}\n\n` } },
    refusals: [410],
  },
};
