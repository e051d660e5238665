// How a batch is written: one JSON object, `{v, id, at, wallAt, place, events}`. Number and time are said once for the batch;
// an event's number follows from the batch's first, its time is the batch's. Reading refuses what it does not know: an
// event that this version cannot fold is never skipped, because a state without it would be another state.

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

/** One event as it stands in the body, without what the batch says for all. */
export function encodeEvent(event: FleetEvent): string {
  const { seq: _seq, at: _at, wallAt: _wallAt, ...rest } = event;
  return JSON.stringify(rest);
}

/** The batch that continues `head` with these encoded events. */
export function encodeBatch(head: LogHead, events: readonly string[], parts: BatchParts): Batch {
  const { id, at, wallAt, placeId, epoch, format, hasher } = parts;
  const before = JSON.stringify({ v: 1, id, at, wallAt, place: placeId });
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
  if (body.v !== 1) throw unknownVersion(stored, `a body of version ${String(body.v)}`);
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
    events: events.map((event, i) => decodeEvent(stored, event, { seq: stored.firstSeq + i, at, wallAt })),
  };
}

function decodeEvent(
  stored: StoredBatch,
  event: unknown,
  head: { readonly seq: number; readonly at: Instant; readonly wallAt: string },
): FleetEvent {
  if (typeof event !== 'object' || event === null || !('type' in event) || typeof event.type !== 'string') {
    throw damaged(stored, `event ${head.seq} has no type`);
  }
  const version = 'version' in event ? Number(event.version) : 0;
  if (!canFold(event.type, version)) throw unknownVersion(stored, `version ${version} of ${event.type.slice(0, 60)}`);
  return { ...head, ...event } as FleetEvent;
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
