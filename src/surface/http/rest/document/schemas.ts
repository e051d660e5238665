// What answers look like, for the document. Nothing is parsed with these: a test holds every answer of the running server
// against them, and fails on a member that is not here.

import * as z from 'zod';
import { ALERT_CODES } from '../../../../core/alert/alert.ts';
import { ACTION_KINDS, FINDING_CODES } from '../../../../core/diagnosis/finding.ts';
import { REJECTION_CODES } from '../../../../core/rejection.ts';

const ms = z.int().min(0);
const count = z.int().min(0);
const at = z.iso.datetime().describe('ISO 8601, UTC');
const agentId = z.string();
const who = z.object({ agentId, sessionId: z.string() });
const leaseRef = z.object({ resource: z.string(), token: z.int() });

const presences = ['alive', 'stopped', 'gone', 'unknown'] as const;
const Presence = z
  .enum(presences)
  .describe('of the process behind it, as far as the server can tell')
  .meta({ id: 'Presence' });

const mode = z.enum(['exclusive', 'shared']);
const lifecycle = z.enum(['active', 'paused', 'archived', 'retired']);
const verdict = z.enum(['proceed', 'guide', 'pause']);

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(REJECTION_CODES as [string, ...string[]]),
    category: z.enum(['invalid', 'gone', 'denied', 'missing', 'contended', 'stale', 'limit', 'unavailable', 'fault']),
    message: z.string().describe('one plain sentence: what is wrong'),
    next: z.string().describe('what to do now'),
    retry: z.enum(['never', 'now', 'afterWait']),
    retryAfterMs: ms.optional(),
    details: z.record(z.string(), z.unknown()),
    notices: z.array(z.unknown()).optional(),
  })
  .describe('Why the request was refused (RFC 9457).');

const Notice = z
  .object({
    seq: z.int(),
    kind: z.string(),
    at,
    text: z.string(),
    resource: z.string().optional(),
    token: z.int().optional(),
    ticket: z.string().optional(),
    offer: z.string().optional(),
  })
  .describe('What the agent must know. It comes with answers until a later call of the session has arrived.')
  .meta({ id: 'Notice' });
const notices = z.array(Notice);

const Lease = z
  .object({
    resource: z.string(),
    mode,
    token: z.int().describe('fencing token: larger is later'),
    expiresInMs: ms,
    safeForMs: ms.describe('so long its holder may believe in it, from when the request was sent'),
    guarded: z.boolean().describe('Brigade itself refuses writes of others'),
    wanted: z.boolean().describe('others wait for it'),
  })
  .meta({ id: 'Lease' });

const Blocker = z
  .object({
    agentId,
    resource: z.string(),
    kind: z.enum(['holder', 'offer', 'waiter']),
    heldForMs: ms,
    idleForMs: ms,
    alive: Presence,
    reason: z.string(),
  })
  .meta({ id: 'Blocker' });

export const Acquired = z
  .object({
    status: z.enum(['granted', 'queued', 'renewed']),
    leases: z.array(Lease),
    waitedMs: ms,
    refused: z.array(leaseRef.extend({ code: z.string(), message: z.string() })),
    ticket: z.string().nullable(),
    position: z.int().min(1).nullable().describe('1 is next in line'),
    blockedBy: z.array(Blocker),
    offeredForMs: ms.optional().describe('it is your turn: ask with the ticket within this time'),
    notices,
  })
  .meta({ id: 'Acquired' });

const promoted = z.array(z.object({ agentId, resources: z.array(z.string()), how: z.enum(['granted', 'offered']) }));

export const Released = z.object({
  released: z.array(leaseRef),
  refused: z.array(leaseRef.extend({ code: z.string() })),
  promoted,
  notices,
});
export const Withdrawn = z.object({ withdrawn: z.boolean(), released: z.array(leaseRef), notices });
export const Checked = z.object({
  holds: z.boolean(),
  holder: who.nullable(),
  currentToken: z.int().nullable(),
  expiresInMs: ms.optional(),
  safeForMs: ms.optional(),
  wanted: z.boolean().optional(),
  notices,
});
export const HandedOff = z
  .object({
    offer: z.string(),
    to: z.string().optional(),
    lapsesInMs: ms.optional(),
    accepted: z.boolean().optional(),
    lease: z.union([Lease, z.null()]).optional(),
    notices,
  })
  .describe('Of an offer `offer`, `to` and `lapsesInMs`; of its answer `offer`, `accepted` and `lease`.');

