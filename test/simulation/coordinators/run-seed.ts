// One seed from beginning to end: agents at work while everything goes wrong, then quiet, in which whatever was held or
// waited for must come to its end by itself, and then the closing of every coordinator.

import { type Random, randomOf } from '../../support/random.ts';
import { BrokenPromise } from '../../support/witness.ts';
import { Cook } from './cook.ts';
import { Coverage } from './coverage.ts';
import { act, type Kitchen } from './plan.ts';
import { CLEAR, type Weather } from './sim-store.ts';
import { type Station, World } from './world.ts';

export interface SeedReport {
  readonly coverage: Coverage;
  /** The chain hash of the log: two runs of one seed end with the same. */
  readonly hash: string;
  readonly events: number;
  readonly tasks: number;
  readonly beliefs: number;
}

const WEATHERS: readonly (readonly [number, Weather])[] = [
  [2, CLEAR],
  [4, { unavailable: 0.02, lostReply: 0.05, late: 0.02, slow: 0.02, badHint: 0.3 }],
  [2, { unavailable: 0.1, lostReply: 0.15, late: 0.05, slow: 0.1, badHint: 0.8 }],
];
const WORK_MS = 70_000;
/** An offer to each of those in line in turn, and each of their tickets outlives its offer. */
const QUIET_MS = 1_200_000;
/** After a loss granting may rest this long. */
const REST_MS = 300_000;

/** Throws what was broken; the same for the same seed. */
export async function runSeed(seed: number, desks: boolean): Promise<SeedReport> {
  const random = randomOf(seed);
  const coverage = new Coverage();
  const weather = random.weighted(WEATHERS);
  const world = new World({ random: random.fork(), coverage, weather, places: random.chance(0.25) ? 2 : 1, desks });
  const [first, ...others] = world.places;
  if (first === undefined) throw new Error('no place');
  for (let i = random.between(1, 3); i > 0; i -= 1) world.start(first);
  for (const place of others) world.start(place);
  const cooks = Array.from({ length: random.between(3, 6) }, (_, i) => {
    return new Cook(world, random.pick(world.stations), `k${i}`, random.fork());
  });
  const kitchen: Kitchen = { world, cooks, gossip: { leases: [], offers: [], versions: new Map(), checkIns: [] } };
  try {
    await play(kitchen, random);
  } catch (error) {
    throw new SeedFailed(seed, world.history, error);
  }
  const { agenda, log, beliefs } = world;
  const events = log.batches.reduce((sum, { count }) => sum + count, 0);
  return { coverage, hash: log.head.hash, events, tasks: agenda.ran, beliefs: beliefs.made };
}

async function play(kitchen: Kitchen, random: Random): Promise<void> {
  const { world, cooks } = kitchen;
  const endMs = world.agenda.nowMs + WORK_MS;
  for (const cook of cooks) work(cook, kitchen, endMs);
  const mayLose = random.chance(0.25);
  befall(kitchen, { endMs, mayLose, random: random.fork() });
  await world.run(endMs);
  await beQuiet(kitchen);
  await closeAll(world);
}

/** A seed that broke something: what, what came before, and the command that shows it again. */
export class SeedFailed extends Error {
  readonly history: readonly string[];

  constructor(seed: number, history: readonly string[], cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`seed ${seed}: ${what}\nBRIGADE_TEST_SEED=${seed} npx vitest run test/simulation/coordinators`, { cause });
    this.name = 'SeedFailed';
    this.history = history;
  }
}

/** Acts, thinks, acts again. Thinking takes longer than most leases live, now and then. */
function work(cook: Cook, kitchen: Kitchen, endMs: number): void {
  const { random, world, process } = cook;
  const thinkMs = random.weighted([
    [10, random.between(1, 200)],
    [5, random.between(200, 1_500)],
    [1, random.between(5_000, 30_000)],
  ]);
  process.after(thinkMs, () => {
    if (world.agenda.nowMs >= endMs) return;
    act(cook, kitchen);
    work(cook, kitchen, endMs);
  });
}

interface Fate {
  readonly endMs: number;
  readonly mayLose: boolean;
  readonly random: Random;
}

/** Something befalls the machine every few seconds. */
function befall(kitchen: Kitchen, fate: Fate): void {
  const { world } = kitchen;
  const { random, endMs, mayLose } = fate;
  world.agenda.after(random.between(500, 6_000), null, () => {
    if (world.agenda.nowMs >= endMs) return;
    random.weighted<() => void>([
      [4, () => crashAndRestart(kitchen, random)],
      [4, () => stopForAWhile(kitchen, random)],
      [1, () => stopCook(kitchen, random)],
      [2, () => world.outage(random.between(100, 14_000))],
      [2, () => sleep(world, random.pick([800, 4_000, 6_000, 30_000, 3_600_000]))],
      [3, () => void world.saveSnapshot().catch((error: unknown) => world.fail(error))],
      [1, () => vanish(kitchen, random)],
      [mayLose ? 2 : 0, () => lose(kitchen, random)],
    ])();
    befall(kitchen, fate);
  });
}

function sleep(world: World, ms: number): void {
  world.befalls('slept', `${ms} ms`);
  world.agenda.sleep(ms);
}

