// A fleet moves to another store: its log is copied, the copy is proved, and the log that it leaves is ended.
//
//   look at FROM ── whole, and understood here
//   copy to TO   ── a beginning of FROM at any moment; goes on where another try stopped
//   prove        ── the chain of TO is walked, and both fold to the same state
//   end FROM     ── one event at exactly the head that was copied: whoever writes in between makes this fail
//
// From then on whoever still points at FROM is told where the fleet is, and nothing is decided there. Nobody was told of TO
// before, so at no moment are there two logs that grant.

import { movedFrom, movedText, refuseMoved } from '../../core/fleet/moved.ts';
import type { FleetState } from '../../core/fleet-state.ts';
import { isRejection, type Rejection, reject } from '../../core/rejection.ts';
import { type Beat, EMPTY_HEAD, type EventStore, type LogHead } from '../../ports/event-store.ts';
import { type Examination, examineLog, flawOfLog } from '../examine-log.ts';
import { copiedSoFar, copyBatches, copySnapshots, type LogCopy } from './copy-log.ts';
import { endBatch, goesOnFrom, headBeforeEnd, type LogEnd } from './log-end.ts';
import { type FoldingPorts, flawOfCopy, type ProvenBy, stateAtEnd, stateDigest } from './prove-copy.ts';
import { refuseTooLarge, stoppedAsTooLarge } from './too-large.ts';

export interface Move {
  readonly from: Place;
  /** Without a store: none is made there by looking, and it is empty. */
  readonly to: Omit<Place, 'store'> & { readonly store: EventStore | null };
  readonly ports: FoldingPorts;
  readonly onProgress: (what: 'read' | 'copied' | 'proved', events: number) => void;
}

interface Place {
  /** Open. */
  readonly store: EventStore;
  /** The URL of it that people are told. */
  readonly url: string;
}

/** What a move would do, or has left to do. */
export interface Survey extends ProvenBy {
  readonly fleetId: string;
  readonly state: FleetState;
  readonly batches: number;
  readonly base: LogHead;
  /** What the copy holds already. */
  readonly already: LogHead;
  /** It was done before: nothing is left to do. */
  readonly isDone: boolean;
}

/** Looks and changes nothing. Throws `StoreFault`. */
export async function surveyMove(move: Move): Promise<Survey | Rejection> {
  const { from, ports, onProgress } = move;
  const { hasher } = ports;
  const found = await examineLog(from.store, { hasher, onProgress: (_, events) => onProgress('read', events) });
  const refused = refuseLog(found, from.url);
  if (refused !== null) return refused;
  const state = await stateAtEnd(from.store, found, ports);
  const { head, base, events, batches } = found;
  const digest = stateDigest(state, hasher);
  const facts = { head, base, events, batches, digest, state, fleetId: state.fleet?.fleetId ?? '' };
  if (movedFrom(state) !== null) return surveyDone(move, facts);
  const already = await surveyTarget(move, found);
  return isRejection(already) ? already : { ...facts, already, isDone: false };
}

/** Copies, proves, and ends the log that is left; the snapshots that were copied. Throws `StoreFault`. */
export async function performMove(
  move: Move & { readonly to: Place },
  survey: Survey,
  end: Omit<LogEnd, 'to' | 'hasher'> & Pick<Beat, 'bootId'>,
): Promise<{ readonly snapshots: readonly number[]; readonly endedAt: LogHead } | Rejection> {
  const { from, to, ports, onProgress } = move;
  const { head, base, already, state } = survey;
  if (already.seq > 0 && (await isOneStore(move, end))) return oneStore(from.url, to.url);
  const copy: LogCopy = { from: from.store, to: to.store, base, upTo: head, clock: ports.clock };
  const copying = copyBatches({ ...copy, onProgress: (events) => onProgress('copied', events) }, already);
  const stopped = await copying.catch((error: unknown) => stoppedAsTooLarge(error, to.url));
  if (stopped !== undefined) return stopped;
  const snapshots = await copySnapshots(copy);
  const proving = { ...ports, onProgress: (_: number, events: number) => onProgress('proved', events) };
  const flaw = await flawOfCopy(to.store, survey, proving);
  if (flaw !== null) return unlike(to.url, flaw);
  const { hasher } = ports;
  const ended = await from.store.append(head, endBatch(head, state, { ...end, to: to.url, hasher }));
  return ended.appended ? { snapshots, endedAt: ended.head } : grown(from.url, ended.head);
}

