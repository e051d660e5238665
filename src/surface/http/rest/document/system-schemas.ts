// Answers about Brigade itself, as they are published.

import * as z from 'zod';

const count = z.int().min(0);
const ms = z.int().min(0);
const figure = z.number().min(0).nullable();

export const System = z.object({
  version: z.string(),
  node: z.string(),
  pid: z.int(),
  startedAtMs: z.int().describe('milliseconds since 1970'),
  uptimeMs: ms,
  root: z.string(),
  store: z.object({
    kind: z.enum(['memory', 'sqlite', 'redis', 'etcd']),
    location: z.string(),
    durability: z.enum(['nothing', 'process', 'host', 'quorum']).describe('what an answer survives'),
    format: count,
    head: z.object({ epoch: count, seq: count }),
    logBytes: count.nullable().describe('null where it is no file'),
    walBytes: count.nullable().describe('of the write-ahead log beside it, where there is one now'),
    archives: z.object({ count, bytes: count }).nullable(),
    events: count.nullable().describe('that are kept; null where the log was lost once and began anew'),
    oldestSeq: count.describe('number of the first event that is in no archive'),
    snapshot: z
      .object({ seq: count, ageMs: ms.nullable() })
      .nullable()
      .describe('the newest one that is known here; null for none'),
    caveats: z
      .array(
        z.object({
          code: z.string(),
          isGrave: z.boolean(),
          stopsWriting: z.literal(true).optional(),
          message: z.string(),
          next: z.string(),
        }),
      )
      .describe(
        'what its operator should know of the store as it runs now; grave: acknowledged events can be lost by it; stopsWriting: nothing is written while it is so',
      ),
  }),
  desk: z.object({
    role: z
      .enum(['desk', 'client', 'direct', 'finding'])
      .describe('of the process that answers: it serves the others, asks the desk, or writes the log itself'),
    pid: z.int().nullable().describe('of the desk'),
    clients: count.nullable().describe('of the desk; null where there is none'),
    trouble: z.object({ code: z.string(), message: z.string() }).nullable(),
  }),
  granting: z.object({
    ok: z.boolean(),
    code: z.string().optional(),
    why: z.string().optional(),
    resumesInMs: ms.nullable().optional(),
  }),
  trouble: z.object({ code: z.string(), message: z.string(), sinceWallAt: z.string() }).nullable(),
  limits: z.record(z.string(), z.number()),
  commit: z
    .object({
      count,
      meanMs: figure,
      p50Ms: figure.describe('as exact as the buckets are narrow; null before the first commit'),
      p99Ms: figure,
      buckets: z.array(
        z.object({
          leMs: count.nullable().describe('at most so long, and longer than the one before; null: longer than all'),
          count,
        }),
      ),
    })
    .nullable()
    .describe('of the process that answers alone: a client of a desk commits nothing'),
  clock: z.object({
    wallAt: z.string(),
    lastWallAt: z.string().nullable().describe('when the last event was logged'),
    finding: z.object({ code: z.string(), message: z.string(), next: z.string() }).nullable(),
  }),
});

export const Chain = z.object({
  state: z.enum(['checking', 'whole', 'broken', 'unchecked']).describe('unchecked: the log is in memory'),
  checkedTo: count.describe('number up to which it is whole; while it is checked, how far it is'),
  head: z.string().nullable().describe('chain hash there'),
  atMs: z.int().describe('when that was found; while it is checked, when that began'),
  events: count.nullable(),
  batches: count.nullable(),
  archives: count.nullable(),
  brokenAt: count.nullable().describe('number of the event where it breaks'),
  message: z.string(),
});
