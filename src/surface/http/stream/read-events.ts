// A page of the log: facts and sentences after a number, for catching up and for programs that ask from time to time. Bounded
// in rows, in bytes, and in how much of the log one call looks through; the cursor says how far it came.

import { clock } from '../../../compose.ts';
import { isRejection } from '../../../core/rejection.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { viewerOf } from '../rest/caller.ts';
import type { HttpContext } from '../rest/operation.ts';
import { eventFilter, type FilterFields } from './event-filter.ts';
import { mayReadText } from './reader-rights.ts';
import { ToldEvent } from './told-event.ts';

export const EVENTS_SHOWN = 100;
export const EVENTS_MAX = 1_000;
const PAGE_CHARACTERS = 1024 * 1024;
/** A filter that lets little through is asked again with the cursor. */
const LOOKED_MAX = 20_000;
const LOOKED_A_TURN = 256;

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

export interface EventsAsked {
  readonly parts: HttpParts;
  readonly c: HttpContext;
  readonly query: FilterFields & { readonly after?: number | undefined; readonly limit?: number | undefined };
}

/** Throws `StoreFault` where the log cannot be read, HISTORY_TRUNCATED among them. */
export async function readEvents({ parts, c, query }: EventsAsked): Promise<Response> {
  const filter = eventFilter(query);
  if (isRejection(filter)) return problem(filter);
  const viewer = await viewerOf(parts, c);
  if (isRejection(viewer)) return problem(viewer);
  const { coordinator } = parts.fleet;
  const { after = 0, limit = EVENTS_SHOWN } = query;
  const told: string[] = [];
  let [seq, looked, characters] = [after, 0, 0];
  let hasMore = false;
  for await (const event of coordinator.feed({ after, once: true })) {
    hasMore = told.length >= limit || characters >= PAGE_CHARACTERS || looked >= LOOKED_MAX;
    if (hasMore) break;
    seq = event.seq;
    looked += 1;
    if (looked % LOOKED_A_TURN === 0) await new Promise<void>((resolve) => void clock.after(0, resolve));
    if (filter !== null && !filter(event)) continue;
    const text = new ToldEvent(event, parts.seat.worktree).json(mayReadText(viewer, event));
    told.push(text);
    characters += text.length;
  }
  const head = Math.max(seq, coordinator.health().head.seq);
  // Each is JSON already.
  const body = `{"events":[${told.join(',')}],"cursor":${seq},"hasMore":${hasMore},"head":${head}}`;
  return new Response(body, { headers: HEADERS });
}
