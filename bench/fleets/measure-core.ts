// What deciding and folding cost on this machine, and what a fleet of this size leaves in the memory of each host that folds
// it. One thread, no store; measured on what the simulated agents really ask.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { decodeBatch, encodeBatch } from '../../src/app/batch-codec.ts';
import type { EncodedGroup } from '../../src/app/decide-batch.ts';
import { snapshotBody } from '../../src/app/snapshot-body.ts';
import { apply } from '../../src/core/apply.ts';
import { FORMAT } from '../../src/core/event.ts';
import { emptyState } from '../../src/core/fleet-state.ts';
import { isRejection } from '../../src/core/rejection.ts';
import type { Answer, LeaseFacts } from '../../src/core/reply.ts';
import { headAfter, verifyChain } from '../../src/ports/chain.ts';
import { type Batch, EMPTY_HEAD, type LogHead, type StoredBatch } from '../../src/ports/event-store.ts';
import { placeBatch } from '../../src/ports/place-batch.ts';
import { randomOf } from '../../test/support/random.ts';
import { FleetModel, WALL_AT } from './fleet-model.ts';
import type { CoreCosts } from './host-model.ts';
import { AgentLife, type Load } from './load.ts';

export interface CoreMeasures {
  readonly costs: CoreCosts;
  /** Of one host that folds one fleet, after some minutes of work. */
  readonly replicaBytes: number;
  /** Of such a fleet. */
  readonly snapshot: string;
  /** Mean of a batch as it is written. */
  readonly batchBytes: number;
}

const FLEETS = 20;
const ROUNDS = 10;

export async function measureCore(load: Load): Promise<CoreMeasures> {
  // What the compiler has seen costs what it costs later.
  work(new FleetModel('warm', load.agents), load);
  const before = memory();
  const fleets = Array.from({ length: FLEETS }, (_, i) => new FleetModel(`fleet-${i}`, load.agents));
  const decideMs = timed(commandsOf(fleets), () => {
    for (const fleet of fleets) work(fleet, load);
  });
  const replicaBytes = (memory() - before) / FLEETS;
  const [first] = fleets;
  if (first === undefined) throw new Error('no fleet');
  const written = writtenBy(load);
  return {
    costs: { decideMs: decideMs(commandsOf(fleets)), foldMs: foldMs(written) },
    replicaBytes,
    snapshot: await snapshotBody(first.state),
    batchBytes: written.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0) / written.length,
  };
}

function commandsOf(fleets: readonly FleetModel[]): number {
  return fleets.reduce((sum, { counts }) => sum + counts.commands, 0);
}

/** Does the work; then tells how long each took, once it is known how many there are. */
function timed(before: number, run: () => void): (after: number) => number {
  const beganMs = performance.now();
  run();
  const spentMs = performance.now() - beganMs;
  return (after) => spentMs / (after - before);
}

/** Some rounds of all agents, one after the other, each an append of its own. */
function work(fleet: FleetModel, load: Load): void {
  const random = randomOf(load.agents);
  const lives = Array.from({ length: load.agents }, () => new AgentLife(random.fork(), load));
  let atMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [agent, life] of lives.entries()) {
      atMs += 50;
      const [answer] = fleet.append([{ agent, ask: life.acquire() }], atMs, 'host');
      const [lease] = leasesIn(answer);
      if (lease === undefined) throw new Error('somebody else held it');
      for (const ask of [life.release(lease), ...life.afterRound()]) fleet.append([{ agent, ask }], atMs, 'host');
    }
  }
}

function leasesIn(answer: Answer | undefined): readonly LeaseFacts[] {
  return answer === undefined || isRejection(answer) || answer.op !== 'acquire' ? [] : answer.leases;
}

/** The log of one fleet. */
function writtenBy(load: Load): readonly StoredBatch[] {
  const log: StoredBatch[] = [];
  let head: LogHead = EMPTY_HEAD;
  const fleet = new FleetModel('written', load.agents, (groups, atMs) => {
    if (groups.length === 0) return;
    const stored = placeBatch(nodeHasher, head, batchOf(head, groups, atMs), {
      maxBatchEvents: 4_096,
      maxBatchBytes: 2 ** 24,
    });
    log.push(stored);
    head = headAfter(stored);
  });
  work(fleet, load);
  return log;
}

function batchOf(head: LogHead, groups: readonly EncodedGroup[], at: number): Batch {
  const parts = { id: `b_${head.seq}`.padEnd(24, '0'), placeId: 'p_1234567890123456', epoch: 0, format: FORMAT };
  return encodeBatch(
    head,
    groups.flatMap(({ encoded }) => encoded),
    { ...parts, at, wallAt: WALL_AT, hasher: nodeHasher },
  );
}

/** As a host does it that reads what another one wrote: parsed, the chain checked, folded. */
function foldMs(log: readonly StoredBatch[]): number {
  const state = emptyState();
  const beganMs = performance.now();
  for (const batch of log) {
    if (verifyChain(nodeHasher, null, [batch]) !== null) throw new Error('the chain is broken');
    for (const event of decodeBatch(batch).events) apply(state, event);
  }
  return (performance.now() - beganMs) / log.reduce((sum, { count }) => sum + count, 0);
}

/** What is in use after everything unused was given back. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
