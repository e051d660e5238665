// What is wrong with the fleet, and an operator's word on it.

import * as z from 'zod';
import { ALERT_CODES } from '../../../../core/alert/alert.ts';
import { isRejection } from '../../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../../core/view/page.ts';
import { seenFrom } from '../../../answer/seen-names.ts';
import { dryRun, limit } from '../../../schema/fields.ts';
import type { HttpParts } from '../../http-parts.ts';
import { problem } from '../../problem.ts';
import { viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation, type HttpContext } from '../operation.ts';
import { acted } from '../operator-command.ts';
import { viewed } from '../respond.ts';
import { numberCursor } from './cursors.ts';

export const listAlerts = defineOperation({
  id: 'listAlerts',
  hasPast: true,
  method: 'get',
  path: '/v1/alerts',
  access: 'open',
  summary: 'Alerts',
  description: 'What is wrong now, the gravest first; with closed=true also what was, behind them.',
  query: {
    closed: z.boolean().optional().describe('true: also those that have closed, as long as they are remembered'),
    code: z.enum(ALERT_CODES).optional().describe('only alerts of this kind'),
    cursor: numberCursor.optional(),
    limit: limit.max(VIEW_LIMITS.rowsMax).optional(),
  },
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { items, cursor, total } = await look({ kind: 'alerts', ...given(query) });
    return viewed(c, { alerts: seenFrom(viewer.worktree).data(items), cursor, total });
  },
});

const note = z.string().optional().describe('what you know or do; the log keeps it');

export const acknowledgeAlert = defineOperation({
  id: 'acknowledgeAlert',
  method: 'post',
  path: '/v1/alerts/{id}/ack',
  access: 'operator',
  summary: 'Look after an alert',
  description: 'It is not told again while it is open.',
  body: { note, dryRun },
  async run({ parts, c, body }) {
    return change(parts, c, { op: 'acknowledge_alert', alert: alertIn(c), note: '', ...given(body) });
  },
});

export const unacknowledgeAlert = defineOperation({
  id: 'unacknowledgeAlert',
  method: 'post',
  path: '/v1/alerts/{id}/unack',
  access: 'operator',
  summary: 'Look after an alert no more',
  description: 'Takes the word back that somebody looks after it: it is told again as long as it is open.',
  body: { note, dryRun },
  async run({ parts, c, body }) {
    return change(parts, c, { op: 'unacknowledge_alert', alert: alertIn(c), note: '', ...given(body) });
  },
});

export const silenceAlert = defineOperation({
  id: 'silenceAlert',
  method: 'post',
  path: '/v1/alerts/{id}/silence',
  access: 'operator',
  summary: 'Silence an alert',
  description: 'Nobody is told of its cause for so long, not even when the alert closes and the cause comes back.',
  body: { forMs: z.int().min(0).describe('up to a week; 0 lifts a silence'), note, dryRun },
  async run({ parts, c, body }) {
    return change(parts, c, { op: 'silence_alert', alert: alertIn(c), note: '', ...given(body) });
  },
});

type Change = Parameters<typeof acted>[2] & { readonly alert: number };

function change(parts: HttpParts, c: HttpContext, command: Change): Promise<Response> {
  const { alert } = command;
  return acted(parts, c, command, (answer) => (answer.op === 'done' ? { alert, changed: answer.changed } : null));
}

/** What is no number is that of no alert. */
function alertIn(c: HttpContext): number {
  const text = c.req.param('id') ?? '';
  return /^\d{1,16}$/.test(text) ? Number(text) : 0;
}