const Waiter = z
  .object({
    ticket: z.string(),
    agentId,
    mode,
    resources: z.array(z.string()),
    position: z.int().min(1),
    waitedMs: ms,
    state: z.enum(['parked', 'away', 'offered', 'passed_over']),
    alive: Presence,
    reason: z.string(),
  })
  .meta({ id: 'Waiter' });

const Lock = z
  .object({
    resource: z.string(),
    mode: mode.nullable(),
    holder: who.nullable().describe('null: nobody holds it, and it stands reserved'),
    token: z.int().nullable(),
    heldForMs: ms.nullable(),
    idleForMs: ms.nullable(),
    expiresInMs: ms.nullable(),
    alive: Presence,
    guarded: z.boolean(),
    reason: z.string(),
    reservedFor: z.string().nullable().describe('ticket it is kept for'),
    handoffTo: z.string().nullable(),
    waiters: z.array(Waiter).describe('the first in line'),
    waiting: count,
    asks: z.array(
      z.object({
        messageId: z.string(),
        from: z.string(),
        agoMs: ms,
        answered: z.enum(['confirm', 'dismiss']).nullable(),
      }),
    ),
  })
  .meta({ id: 'Lock' });

const cursor = z.string().nullable().describe('for the next page; null at the end');
const total = count;

export const Locks = z.object({ locks: z.array(Lock), cursor, total });
export const OneLock = z.object({ resource: z.string(), isFree: z.boolean(), locks: z.array(Lock), cursor, total });

const edgeEnd = who.extend({ ticket: z.string().nullable() });
const Edge = z
  .object({
    kind: z.enum(['hold', 'line', 'retry']),
    from: edgeEnd,
    to: edgeEnd.extend({ token: z.int().nullable() }),
    resource: z.string(),
    ageMs: ms,
  })
  .describe('Somebody waits for somebody.')
  .meta({ id: 'Edge' });

const broken = z.array(
  z.object({
    victim: who.extend({ ticket: z.string() }),
    agoMs: ms,
    cycle: z.array(who.extend({ resource: z.string(), leftOut: count.optional() })),
  }),
);
const waiting = {
  edges: z.array(Edge),
  suspected: z.array(z.object({ agents: z.array(z.string()) })),
  broken,
  leftOut: z.object({ waiters: count, edges: count }),
};
export const Waits = z.object({ waiters: z.array(Waiter), ...waiting });
const node = who.extend({ isWaiting: z.boolean(), alive: z.enum(presences).nullable() });
const otherAction = z.object({
  do: z.enum(ACTION_KINDS),
  action: z.string(),
  safe: z.boolean(),
  who: z.enum(['agent', 'operator']),
  to: z.array(z.string()).describe('agents that may be named, the first in line first'),
});
const Finding = z
  .object({
    id: z.string().describe('names it for /v1/rescue, as long as its cause is the same'),
    code: z.enum(FINDING_CODES),
    severity: z.enum(['info', 'warning', 'critical']),
    message: z.string().describe('who, what, since when'),
    evidence: z.array(z.string()),
    agents: z.array(z.string()).describe('the causer first'),
    resources: z.array(z.string()),
    action: z.string().nullable().describe('what a rescue would do; null where it can do nothing'),
    safe: z.boolean().describe('whoever asks may have it done'),
    who: z.enum(['agent', 'operator']).nullable().describe('who may have it done'),
    do: z.enum(ACTION_KINDS).nullable().describe('what kind of action that is'),
    others: z.array(otherAction).describe('what a rescue could do instead, where `do` asks for it'),
    next: z.string().describe('what to do'),
    forMs: ms.nullable(),
    behind: count.describe('sessions that wait because of it'),
  })
  .describe('Something that is wrong.')
  .meta({ id: 'Finding' });
