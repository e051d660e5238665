// What is wrong with the fleet, and an operator's word on it.

import * as z from 'zod';
import { ALERT_CODES } from '../../../../core/alert/alert.ts';
import { isRejection } from '../../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../../core/view/page.ts';
import { seenFrom } from '../../../answer/seen-names.ts';
import { limit } from '../../../schema/fields.ts';
import { problem } from '../../problem.ts';
import { viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation } from '../operation.ts';
import { commanded } from '../operator-command.ts';
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
  body: { note },
  async run({ parts, c, body }) {
    const alert = alertIn(c.req.param('id'));
    const command = { op: 'acknowledge_alert', alert, note: body.note ?? '' } as const;
    return commanded(parts, c, command, (answer) => (answer.op === 'done' ? { alert, changed: answer.changed } : null));
  },
});

export const silenceAlert = defineOperation({
  id: 'silenceAlert',
  method: 'post',
  path: '/v1/alerts/{id}/silence',
  access: 'operator',
  summary: 'Silence an alert',
  description: 'Nobody is told of its cause for so long, not even when the alert closes and the cause comes back.',
  body: { forMs: z.int().min(0).describe('up to a week; 0 lifts a silence'), note },
  async run({ parts, c, body }) {
    const alert = alertIn(c.req.param('id'));
    const command = { op: 'silence_alert', alert, forMs: body.forMs, note: body.note ?? '' } as const;
    return commanded(parts, c, command, (answer) => (answer.op === 'done' ? { alert, changed: answer.changed } : null));
  },
});

/** What is no number is that of no alert. */
function alertIn(text: string | undefined): number {
  return /^\d{1,16}$/.test(text ?? '') ? Number(text) : 0;
}
