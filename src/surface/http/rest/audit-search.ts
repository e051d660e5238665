// Searching the log for what somebody caused, a bounded stretch at a time, from either end. From the newest on it goes back in
// windows, for the log is read forwards; where a log was lost and began anew, it goes on before the gap in the numbers.

import type { Coordinator, FeedEvent } from '../../../app/coordinator.ts';
import { rejectionOf } from '../../../app/trouble.ts';
import { concerns } from '../../../core/audit/concerns.ts';
import { epochOf, firstSeqOf } from '../../../core/fleet/epoch.ts';
import { isOperator } from '../../../core/message/mailbox.ts';
import type { PastMoment } from '../../../core/view/past.ts';
import { sentenceOf } from '../../../core/view/sentence.ts';

export interface AuditSearch {
  readonly order: 'oldest' | 'newest';
  /** Where the page before ended; null at the beginning of a search. */
  readonly cursor: number | null;
  readonly most: number;
  /** Null: any operator. */
  readonly actor: string | null;
  readonly agentId: string | null;
  readonly type: string | null;
  /** Within what is shown of an event, whatever its case. */
  readonly text: string | null;
  /** Both are part of it. */
  readonly from: Bound | null;
  readonly to: Bound | null;
}

export type Bound = Extract<PastMoment, { readonly seq: number } | { readonly wallAt: string }>;

export interface AuditPage {
  readonly found: readonly FeedEvent[];
  /** Null where there is no more to look at. */
  readonly cursor: string | null;
}

type Feed = Pick<Coordinator, 'feed' | 'health'>;

/** Facts that one call looks at: a fraction of a second of work. */
const LOOKED_AT = 20_000;
const WINDOW = 2_000;
/** A wall clock that was set back is believed to have been wrong by less. */
const CLOCK_SLACK_MS = 3_600_000;

/** Rejects with a `StoreFault` where the log cannot be read. */
export function searchAudit(coordinator: Feed, search: AuditSearch, signal: AbortSignal): Promise<AuditPage> {
  const wanted = matcherOf(search);
  const asked = { coordinator, search, wanted, signal };
  return search.order === 'oldest' ? fromOldest(asked) : fromNewest(asked);
}

interface Asked {
  readonly coordinator: Feed;
  readonly search: AuditSearch;
  readonly wanted: (event: FeedEvent) => boolean;
  readonly signal: AbortSignal;
}

async function fromOldest({ coordinator, search, wanted, signal }: Asked): Promise<AuditPage> {
  const found: FeedEvent[] = [];
  let looked = 0;
  let seq = Math.max(search.cursor ?? 0, seqOf(search.from, 0) - 1);
  for await (const event of coordinator.feed({ after: seq, once: true, signal })) {
    if (found.length === search.most || looked === LOOKED_AT) return { found, cursor: String(seq) };
    if (isBehind(event, search.to)) break;
    looked += 1;
    seq = event.seq;
    if (wanted(event)) found.push(event);
  }
  return { found, cursor: null };
}

async function fromNewest({ coordinator, search, wanted, signal }: Asked): Promise<AuditPage> {
  const end: AuditPage = { found: [], cursor: null };
  const oldest = await oldestSeq(coordinator, signal);
  if (oldest === null) return end;
  const first = Math.max(oldest, seqOf(search.from, 0));
  const found: FeedEvent[] = [];
  let before = Math.min(search.cursor ?? Number.POSITIVE_INFINITY, coordinator.health().head.seq + 1);
  before = Math.min(before, seqOf(search.to, Number.POSITIVE_INFINITY) + 1);
  for (let looked = 0; before > first; looked += WINDOW) {
    if (looked >= LOOKED_AT) return { found, cursor: String(before) };
    const start = Math.max(first, firstSeqOf(epochOf(before - 1)), before - WINDOW);
    const events = await windowOf(coordinator, { start, before, signal });
    for (const event of events.toReversed()) {
      if (found.length === search.most) return { found, cursor: String(event.seq + 1) };
      if (isAhead(event, search.from)) return { found, cursor: null };
      if (wanted(event)) found.push(event);
    }
    const [earliest] = events;
    before = earliest?.type === 'epoch.started' ? earliest.lost.seq + 1 : start;
  }
  return { found, cursor: null };
}

interface Window {
  readonly start: number;
  readonly before: number;
  readonly signal: AbortSignal;
}

async function windowOf(coordinator: Feed, { start, before, signal }: Window): Promise<readonly FeedEvent[]> {
  const events: FeedEvent[] = [];
  for await (const event of coordinator.feed({ after: start - 1, once: true, signal })) {
    if (event.seq >= before) break;
    events.push(event);
  }
  return events;
}

/** Number of the first event that is kept; null for an empty log. */
async function oldestSeq(coordinator: Feed, signal: AbortSignal): Promise<number | null> {
  try {
    for await (const { seq } of coordinator.feed({ after: 0, once: true, signal })) return seq;
    return null;
  } catch (error) {
    const { code, details } = rejectionOf(error);
    if (code === 'HISTORY_TRUNCATED' && typeof details.removedUpTo === 'number') return details.removedUpTo + 1;
    throw error;
  }
}

function matcherOf({ actor, agentId, type, text, from, to }: AuditSearch): Asked['wanted'] {
  const looked = text?.toLowerCase() ?? null;
  return (event) =>
    (actor === null ? isOperator(event.actor) : event.actor === actor) &&
    (type === null || event.type === type) &&
    (agentId === null || concerns(event, agentId)) &&
    !isLater(from, event) &&
    !isEarlier(to, event) &&
    (looked === null || shownOf(event).toLowerCase().includes(looked));
}

/** What of it a page shows. */
function shownOf(event: FeedEvent): string {
  const { reason = '', resource = '' } = event as { readonly reason?: string; readonly resource?: string };
  return `${sentenceOf(event)}\n${reason}\n${resource}\n${event.actor}`;
}

function seqOf(bound: Bound | null, otherwise: number): number {
  return bound !== null && 'seq' in bound ? bound.seq : otherwise;
}

function isLater(bound: Bound | null, event: FeedEvent): boolean {
  if (bound === null) return false;
  return 'seq' in bound ? bound.seq > event.seq : Date.parse(bound.wallAt) > Date.parse(event.wallAt);
}

function isEarlier(bound: Bound | null, event: FeedEvent): boolean {
  if (bound === null) return false;
  return 'seq' in bound ? bound.seq < event.seq : Date.parse(bound.wallAt) < Date.parse(event.wallAt);
}

/** So far behind the end that nothing within comes after it. */
function isBehind(event: FeedEvent, to: Bound | null): boolean {
  if (to === null) return false;
  return 'seq' in to ? event.seq > to.seq : Date.parse(event.wallAt) > Date.parse(to.wallAt) + CLOCK_SLACK_MS;
}

function isAhead(event: FeedEvent, from: Bound | null): boolean {
  return from !== null && 'wallAt' in from && Date.parse(event.wallAt) < Date.parse(from.wallAt) - CLOCK_SLACK_MS;
}
