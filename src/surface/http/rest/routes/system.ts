// What Brigade itself is at, for whoever looks after it: the process that answers, the log, the desk, commits and bounds.

import { clockFinding } from '../../../../app/clock-check.ts';
import { deskStanding } from '../../../../app/desk/desk-standing.ts';
import type { HostCoordinator } from '../../../../app/desk/host-coordinator.ts';
import { clock, type Fleet, logOnDisk, processAgeMs } from '../../../../compose.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { isRejection } from '../../../../core/rejection.ts';
import { HTTP_LIMITS } from '../../access/http-limits.ts';
import type { HttpParts } from '../../http-parts.ts';
import { storeMetersOf } from '../../metrics/store-meters.ts';
import { problem } from '../../problem.ts';
import { viewerOf } from '../caller.ts';
import { defineOperation } from '../operation.ts';
import { viewed } from '../respond.ts';

export const getSystem = defineOperation({
  id: 'getSystem',
  method: 'get',
  path: '/v1/system',
  access: 'open',
  summary: 'How Brigade itself is',
  description:
    'The process that answers, the log, what it takes on the disk and what its operator should know of the store, the desk of this host, how long commits of this process took, whether granting goes on, and bounds that one may run into. It reads no log: ask as often as you like.',
  async run({ parts, c }) {
    const viewer = await viewerOf(parts, c);
    if (isRejection(viewer)) return problem(viewer);
    const { fleet } = parts;
    const [counts, view, disk, desk, commit] = await Promise.all([
      fleet.coordinator.view({ kind: 'counts' }),
      fleet.coordinator.view({ kind: 'fleet' }),
      logOnDisk(fleet.host),
      deskOf(fleet),
      storeMetersOf(fleet)?.figures() ?? null,
    ]);
    const last = await lastOf(fleet.coordinator);
    const { head, traits, snapshotSeq = 0, caveats = [] } = fleet.coordinator.health();
    const snapshot =
      snapshotSeq === 0 ? null : { seq: snapshotSeq, ageMs: await ageOf(fleet.coordinator, snapshotSeq) };
    const log = { ...(disk ?? NOT_ON_DISK), events: eventsIn(head, counts.oldestSeq), oldestSeq: counts.oldestSeq };
    return viewed(c, {
      ...processOf(parts),
      store: {
        kind: traits.kind,
        location: traits.location,
        durability: traits.survives,
        format: head.format,
        head: { epoch: head.epoch, seq: head.seq },
        ...log,
        snapshot,
        caveats,
      },
      desk,
      granting: view.granting,
      trouble: fleet.coordinator.health().trouble,
      limits: BOUNDS,
      commit,
      clock: clockOf(last?.wallAt ?? null),
    });
  },
});

const NOT_ON_DISK = { logBytes: null, walBytes: null, archives: null };

/** Numbers of a later epoch begin anew far above those before, so only one that was never lost can be counted by them. */
function eventsIn({ epoch, seq }: { readonly epoch: number; readonly seq: number }, oldestSeq: number): number | null {
  return epoch === 0 ? Math.max(0, seq - oldestSeq + 1) : null;
}

function processOf({ fleet, version }: HttpParts) {
  const uptimeMs = processAgeMs();
  const { root } = fleet.host.settings;
  const startedAtMs = Date.parse(clock.wallAt()) - uptimeMs;
  return { version, node: process.version, pid: process.pid, startedAtMs, uptimeMs, root: root.value };
}

async function deskOf({ coordinator, door }: Fleet) {
  const role = coordinator.role();
  const standing = await deskStanding({ door, role, isWanted: false });
  const trouble = 'message' in standing ? { code: standing.kind, message: standing.message } : null;
  const rows = await coordinator.deskGuests();
  return {
    role:
      role.role === 'guest' ? 'client' : role.role === 'desk' ? 'desk' : role.role === 'finding' ? 'finding' : 'direct',
    pid: rows?.find(({ isDesk }) => isDesk)?.pid ?? null,
    clients: rows === null ? null : rows.filter(({ isDesk }) => !isDesk).length,
    trouble,
  };
}

function clockOf(lastWallAt: string | null) {
  const wallAt = clock.wallAt();
  return { wallAt, lastWallAt, finding: clockFinding(wallAt, lastWallAt) };
}

type Logged = { readonly wallAt: string };

async function lastOf(coordinator: HostCoordinator): Promise<Logged | null> {
  return eventAfter(coordinator, coordinator.health().head.seq - 1);
}

async function eventAfter(coordinator: HostCoordinator, after: number): Promise<Logged | null> {
  if (after < 0) return null;
  for await (const event of coordinator.feed({ after, once: true })) return event;
  return null;
}

/** When the snapshots were made that were asked for last; one for each fleet. */
const made = new WeakMap<object, { readonly seq: number; readonly wallAt: string | null }>();

async function ageOf(coordinator: HostCoordinator, seq: number): Promise<number | null> {
  const known = made.get(coordinator);
  const { wallAt } = known?.seq === seq ? known : { wallAt: (await eventAfter(coordinator, seq - 1))?.wallAt ?? null };
  made.set(coordinator, { seq, wallAt });
  return wallAt === null ? null : Math.max(0, Date.parse(clock.wallAt()) - Date.parse(wallAt));
}

/** What a caller may run into; all of them, with reasons, are in the source. */
const BOUNDS = {
  waitMaxMs: LIMITS.waitMaxMs,
  ttlMs: LIMITS.ttlMs,
  ttlMaxMs: LIMITS.ttlMaxMs,
  resourcesPerAcquire: LIMITS.resourcesPerAcquire,
  waitersPerResource: LIMITS.waitersPerResource,
  leasesPerSession: LIMITS.leasesPerSession,
  leasesPerFleet: LIMITS.leasesPerFleet,
  sessionsLive: LIMITS.sessionsLive,
  textBytes: LIMITS.textBytes,
  stateValueBytes: LIMITS.stateValueBytes,
  stateKeys: LIMITS.stateKeys,
  messagesPerReader: LIMITS.messagesPerReader,
  alertsOpen: LIMITS.alertsOpen,
  incidentsOpen: LIMITS.incidentsOpen,
  requestMs: LIMITS.requestMs,
  bodyBytes: HTTP_LIMITS.bodyBytes,
  connections: HTTP_LIMITS.connections,
  callsPerSecond: HTTP_LIMITS.session.perSecond,
};