/**
 * Both are the same log under two names: what this host says in the one is heard in the other. A log that was copied to itself
 * would be ended for good.
 */
async function isOneStore(
  { from, to, ports: { clock } }: Move & { readonly to: Place },
  { placeId, bootId }: Pick<Beat, 'placeId' | 'bootId'>,
): Promise<boolean> {
  const counter = clock.monotonicMs();
  await from.store.beat({ placeId, bootId, counter, wallAt: clock.wallAt() });
  return (await to.store.beats()).some((beat) => beat.placeId === placeId && beat.counter === counter);
}

function oneStore(from: string, to: string): Rejection {
  return reject('INVALID_ARGUMENT', {
    message: `${from} and ${to} are one store under two names. Nothing was changed.`,
    next: 'Name another file, store or fleet (#NAME at the end of the URL) as TO.',
  });
}

function refuseLog(found: Examination, url: string): Rejection | null {
  const flaw = flawOfLog(found);
  if (flaw !== null)
    return reject('STORE_DAMAGED', {
      message: `The log ${url} is damaged: ${flaw}.`,
      next: 'Put a backup in its place first (`brigade store restore FILE`). Nothing was changed.',
    });
  if (found.tooNew !== null)
    return reject('STORE_VERSION', {
      message: `The log ${url} was written by a newer version of Brigade: ${found.tooNew.problem}`,
      next: 'Copy it with a version at least as new. Nothing was changed.',
    });
  if (found.head.seq > 0) return null;
  return reject('INVALID_ARGUMENT', {
    message: `There is no fleet in ${url}.`,
    next: 'Name the store that the fleet uses now; `brigade config` tells which one that is.',
  });
}

/** The fleet has left this log before: to there, and it is there. */
async function surveyDone({ from, to }: Move, facts: Omit<Survey, 'already' | 'isDone'>): Promise<Survey | Rejection> {
  const moved = movedFrom(facts.state);
  if (moved === null || moved.to !== to.url) return refuseMoved(facts.state) ?? grown(from.url, facts.head);
  const end = await headBeforeEnd(from.store, facts.state);
  if (end !== null && to.store !== null && (await goesOnFrom(to.store, end)))
    return { ...facts, already: { ...end, format: facts.head.format }, isDone: true };
  return reject('NOT_SAFE', {
    message: `${movedText(moved)}, and ${to.url} does not hold what it took there.`,
    next: 'Find out what became of that store, or put its backup in place (`brigade store restore FILE`). Where it is lost for good, `brigade store repair --force --reason ...` lets the fleet go on from what is here.',
    details: { to: moved.to, movedAt: moved.sinceWallAt },
  });
}

/** How much of it the target holds. */
async function surveyTarget({ from, to }: Move, found: Examination): Promise<LogHead | Rejection> {
  if (to.store === null) return EMPTY_HEAD;
  const tooLarge = await refuseTooLarge(from.store, { ...to, store: to.store }, found);
  if (tooLarge !== null) return tooLarge;
  const already = await copiedSoFar({ from: from.store, to: to.store, base: found.base, upTo: found.head });
  return already ?? occupied(to.url, await to.store.open());
}

function occupied(url: string, { seq }: LogHead): Rejection {
  return reject('NOT_SAFE', {
    message: `${url} is not empty: it ends at number ${seq} and is no beginning of this log. Nothing was changed.`,
    next: 'Name an empty place: another file, or another fleet with #NAME at the end of the URL.',
    details: { seq },
  });
}

function unlike(url: string, flaw: string): Rejection {
  return reject('STORE_DAMAGED', {
    message: `The copy in ${url} is not the log that was copied: ${flaw}.`,
    next: 'The fleet is still where it was, and nothing was ended. Copy to another empty place, and keep this one to find out why.',
  });
}

function grown(url: string, { seq }: LogHead): Rejection {
  return reject('NOT_SAFE', {
    message: `Somebody wrote to ${url} while it was copied: it stands at ${seq} now. Nothing was ended.`,
    next: 'See who is at work (`brigade ps`, `brigade agents`), and run the same command again; what was copied stays.',
    details: { seq },
  });
}
