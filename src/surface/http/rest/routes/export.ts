// History out. A reader that takes nothing holds the export back, and one that has gone ends it.

import * as z from 'zod';
import { clock } from '../../../../compose.ts';
import { isRejection, reject } from '../../../../core/rejection.ts';
import { EXPORT_FORMATS, historyText } from '../../../answer/history-text.ts';
import type { HttpParts } from '../../http-parts.ts';
import { problem } from '../../problem.ts';
import { viewerOf } from '../caller.ts';
import { historyStream } from '../history-stream.ts';
import { defineOperation } from '../operation.ts';

/** Each folds the log from its beginning. More than these at a time would leave the fleet nothing. */
const EXPORTS_MAX = 4;

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

const seq = z.int().min(1).optional();

export const exportHistory = defineOperation({
  id: 'exportHistory',
  method: 'get',
  path: '/v1/export',
  access: 'open',
  summary: 'The history of the fleet',
  description:
    'Complete, up to what was the head when it began, and streamed. What agents write to each other is left out, unless the operator token is shown. An export that fails on its way is cut, so that nobody takes it for the whole.',
  query: {
    format: z.enum(EXPORT_FORMATS).describe('csv is a table; ndjson and json have every fact'),
    eisv: z.boolean().optional().describe('true: check-ins of eisv-v1 in the columns of November 2025; csv only'),
    agentId: z.string().optional().describe('only what concerns this agent'),
    from: seq.describe('begin with this number of the log'),
    to: seq.describe('end with this number of the log'),
  },
  async run({ parts, c, query }) {
    const { format, eisv = false, agentId = null, from = 1, to = Number.MAX_SAFE_INTEGER } = query;
    if (eisv && format !== 'csv') return problem(TABLE_ONLY);
    if (to < from) return problem(backwards(from, to));
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    // Whoever asks for the head alone is told that there is one.
    if (c.req.method === 'HEAD') return new Response(null, { headers: headersOf(format) });
    const slot = takeSlot(parts);
    if (slot === null) return problem(BUSY);
    const ending = new AbortController();
    const end = (): void => ending.abort();
    parts.stopping.addEventListener('abort', end);
    const close = (): void => {
      parts.stopping.removeEventListener('abort', end);
      end();
      slot();
    };
    const { signal } = ending;
    const history = { format, eisv, agentId, from, to, withTexts: viewer.kind === 'operator', signal };
    const lines = historyText(parts.fleet.coordinator, history)[Symbol.asyncIterator]();
    try {
      const stream = await historyStream({ lines, clock, signal: parts.stopping, close });
      return new Response(stream, { headers: headersOf(format) });
    } catch (error) {
      close();
      throw error;
    }
  },
});

function headersOf(format: keyof typeof TYPES): Record<string, string> {
  const disposition = `attachment; filename="brigade-history.${format}"`;
  return { 'content-type': TYPES[format], 'content-disposition': disposition, 'cache-control': 'no-store' };
}

const running = new WeakMap<object, number>();

/** Takes one of the places for exports; answers what gives it back, once. Null when none is free. */
function takeSlot({ fleet }: HttpParts): (() => void) | null {
  const taken = running.get(fleet) ?? 0;
  if (taken >= EXPORTS_MAX) return null;
  running.set(fleet, taken + 1);
  let isGiven = false;
  return () => {
    if (isGiven) return;
    isGiven = true;
    running.set(fleet, (running.get(fleet) ?? 1) - 1);
  };
}

const TABLE_ONLY = reject('INVALID_ARGUMENT', {
  message: 'eisv is a table.',
  next: 'Give format=csv with it.',
  details: { path: 'eisv' },
});

const BUSY = reject('BUSY', {
  message: `${EXPORTS_MAX} exports are under way.`,
  next: 'Ask again when one of them has ended.',
  retryAfterMs: 5_000,
});

function backwards(from: number, to: number) {
  return reject('INVALID_ARGUMENT', {
    message: `There is nothing from ${from} to ${to}.`,
    next: 'Numbers of the log begin with 1.',
    details: { path: 'to' },
  });
}
