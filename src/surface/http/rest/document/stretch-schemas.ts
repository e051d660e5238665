// What views over a stretch of the log look like, for the document; see `schemas.ts`.

import * as z from 'zod';

const count = z.int().min(0);
const ms = z.int().min(0);
const wallMs = z.int().min(0).describe('milliseconds since 1970');
const verdict = z.enum(['proceed', 'guide', 'pause']);
const point = z.object({ seq: count.describe('number of the last event up to there'), atMs: wallMs });
const stretch = {
  from: point,
  to: point,
  isWhole: z.boolean().describe('false: it begins later than was asked for'),
};

const Span = z
  .object({
    kind: z.enum(['held', 'waited', 'offered', 'paused', 'live']).describe('live: a session'),
    agentId: z.string(),
    resource: z.string().nullable(),
    mode: z.enum(['exclusive', 'shared']).nullable(),
    token: z.int().nullable(),
    ticket: z.string().nullable(),
    fromMs: wallMs,
    toMs: wallMs.nullable().describe('null: it goes on'),
    fromSeq: z.int().nullable().describe('null: it began before the stretch'),
    toSeq: z.int().nullable(),
    end: z.string().nullable().describe('how it ended: released, expired, revoked, dropped, granted, timed_out, …'),
  })
  .meta({ id: 'Span' });

const Mark = z
  .object({
    kind: z.string().describe('check_in, expired, revoked, refused, deadlock, alert, incident, drill, …'),
    atMs: wallMs,
    seq: z.int(),
    agentId: z.string().nullable(),
    resource: z.string().nullable(),
    text: z.string().describe('a sentence'),
    verdict: verdict.nullable(),
  })
  .meta({ id: 'Mark' });

export const Timeline = z
  .object({
    ...stretch,
    lanes: z.array(z.object({ key: z.string(), spans: z.array(Span), marks: z.array(Mark) })),
    marks: z.array(Mark).describe('of the fleet as a whole'),
    leftOut: z.object({ lanes: count, spans: count, marks: count }),
  })
  .meta({ id: 'Timeline' });

export const Heat = z
  .object({
    ...stretch,
    rows: z.array(
      z.object({ resource: z.string(), grants: count, waits: count, waitedMs: ms, heldMs: ms, refusals: count }),
    ),
    leftOut: count,
  })
  .meta({ id: 'Heat' });

const line = z.array(count);
export const MetricSeries = z
  .object({
    stepMs: ms,
    ...stretch,
    atMs: z.array(wallMs).describe('the end of each step; the last one is under way'),
    series: z.object({
      agents: line.describe('with a live session, at the end of the step'),
      sessions: line,
      leases: line,
      waits: line,
      longestWaitMs: z.array(ms),
      alerts: line,
      events: line.describe('in the step'),
      grants: line,
      refusals: line,
      checkIns: line,
      commitMs: z
        .array(z.number().min(0).nullable())
        .describe('how long a commit of this server took on average; null where it made none, and of the past'),
    }),
  })
  .meta({ id: 'MetricSeries' });

const Eisv = z.object({
  ...Object.fromEntries(['E', 'I', 'S', 'V', 'lambda1', 'coherence', 'risk', 'time'].map((name) => [name, z.number()])),
  void: z.boolean(),
  decision: z.enum(['approve', 'revise', 'reject']),
  status: z.enum(['healthy', 'degraded', 'critical']),
  updates: count,
});

export const CheckIns = z
  .object({
    agentId: z.string(),
    ...stretch,
    checkins: z.array(
      z.object({
        seq: z.int(),
        atMs: wallMs,
        checkInId: z.string(),
        summary: z.string(),
        complexity: z.number().nullable(),
        confidence: z.number().nullable(),
        verdict,
        reasons: z.array(z.object({ code: z.string(), message: z.string() })),
        plan: z.object({ goal: z.string(), task: z.string() }).nullable(),
        outcomes: z.array(z.object({ kind: z.string(), ok: z.boolean(), evidence: z.string() })),
        succeeded: z.boolean().nullable().describe('every outcome is good; null while there is none'),
        brier: z.number().nullable().describe('squared difference of confidence and success; their mean is the score'),
        bin: z.number().nullable().describe('lower end of the tenth of confidence in which it counts'),
        eisv: Eisv.nullable().describe('the state of eisv-v1 after it; null where another estimator judged'),
      }),
    ),
    cursor: z.string().nullable(),
  })
  .meta({ id: 'CheckIns' });
