// A thousand fleets of a hundred agents on one store, simulated: docs/scaling.md has the tables that this prints. What deciding,
// folding and each call of a store cost is measured first, here and now, on the real core and through the real adapters on real
// servers. Many fleets are then simulated with these costs, from a seed. At last a thousand real fleets, with fewer agents, live
// on one real Redis beside a simulation of the very same: it shows how far the model can be believed.

import { availableParallelism } from 'node:os';
import { setTimeout as pass } from 'node:timers/promises';
import type { Load } from './fleets/load.ts';
import { type CoreMeasures, measureCore } from './fleets/measure-core.ts';
import { measureStore, type StoreMeasures } from './fleets/measure-store.ts';
import { RealFleets } from './fleets/real-fleets.ts';
import { SERVERS, type Server } from './fleets/servers.ts';
import { type Measured, simulate } from './fleets/simulate.ts';
import type { StoreCosts } from './fleets/store-model.ts';
import * as tables from './fleets/tables.ts';
import type { Figure } from './support/figure.ts';
import { processorSeconds } from './support/processor.ts';

const LOAD: Load = { fleets: 1_000, agents: 100, hosts: 4, pace: 1 };
const PACES = [1, 2, 4, 8, 16];
const FLEETS = [20, 50, 100, 200, 500, 1_000, 2_000];
/** Small enough for this machine, with Redis and all hosts on it. */
const REAL: Load = { fleets: 1_000, agents: 4, hosts: 2, pace: 1 };
const REAL_PACES = [1, 2, 4];
const REAL_WARM_MS = 3_000;
const REAL_COUNTED_MS = 10_000;
const IDLE_MS = 5_000;
/** No network between them. */
const LOOPBACK_MS = 0.05;
/** A store holds a load while nearly all of it is answered, and nearly always soon. */
const HELD_SHARE = 0.95;
const HELD_MS = 250;

let runs = 0;

export async function measure(): Promise<readonly Figure[]> {
  runs += 1;
  const core = await measureCore(LOAD);
  print('What one fleet costs', tables.coreTable(core));
  const stores = await measured(core);
  print('What a store costs', tables.costTable(stores));
  const figures = stores.flatMap(({ costs }) => simulated(costs, core));
  return [...figures, ...(await real(core))];
}

/** Each store that can be started here. */
async function measured(core: CoreMeasures): Promise<readonly StoreMeasures[]> {
  const found: StoreMeasures[] = [];
  for (const { name, start } of SERVERS) {
    const server = await started(name, start);
    if (server === null) continue;
    try {
      found.push(await measureStore(server, core));
    } finally {
      await server.stop();
    }
  }
  return found;
}

