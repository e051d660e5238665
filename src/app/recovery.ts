// What to do about a log that is not the one it was: wiped, rolled back, forked, or started again by somebody else.
//
// Three witnesses are compared with what the log shows now:
//   own      what this process itself has folded of the log before the loss; it knows the state there
//   witness  the highest head that any process of this host has seen; only a number and a hash
//   log      what stands there now, perhaps already a new epoch of another process
//
// A log that holds what we know, or whose newest epoch was started by somebody who knew at least as much, is sound. Else
// a new epoch is started with the most that we know, above every number ever seen, so that no token repeats. Granting
// goes on at once only if that state is known to be whole; else it rests until no holder can believe any more.

import type { FleetEvent } from '../core/event.ts';
import type { FleetState } from '../core/fleet-state.ts';
import type { LeaseRow } from '../core/rows.ts';
import { EPOCH_STRIDE, type EventStore, type LogHead, type StoredBatch, StoreFault } from '../ports/event-store.ts';
import type { WitnessedHead } from '../ports/witness.ts';
import { decodeBatch } from './batch-codec.ts';

/** What a process knows of a log besides what the log says. */
export interface Knowledge {
  /** Null for a process that has just started. */
  readonly own: OwnKnowledge | null;
  readonly witness: WitnessedHead | null;
}

export interface OwnKnowledge {
  /** How far this process itself has folded, remains of a lost log included. */
  readonly head: LogHead;
  /** How far it had folded before it noticed; what the remains held beyond it was acknowledged to nobody, or is whole. */
  readonly before: LogHead;
  /** Of the last batches up to `head`: a log that ends at one of them holds nothing that this process has not folded. */
  readonly hashes: ReadonlySet<string>;
  /** Everything that was written was folded: the remains of the lost log were read to their end. */
  readonly isWhole: boolean;
}

/** A loss to be settled by a new epoch. */
export interface Loss {
  /** The furthest head known to have been there. */
  readonly lost: WitnessedHead;
  readonly why: string;
  /** How long granting rests after the new epoch has started. */
  readonly rest: 'none' | 'settle' | 'belief';
}

/** The log as it stands now, folded to `head`. */
export interface LogNow {
  readonly store: Pick<EventStore, 'read'>;
  readonly head: LogHead;
  /** Granting rests in it, so nothing was granted since it started. */
  readonly isSuspended: boolean;
}

/** Null when the log is sound. */
export async function assessLog(log: LogNow, known: Knowledge): Promise<Loss | null> {
  const { own, witness } = known;
  const missingToUs = own === null ? null : await missingOwn(log, own);
  // Everything that we know may be there, and others of this host have seen more.
  const missing = missingToUs ?? (await missingWitness(log, witness));
  if (missing === null) return null;
  const lost = witness !== null && compare(witness, missing) > 0 ? witness : missing;
  return { lost, why: explain(log.head, lost), rest: await restAfter(log, known) };
}

/**
 * What we know and the log does not. Whoever started a new epoch had read the remains too, and everything acknowledged was
 * among them: then only what we had folded before counts, and not what a writer left in a file that was gone already.
 */
async function missingOwn(log: LogNow, { head, before }: OwnKnowledge): Promise<LogHead | null> {
  const point = log.head.epoch > head.epoch ? before : head;
  return (await isCovered(log, point)) ? null : head;
}

/** The witness, when the log neither holds it nor was started anew since. Who started it anew has seen to it. */
async function missingWitness(log: LogNow, witness: WitnessedHead | null): Promise<WitnessedHead | null> {
  if (witness === null || log.head.epoch > witness.epoch || (await holds(log, witness))) return null;
  return witness;
}

async function restAfter(log: LogNow, { own, witness }: Knowledge): Promise<Loss['rest']> {
  if (own === null) return 'belief';
  const reachesWitness = witness === null || reaches(own.head, witness) || (await holds(log, witness));
  if (!reachesWitness || (await mayHoldClaims(log, own))) return 'belief';
  return own.isWhole ? 'none' : 'settle';
}

/**
 * Whatever was granted in a log that we do not know would be granted again; and where granting rested, a process may have
 * joined a session for which another one is then taken to have been the last.
 */
async function mayHoldClaims(log: LogNow, { head, hashes }: OwnKnowledge): Promise<boolean> {
  // Shorter than what we know it may be and go on differently all the same.
  if (log.head.epoch <= head.epoch) return log.head.seq > 0 && !hashes.has(log.head.hash);
  if (!log.isSuspended) return true;
  const start = await startOf(log, log.head.epoch);
  return start?.lastSeq !== log.head.seq;
}

/** The log holds `point`, or its newest epoch was started by somebody who knew it. */
async function isCovered(log: LogNow, point: WitnessedHead): Promise<boolean> {
  if (await holds(log, point)) return true;
  let epoch = log.head.epoch;
  while (epoch > point.epoch) {
    const basis = await basisOf(log, epoch);
    // An epoch that cannot be read any more was built upon by one that can.
    if (basis === null) return true;
    if (basis.epoch === point.epoch) return reaches(basis, point);
    if (basis.epoch >= epoch) return false;
    epoch = basis.epoch;
  }
  return false;
}

