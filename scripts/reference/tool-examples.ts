// A small story in which every tool is called once: real tools on real seats, in one process, on a clock that the story moves and with
// ids that count, so that it tells the same each time.

import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { Seat } from '../../src/app/seat/seat.ts';
import type { StateFolder } from '../../src/ports/state-folder.ts';
import { TOOLS } from '../../src/surface/mcp/tools.ts';
import { countingIds, FleetRig, HERE, silent } from '../../test/support/fleet-rig.ts';
import { memoryPathProber } from '../../test/support/memory-path-prober.ts';

export interface ToolExample {
  readonly tool: string;
  readonly who: string;
  readonly args: object;
  readonly result: unknown;
  readonly text: string;
}

interface Told {
  readonly leases?: readonly { readonly token: number }[];
  readonly ticket?: string;
  readonly offer?: string;
  readonly checkInId?: string;
  readonly findings?: readonly { readonly id: string }[];
}

const ROOT = '/home/ana/shop';
/** Nobody comes back in the story. With files the clock would go on while the disk works, and tell another time each time. */
const FORGETFUL: StateFolder = {
  path: '/home/ana/.local/state/brigade',
  warning: () => null,
  keptSession: () => Promise.resolve(null),
  keepSession: (_, session) => Promise.resolve(session),
  dropSession: () => Promise.resolve(),
  token: () => Promise.resolve(null),
  ensureToken: (_, secret) => Promise.resolve(secret),
  replaceToken: () => Promise.resolve(),
};
const MINUTE_MS = 60_000;
const PIDS = { ana: 4_711, bo: 4_712, carl: 4_713 } as const;
type Name = keyof typeof PIDS;

/** One example of each tool, in the order of the story. */
export async function tellToolExamples(): Promise<readonly ToolExample[]> {
  const rig = FleetRig.onFakeClock();
  try {
    return await tell(rig);
  } finally {
    await rig.close();
  }
}

async function tell(rig: FleetRig): Promise<readonly ToolExample[]> {
  const told: ToolExample[] = [];
  const seats = { ana: await seatOf(rig, 'ana'), bo: await seatOf(rig, 'bo'), carl: await seatOf(rig, 'carl') };
  const call = async (who: Name, name: string, args: object): Promise<Told> => {
    const tool = TOOLS.find((each) => each.name === name);
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    const { structured, text, isError } = await rig.clock.advanceUntil(tool.call(seats[who], args, {}));
    if (isError) throw new Error(`${name}: ${text}`);
    return Object.assign({ text }, structured) as Told;
  };
  const show = async (who: Name, tool: string, args: object): Promise<Told> => {
    const result = await call(who, tool, args);
    const { text, ...structured } = result as Told & { readonly text: string };
    told.push({ tool, who, args, result: structured, text });
    return result;
  };
  await show('ana', 'register', { id: 'ana', purpose: 'taxes' });
  await call('bo', 'register', { id: 'bo' });
  await call('carl', 'register', { id: 'carl' });
  const granted = await show('ana', 'acquire_lock', { resources: ['src/cart.ts'], reason: 'adds taxes' });
  const token = granted.leases?.[0]?.token ?? 0;
  const queued = await call('bo', 'acquire_lock', { resources: ['src/cart.ts'], waitMs: 1_000 });
  await show('bo', 'list_locks', {});
  await show('bo', 'send_message', { to: 'ana', type: 'task', text: 'I need src/cart.ts for two minutes.' });
  await show('ana', 'read_messages', {});
  await show('ana', 'check_token', { resource: 'src/cart.ts', token });
  await show('bo', 'withdraw', { ticket: queued.ticket });
  await show('ana', 'hand_off', { resource: 'src/cart.ts', token, to: 'bo' });
  await show('ana', 'put_state', { key: 'release/next', value: '1.4.0', ifVersion: 0 });
  await show('bo', 'get_state', { prefix: 'release' });
  const outcomes = [{ kind: 'tests', ok: true, evidence: 'npm test, 212 passed' }];
  const checkedIn = await show('ana', 'check_in', { summary: 'Taxes are in the cart.', confidence: 0.8, outcomes });
  await show('ana', 'record_outcome', { checkInId: checkedIn.checkInId, kind: 'review', ok: true });
  await show('ana', 'release_lock', { leases: [{ resource: 'src/cart.ts', token }] });
  await call('carl', 'acquire_lock', { resources: ['task:release'], ttlMs: 60 * MINUTE_MS });
  await call('bo', 'acquire_lock', { resources: ['task:release'], waitMs: 1_000 });
  for (let minute = 0; minute < 16; minute += 1) {
    await rig.clock.advance(MINUTE_MS);
    await call('bo', 'acquire_lock', { resources: ['task:release'], waitMs: 1_000 });
  }
  await show('bo', 'fleet_status', {});
  const found = await show('bo', 'diagnose', {});
  await show('bo', 'rescue', { finding: found.findings?.[0]?.id, reason: 'The release waits.', dryRun: true });
  for (const step of ['one', 'two', 'three', 'four', 'five']) {
    const failed = [{ kind: 'tests', ok: false, evidence: 'npm test, 1 failed' }];
    await call('carl', 'check_in', { summary: `Step ${step}.`, confidence: 0.9, outcomes: failed });
  }
  await show('carl', 'recover', {
    reflection: 'The fixture was stale; I run the tests of one package before all of them.',
  });
  return told;
}

async function seatOf(rig: FleetRig, name: Name): Promise<Seat> {
  const coordinator = await rig.coordinator(name);
  const worktree = { id: 'w'.repeat(22), root: ROOT, foldsCase: false };
  const ports = {
    coordinator,
    fleetId: () => coordinator.fleetId(),
    found: () => coordinator.found(),
    clock: rig.clock,
    ids: countingIds(`s_${name}`),
    hasher: nodeHasher,
    stateFolderOf: () => FORGETFUL,
    logger: silent,
    prober: memoryPathProber([`${ROOT}/src/cart.ts`], { foldsCase: false }),
    worktreeAt: () => Promise.resolve(worktree),
  };
  return new Seat(ports, {
    client: 'claude-code',
    user: 'ana',
    agentId: null,
    purpose: null,
    handle: null,
    keptAs: null,
    clientSession: null,
    process: { placeId: HERE.placeId, pid: PIDS[name], startTime: 'start', kind: 'mcp', role: 'self' },
    worktree,
    folder: ROOT,
  });
}
