// How a batch is written: one JSON object, `{v, id, at, wallAt, place, events}`. Number and time are said once for the batch;
// an event's number follows from the batch's first, its time is the batch's. Reading refuses what it does not know: an
// event that this version cannot fold is never skipped, because a state without it would be another state.
//
// Bodies of version 2 leave out of an event what follows from the rest of it; that is a third of it:
//
//   version        1
//   actor          the same as `agentId`
//   request.scope  the same as `sessionId`
//   requestId      the same as `request.id`, where there is a `request`; null where there is one and no `requestId`

import { canFold } from '../core/apply.ts';
import { type FleetEvent, FORMAT } from '../core/event.ts';
import type { Instant, Moment } from '../core/instant.ts';
import { chainHash } from '../ports/chain.ts';
import { type Batch, type LogHead, type StoredBatch, StoreFault } from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';

/** A batch as the fold takes it. */
export interface ReadBatch {
  readonly id: string;
  readonly at: Instant;
  readonly wallAt: string;
  /** Whose coordinator wrote it. */
  readonly placeId: string;
  readonly events: readonly FleetEvent[];
}

export interface BatchParts extends Moment {
  readonly id: string;
  readonly placeId: string;
  readonly epoch: number;
  readonly format: number;
  readonly hasher: Hasher;
}

/** The version of bodies that this code writes. */
const BODY = 2;

/** One event as it stands in the body, without what the batch says for all. JSON leaves out what is undefined. */
export function encodeEvent(event: FleetEvent): string {
  const { version, actor, agentId, sessionId, requestId, request } = event;
  const isNamedByMark = request !== undefined && requestId === request.id;
  return JSON.stringify({
    ...event,
    seq: undefined,
    at: undefined,
    wallAt: undefined,
    version: version === 1 ? undefined : version,
    actor: actor === agentId ? undefined : actor,
    requestId: isNamedByMark ? undefined : (requestId ?? (request === undefined ? undefined : null)),
    request: request !== undefined && request.scope === sessionId ? { ...request, scope: undefined } : request,
  });
}

/** The batch that continues `head` with these encoded events. */
export function encodeBatch(head: LogHead, events: readonly string[], parts: BatchParts): Batch {
  const { id, at, wallAt, placeId, epoch, format, hasher } = parts;
  const before = JSON.stringify({ v: BODY, id, at, wallAt, place: placeId });
  const body = `${before.slice(0, -1)},"events":[${events.join(',')}]}`;
  return { id, epoch, format, count: events.length, body, hash: chainHash(hasher, head.hash, body) };
}

/**
 * The events of a stored batch, numbered. Throws STORE_VERSION for a format, a body version or an event that this version
 * does not know, STORE_DAMAGED for a body that is not one of ours.
 */
export function decodeBatch(stored: StoredBatch): ReadBatch {
  if (stored.format > FORMAT) throw unknownVersion(stored, `format ${stored.format}`);
  const body = parseBody(stored);
  if (body.v !== 1 && body.v !== BODY) throw unknownVersion(stored, `a body of version ${String(body.v)}`);
  const { id, at, wallAt, place, events } = body;
  if (typeof at !== 'number' || typeof wallAt !== 'string' || typeof place !== 'string' || !Array.isArray(events)) {
    throw damaged(stored, 'its body lacks a field');
  }
  if (id !== stored.id) throw damaged(stored, 'its body names another batch');
  if (events.length !== stored.count) throw damaged(stored, `its body holds ${events.length} events`);
  return {
    id: stored.id,
    at,
    wallAt,
    placeId: place,
    events: events.map((event: unknown, i) => {
      const whole = body.v === 1 ? event : completed(event);
      return decodeEvent(stored, whole, { seq: stored.firstSeq + i, at, wallAt });
    }),
  };
}

/** When a stored batch was logged, ISO 8601 UTC, without reading its events. Throws STORE_DAMAGED where it does not say. */
export function wallAtOf(stored: StoredBatch): string {
  // No text within the part before can look like this: its quotes would be escaped.
  const end = stored.body.indexOf(EVENTS_BEGIN);
  const { wallAt } = parseBody(end === -1 ? stored : { ...stored, body: `${stored.body.slice(0, end)}}` });
  if (typeof wallAt !== 'string') throw damaged(stored, 'its body lacks a field');
  return wallAt;
}

const EVENTS_BEGIN = ',"events":[';

function decodeEvent(
  stored: StoredBatch,
  event: unknown,
  head: { readonly seq: number; readonly at: Instant; readonly wallAt: string },
): FleetEvent {
  if (typeof event !== 'object' || event === null || !('type' in event) || typeof event.type !== 'string') {
    throw damaged(stored, `event ${head.seq} has no type`);
  }
  const version = 'version' in event && typeof event.version === 'number' ? event.version : 0;
  if (!canFold(event.type, version)) throw unknownVersion(stored, `version ${version} of ${event.type.slice(0, 60)}`);
  return { ...head, ...event } as FleetEvent;
}

/** Adds what it left out. The event was parsed a moment ago, so it is written into as it is. */
function completed(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return event;
  const whole = event as Record<string, unknown>;
  whole.version ??= 1;
  whole.actor ??= whole.agentId;
  const { request } = whole;
  if (typeof request !== 'object' || request === null) return whole;
  const mark = request as Record<string, unknown>;
  mark.scope ??= whole.sessionId;
  if (whole.requestId === null) delete whole.requestId;
  else whole.requestId ??= mark.id;
  return whole;
}

function parseBody(stored: StoredBatch): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(stored.body);
    if (typeof body === 'object' && body !== null) return body as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw damaged(stored, 'its body is not JSON', error);
  }
  throw damaged(stored, 'its body is no object');
}

function damaged(stored: StoredBatch, problem: string, cause?: unknown): StoreFault {
  return new StoreFault(
    'STORE_DAMAGED',
    `Batch ${stored.id} (events ${stored.firstSeq} to ${stored.lastSeq}) cannot be read: ${problem}. ` +
      'Nothing was changed; `brigade doctor` explains what can be saved.',
    { cause, details: { batchId: stored.id, seq: stored.firstSeq } },
  );
}

function unknownVersion(stored: StoredBatch, what: string): StoreFault {
  return new StoreFault(
    'STORE_VERSION',
    `Batch ${stored.id} (events ${stored.firstSeq} to ${stored.lastSeq}) holds ${what}, which this version of Brigade ` +
      `(log format ${FORMAT}) does not know. Start a version that is at least as new as the one that wrote it.`,
    { details: { batchId: stored.id, seq: stored.firstSeq, ownFormat: FORMAT } },
  );
}