function crashAndRestart(kitchen: Kitchen, random: Random): void {
  const { world } = kitchen;
  if (world.stations.length === 0) return;
  const station = random.pick(world.stations);
  crash(kitchen, station);
  const usedPid = random.chance(0.3) ? station.process.pid : undefined;
  const replace = (): void => moveIn(kitchen, station, world.start(station.at, usedPid));
  if (world.stations.length === 0 || random.chance(0.3)) replace();
  else world.agenda.after(random.between(1, 5_000), null, replace);
}

/** Sometimes nobody is left who knows what the log said, and only the witness tells that it is not the one it was. */
function lose(kitchen: Kitchen, random: Random): void {
  const { world } = kitchen;
  const known = random.chance(0.5) ? [] : [...world.stations];
  for (const station of known) crash(kitchen, station);
  world.lose(random.chance(0.7));
  for (const station of known) moveIn(kitchen, station, world.start(station.at));
}

/** Whoever worked with the process hears at once that it is gone. */
function crash({ world, cooks }: Kitchen, station: Station): void {
  world.crash(station);
  for (const cook of cooks) {
    cook.detached(station.process);
    cook.lost(station);
  }
}

function moveIn({ cooks }: Kitchen, old: Station, fresh: Station): void {
  for (const cook of cooks) if (cook.station === old) cook.station = fresh;
}

function stopForAWhile({ world }: Kitchen, random: Random): void {
  if (world.stations.length === 0) return;
  const { process, name, role } = random.pick(world.stations);
  world.befalls('stopped', name);
  if (role() === 'desk') world.coverage.count('fault', 'desk stopped');
  process.stop();
  world.agenda.after(random.pick([50, 1_000, 7_000, 25_000]), null, () => process.goOn());
}

function stopCook({ world, cooks }: Kitchen, random: Random): void {
  const { process } = random.pick(cooks);
  process.stop();
  world.agenda.after(random.pick([1_000, 20_000]), null, () => process.goOn());
}

function vanish({ world, cooks }: Kitchen, random: Random): void {
  const cook = random.pick(cooks);
  world.befalls('vanished', cook.name);
  cook.vanish();
}

/** Nobody asks for anything any more, half of the agents are gone, and nothing goes wrong: everything ends by itself. */
async function beQuiet(kitchen: Kitchen): Promise<void> {
  const { world, cooks } = kitchen;
  world.clearUp();
  cooks.forEach((cook, i) => {
    cook.process.goOn();
    if (i % 2 === 0) cook.vanish();
  });
  if (world.stations.length === 0) world.start(world.places[0] ?? fail('no place'));
  const untilMs = world.agenda.nowMs + QUIET_MS + (world.observer.epochs.length > 0 ? REST_MS : 0);
  const asked = new Set<Station>();
  while (world.agenda.nowMs < untilMs) {
    askOnce(world, asked);
    await world.run(world.agenda.nowMs + 5_000);
    if (leftOver(kitchen) === null) break;
  }
  const left = leftOver(kitchen);
  if (left !== null) throw new BrokenPromise('everything ends', left);
  world.observer.verify();
  world.compare();
}

/** Who only looks watches over nobody: each coordinator is asked for something. */
function askOnce(world: World, asked: Set<Station>): void {
  for (const station of world.stations) {
    if (asked.has(station)) continue;
    asked.add(station);
    const sweep = {
      op: 'sweep',
      by: { kind: 'system', name: 'simulation' },
      requestId: 'quiet',
      bodyHash: '',
    } as const;
    station.coordinator.submit(sweep).catch((error: unknown) => world.fail(error));
  }
}

/** What has not come to its end yet, in words. */
function leftOver({ world, cooks }: Kitchen): string | null {
  const { state } = world.observer;
  const [lease] = state.leases.rows();
  if (lease !== undefined) return `${lease.resource} is still held by ${lease.sessionId}`;
  const [ticket] = state.tickets.rows();
  if (ticket !== undefined) return `${ticket.ticket} still waits for ${ticket.resources.join(', ')}`;
  const [handoff] = state.handoffs.rows();
  if (handoff !== undefined) return `${handoff.offer} is still offered`;
  for (const session of state.sessions.rows()) {
    const isGone = session.attachments.every((each) => {
      const place = world.places.find(({ place: { placeId } }) => placeId === each.placeId);
      const isWatched = world.stations.some(({ at }) => at === place);
      return isWatched && place?.processes.judge(each) === 'dead';
    });
    if (session.state === 'live' && isGone) return `${session.sessionId} still lives`;
  }
  for (const cook of cooks) {
    const call = [...cook.calls].find(({ isSettled }) => !isSettled);
    if (call !== undefined && !cook.isGone) return `${call.command.op} of ${cook.name} hangs`;
  }
  return null;
}

async function closeAll(world: World): Promise<void> {
  for (const station of world.stations) {
    const { name, process } = station;
    const closing = { isDone: false };
    void close(station, closing).catch((error: unknown) => world.fail(error));
    await world.run(world.agenda.nowMs + 30_000, () => closing.isDone);
    if (!closing.isDone) throw new BrokenPromise('closes', `${name} does not close`);
    // Replies of the store may still be on their way; nothing else may.
    await world.run(world.agenda.nowMs + 5_000);
    if (world.agenda.tasksOf(process) > 0) throw new BrokenPromise('closes', `${name} left timers behind`);
  }
}

async function close({ coordinator }: Station, closing: { isDone: boolean }): Promise<void> {
  await coordinator.close();
  closing.isDone = true;
}

function fail(why: string): never {
  throw new Error(why);
}
