// Epochs. A log that was lost starts again in a new epoch whose numbers lie above every number of the old ones, so no
// fencing token is ever given twice.

import type { EventOf, FleetEvent } from '../event.ts';
import { FORMAT } from '../event.ts';
import type { FleetState } from '../fleet-state.ts';
import type { Instant, Moment } from '../instant.ts';
import { LIMITS } from '../limits.ts';
import { exportState } from './state-image.ts';

const STRIDE = 2 ** 40;

/** The epoch in which an event has this number. */
export function epochOf(seq: number): number {
  return Math.floor(seq / STRIDE);
}

/** First number of an epoch; 1 for the very first. */
export function firstSeqOf(epoch: number): number {
  return epoch === 0 ? 1 : epoch * STRIDE;
}

/** A point in the chain. */
export interface ChainPoint {
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
}

export interface EpochStart {
  readonly fleetId: string;
  readonly epoch: number;
  /** The furthest point anybody on this host is known to have seen. */
  readonly lost: ChainPoint;
  /** How far the starter's own state reached. */
  readonly basis: ChainPoint;
  readonly why: string;
  readonly requestId: string;
}

/** The first event of a new epoch: the state its starter knew. */
export function epochStarted(state: FleetState, start: EpochStart, moment: Moment): EventOf<'epoch.started'> {
  return {
    type: 'epoch.started',
    seq: firstSeqOf(start.epoch),
    at: moment.at,
    wallAt: moment.wallAt,
    version: 1,
    actor: 'brigade',
    requestId: start.requestId,
    fleetId: start.fleetId,
    format: FORMAT,
    lost: start.lost,
    basis: start.basis,
    why: start.why,
    state: exportState(state),
  };
}

/** Long enough for every live process of a host to look at the log again and say that it knows more. */
const SETTLE_MS = 3_000;

/**
 * How long granting rests after a loss: a moment where others of this host may know more, and where nobody knows all until nobody
 * believes any more in what he was told before. On a log that hosts share a belief lasts no longer than its place does unheard, and
 * who knew more may be cut off for as long.
 */
export function restMs(rest: 'settle' | 'belief', isShared: boolean): number {
  if (isShared) return LIMITS.placeSilentMs + LIMITS.placeGraceMs + LIMITS.placeSlackMs;
  return rest === 'settle' ? SETTLE_MS : LIMITS.beliefMaxMs;
}

export interface LossRest {
  readonly epoch: number;
  readonly until: Instant;
  readonly why: string;
  readonly requestId: string;
}

/**
 * The event by which granting rests in a new epoch, right after its first; none where the state that it goes on with rests
 * as long. A rest is never made shorter, and a broken invariant stays one: the rest after the loss goes on underneath.
 */
export function restAfterLoss(state: FleetState, rest: LossRest, moment: Moment): readonly FleetEvent[] {
  const { epoch, until, why, requestId } = rest;
  const known = state.fleet?.suspended ?? null;
  const isBroken = known?.code === 'INVARIANT_BROKEN';
  const restsUntil = isBroken ? known.under?.until : known?.until;
  if (restsUntil !== undefined && (restsUntil ?? Number.POSITIVE_INFINITY) >= until) return [];
  const head = { seq: firstSeqOf(epoch) + 1, ...moment, version: 1, actor: 'brigade', requestId } as const;
  if (!isBroken) return [{ ...head, type: 'granting.suspended', until, code: 'STORE_REGRESSED', why }];
  const [invariant = '', ...detail] = known.why.split(': ');
  return [{ ...head, type: 'invariant.broken', invariant, detail: detail.join(': '), rest: { until, why } }];
}
