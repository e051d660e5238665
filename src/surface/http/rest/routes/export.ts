// History out. A reader that takes nothing holds the export back, and one that has gone ends it.

import * as z from 'zod';
import { isRejection, reject } from '../../../../core/rejection.ts';
import { EXPORT_FORMATS, type HistoryPart, historyText } from '../../../answer/history-text.ts';
import type { HttpParts } from '../../http-parts.ts';
import { problem } from '../../problem.ts';
import { viewerOf } from '../caller.ts';
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
    const slot = takeSlot(parts);
    if (slot === null) return problem(BUSY);
    const withTexts = viewer.kind === 'operator';
    const ending = new AbortController();
    const end = (): void => ending.abort();
    parts.stopping.addEventListener('abort', end);
    const history = { format, eisv, agentId, from, to, withTexts, signal: ending.signal };
    const lines = historyText(parts.fleet.coordinator, history)[Symbol.asyncIterator]();
    const close = (): void => {
      parts.stopping.removeEventListener('abort', end);
      end();
      slot();
    };
    try {
      // Trouble with the log is told as a problem, as long as nothing was said.
      const stream = streamOf(lines, await lines.next(), { signal: ending.signal, close });
      const name = `brigade-history.${format}`;
      const headers = { 'content-type': TYPES[format], 'content-disposition': `attachment; filename="${name}"` };
      return new Response(stream, { headers: { ...headers, 'cache-control': 'no-store' } });
    } catch (error) {
      close();
      throw error;
    }
  },
});

type Lines = AsyncIterator<HistoryPart>;

/** Asks for the next part when the one before is taken. */
function streamOf(
  lines: Lines,
  first: IteratorResult<HistoryPart>,
  { signal, close }: { readonly signal: AbortSignal; readonly close: () => void },
): ReadableStream<Uint8Array> {
  const text = new TextEncoder();
  let next: Promise<IteratorResult<HistoryPart>> | null = Promise.resolve(first);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            const part = await (next ?? lines.next());
            next = null;
            // An export that was given up is no whole one.
            if (signal.aborted) throw new Error('the server stops');
            if (part.done === true) {
              close();
              controller.close();
              return;
            }
            if (part.value.lines === '') continue;
            controller.enqueue(text.encode(`${part.value.lines}\n`));
            return;
          }
        } catch (error) {
          close();
          controller.error(error);
        }
      },
      async cancel() {
        close();
        await lines.return?.();
      },
    },
    { highWaterMark: 1 },
  );
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