export const Diagnosis = z.object({
  summary: z.string(),
  findings: z.array(Finding),
  leftOut: count,
  looked: z.array(z.string()).describe('what was looked at'),
  graph: z.object({
    nodes: z.array(node),
    edges: z.array(Edge),
    drawing: z.array(z.string()),
    leftOut: z.object({ edges: count, waiters: count, lines: count }),
  }),
});
const ToldEvents = z.array(
  z.object({
    type: z.string(),
    agentId: z.string().nullable(),
    resource: z.string().nullable(),
    token: z.int().nullable().describe('of a dry run: as it would be now'),
    sentence: z.string(),
  }),
);
const Undo = z
  .object({ method: z.literal('POST'), path: z.string(), body: z.record(z.string(), z.unknown()) })
  .meta({ id: 'Undo' });
/** What is told of an operator's act besides. */
const act = {
  dryRun: z.boolean().describe('true: nothing was logged'),
  undo: Undo.nullable().describe('the request that takes it back, where one does'),
  events: ToldEvents.optional().describe('of a dry run: what would be logged'),
  leftOut: count.optional().describe('of a dry run: events that are not told'),
};
const actOfOperator = { ...act, dryRun: act.dryRun.optional(), undo: act.undo.optional() };

export const Rescued = z.object({
  finding: z.string(),
  action: z.string(),
  done: z.array(z.string()).describe('what came of it; empty where it was done before'),
  dryRun: actOfOperator.dryRun,
  undo: actOfOperator.undo,
  events: ToldEvents,
  leftOut: count,
  notices,
});
export const Revoked = z.object({ revoked: z.array(leaseRef.extend({ agentId })), promoted, ...act });
export const Graph = z.object({
  nodes: z.array(who.extend({ isWaiting: z.boolean(), alive: z.enum(presences).nullable() })),
  ...waiting,
  drawing: z.array(z.string()).describe('the same in lines of text'),
});

const Session = z
  .object({
    sessionId: z.string(),
    agentId,
    state: z.string(),
    client: z.string(),
    clientSession: z.string().nullable(),
    worktree: z.string(),
    root: z.string(),
    presence: Presence,
    openedAt: at,
    openForMs: ms,
    idleForMs: ms,
    leases: count,
    waits: count,
    processes: z.array(z.object({ pid: z.int(), startTime: z.string(), kind: z.string(), placeId: z.string() })),
  })
  .meta({ id: 'Session' });
export const Sessions = z.object({ sessions: z.array(Session), cursor, total });
export const Registered = z.object({
  session: z.string().nullable().describe('the secret handle'),
  agentId,
  sessionId: z.string(),
  resumed: z.boolean(),
  warnings: z.array(z.string()),
  notices,
});
export const Closed = z.object({ closed: z.literal(true), notices });

const Reason = z
  .object({
    code: z.string(),
    message: z.string(),
    numbers: z.record(z.string(), z.number()),
    next: z.string(),
  })
  .meta({ id: 'Reason' });

const Calibration = z
  .object({
    labels: count,
    brier: z.number().nullable(),
    bins: z.array(z.object({ from: z.number(), count, meanConfidence: z.number(), succeeded: z.number() })),
  })
  .meta({ id: 'Calibration' });

const Agent = z
  .object({
    agentId,
    client: z.string(),
    purpose: z.string().nullable(),
    tags: z.array(z.string()),
    notes: z.string(),
    lifecycle,
    change: z
      .object({ by: z.string(), reason: z.string(), sinceAt: at, forMs: ms, standingAgainst: z.array(Reason) })
      .nullable(),
    plan: z.object({ goal: z.string(), task: z.string(), at }).nullable(),
    conduct: z
      .object({
        updates: count,
        verdicts: z.object({ proceed: count, guide: count, pause: count }),
        lastVerdict: verdict.nullable(),
        lastCheckInAgoMs: ms.nullable(),
        calibration: Calibration,
        lost: z.object({ expired: count, revoked: count, deadlocks: count }),
        eisv: z.record(z.string(), z.unknown()).nullable(),
      })
      .nullable(),
    registeredAt: at,
    idleForMs: ms.nullable(),
    sessions: z.array(Session),
    liveSessions: count,
    leases: count,
    waits: count,
  })
  .meta({ id: 'Agent' });
export const Agents = z.object({ agents: z.array(Agent), cursor, total });
export const OneAgent = z.object({ agent: Agent });