async function started(name: string, start: () => Promise<Server>): Promise<Server | null> {
  try {
    return await start();
  } catch (error) {
    console.log(`${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** More and more fleets at the usual pace, and a thousand of them faster and faster, until the store does not hold it. */
function simulated(store: StoreCosts, core: CoreMeasures): readonly Figure[] {
  const run = (load: Load): Measured => simulate({ load, store, core: core.costs, seed: runs });
  const byFleets = upTo(FLEETS, (fleets) => run({ ...LOAD, fleets }));
  const each = `${LOAD.agents} agents on ${LOAD.hosts} hosts`;
  print(`${store.name}: fleets of ${each}, a lock a minute for each agent`, tables.loadTable('fleets', byFleets));
  const what = { what: `${store.name}: fleets that it holds`, value: lastHeld(byFleets), unit: 'fleets' };
  if (what.value < LOAD.fleets) return [what];
  const byPace = upTo(PACES, (pace) => run({ ...LOAD, pace }));
  print(`${store.name}: ${LOAD.fleets} such fleets`, tables.loadTable('locks a minute', byPace));
  return [
    what,
    { what: `${store.name}: locks a minute of each agent of ${LOAD.fleets}`, value: lastHeld(byPace), unit: '' },
  ];
}

/** Goes on until one is not held; that one is told too. */
function upTo(sizes: readonly number[], run: (size: number) => Measured): readonly tables.Row[] {
  const rows: tables.Row[] = [];
  for (const size of sizes) {
    const row = { size, measured: run(size) };
    rows.push(row);
    if (!isHeld(row.measured)) break;
  }
  return rows;
}

function lastHeld(rows: readonly tables.Row[]): number {
  return Math.max(0, ...rows.filter((row) => isHeld(row.measured)).map(({ size }) => size));
}

function isHeld({ commandsPerSecond, wantedPerSecond, answeredMs }: Measured): boolean {
  return commandsPerSecond >= HELD_SHARE * wantedPerSecond && tables.at(answeredMs, 0.99) <= HELD_MS;
}

/** The same fleets once for real and once simulated. */
async function real(core: CoreMeasures): Promise<readonly Figure[]> {
  // Of the one that waits for no disk: what else the disk of this machine has to do is no part of the model.
  const redis = SERVERS[1];
  const server = redis === undefined ? null : await started(redis.name, redis.start);
  if (server === null) return [];
  const fleets = new RealFleets(availableParallelism());
  try {
    const { costs } = await measureStore(server, core);
    const opened = await openReal(server, fleets);
    const rows: tables.RealRow[] = [];
    for (const pace of REAL_PACES) {
      const lived = await live(server, fleets, pace);
      const store = { ...costs, roundTripMs: LOOPBACK_MS };
      const same = { load: { ...REAL, pace }, store, core: core.costs, seed: runs, loops: fleets.pids.length };
      rows.push({ pace, lived, model: simulate(same) });
    }
    await fleets.close();
    const what = `${REAL.fleets} fleets of ${REAL.agents} agents on ${REAL.hosts} hosts, one ${server.name}`;
    print(what, tables.openedTable(opened));
    print(`${what}: real / simulated`, tables.besideTable(rows));
    return rows.flatMap(figuresOf);
  } finally {
    fleets.kill();
    await server.stop();
  }
}

async function openReal(server: Server, fleets: RealFleets): Promise<tables.OpenedFleets> {
  const before = await server.facts();
  const { tookMs, memoryBytes } = await fleets.open(server.url, REAL);
  const open = await server.facts();
  const idle = await during(server, fleets.pids, () => pass(IDLE_MS));
  return {
    fleets: REAL.fleets,
    hosts: REAL.hosts,
    tookMs,
    processBytes: memoryBytes,
    storeBytes: open.memoryBytes - before.memoryBytes,
    connections: open.connections - before.connections,
    idleCallsPerSecond: idle.callsPerSecond,
    idleStoreProcessor: idle.storeProcessor,
    idleHostProcessor: idle.hostProcessor,
  };
}

async function live(server: Server, fleets: RealFleets, pace: number): Promise<tables.Lived> {
  const working = fleets.work({ pace, warmMs: REAL_WARM_MS, countedMs: REAL_COUNTED_MS });
  await pass(REAL_WARM_MS);
  const busy = await during(server, fleets.pids, () => pass(REAL_COUNTED_MS - 1_000));
  const { answeredMs, waited, seconds, refused, appends, conflicts } = await working;
  for (const refusal of refused) console.log(`refused: ${refusal}`);
  return {
    ...busy,
    commandsPerSecond: (answeredMs.length + waited) / seconds,
    answeredMs: answeredMs.toSorted((a, b) => a - b),
    conflictShare: conflicts / Math.max(1, appends + conflicts),
  };
}

/** What the server, and each process with hosts, took meanwhile. */
async function during(server: Server, pids: readonly number[], work: () => Promise<void>) {
  const before = { facts: await server.facts(), store: processorSeconds(server.pids), hosts: processorSeconds(pids) };
  const beganMs = performance.now();
  await work();
  const seconds = (performance.now() - beganMs) / 1_000;
  const { calls } = await server.facts();
  return {
    callsPerSecond: (calls - before.facts.calls) / seconds,
    storeProcessor: (processorSeconds(server.pids) - before.store) / seconds,
    hostProcessor: (processorSeconds(pids) - before.hosts) / seconds / pids.length,
  };
}

function figuresOf({ pace, lived, model }: tables.RealRow): readonly Figure[] {
  const what = `real, ${pace} locks a minute`;
  return [
    { what: `${what}: commands`, value: lived.commandsPerSecond, unit: '/s' },
    { what: `${what}: of what was simulated`, value: lived.commandsPerSecond / model.commandsPerSecond, unit: 'times' },
    { what: `${what}: answer, median`, value: tables.at(lived.answeredMs, 0.5), unit: 'ms' },
    { what: `${what}: simulated`, value: tables.at(model.answeredMs, 0.5), unit: 'ms' },
  ];
}

function print(what: string, table: string): void {
  console.log(`\n${what}\n\n${table}`);
}
