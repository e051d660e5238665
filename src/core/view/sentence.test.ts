import { describe, expect, it } from 'vitest';
import type { EventFacts, EventOf, EventType, FleetEvent, OpenedDelivery } from '../event.ts';
import { sentenceOf } from './sentence.ts';

const attachment = { attachmentId: 'att_1', placeId: 'p1', pid: 4711, startTime: '99', kind: 'mcp' };
const at = 1_000_000;
const step = { sessionId: 'ses_a', agentId: 'ana', ticket: 'tic_1', resource: 'file:@w1/src/b.ts' };
const other = { sessionId: 'ses_b', agentId: 'bo', ticket: 'tic_2', resource: 'file:@w1/src/a.ts' };

/** One of every type, as it may stand in a log, and how it reads. The compiler keeps the list whole. */
const EVERY: { readonly [T in EventType]: readonly [Readonly<EventFacts[T]>, string] } = {
  'fleet.founded': [{ fleetId: 'f1', format: 1 }, 'The fleet f1 was founded'],
  'epoch.started': [
    {
      fleetId: 'f1',
      format: 1,
      lost: { epoch: 0, seq: 812, hash: 'x' },
      basis: { epoch: 0, seq: 800, hash: 'y' },
      why: 'the log was removed',
      state: {},
    },
    'The log was lost at number 812; a new epoch goes on from what was known at number 800: the log was removed',
  ],
  'format.moved': [{ from: 1, to: 2 }, 'The log moved from format 1 to 2'],
  'granting.suspended': [
    { until: at + 5_000, code: 'STORE_REGRESSED', why: 'the log was rolled back' },
    'Granting rests (STORE_REGRESSED): the log was rolled back',
  ],
  'granting.resumed': [{ why: 'looked at' }, 'Granting goes on, by ana: looked at'],
  'place.anchored': [
    { placeId: 'p1', bootId: 'b1', host: 'kitchen', anchorAt: 5, anchorMonoMs: 7, why: 'first start here' },
    'The clock of kitchen was anchored: first start here',
  ],
  'names.folded': [
    { worktree: 'w1', why: 'w1 folds case' },
    'File names are compared without case from here on: w1 folds case',
  ],
  'invariant.broken': [{ invariant: 'one-holder', detail: 'two' }, 'The invariant one-holder is broken: two'],
  'log.archived': [
    { firstSeq: 1, lastSeq: 90, hashBefore: '0', hashAfter: 'f', file: 'f1/1-90.ndjson.gz' },
    'Events 1 to 90 were archived as f1/1-90.ndjson.gz',
  ],
  'fleet.moved': [{ to: 'etcd://h:2379#night' }, 'The fleet moved to etcd://h:2379#night, by ana: this log ends here'],
  'drill.marked': [{ label: '23:25', note: 'it freezes' }, 'Drill: 23:25, it freezes'],
  'operator.token_set': [{ kind: 'operator', tokenHash: 'h' }, 'The operator token was set by ana'],
  'agent.registered': [
    { client: 'claude-code', purpose: 'discovery', tags: [], notes: '', named: true },
    'ana joined the fleet with claude-code for discovery',
  ],
  'session.opened': [
    {
      handleHash: 'h',
      client: 'claude-code',
      clientSession: null,
      transport: 'process',
      worktree: 'w1',
      root: '/w',
      attachment,
      warnings: ['the id was taken'],
      resumedFrom: null,
    },
    'ana opened a session (mcp process 4711); the id was taken',
  ],
  'session.handle_renewed': [{ handleHash: 'h' }, 'ana was given a fresh handle for a session not used so far'],
  'session.attached': [{ attachment }, "ana's session is now also served by mcp process 4711"],
  'session.detached': [
    { attachmentId: 'att_1', how: 'dead', evidence: 'no process 4711' },
    "A process left ana's session (found dead: no process 4711)",
  ],
  'session.active': [{ noticesSeen: 3 }, 'ana was active'],
  'notices.heard': [{ upTo: 80 }, 'ana was told everything up to number 80'],
  'session.closed': [{ why: 'its last process ended' }, "ana's session was closed: its last process ended"],
  'session.lost': [{ evidence: 'no process 4711' }, "ana's session was lost: no process 4711"],
  'lease.granted': [
    {
      mode: 'exclusive',
      ttlMs: 300_000,
      path: 'promoted',
      ticket: 'tic_1',
      replaces: null,
      firstToken: null,
      reason: 'move the\nrule',
    },
    'ana was granted, first in line, file:src/a.ts (exclusive, token 77): "move the rule"',
  ],
  'lease.shortened': [
    { ttlMs: 300_000, until: at + 30_000, by: 'bo', reason: 'others wait' },
    'ana\'s lease of file:src/a.ts (token 77) was shortened by bo: it ends in 30s unless it is used: "others wait"',
  ],
  'lease.renewed': [{ ttlMs: 300_000 }, 'ana renewed file:src/a.ts (token 77) for 5m00s'],
  'lease.released': [{ why: 'released' }, 'ana released file:src/a.ts (token 77)'],
  'edit.began': [
    { tool: 'Edit', label: 'reviewer', quietMs: 60_000 },
    'ana (reviewer) is about to edit file:src/a.ts (token 77) with Edit',
  ],
  'edit.denied': [
    { tool: 'Edit', label: null, ticket: 't9' },
    'ana was kept from an edit with Edit and stands in line with t9',
  ],
  'file.edited': [
    { tool: 'Edit', label: null, via: 'hook', beside: null },
    'ana edited file:src/a.ts (token 77) with Edit',
  ],
  'lease.expired': [{ lastUsedAt: at - 375_000 }, "ana's lease of file:src/a.ts (token 77) expired, unused for 6m15s"],
  'lease.revoked': [
    { by: 'operator:kim', reason: 'asleep' },
    'file:src/a.ts (token 77) was revoked from ana by operator:kim: "asleep"',
  ],
  'lease.dropped': [{ ending: 'session_lost' }, "ana's lease of file:src/a.ts (token 77) ended with its lost session"],
  'lease.queued': [
    {
      ticket: 'tic_1',
      resources: ['file:@w1/src/a.ts', 'file:@w2/b', 'task:c', 'task:d', 'task:e'],
      mode: 'exclusive',
      ttlMs: 300_000,
      priority: 0,
      parkedUntil: at + 30_000,
      reason: '',
    },
    'ana stands in line for file:src/a.ts, file:@w2/b, task:c, task:d and 1 more (exclusive)',
  ],
  'lease.offered': [
    { ticket: 'tic_1', until: at + 30_000, revived: false },
    'ana is offered what it stands in line for, for 30s',
  ],
  'offer.lapsed': [{ ticket: 'tic_1' }, "ana's offer lapsed unclaimed; the turn passes on, the place stays"],
  'wait.parked': [{ ticket: 'tic_1', parkedUntil: at + 25_000 }, 'ana goes on waiting for up to 25s'],
  'wait.left': [{ ticket: 'tic_1' }, 'ana left the call; the ticket keeps its place'],
  'wait.passed': [{ ticket: 'tic_1', passed: 'tic_2' }, 'ana passes a waiter that is waiting for it'],
  'wait.ended': [
    { ticket: 'tic_1', outcome: 'deadlock', tokens: [], cycle: [step, other] },
    "ana's wait for file:src/a.ts (token 77) was ended to break a deadlock: " +
      'ana waits for file:src/b.ts, held by bo; bo waits for file:src/a.ts, held by ana',
  ],
  'line.unsettled': [
    { line: 'n12', resources: ['file:@w1/src/a.ts', 'task:b'] },
    'The line of file:src/a.ts and task:b is not settled to its end yet; the rest follows',
  ],
  'line.settled': [{ line: 'n12' }, 'A line of which the rest was left is settled'],
  'request.refused': [{ code: 'LEASE_HELD', blockers: ['ses_b'] }, 'ana was refused file:src/a.ts (LEASE_HELD)'],
  'deadlock.suspected': [
    { sessions: ['ses_a', 'ses_b'], agents: ['ana', 'bo'] },
    'ana and bo may be in a deadlock: each keeps asking for what another one holds',
  ],
  'handoff.offered': [
    { offer: 'off_1', to: 'bo', until: at + 600_000 },
    'ana offers file:src/a.ts (token 77) to bo for 10m00s',
  ],
  'handoff.ended': [{ offer: 'off_1', outcome: 'accepted' }, 'The handoff of file:src/a.ts (token 77) was accepted'],
  'checkin.recorded': [
    {
      checkInId: 'c90',
      summary: 'wired\nthe parser',
      digest: 'd',
      complexity: 0.4,
      confidence: 0.8,
      outcomes: [],
      plan: null,
      verdict: 'guide',
      reasons: [{ code: 'REPEATING', message: 'The same again.', numbers: { equal: 3 }, next: 'Do another thing.' }],
      next: 'Do another thing.',
      estimator: { name: 'evidence', labelled: 0, brier: null, failuresInARow: 0, equal: 3, lostLeases: 0 },
    },
    'ana checked in and hears guide (REPEATING): "wired the parser"',
  ],
  'outcome.recorded': [
    { checkInId: 'c90', about: 'bo', kind: 'tests', ok: false, evidence: '3 failed' },
    'ana recorded tests failed for c90 of bo',
  ],
  'agent.paused': [
    { by: 'policy', was: 'active', reason: 'five failures', reasons: [], leases: 'release' },
    'ana is paused by policy: "five failures"; what it holds is released',
  ],
  'agent.resumed': [
    { by: 'recover', reason: 'read the error first' },
    'ana is active again, by its own reflection: "read the error first"',
  ],
  'agent.archived': [{ by: 'policy', was: 'active', reason: 'silent' }, 'ana is archived by policy: "silent"'],
  'agent.restored': [{ by: 'return', reason: 'It came back.' }, 'ana is restored, because it came back'],
  'agent.retired': [{ was: 'active', reason: 'done' }, 'ana is retired for ever by ana: "done"'],
  'policy.adopted': [
    { policy: { onPause: 'release' }, diff: ['onPause: (default) -> "release"'], reason: '' },
    'A policy is in force by ana: onPause: (default) -> "release"',
  ],
  'message.sent': [
    { messageId: 'm90', to: 'bo', kind: 'task', text: 'secret', replyTo: null, thread: 'm90', lease: null },
    'ana sent bo a message (task)',
  ],
  'messages.read': [{ upTo: 80 }, 'ana read its messages up to number 80'],
  'agent.imported': [
    {
      lifecycle: 'archived',
      createdWallAt: null,
      tags: [],
      notes: '',
      record: {},
      digest: 'd',
      source: 'agent_metadata.json',
    },
    'ana was imported from agent_metadata.json as archived',
  ],
  'history.imported': [
    { source: 'governance_history_ana.csv', columns: ['E'], rows: [['1']], lines: [2], after: 0, digest: 'd' },
    "1 lines of ana's history were imported from governance_history_ana.csv",
  ],
  'state.put': [
    { key: 'state:plan', value: 1, valueVersion: 2, guard: 77 },
    'ana wrote state:plan version 2 under token 77',
  ],
  'alert.opened': [
    {
      code: 'silent_holder',
      severity: 'critical',
      subject: '77',
      agents: ['bo', 'ana'],
      resources: ['task:stew'],
      text: 'bo holds task:stew and is silent',
      next: 'Look.',
      evidence: {},
    },
    'Alert 90 (silent_holder, critical): bo holds task:stew and is silent',
  ],
  'alert.repeated': [
    { alert: 80, severity: 'critical', agents: [], resources: [], text: 'bo holds file:@w1/src/a.ts', evidence: {} },
    'Alert 80 still: bo holds file:src/a.ts',
  ],
  'alert.closed': [
    { alert: 80, code: 'silent_holder', why: 'Nobody waits for file:@w1/src/a.ts' },
    'Alert 80 (silent_holder) is over: Nobody waits for file:src/a.ts',
  ],
  'alert.acknowledged': [{ alert: 80, note: 'on it' }, 'Alert 80 is looked after by ana: "on it"'],
  'rescue.done': [
    {
      finding: 'silent_holder:task:stew:812',
      action: 'revoke',
      means: 'take task:stew back from ana',
      evidence: [],
      reason: 'she is away',
    },
    'Rescue by ana: take task:stew back from ana: "she is away"',
  ],
  'alert.unacknowledged': [
    { alert: 80, note: 'my shift is over' },
    'Alert 80 is looked after no more, says ana: "my shift is over"',
  ],
  'alert.silenced': [{ alert: 80, until: at + 60_000, note: '' }, 'Alert 80 is silenced for 1m00s by ana'],
  'incident.opened': [
    { incident: 3, alert: 80, title: 'bo holds file:@w1/src/a.ts', earlier: 2 },
    'Incident 3 began with alert 80, after incident 2: bo holds file:src/a.ts',
  ],
  'incident.joined': [
    { incident: 3, alert: 80, beside: [4, 5] },
    'Alert 80 belongs to incident 3, and touches incident 4 and 5',
  ],
  'incident.noted': [{ incident: 3, text: 'the laptop slept' }, 'ana noted on incident 3: the laptop slept'],
  'incident.closed': [{ incident: 3, how: 'operator', text: 'restarted' }, 'Incident 3 is closed by ana: restarted'],
  'delivery.opened': [
    { opened: [toldOf(80, ['ops', 'pager']), { ...toldOf(81, ['ops']), full: ['old'] }] },
    'Numbers 80 and 81 are to be told to ops and pager; too many messages wait for old',
  ],
  'delivery.claimed': [
    {
      target: 'ops',
      worker: { id: 'w_1', placeId: 'p_1', pid: 4711, startTime: 's' },
      until: at + 60_000,
      instead: null,
    },
    'Process 4711 sends to ops for 1m00s',
  ],
  'delivery.done': [{ target: 'ops', messages: [80, 82] }, 'Numbers 80 and 82 reached ops'],
  'delivery.retrying': [
    { target: 'ops', message: 80, attempt: 1, nextAt: at + 5_000, detail: 'it answered 503' },
    'Number 80 did not reach ops (try 1: it answered 503); it is tried again in 5s',
  ],
  'delivery.dead': [
    { target: 'ops', message: 80, attempts: 9, detail: 'it answered 500' },
    'Number 80 is given up for ops after 9 tries: it answered 500',
  ],
  'delivery.disabled': [
    { target: 'ops', detail: 'it answered 410' },
    'ops wants nothing more and is sent nothing more: it answered 410',
  ],
  'delivery.reopened': [{ target: 'ops', messages: [80] }, 'ops is tried again by ana: Number 80'],
};

