// Seats in one process, each with a coordinator of its own on one log in memory: what several `brigade` processes are, for
// tests that need no real ones. Everything but the log is the real thing.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createMemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { nodePathProber } from '../../src/adapters/system/node-path-prober.ts';
import { createPlainLogger } from '../../src/adapters/system/plain-logger.ts';
import { openProcessTable } from '../../src/adapters/system/process-table.ts';
import { randomIds } from '../../src/adapters/system/random-ids.ts';
import { openStateFolder } from '../../src/adapters/system/state-folder.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { Coordinator } from '../../src/app/coordinator.ts';
import { NO_MEMORY } from '../../src/app/host-memory.ts';
import { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import type { Occupant } from '../../src/app/seat/occupant.ts';
import { Seat } from '../../src/app/seat/seat.ts';
import type { SeatPorts } from '../../src/app/seat/seat-ports.ts';
import type { Place } from '../../src/ports/place.ts';
import type { ClientSessionKey, KeptSession, StateFolder } from '../../src/ports/state-folder.ts';
import { waitUntil } from './wait-until.ts';

const WORKTREE = 'w'.repeat(22);
const PLACE: Place = {
  placeId: 'place',
  machineId: 'machine',
  bootId: 'boot',
  pidNamespace: 'pid',
  timeNamespace: 'time',
  hostName: 'host',
};

export interface SeatRig {
  /** Root of the worktree. */
  readonly root: string;
  /** A seat as a process of its own would have it. `ports`: what is another one for it. */
  readonly sit: (occupant?: Partial<Occupant>, ports?: Partial<SeatPorts>) => Promise<Seated>;
  /** Keeps a handle for a client session, as an earlier process would have. Somebody registered before. */
  readonly keep: (
    key: ClientSessionKey,
    session: Pick<KeptSession, 'agentId' | 'sessionId' | 'handle'>,
  ) => Promise<void>;
}

export interface Seated {
  readonly seat: Seat;
  readonly coordinator: Coordinator;
  readonly occupant: Occupant;
}

/** A fresh fleet; everything is closed and removed when the test is over. */
export async function seatRig(): Promise<SeatRig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'brigade-seat-')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const log = createMemoryLog();
  let processes = 0;
  const sit: SeatRig['sit'] = async (parts = {}, ports = {}) => {
    const coordinator = new LocalCoordinator({
      makeStore: () => Promise.resolve(createMemoryStore(log, nodeHasher)),
      memory: NO_MEMORY,
      place: PLACE,
      processes: openProcessTable(),
      clock: systemClock,
      hasher: nodeHasher,
      ids: randomIds,
      logger: createPlainLogger('error'),
      nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
      fold: null,
    });
    await coordinator.open();
    onTestFinished(() => coordinator.close());
    processes += 1;
    const occupant = occupantOf(root, `mcp-${processes}`, parts);
    return { seat: new Seat({ ...portsOf(root, coordinator), ...ports }, occupant), coordinator, occupant };
  };
  const keep: SeatRig['keep'] = async (key, session) => {
    const { coordinator } = await sit();
    const fleetId = (await coordinator.view({ kind: 'fleet' })).fleetId ?? '';
    await folderOf(root, fleetId).keepSession(key, { ...session, fleetId, createdAt: systemClock.wallAt() });
  };
  return { root, sit, keep };
}

/** Waits until `count` calls stand in line. */
export async function untilInLine(seat: Seat, count: number): Promise<void> {
  await waitUntil(`${count} in line`, async () => {
    const fleet = await seat.look({ kind: 'fleet' });
    return 'counts' in fleet && fleet.counts.waits === count;
  });
}

function portsOf(root: string, coordinator: LocalCoordinator): SeatPorts {
  return {
    coordinator,
    fleetId: () => coordinator.fleetId(),
    found: () => coordinator.found(),
    clock: systemClock,
    ids: randomIds,
    hasher: nodeHasher,
    stateFolderOf: (fleetId) => folderOf(root, fleetId),
    logger: createPlainLogger('error'),
    prober: nodePathProber,
    worktreeAt: (folder) => Promise.resolve({ id: WORKTREE, root: folder, foldsCase: false }),
  };
}

function folderOf(root: string, fleetId: string): StateFolder {
  return openStateFolder({ base: join(root, '.state'), fleetId, fleetFolder: join(root, '.brigade') });
}

/** This test's own process stands for each of them; its kind makes them different ones. */
function occupantOf(root: string, kind: string, parts: Partial<Occupant>): Occupant {
  const evidence = openProcessTable().evidenceOf(process.pid);
  const { pid, startTime } = evidence ?? { pid: process.pid, startTime: '' };
  return {
    client: 'claude-code',
    user: 'ana',
    agentId: null,
    purpose: null,
    handle: null,
    keptAs: null,
    clientSession: null,
    process: { placeId: PLACE.placeId, pid, startTime, kind, role: 'self' },
    worktree: { id: WORKTREE, root, foldsCase: false },
    folder: root,
    ...parts,
  };
}