/** True when the batch that ends at the point's number has its hash, as far as the log still tells. */
export async function holds({ store, head }: Pick<LogNow, 'store' | 'head'>, point: WitnessedHead): Promise<boolean> {
  if (point.seq === 0) return true;
  if (head.seq < point.seq) return false;
  if (head.seq === point.seq) return head.hash === point.hash;
  const [batch] = await readOrNone(store, point.seq - 1);
  // Behind what retention has kept nothing can be compared.
  if (batch === undefined) return true;
  return batch.lastSeq === point.seq && batch.hash === point.hash;
}

/**
 * Tokens of leases that we know of and that this log gave to somebody else, or for something else: behind a fork both sides count
 * on from the same number.
 */
export async function tokensGivenTwice(
  log: Pick<LogNow, 'store' | 'head'> & { readonly state: FleetState },
  known: FleetState,
): Promise<readonly number[]> {
  const leases = [...known.leases.rows()].toSorted((a, b) => a.token - b.token);
  const reached = leases.filter(({ token }) => token <= log.head.seq);
  // Before a fork every event is the same, and behind it none is.
  const apart = reached.slice(await firstWhere(reached, async (lease) => !(await isThere(log, lease))));
  const granted = await grantsBetween(log, (apart[0]?.token ?? 1) - 1, apart.at(-1)?.token ?? 0);
  const isAnothers = (lease: LeaseRow): boolean => {
    const there = log.state.leases.get(String(lease.token));
    return there !== undefined && !isSameGrant(there, lease);
  };
  const twice = leases.filter((lease) => granted.has(lease.token) || isAnothers(lease));
  return twice.map(({ token }) => token);
}

/** The log has this very grant at its number. What retention has cut off was the same. */
async function isThere({ store }: Pick<LogNow, 'store'>, lease: LeaseRow): Promise<boolean> {
  const [batch] = await readOrNone(store, lease.token - 1);
  if (batch === undefined) return true;
  return decodeBatch(batch).events.some((event) => {
    if (event.seq !== lease.token || event.type !== 'lease.granted') return false;
    const { sessionId = '', resource = '', at } = event;
    return isSameGrant({ sessionId, resource, grantedAt: at }, lease);
  });
}

/** Tokens that the log has given behind number `from`, up to number `last`. */
async function grantsBetween({ store }: Pick<LogNow, 'store'>, from: number, last: number): Promise<Set<number>> {
  const granted = new Set<number>();
  for (let after = from; after < last; ) {
    const batches = await store.read(after, READ_EVENTS);
    if (batches.length === 0) break;
    for (const batch of batches) {
      after = batch.lastSeq;
      for (const { type, seq } of decodeBatch(batch).events) if (type === 'lease.granted') granted.add(seq);
    }
  }
  return granted;
}

function isSameGrant(a: Pick<LeaseRow, 'sessionId' | 'resource' | 'grantedAt'>, b: LeaseRow): boolean {
  return a.sessionId === b.sessionId && a.resource === b.resource && a.grantedAt === b.grantedAt;
}

/** Index of the first row from which on `is` holds; the number of rows where it holds for none. */
async function firstWhere<T>(rows: readonly T[], is: (row: T) => Promise<boolean>): Promise<number> {
  let from = 0;
  let to = rows.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const row = rows[middle];
    if (row === undefined || (await is(row))) to = middle;
    else from = middle + 1;
  }
  return from;
}

const READ_EVENTS = 1_000;

/** How far the starter of this epoch knew the log before; null when its start is not in the log. */
async function basisOf(log: LogNow, epoch: number): Promise<WitnessedHead | null> {
  const batch = await startOf(log, epoch);
  const start = batch === null ? undefined : decodeBatch(batch).events.find(isEpochStart);
  return start?.basis ?? null;
}

/** The batch that starts this epoch; null when it is not in the log. */
async function startOf({ store }: LogNow, epoch: number): Promise<StoredBatch | null> {
  const [batch] = await readOrNone(store, epoch * EPOCH_STRIDE - 1);
  return batch === undefined || batch.firstSeq !== epoch * EPOCH_STRIDE ? null : batch;
}

function isEpochStart(event: FleetEvent): event is Extract<FleetEvent, { type: 'epoch.started' }> {
  return event.type === 'epoch.started';
}

async function readOrNone(store: LogNow['store'], after: number): ReturnType<EventStore['read']> {
  try {
    return await store.read(after, 1);
  } catch (error) {
    if (error instanceof StoreFault && error.code === 'HISTORY_TRUNCATED') return [];
    throw error;
  }
}

/** `known` lies at `point` or beyond it on the same chain, as far as numbers tell. */
function reaches(known: WitnessedHead, point: WitnessedHead): boolean {
  if (known.epoch !== point.epoch) return known.epoch > point.epoch;
  return known.seq === point.seq ? known.hash === point.hash : known.seq > point.seq;
}

function compare(a: WitnessedHead, b: WitnessedHead): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}

function explain(head: LogHead, lost: WitnessedHead): string {
  const seen = `it was seen at ${lost.seq}`;
  if (head.seq === 0) return `the log was removed: ${seen} and is empty now`;
  if (compare(head, lost) < 0) return `the log was rolled back: ${seen} and ends at ${head.seq} now`;
  return `the log was replaced by another one: ${seen} with hash ${lost.hash.slice(0, 12)}, which it does not hold`;
}