function toldOf(message: number, targets: readonly string[]): OpenedDelivery {
  const facts = { subject: `alert ${message}`, code: 'deadlock', severity: 'warning' } as const;
  return { message, ...facts, targets, full: [], isLast: false };
}

function eventOf(type: EventType): FleetEvent {
  const head = { seq: 90, at, wallAt: '2025-11-19T23:25:00.000Z', version: 1, actor: 'ana', agentId: 'ana' } as const;
  return {
    ...head,
    resource: 'file:@w1/src/a.ts',
    token: 77,
    type,
    ...EVERY[type][0],
  } as EventOf<EventType> as FleetEvent;
}

describe('sentenceOf', () => {
  it.each(Object.keys(EVERY) as EventType[])('tells %s', (type) => {
    expect(sentenceOf(eventOf(type), 'w1')).toBe(EVERY[type][1]);
  });

  // One type of event tells of things that end differently; its entry above has one of them.
  it.each<readonly [EventType, Readonly<Record<string, unknown>>, string]>([
    ['session.detached', { how: 'exit', evidence: 'code 0' }, "A process left ana's session (it ended: code 0)"],
    ['session.opened', { attachment: null, warnings: [], resumedFrom: 'ses_0' }, 'ana came back with a new session'],
    ['drill.marked', { note: '' }, 'Drill: 23:25'],
    ['agent.registered', { purpose: '' }, 'ana joined the fleet with claude-code'],
    [
      'lease.granted',
      { token: undefined, reason: '' },
      'ana was granted, first in line, file:src/a.ts (exclusive, token 90)',
    ],
    ['lease.granted', { path: 'free', reason: '' }, 'ana was granted file:src/a.ts (exclusive, token 77)'],
    ['lease.granted', { path: 'claimed', reason: '' }, 'ana claimed its offer of file:src/a.ts (exclusive, token 77)'],
    ['lease.granted', { path: 'handoff', reason: '' }, 'ana took over by handoff file:src/a.ts (exclusive, token 77)'],
    [
      'lease.released',
      { why: 'undelivered' },
      'file:src/a.ts (token 77) was taken back from ana, because the grant could not be delivered',
    ],
    [
      'lease.released',
      { why: 'quiet' },
      'file:src/a.ts (token 77) was taken back from ana, because nobody edited it any more',
    ],
    [
      'lease.released',
      { why: 'turn' },
      'file:src/a.ts (token 77) was taken back from ana, because the turn of its agent is over',
    ],
    [
      'lease.dropped',
      { ending: 'session_closed' },
      "ana's lease of file:src/a.ts (token 77) ended with its closed session",
    ],
    ['lease.offered', { revived: true }, 'ana is offered once more what it stands in line for, for 30s'],
    ['lease.released', { resource: undefined, token: undefined }, 'ana released its lease'],
    ['request.refused', { resource: undefined, code: 'AGENT_PAUSED' }, 'ana was refused a request (AGENT_PAUSED)'],
    ['wait.ended', { outcome: 'granted', cycle: [] }, "ana's wait for file:src/a.ts (token 77) ended with a grant"],
    ['wait.ended', { outcome: 'withdrawn', cycle: [], resource: undefined }, "ana's wait was withdrawn"],
    [
      'wait.ended',
      { outcome: 'deadlock', cycle: [{ ...step, leftOut: 40 }, other], resource: undefined },
      "ana's wait was ended to break a deadlock: ana waits for file:src/b.ts, and 40 more wait for one another up to bo; " +
        'bo waits for file:src/a.ts, held by ana',
    ],
    [
      'file.edited',
      { agentId: undefined, actor: 'brigade', token: undefined, via: 'watch', tool: 'vim', beside: 77 },
      'Nobody of the fleet edited file:src/a.ts with vim, as its file shows, which was held by token 77',
    ],
    [
      'file.edited',
      { label: 'reviewer', via: 'git', tool: 'git' },
      'ana (reviewer) edited file:src/a.ts (token 77) with git, as a commit shows',
    ],
    ['handoff.ended', { outcome: 'declined', resource: undefined }, 'The handoff was declined'],
    ['handoff.ended', { outcome: 'lapsed' }, 'The handoff of file:src/a.ts (token 77) lapsed unanswered'],
    ['handoff.ended', { outcome: 'lease_ended' }, 'The handoff of file:src/a.ts (token 77) ended with its lease'],
    ['checkin.recorded', { verdict: 'proceed', reasons: [], summary: '' }, 'ana checked in and hears proceed'],
    ['agent.resumed', { by: 'operator', reason: '', actor: 'operator:kim' }, 'ana is active again, by operator:kim'],
    ['agent.restored', { by: 'operator', reason: '', actor: 'operator:kim' }, 'ana is restored by operator:kim'],
    ['policy.adopted', { diff: [], actor: 'operator:kim' }, 'A policy is in force by operator:kim: the defaults'],
    [
      'message.sent',
      { to: '*', lease: { resource: 'file:@w1/src/a.ts', token: 77 } },
      'ana sent everybody a message (task) about file:src/a.ts',
    ],
    ['state.put', { guard: null }, 'ana wrote state:plan version 2'],
    ['rescue.done', { actor: 'brigade', reason: '' }, 'Rescue by policy: take task:stew back from ana'],
    ['alert.silenced', { until: null }, 'Alert 80 is told again, by ana'],
    ['incident.opened', { earlier: null }, 'Incident 3 began with alert 80: bo holds file:src/a.ts'],
    ['incident.closed', { how: 'quiet', text: 'nothing new' }, 'Incident 3 is closed because it is quiet: nothing new'],
    ['delivery.opened', { opened: [toldOf(80, ['ops'])] }, 'Number 80 is to be told to ops'],
    ['delivery.claimed', { until: at }, 'Process 4711 sends no more to ops'],
    ['delivery.dead', { attempts: 1 }, 'Number 80 is given up for ops after one try: it answered 500'],
    ['delivery.reopened', { messages: [] }, 'ops is tried again by ana'],
  ])('tells %s with %j', (type, change, sentence) => {
    expect(sentenceOf({ ...eventOf(type), ...change }, 'w1')).toBe(sentence);
  });

  it('names the worktree for readers elsewhere', () => {
    expect(sentenceOf(eventOf('lease.released'))).toBe('ana released file:@w1/src/a.ts (token 77)');
  });

  it('says of a line that nobody can be granted anything in while granting rests, and is not too long', () => {
    const resting = { ...eventOf('line.unsettled'), resting: true } as FleetEvent;
    expect(sentenceOf(resting, 'w1')).toBe('The line of file:src/a.ts and task:b moves on when granting does');
    const own = { ...eventOf('line.unsettled'), resources: [], sessionId: 'ses_a' } as FleetEvent;
    expect(sentenceOf(own)).toBe('What a session waits for is not settled to its end yet; the rest follows');
  });

  it('does not let an agent forge a line or an escape sequence', () => {
    const forged = { ...eventOf('lease.granted'), reason: 'x\n2025 operator revoked\u001b[2J' } as FleetEvent;
    const sentence = sentenceOf(forged);
    expect(sentence).not.toContain('\n');
    expect(sentence).not.toContain('\u001b');
  });

  it('speaks of an actor where no agent is named', () => {
    const { agentId: _, ...rest } = eventOf('operator.token_set');
    expect(sentenceOf({ ...rest, actor: 'operator:kim' })).toBe('The operator token was set by operator:kim');
  });
});
