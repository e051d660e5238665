// Opening a stream: who reads, from where on, and whether there is room for one more. What stands against it is told as a
// problem; once the answer has begun, only the last event of the stream can say anything.

import { clock } from '../../../compose.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { type Viewer, viewerOf } from '../rest/caller.ts';
import type { HttpContext } from '../rest/operation.ts';
import { eventFilter, type FilterFields } from './event-filter.ts';
import type { EventHub } from './event-hub.ts';
import { StreamReader } from './stream-reader.ts';

/** Readers of one server. What waits for them is bounded for each of them. */
const READERS_MAX = 256;
/** Readers of one session; all those without a credential leave some for the others. */
const READERS_OF_ONE_MAX = 16;
const READERS_OF_NOBODY_MAX = 224;
/** When the connection ends, a client comes back after this long. */
const COME_BACK_MS = 2_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // The stream ends with its connection.
  connection: 'close',
  'x-accel-buffering': 'no',
};

/** How many read, by who they are. One for each hub. */
const readers = new WeakMap<EventHub, Map<string, number>>();

export interface StreamAsked {
  readonly parts: HttpParts;
  readonly c: HttpContext;
  readonly query: FilterFields & { readonly after?: number | undefined };
}

/** Throws `StoreFault` where the log cannot be read. */
export async function openStream({ parts, c, query }: StreamAsked): Promise<Response> {
  const filter = eventFilter(query);
  if (isRejection(filter)) return problem(filter);
  const asked = placeOf(c.req.header('last-event-id'), query.after);
  if (isRejection(asked)) return problem(asked);
  const viewer = await viewerOf(parts, c);
  if (isRejection(viewer)) return problem(viewer);
  const { coordinator } = parts.fleet;
  const provenSeq = coordinator.health().head.seq;
  // An answer to HEAD has no body that anybody would read.
  if (c.req.raw.method === 'HEAD') return new Response(null, { headers: HEADERS });
  const hub = c.get('events');
  if (asked !== null) await reach(parts, hub, asked);
  const head = await headNow(parts, hub);
  const leave = seatOf(hub, viewer);
  if (typeof leave !== 'function') return problem(leave);
  const after = asked ?? head;
  const { outgoing } = c.env ?? {};
  const reader = new StreamReader({
    hub,
    coordinator,
    clock,
    filter,
    viewer,
    after,
    provenSeq,
    greeting: greeting({ after, head, fleetId: coordinator.fleetId() }),
    onOver: leave,
    destroy: () => {
      if (outgoing?.writableFinished === false) outgoing.destroy();
    },
  });
  c.req.raw.signal.addEventListener('abort', () => reader.gone(), { once: true });
  if (c.req.raw.signal.aborted) reader.gone();
  if (parts.stopping.aborted) reader.end('stopping');
  return new Response(reader.body, { headers: HEADERS });
}

/** A client that comes back says by itself where it was; the query still says where it began. */
function placeOf(lastEventId: string | undefined, after: number | undefined): number | null | Rejection {
  if (lastEventId === undefined || lastEventId === '') return after ?? null;
  const seq = /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : Number.NaN;
  if (Number.isSafeInteger(seq)) return seq;
  return reject('INVALID_ARGUMENT', {
    message: 'GET /v1/stream: Last-Event-ID is no number of an event.',
    next: 'Send the id of the last event that you have, or leave it out and name it in after.',
    details: { path: 'Last-Event-ID' },
  });
}

/** Throws HISTORY_TRUNCATED, or what else stands against reading from there, before anything is answered. */
async function reach({ fleet }: HttpParts, hub: EventHub, after: number): Promise<void> {
  if (hub.after(after) !== null) return;
  for await (const _ of fleet.coordinator.feed({ after, once: true })) return;
}

/** Where the log stands. */
async function headNow({ fleet }: HttpParts, hub: EventHub): Promise<number> {
  if (hub.seq !== null) return hub.seq;
  await fleet.coordinator.view({ kind: 'counts' });
  return fleet.coordinator.health().head.seq;
}

/** A place among the readers, given up by calling the answer; or why there is none. */
function seatOf(hub: EventHub, viewer: Viewer): (() => void) | Rejection {
  const counts = readers.get(hub) ?? new Map<string, number>();
  readers.set(hub, counts);
  const who = viewer.kind === 'session' ? viewer.sessionId : viewer.kind;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const own = counts.get(who) ?? 0;
  const most = viewer.kind === 'anybody' ? READERS_OF_NOBODY_MAX : READERS_OF_ONE_MAX;
  if (total >= READERS_MAX || own >= most) return tooMany(total >= READERS_MAX ? READERS_MAX : most);
  counts.set(who, own + 1);
  return () => {
    const left = (counts.get(who) ?? 1) - 1;
    if (left > 0) counts.set(who, left);
    else counts.delete(who);
  };
}

function tooMany(most: number): Rejection {
  return reject('BUSY', {
    message: `${most} readers follow the log here already.`,
    next: 'Close a stream that nobody reads, or read GET /v1/events from time to time.',
    retryAfterMs: 5_000,
  });
}

function greeting(ready: { readonly after: number; readonly head: number; readonly fleetId: string | null }): string {
  return `retry: ${COME_BACK_MS}\nevent: ready\ndata: ${JSON.stringify(ready)}\n\n`;
}