const names = z.array(z.string());
const severity = z.enum(['info', 'warning', 'critical']);
const IncidentLine = z
  .object({
    incident: z.int().min(1),
    title: z.string(),
    severity,
    state: z
      .enum(['open', 'quiet', 'closed'])
      .describe('quiet: all its alerts are closed, and it will close by itself'),
    openedAt: at,
    openedSeq: z.int(),
    lastedMs: ms.describe('until its end, or until now'),
    closed: z.object({ at, by: z.string(), how: z.enum(['quiet', 'operator']), text: z.string() }).nullable(),
    alerts: count,
    openAlerts: count,
    agents: names.describe('the first of them'),
    resources: names.describe('the first of them'),
    notes: count,
    earlier: z.int().nullable().describe('one of the hour before with the same agents or resources'),
    beside: z.array(z.int()).describe('others of the same time that an alert connects with it'),
    leftOut: z.object({ agents: count, resources: count }),
  })
  .meta({ id: 'Incident' });

const said = { by: z.string(), note: z.string() };
const Alert = z
  .object({
    alert: z.int().min(1).describe('number of the event that opened it'),
    code: z.enum(ALERT_CODES),
    severity,
    subject: z.string().describe('with the code it names the cause'),
    text: z.string(),
    next: z.string().describe('what to do about it'),
    agents: names.describe('who is affected, the causer first'),
    resources: names,
    evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    openedAt: at,
    openForMs: ms.describe('until it closed, or until now'),
    told: z.int().min(1).describe('how often it was told'),
    incident: z.int().nullable(),
    acknowledged: z.object({ ...said, at }).nullable(),
    silenced: z.object({ ...said, forMs: ms }).nullable(),
    closed: z.object({ at, why: z.string() }).nullable(),
  })
  .meta({ id: 'Alert' });
export const Alerts = z.object({ alerts: z.array(Alert), cursor, total });
export const AlertChanged = z.object({ alert: z.int(), changed: z.boolean(), ...act });

export const Fleet = z.object({
  fleetId: z.string().nullable(),
  foundedAt: at.nullable(),
  root: z.string(),
  store: z.string(),
  trouble: z.object({ code: z.string(), message: z.string(), sinceWallAt: at }).nullable(),
  agents: z.array(
    z.object({
      agentId,
      client: z.string(),
      purpose: z.string().nullable(),
      lifecycle,
      why: z.object({ by: z.string(), reason: z.string(), sinceAt: at }).optional(),
      lastVerdict: verdict.nullable(),
      alive: Presence,
      liveSessions: count,
      idleForMs: ms.nullable(),
      leases: count,
      waits: count,
    }),
  ),
  locks: z.array(Lock),
  waits: z.array(Waiter),
  alerts: z.array(Alert),
  incidents: z.array(IncidentLine),
  plans: z.array(z.object({ agentId, goal: z.string(), task: z.string(), at })),
  counts: z.object({ agents: count, paused: count, sessions: count, leases: count, waits: count, offers: count }),
  leftOut: z.object({
    agents: count,
    locks: count,
    waits: count,
    alerts: count,
    incidents: count,
    plans: count,
  }),
  granting: z.object({
    ok: z.boolean(),
    code: z.string().optional(),
    why: z.string().optional(),
    resumesInMs: ms.nullable().optional(),
  }),
  longestWaitMs: ms,
  head: z.object({ epoch: z.int(), seq: z.int() }),
});

export const Processes = z.object({
  processes: z.array(
    z.object({
      pid: z.int(),
      role: z.enum(['desk', 'client', 'direct', 'unknown']),
      kind: z.string(),
      client: z.string().nullable(),
      agents: z.array(z.string()),
      version: z.string().nullable(),
      connectedForMs: ms.nullable(),
      idleForMs: ms.nullable(),
      calls: count.nullable(),
      state: z.enum(['alive', 'stopped']),
      startedBy: z.object({ pid: z.int(), name: z.string() }).nullable(),
      orphan: z.boolean(),
      orphanBecause: z.string().nullable(),
    }),
  ),
  deskTrouble: z.unknown().describe('why the desk cannot be asked; null where it can, or there is none'),
});

export const StateEntry = z
  .object({ key: z.string(), value: z.unknown(), version: z.int().min(1), author: z.string(), at })
  .meta({ id: 'StateEntry' });
export const State = z.object({ entries: z.array(StateEntry), cursor, total });
export const Put = z.object({ key: z.string(), version: z.int().min(1), notices });

