// Incidents, what people write down about them, and their reports.

import * as z from 'zod';
import type { Coordinator } from '../../../../app/coordinator.ts';
import { incidentReport } from '../../../../app/incident/incident-report.ts';
import { clock } from '../../../../compose.ts';
import { reportMarkdown } from '../../../../core/incident/report/markdown.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { isRejection, reject } from '../../../../core/rejection.ts';
import { VIEW_LIMITS } from '../../../../core/view/page.ts';
import { seenFrom } from '../../../answer/seen-names.ts';
import { foundIncident, incidentNumber, spokenIncident } from '../../../answer/spoken-incidents.ts';
import { dryRun, limit } from '../../../schema/fields.ts';
import type { HttpParts } from '../../http-parts.ts';
import { problem } from '../../problem.ts';
import { callOf, needsSession, viewerOf } from '../caller.ts';
import { given } from '../given.ts';
import { defineOperation, type HttpContext } from '../operation.ts';
import { acted, commanded } from '../operator-command.ts';
import { kept, told, viewed } from '../respond.ts';
import { numberCursor } from './cursors.ts';

export const listIncidents = defineOperation({
  id: 'listIncidents',
  method: 'get',
  path: '/v1/incidents',
  access: 'open',
  hasPast: true,
  summary: 'Incidents',
  description:
    'Open ones first, the newest first among them. An incident gathers alerts that share agents or resources.',
  query: {
    open: z.boolean().optional().describe('true: only those that are not closed'),
    cursor: numberCursor.optional(),
    limit: limit.max(VIEW_LIMITS.rowsMax).optional(),
  },
  async run({ parts, c, look, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { items, cursor, total } = await look({ kind: 'incidents', ...given(query) });
    return viewed(c, { incidents: seenFrom(viewer.worktree).data(items), cursor, total });
  },
});

export const getIncident = defineOperation({
  id: 'getIncident',
  method: 'get',
  path: '/v1/incidents/{id}',
  access: 'open',
  hasPast: true,
  summary: 'One incident',
  description: 'Its alerts, what people noted, who was involved, and what those hold and wait for now.',
  async run({ parts, c, look }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const incident = incidentNumber(c.req.param('id'));
    if (isRejection(incident)) return problem(incident);
    const view = foundIncident(await look({ kind: 'incident', incident }), incident);
    return isRejection(view) ? problem(view) : viewed(c, spokenIncident(view, viewer.worktree));
  },
});

/** Each reads a stretch of the log. More than these at a time would leave the fleet nothing. */
const REPORTS_MAX = 4;
const MARKDOWN = 'text/markdown; charset=utf-8';

export const getIncidentReport = defineOperation({
  id: 'getIncidentReport',
  method: 'get',
  path: '/v1/incidents/{id}/report',
  access: 'open',
  hasPast: true,
  summary: 'The report of an incident',
  description:
    'What happened, why, whom it kept waiting, what ended it, what was lost, and what would have prevented it, proved from the log. Markdown with `format=md` or `Accept: text/markdown`, else JSON. It can be asked for while the incident lasts.',
  query: { format: z.enum(['md', 'json']).optional().describe('goes before Accept') },
  async run({ parts, c, look, past, query }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const incident = incidentNumber(c.req.param('id'));
    if (isRejection(incident)) return problem(incident);
    const slot = takeSlot(parts);
    if (slot === null) return problem(BUSY);
    try {
      const { signal } = c.req.raw;
      const feed: Coordinator['feed'] = (options) => (past ?? parts.fleet.coordinator).feed(options);
      const made = await incidentReport({ view: look, feed }, { incident, clock, signal });
      const report = foundIncident(made, incident);
      if (isRejection(report)) return problem(report);
      return wantsMarkdown(c, query.format) ? kept(c, reportMarkdown(report), MARKDOWN) : viewed(c, { report });
    } finally {
      slot();
    }
  },
});

function wantsMarkdown(c: HttpContext, format: 'md' | 'json' | undefined): boolean {
  if (format !== undefined) return format === 'md';
  const accept = c.req.header('accept') ?? '';
  return accept.includes('text/markdown') && !accept.includes('application/json');
}

const running = new WeakMap<object, number>();

function takeSlot({ fleet }: HttpParts): (() => void) | null {
  const taken = running.get(fleet) ?? 0;
  if (taken >= REPORTS_MAX) return null;
  running.set(fleet, taken + 1);
  return () => void running.set(fleet, (running.get(fleet) ?? 1) - 1);
}

const BUSY = reject('BUSY', {
  message: `${REPORTS_MAX} reports are being written.`,
  next: 'Ask again when one of them is done.',
  retryAfterMs: 2_000,
});

const text = z.string().describe(`what you know, at most ${LIMITS.textBytes} bytes`);

export const noteIncident = defineOperation({
  id: 'noteIncident',
  method: 'post',
  path: '/v1/incidents/{id}/notes',
  access: 'either',
  summary: 'Write down what you know of an incident',
  description:
    'As an agent or as an operator; also of one that is closed. It stands in the report with its author and time.',
  body: { text },
  async run({ parts, c, body }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    if (viewer.kind === 'anybody') return problem(needsSession());
    const incident = incidentNumber(c.req.param('id'));
    if (isRejection(incident)) return problem(incident);
    const noted = { incident, noted: true };
    if (viewer.kind === 'session')
      return told(await parts.seat.noteIncident({ incident, text: body.text }, callOf(c)), () => noted);
    const command = { op: 'note_incident', incident, text: body.text } as const;
    return commanded(parts, c, command, (answer) => (answer.op === 'done' ? { ...noted, notices: [] } : null));
  },
});

export const closeIncident = defineOperation({
  id: 'closeIncident',
  method: 'post',
  path: '/v1/incidents/{id}/close',
  access: 'operator',
  summary: 'Close an incident',
  description: 'It closes by itself when its alerts have been closed for five minutes. Alerts that are open stay open.',
  body: { reason: z.string().describe('why it is over; the log and the report keep it'), dryRun },
  async run({ parts, c, body }) {
    const incident = incidentNumber(c.req.param('id'));
    if (isRejection(incident)) return problem(incident);
    const { reason: why, ...rest } = body;
    const command = { op: 'close_incident', incident, text: why, ...given(rest) } as const;
    return acted(parts, c, command, (answer) =>
      answer.op === 'done' ? { incident, closed: true, changed: answer.changed } : null,
    );
  },
});
