// The log of an older version under this one: looked at it stays as it is, the first decision moves its format, what happened
// before counts against nobody, and whoever still writes the old format is told that the log has gone on.

import { afterEach, describe, expect, it } from 'vitest';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { decodeBatch, encodeBatch, encodeEvent } from '../../src/app/batch-codec.ts';
import { decide } from '../../src/core/decide.ts';
import { settleDeadlines } from '../../src/core/due.ts';
import { type FleetEvent, FORMAT } from '../../src/core/event.ts';
import { type FleetState, mergeState } from '../../src/core/fleet-state.ts';
import { DEFAULT_POLICY } from '../../src/core/governance/policy.ts';
import { checkState } from '../../src/core/invariants.ts';
import { headAfter } from '../../src/ports/chain.ts';
import type { LogHead, StoredBatch } from '../../src/ports/event-store.ts';
import { FleetRig, leased, seat } from '../support/fleet-rig.ts';
import { TestHost } from '../support/test-memory.ts';
import { Witness } from '../support/witness.ts';
import { eventsOf, foldOf, RECORDED, recordedBatches } from './history.ts';

const OLD = 1;
const DAY_MS = 86_400_000;
const OLDER = RECORDED.filter(({ version }) => version === '0.1.0');

let rig: FleetRig | null = null;

/** A fleet whose log was recorded by the older version. */
function openOld(version: string, name: string): FleetRig {
  const host = new TestHost();
  rig = FleetRig.onFakeClock({ memoryOf: () => host });
  const batches = recordedBatches(version, name);
  rig.log.batches.push(...batches);
  const last = batches.at(-1);
  if (last !== undefined) rig.log.head = headAfter(last);
  return rig;
}

afterEach(async () => {
  await rig?.close();
  rig = null;
});

function typesOf(batches: readonly StoredBatch[]): readonly string[] {
  return batches.flatMap((batch) => decodeBatch(batch).events.map(({ type }) => type));
}

/** A batch as the older version would write it behind `head`. */
function oldBatch(head: LogHead) {
  const moment = { at: 1, wallAt: '2025-11-20T08:00:00.000Z' };
  const event = { ...moment, seq: head.seq + 1, version: 1, actor: 'brigade', type: 'drill.marked', label: 'x', note: '' };
  const parts = { id: 'old', ...moment, placeId: 'p_old', epoch: head.epoch, format: OLD, hasher: nodeHasher };
  return encodeBatch(head, [encodeEvent(event as FleetEvent)], parts);
}

describe.each(OLDER)('the log $name of $version', ({ version, name }) => {
  it('is looked at without a change', async () => {
    const fleet = openOld(version, name);
    const before = fleet.log.head;
    const coordinator = await fleet.coordinator();
    await coordinator.view({ kind: 'agents' });
    expect(fleet.log.head).toEqual(before);
    expect(before.format).toBe(OLD);
  });

  it('is moved by the first decision, before anything else of it, and once', async () => {
    const fleet = openOld(version, name);
    const before = fleet.log.batches.length;
    const [a, b] = [await fleet.coordinator('a'), await fleet.coordinator('b')];
    await Promise.all([seat(a, 'kim'), seat(b, 'lee')]);
    const written = fleet.log.batches.slice(before);
    const types = typesOf(written);
    expect(types[0]).toBe('format.moved');
    expect(decodeBatch(written[0] as StoredBatch).events[0]).toMatchObject({ from: OLD, to: FORMAT });
    expect(types.filter((type) => type === 'format.moved')).toHaveLength(1);
    expect(fleet.log.head.format).toBe(FORMAT);
    expect(b.replica.state.fleet?.format).toBe(FORMAT);
    const witness = new Witness();
    witness.take(fleet.log.batches.flatMap((batch) => decodeBatch(batch).events));
    witness.verify();
  });

  it('counts what happened before it against nobody, and what happens after it', async () => {
    const fleet = openOld(version, name);
    const lostBefore = eventsOf(recordedBatches(version, name)).filter(
      ({ type }) => type === 'lease.expired' || type === 'lease.revoked',
    );
    expect(lostBefore.length).toBeGreaterThanOrEqual(DEFAULT_POLICY.evidence.pauseLostLeases);
    const coordinator = await fleet.coordinator();
    const kim = await seat(coordinator, 'kim');
    expect(coordinator.replica.state.conduct.size).toBe(0);
    leased(await kim.acquire('task:stew', { ttlMs: 1_000 }));
    await fleet.clock.advance(2_000);
    await coordinator.view({ kind: 'fleet' });
    expect([...coordinator.replica.state.conduct.rows()]).toMatchObject([
      { agentId: 'kim', counts: { expired: 1, revoked: 0 } },
    ]);
  });

  it('is not written by the older version any more', async () => {
    const fleet = openOld(version, name);
    const stale = fleet.log.head;
    const coordinator = await fleet.coordinator();
    await seat(coordinator, 'kim');
    const { head } = fleet.log;
    const store = fleet.store();
    await store.open();
    expect(await store.append(stale, oldBatch(stale))).toEqual({ appended: false, head });
    // It knows the newest number, and yet not the format.
    const halfKnown = { ...head, format: OLD };
    expect(await store.append(halfKnown, oldBatch(halfKnown))).toEqual({ appended: false, head });
    await expect(store.append(head, oldBatch(head))).rejects.toMatchObject({ code: 'STORE_VERSION' });
    expect(fleet.log.head).toEqual(head);
    await store.close();
  });
});

describe('agents of an older log that nobody named', () => {
  const { version, name } = OLDER[0] ?? { version: '', name: '' };

  function say(state: FleetState, op: 'move_format' | 'sweep', at: number): readonly FleetEvent[] {
    const command = { op, by: { kind: 'system', name: 'test' }, requestId: `${op} ${at}`, bodyHash: '' } as const;
    settleDeadlines(state, at);
    const { groups, draft } = decide(state, command, { at, wallAt: '2025-11-20T08:00:00.000Z' });
    mergeState(state, draft);
    return groups.flat();
  }

  it('are silent from the move on, however long they were before', () => {
    const state = foldOf(eventsOf(recordedBatches(version, name)));
    const nameless = [...state.agents.rows()].filter((agent) => !agent.named).map(({ agentId }) => agentId);
    expect(nameless.length).toBeGreaterThan(0);
    const archivedAfter = (at: number): readonly string[] => {
      for (let round = 0; round < 10; round += 1) say(state, 'sweep', at);
      return [...state.agents.rows()].flatMap(({ agentId, lifecycle }) => (lifecycle === 'archived' ? [agentId] : []));
    };
    const movedAt = state.position.at + 30 * DAY_MS;
    expect(archivedAfter(movedAt)).toEqual([]);
    expect(say(state, 'move_format', movedAt).map(({ type }) => type)).toEqual(['format.moved']);
    const silentMs = DEFAULT_POLICY.archive?.silentMs ?? 0;
    expect(archivedAfter(movedAt + silentMs - 1)).toEqual([]);
    expect(archivedAfter(movedAt + silentMs).toSorted()).toEqual(nameless.toSorted());
    expect(checkState(state)).toEqual([]);
  });
});