export const CheckedIn = z.object({
  checkInId: z.string().nullable().describe('null for a dry run'),
  verdict,
  reasons: z.array(Reason),
  next: z.string(),
  updates: count,
  estimator: z.record(z.string(), z.unknown()).describe('`name`, and what that estimator saw'),
  notices,
});
export const OutcomeRecorded = z.object({ checkInId: z.string(), agentId, calibration: Calibration, notices });
export const Recovered = z.object({ resumed: z.boolean(), reasons: z.array(Reason), notices });
export const Policy = z.object({
  adopted: z.object({ seq: z.int(), adoptedAt: at, by: z.string(), reason: z.string() }).nullable(),
  content: z
    .record(z.string(), z.unknown())
    .describe('as it was adopted; its JSON Schema ships as brigade/policy.schema.json'),
  settings: z.record(z.string(), z.unknown()).describe('as they hold'),
});

const Message = z
  .object({
    messageId: z.string(),
    from: z.string(),
    to: z.string(),
    type: z.enum(['task', 'confirm', 'dismiss', 'info']),
    text: z.string(),
    replyTo: z.string().nullable(),
    thread: z.string(),
    lease: leaseRef.extend({ holds: z.boolean() }).nullable(),
    at,
    agoMs: ms,
    isRead: z.boolean().nullable().optional(),
    answered: z.enum(['confirm', 'dismiss']).nullable().optional(),
  })
  .meta({ id: 'Message' });
export const Mail = z
  .object({
    messages: z.array(Message),
    cursor: z.union([z.int(), z.string()]).nullable(),
    more: z.boolean().optional(),
    total: total.optional(),
    notices: notices.optional(),
  })
  .describe('Unread ones have `more` and `notices`, and a number as cursor; kept ones have `total`.');
export const Sent = z.object({ messageId: z.string(), to: z.string(), isHere: z.boolean(), notices, ...actOfOperator });

export const LifecycleChanged = z.object({
  agentId,
  was: lifecycle,
  lifecycle,
  changed: z.boolean(),
  leases: count.describe('that it holds still'),
  ...act,
});

export const Audit = z.object({
  entries: z.array(
    z.object({
      seq: z.int(),
      at,
      atMs: z.int().describe('the same, in milliseconds since 1970'),
      type: z.string(),
      actor: z.string(),
      agentId: z.string().nullable(),
      resource: z.string().nullable(),
      reason: z.string(),
      sentence: z.string(),
      hash: z.string(),
    }),
  ),
  cursor,
});

const Event = z
  .looseObject({
    seq: z.int(),
    at: z.number().describe('milliseconds of fleet time'),
    wallAt: at,
    type: z.string(),
    version: z.int(),
    actor: z.string(),
    agentId: z.string().optional(),
    sessionId: z.string().optional(),
    resource: z.string().optional(),
    token: z.int().optional(),
    hash: z.string(),
    sentence: z.string().optional(),
  })
  .describe('A fact of the log; its other members are those of its type.')
  .meta({ id: 'Event' });
export const Events = z.object({ events: z.array(Event), cursor: z.int(), hasMore: z.boolean(), head: z.int() });
export const History = z.array(Event);
export const Text = z.string();

export const Incidents = z.object({ incidents: z.array(IncidentLine), cursor, total });
const incidentSession = z.object({
  sessionId: z.string(),
  client: z.string(),
  transport: z.enum(['process', 'http']),
  state: z.enum(['live', 'closed', 'lost']),
  alive: Presence,
  openedAt: at,
  idleForMs: ms,
  endedWhy: z.string().nullable(),
  processes: z.array(z.object({ pid: z.int(), kind: z.string(), host: z.string() })),
});
export const OneIncident = z.object({
  incident: IncidentLine,
  notes: z.array(z.object({ seq: z.int(), at, by: z.string(), text: z.string() })),
  alerts: z.array(
    z.object({
      alert: z.int(),
      code: z.string(),
      severity,
      text: z.string(),
      next: z.string(),
      openedAt: at,
      told: count,
      acknowledgedBy: z.string().nullable(),
      closed: z.object({ at, why: z.string() }).nullable(),
    }),
  ),
  agents: z.array(
    z.object({
      agentId,
      client: z.string(),
      purpose: z.string().nullable(),
      lifecycle,
      sessions: z.array(incidentSession),
    }),
  ),
  locks: z.array(z.object({ resource: z.string(), mode, agentId, token: z.int(), heldForMs: ms, reason: z.string() })),
  waits: z.array(z.object({ ticket: z.string(), agentId, resources: names, mode, waitedMs: ms, reason: z.string() })),
  leftOut: z.object({ agents: count, locks: count, waits: count }),
});

