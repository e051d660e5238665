// Many fleets on one store, from one seed: discrete events on one timeline, decided by the real core, with costs that were
// measured. What is counted is a stretch of time after the queues have come to their usual length.

import { Timeline } from '../../test/simulation/timeline.ts';
import { randomOf } from '../../test/support/random.ts';
import { AgentModel } from './agents.ts';
import { FleetModel } from './fleet-model.ts';
import { type CoreCosts, HostModel } from './host-model.ts';
import { AgentLife, commandsPerSecond, type Load } from './load.ts';
import { Processor } from './processor.ts';
import { STORE_CALLS, type StoreCosts, StoreModel } from './store-model.ts';

export interface Simulation {
  readonly load: Load;
  readonly store: StoreCosts;
  readonly core: CoreCosts;
  readonly seed: number;
  /** So many event loops for all hosts, as in the real part; else each has one of its own. */
  readonly loops?: number;
}

export interface Measured {
  readonly wantedPerSecond: number;
  readonly commandsPerSecond: number;
  readonly eventsPerSecond: number;
  readonly appendsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly callsPerSecond: number;
  /** Shares of one processor. */
  readonly storeProcessor: number;
  readonly hostProcessor: number;
  readonly syncsPerSecond: number;
  /** Sorted, of commands. */
  readonly answeredMs: readonly number[];
  /** Sorted, of waiters. */
  readonly handedMs: readonly number[];
  /** Of appends, and of acquires. */
  readonly conflictShare: number;
  readonly waitedShare: number;
}

const WARM_MS = 3_000;
const COUNTED_MS = 10_000;

export function simulate(simulation: Simulation): Measured {
  const world = new World(simulation);
  world.begin();
  world.runFor(WARM_MS);
  const before = world.counts();
  world.answeredMs.length = 0;
  world.handedMs.length = 0;
  world.runFor(COUNTED_MS);
  return measuredBetween(before, world.counts(), world, simulation.load);
}

type Counts = ReturnType<World['counts']>;

class World {
  readonly answeredMs: number[] = [];
  readonly handedMs: number[] = [];
  readonly #timeline = new Timeline();
  readonly #store: StoreModel;
  readonly #processors: Processor[] = [];
  readonly #fleets: FleetModel[] = [];
  readonly #hosts: HostModel[] = [];
  readonly #agents: { readonly agent: AgentModel; readonly fleet: FleetModel; readonly number: number }[] = [];

  constructor({ load, store, core, seed, loops = 0 }: Simulation) {
    const random = randomOf(seed);
    const timeline = this.#timeline;
    this.#store = new StoreModel(timeline, store);
    const shared = Array.from({ length: loops }, () => new Processor(timeline));
    this.#processors.push(...shared);
    for (let f = 0; f < load.fleets; f += 1) {
      const fleet = new FleetModel(`fleet-${f}`, load.agents);
      this.#fleets.push(fleet);
      const hosts = Array.from({ length: load.hosts }, (_, h) => {
        const processor = shared[f % loops] ?? new Processor(timeline);
        if (loops === 0) this.#processors.push(processor);
        const onHanded = (ms: number): void => void this.handedMs.push(ms);
        return new HostModel({
          name: `host-${h}`,
          timeline,
          random: random.fork(),
          fleet,
          store: this.#store,
          processor,
          costs: core,
          onHanded,
        });
      });
      for (const host of hosts) host.start(hosts.filter((other) => other !== host));
      this.#hosts.push(...hosts);
      for (let i = 0; i < load.agents; i += 1) {
        const host = hosts[i % hosts.length] as HostModel;
        const life = new AgentLife(random.fork(), load);
        const onAnswered = (ms: number): void => void this.answeredMs.push(ms);
        this.#agents.push({ agent: new AgentModel({ timeline, host, life, agent: i, onAnswered }), fleet, number: i });
      }
    }
  }

  begin(): void {
    for (const { agent, fleet, number } of this.#agents) {
      agent.begin((ask) => {
        const [answer] = fleet.append([{ agent: number, ask }], 0, 'founder');
        if (answer === undefined) throw new Error('not answered');
        return answer;
      });
    }
  }

  runFor(ms: number): void {
    this.#timeline.run(this.#timeline.nowMs + ms, Number.POSITIVE_INFINITY);
  }

  counts() {
    const store = this.#store;
    const fleets = this.#fleets.map((fleet) => fleet.counts);
    const sum = (of: (count: (typeof fleets)[number]) => number): number =>
      fleets.reduce((total, each) => total + of(each), 0);
    return {
      atMs: this.#timeline.nowMs,
      events: sum(({ events }) => events),
      bytes: sum(({ bytes }) => bytes),
      appends: sum(({ appends }) => appends),
      acquired: sum(({ acquired }) => acquired),
      waited: sum(({ waited }) => waited),
      conflicts: this.#hosts.reduce((total, { conflicts }) => total + conflicts, 0),
      calls: STORE_CALLS.reduce((total, call) => total + store.calls[call], 0),
      storeMs: store.processorMs,
      syncs: store.syncs,
      hostMs: this.#processors.reduce((total, { busyMs }) => total + busyMs, 0) / this.#processors.length,
    };
  }
}

function measuredBetween(before: Counts, after: Counts, world: World, load: Load): Measured {
  const seconds = (after.atMs - before.atMs) / 1_000;
  const perSecond = (of: (counts: Counts) => number): number => (of(after) - of(before)) / seconds;
  const appends = perSecond((counts) => counts.appends);
  const conflicts = perSecond((counts) => counts.conflicts);
  return {
    wantedPerSecond: commandsPerSecond(load),
    commandsPerSecond: world.answeredMs.length / seconds,
    eventsPerSecond: perSecond((counts) => counts.events),
    appendsPerSecond: appends,
    bytesPerSecond: perSecond((counts) => counts.bytes),
    callsPerSecond: perSecond((counts) => counts.calls),
    storeProcessor: perSecond((counts) => counts.storeMs) / 1_000,
    hostProcessor: perSecond((counts) => counts.hostMs) / 1_000,
    syncsPerSecond: perSecond((counts) => counts.syncs),
    answeredMs: world.answeredMs.toSorted((a, b) => a - b),
    handedMs: world.handedMs.toSorted((a, b) => a - b),
    conflictShare: conflicts / Math.max(1, appends + conflicts),
    waitedShare:
      perSecond((counts) => counts.waited) /
      Math.max(
        1,
        perSecond((counts) => counts.acquired),
      ),
  };
}
