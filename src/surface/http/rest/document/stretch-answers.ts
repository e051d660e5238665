// What views over a stretch of the log answer; see `answers.ts`.

import type * as z from 'zod';
import type { Described } from './answers.ts';
import * as schemas from './stretch-schemas.ts';

const ETAG = { ETag: 'of this content, for If-None-Match' };
const stretch = {
  from: { seq: 40, atMs: 1_763_591_107_118 },
  to: { seq: 61, atMs: 1_763_594_707_118 },
  isWhole: true,
};
const revoked = {
  kind: 'revoked',
  atMs: 1_763_594_607_000,
  seq: 60,
  agentId: 'ana',
  resource: 'file:src/a.ts',
  text: 'file:src/a.ts (token 30) was revoked from ana by operator:kim: "it is frozen"',
  verdict: null,
};
const held = {
  kind: 'held',
  agentId: 'ana',
  resource: 'file:src/a.ts',
  mode: 'exclusive',
  token: 30,
  ticket: null,
  fromMs: 1_763_590_000_000,
  toMs: 1_763_594_607_000,
  fromSeq: null,
  toSeq: 60,
  end: 'revoked',
};

export const STRETCH_ANSWERS: Readonly<Record<string, Described>> = {
  getTimeline: view('Lanes', schemas.Timeline, {
    ...stretch,
    lanes: [{ key: 'file:src/a.ts', spans: [held], marks: [revoked] }],
    marks: [],
    leftOut: { lanes: 0, spans: 0, marks: 0 },
  }),
  getHeat: view('Resources', schemas.Heat, {
    ...stretch,
    rows: [{ resource: 'file:src/a.ts', grants: 2, waits: 1, waitedMs: 90_000, heldMs: 3_500_000, refusals: 4 }],
    leftOut: 0,
  }),
  getSeries: view('Steps', schemas.MetricSeries, {
    stepMs: 30_000,
    ...stretch,
    atMs: [1_763_594_700_000, 1_763_594_707_118],
    series: {
      agents: [2, 2],
      sessions: [2, 2],
      leases: [1, 1],
      waits: [1, 0],
      longestWaitMs: [12_000, 0],
      alerts: [0, 0],
      events: [4, 1],
      grants: [0, 1],
      refusals: [3, 0],
      checkIns: [1, 0],
      commitMs: [2.5, null],
    },
  }),
  listCheckIns: view(
    'A page of check-ins',
    schemas.CheckIns,
    {
      agentId: 'ana',
      ...stretch,
      checkins: [
        {
          seq: 45,
          atMs: 1_763_592_000_000,
          checkInId: 'c45',
          summary: 'renamed the parser; all tests pass',
          complexity: 0.4,
          confidence: 0.9,
          verdict: 'proceed',
          reasons: [],
          plan: null,
          outcomes: [{ kind: 'tests', ok: true, evidence: '412 passed' }],
          succeeded: true,
          brier: 0.01,
          bin: 0.9,
          eisv: null,
        },
      ],
      cursor: null,
    },
    [404],
  ),
};

function view(
  description: string,
  schema: z.ZodType,
  example: unknown,
  refusals: Described['refusals'] = [],
): Described {
  const content = { 'application/json': { schema, example } };
  return { status: 200, description, content, refusals, headers: ETAG, isView: true };
}