const offset = z.int().describe('milliseconds from the opening of the incident; negative before it');
const step = { seq: z.int(), at, offsetMs: offset, text: z.string() };
const part = <Shape extends z.ZodRawShape>(shape: Shape) => z.array(z.object(shape));
const Report = z
  .object({
    incident: z.int(),
    title: z.string(),
    severity,
    state: z.enum(['open', 'quiet', 'closed']),
    earlier: z.int().nullable(),
    beside: z.array(z.int()),
    span: z.object({ openedAt: at, untilAt: at, lastedMs: ms, isOver: z.boolean() }),
    summary: z.string(),
    impact: z.object({
      blocked: part({
        agentId,
        waits: count,
        totalMs: ms,
        longestMs: ms,
        resources: names,
        outcome: z.enum(['granted', 'withdrawn', 'timed_out', 'deadlock', 'session_ended', 'waiting']),
      }),
      waitedMs: ms,
      longestMs: ms,
      refusals: part({ code: z.string(), count, agents: names }),
      lostLeases: z.object({ revoked: count, expired: count, dropped: count }),
      grantingRestedMs: ms,
    }),
    timeline: z.object({ rows: part({ ...step, lastSeq: z.int(), count }), leftOut: count }),
    agents: part({
      agentId,
      client: z.string(),
      purpose: z.string().nullable(),
      lifecycle: z.string(),
      sessions: part({
        sessionId: z.string(),
        transport: z.string(),
        state: z.string(),
        presence: z.string(),
        processes: part({ pid: z.int(), kind: z.string(), host: z.string() }),
        ended: z.string().nullable(),
      }),
      lastDid: z.object({ seq: z.int(), offsetMs: offset, text: z.string() }).nullable(),
    }),
    locks: part({
      resource: z.string(),
      holders: part({
        agentId,
        token: z.int(),
        mode: z.string(),
        reason: z.string(),
        fromOffsetMs: offset.nullable().describe('null: before what was read'),
        endOffsetMs: offset.nullable(),
        heldMs: ms.nullable(),
        end: z.string(),
      }),
      line: part({ agentId, ticket: z.string(), queuedOffsetMs: offset, waitedMs: ms, end: z.string() }),
      leftOut: z.object({ holders: count, line: count }),
    }),
    graphs: part({
      moment: z.string(),
      offsetMs: offset,
      edges: part({
        kind: z.enum(['hold', 'line']),
        from: z.string(),
        to: z.string(),
        resource: z.string(),
        token: z.int().nullable(),
        waitedMs: ms.nullable(),
      }),
      leftOut: count,
    }),
    causes: part({
      code: z.string(),
      text: z.string(),
      evidence: part({ text: z.string(), seqs: z.array(z.int()) }),
      notKnown: z.string().nullable(),
    }).describe('the likeliest first; empty where the log does not tell'),
    recovery: z.object({
      isOver: z.boolean(),
      steps: part(step),
      freedAfterMs: ms.nullable(),
      still: z.object({ held: count, waiting: count }),
      text: z.string(),
    }),
    losses: z.object({
      isProved: z.boolean(),
      verdict: z.string(),
      checks: part({ what: z.string(), checked: count, found: z.string(), isGood: z.boolean() }),
    }),
    prevention: names,
    notes: part({ seq: z.int(), at, by: z.string(), text: z.string() }),
    source: z.object({
      fromSeq: z.int().nullable(),
      toSeq: z.int().nullable(),
      facts: count,
      concerned: count,
      leftOut: count,
      knownFrom: z.int().nullable().describe('the log begins here; what came before was cut off'),
      isCut: z.boolean(),
      firstHash: z.string().nullable(),
      lastHash: z.string().nullable(),
    }),
  })
  .meta({ id: 'IncidentReport' });
export const OneReport = z.object({ report: Report });
export const IncidentNoted = z.object({ incident: z.int(), noted: z.boolean(), notices });
export const IncidentClosed = z.object({ incident: z.int(), closed: z.boolean(), changed: z.boolean(), ...act });
