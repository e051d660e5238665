// Starting a new epoch: its first event carries the whole state that its starter knew, so whoever folds the log from here
// on needs nothing of what was lost.

import { type EventOf, type FleetEvent, FORMAT } from '../core/event.ts';
import { epochStarted, restAfterLoss, restMs } from '../core/fleet/epoch.ts';
import { endTokensGivenTwice } from '../core/fleet/given-twice.ts';
import { emptyState, type FleetState, type TableName } from '../core/fleet-state.ts';
import type { Moment } from '../core/instant.ts';
import {
  type Appended,
  type Batch,
  type Conflict,
  type EventStore,
  type LogHead,
  StoreFault,
  type StoreTraits,
} from '../ports/event-store.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { WitnessedHead } from '../ports/witness.ts';
import { encodeBatch, encodeEvent } from './batch-codec.ts';
import type { Loss } from './recovery.ts';

export interface EpochPlan {
  readonly loss: Loss;
  readonly fleetId: string;
  /** The state to go on with, and how far it reached. */
  readonly state: FleetState;
  readonly basis: LogHead;
  /** Tokens of leases in `state` that the log gave to something else. */
  readonly givenTwice: readonly number[];
  /** Where the log stands now; the new epoch follows it. */
  readonly head: LogHead;
  readonly witness: WitnessedHead | null;
  readonly moment: Moment;
  readonly batchId: string;
  readonly placeId: string;
  readonly traits: StoreTraits;
  readonly hasher: Hasher;
}

/**
 * Starts the next epoch, with as much as the store can take: one that compresses finds that out only when it tries. Throws
 * STORE_REGRESSED where the least is too large.
 */
export async function appendEpoch(store: Pick<EventStore, 'append'>, plan: EpochPlan): Promise<Appended | Conflict> {
  for (const batch of epochBatches(plan)) {
    try {
      return await store.append(plan.head, batch);
    } catch (error) {
      if (!(error instanceof StoreFault) || error.code !== 'TOO_LARGE') throw error;
    }
  }
  throw tooLarge(plan.loss);
}

/**
 * The batches that can start the next epoch, the one with the most in it first. Throws STORE_REGRESSED where even the least is
 * larger than the store ever takes.
 */
export function epochBatches(plan: EpochPlan): readonly Batch[] {
  const { head, basis, witness, moment, hasher, placeId } = plan;
  const epoch = Math.max(head.epoch, basis.epoch, witness?.epoch ?? 0) + 1;
  const parts = { id: plan.batchId, ...moment, placeId, epoch, format: FORMAT, hasher };
  const rest = restOf(plan, epoch);
  const batches = ([[], SPARED] as const).map((left) => {
    const start = [startEvent(plan, epoch, without(plan.state, left)), ...rest];
    const events = [...start, ...endTokensGivenTwice(start, plan.givenTwice, moment)];
    return encodeBatch(head, events.map(encodeEvent), parts);
  });
  const { maxBatchBytes, maxBatchEvents } = plan.traits;
  const fitting = batches.filter(
    ({ body, count }) => Buffer.byteLength(body) <= maxBatchBytes && count <= maxBatchEvents,
  );
  if (fitting.length === 0) throw tooLarge(plan.loss);
  return fitting;
}

function tooLarge({ lost }: Loss): StoreFault {
  return new StoreFault(
    'STORE_REGRESSED',
    'The log was lost, and the state that is still known is too large to be written at once. Put the log back with ' +
      '`brigade store restore FILE`, or end this process to go on without it.',
    { details: { lost } },
  );
}

function startEvent(plan: EpochPlan, epoch: number, state: FleetState): EventOf<'epoch.started'> {
  const { fleetId, basis, moment, batchId, loss } = plan;
  const start = {
    fleetId,
    epoch,
    lost: point(loss.lost),
    basis: point(basis),
    why: loss.why,
    requestId: batchId,
  };
  return epochStarted(state, start, moment);
}

function restOf({ loss, moment, batchId, state, traits }: EpochPlan, epoch: number): readonly FleetEvent[] {
  if (loss.rest === 'none') return [];
  const until = moment.at + restMs(loss.rest, traits.sharedAcrossHosts);
  return restAfterLoss(state, { epoch, until, why: loss.why, requestId: batchId }, moment);
}

/** What may be left out of a state that is too large: memory of the past, no claim of anybody. */
const SPARED: readonly TableName[] = ['requests', 'endedTickets', 'refusals', 'notices'];

function without(state: FleetState, spared: readonly TableName[]): FleetState {
  if (spared.length === 0) return state;
  const empty = emptyState();
  const slim: Record<string, unknown> = { ...state };
  for (const name of spared) slim[name] = empty[name];
  return slim as unknown as FleetState;
}

function point({ epoch, seq, hash }: WitnessedHead): WitnessedHead {
  return { epoch, seq, hash };
}
