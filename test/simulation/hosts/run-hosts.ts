// One seed of several hosts on one shared log. Their clocks stand and go differently, they freeze, vanish, are started anew and
// are cut off from the store, where what is under way may still arrive; and in some stories the store loses its data, or comes back
// with an older copy of it. On some hosts a second process works beside the first.

import type { Place } from '../../../src/ports/place.ts';
import { HERE } from '../../support/fleet-rig.ts';
import { type Random, randomOf } from '../../support/random.ts';
import { TestHost } from '../../support/test-memory.ts';
import type { Skew } from '../coordinators/agenda.ts';
import { Coverage } from '../coordinators/coverage.ts';
import { CLEAR, type Weather } from '../coordinators/sim-store.ts';
import { SimProcesses, World } from '../coordinators/world.ts';
import { type House, Houses } from '../places/houses.ts';

const WORK_MS = 900_000;
/** Longer than a host is watched before it counts as gone, than a lost one is slow to be found, and somewhat more. */
const QUIET_MS = 90_000;
const HOSTS = 3;
const WEATHERS: readonly (readonly [number, Weather])[] = [
  [2, CLEAR],
  [2, { unavailable: 0.02, lostReply: 0.05, late: 0.02, slow: 0.02, badHint: 0.3 }],
  [1, { unavailable: 0.05, lostReply: 0.1, late: 0.05, slow: 0.2, badHint: 0.6 }],
];

export interface HostsReport {
  readonly coverage: Coverage;
  readonly hash: string;
  readonly beliefs: number;
}

/** Throws what was broken; the same for the same seed. */
export async function runHosts(seed: number): Promise<HostsReport> {
  const play = new Play(randomOf(seed));
  try {
    await play.run();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const command = `BRIGADE_TEST_SEED=${seed} npx vitest run test/simulation/hosts`;
    throw new Error(`seed ${seed}: ${what}\n${command}\n${play.world.history.slice(-60).join('\n')}`, { cause: error });
  }
  const { coverage, log, beliefs } = play.world;
  return { coverage, hash: log.head.hash, beliefs: beliefs.made };
}

class Play {
  readonly world: World;
  readonly #random: Random;
  readonly #houses: Houses;
  readonly #mayLose: boolean;
  readonly #memories = new Map<string, TestHost>();
  #boots = 0;

  constructor(random: Random) {
    this.#random = random;
    const weather = random.weighted(WEATHERS);
    this.#mayLose = random.chance(0.4);
    const options = { random: random.fork(), coverage: new Coverage(), weather, places: 1, desks: false };
    this.world = new World({ ...options, isShared: true });
    const { world } = this;
    const ttlsMs = [2_000, 5_000, 20_000, 60_000, 600_000];
    this.#houses = new Houses({ world, random, ttlsMs, pauseMs: random.pick([3_000, 20_000, 60_000]) });
  }

  async run(): Promise<void> {
    const { agenda } = this.world;
    for (let i = 0; i < HOSTS; i += 1) this.#boot(`host${i}`);
    const endMs = agenda.nowMs + WORK_MS;
    this.#befall(endMs);
    await this.#houses.goOn(endMs);
    this.#houses.comeToRest();
    this.#houses.begunAnew();
    await this.#houses.goOn(agenda.nowMs + QUIET_MS);
    this.#houses.expectEnded();
  }

  /** A host in its next boot, with a clock of its own. */
  #boot(name: string): void {
    this.#boots += 1;
    const boot = `boot ${this.#boots}`;
    const place: Place = {
      ...HERE,
      placeId: `p_${name}_${this.#boots}`,
      machineId: name,
      bootId: boot,
      timeNamespace: boot,
      hostName: name,
    };
    const random = this.#random;
    const skew: Skew = { offsetMs: random.between(0, 10_000_000), rate: 1 + random.between(-5, 5) / 1_000 };
    const processes = new SimProcesses();
    const memory = this.#memories.get(name) ?? new TestHost();
    this.#memories.set(name, memory);
    const count = random.chance(0.3) ? 2 : 1;
    for (let i = 0; i < count; i += 1) this.#houses.moveIn({ place, processes, skew, memory }, random.between(1, 2));
  }

  /** Something befalls a host every half minute or so. */
  #befall(endMs: number): void {
    const random = this.#random;
    const { world } = this;
    world.agenda.after(random.between(2_000, 60_000), null, () => {
      if (world.agenda.nowMs >= endMs) return;
      const house = random.pick(this.#houses.all);
      const host = this.#houses.all.filter(({ at }) => at.place.placeId === house.at.place.placeId);
      random.weighted<() => void>([
        [3, () => this.#freeze(host, random.pick([3_000, 9_000, 14_000, 16_000, 40_000, 200_000]))],
        [4, () => this.#cut(host, random.pick([3_000, 9_000, 13_000, 14_500, 15_500, 20_000, 60_000, 200_000]))],
        [2, () => this.#vanish(host)],
        [1, () => world.outage(random.pick([2_000, 12_000, 30_000]))],
        [this.#mayLose ? 1 : 0, () => world.lose(random.chance(0.5))],
      ])();
      this.#befall(endMs);
    });
  }

  #freeze(host: readonly House[], ms: number): void {
    for (const house of host) this.#houses.freeze(house, ms, ms > 15_000 ? 'host frozen for long' : 'host frozen');
  }

  #cut(host: readonly House[], ms: number): void {
    const [first] = host;
    if (first === undefined || first.at.isCut === true) return;
    this.world.befalls(ms > 15_000 ? 'host cut off for long' : 'host cut off', `${first.at.place.placeId} ${ms} ms`);
    for (const { at } of host) at.isCut = true;
    this.world.agenda.after(ms, null, () => {
      this.world.tell(`${first.at.place.placeId} is reached again`);
      for (const house of host) {
        house.at.isCut = false;
        if (house.runsSinceMs !== null) house.runsSinceMs = this.world.agenda.nowMs;
      }
    });
  }

  /** Another boot of it, or another host, comes in its place. */
  #vanish(host: readonly House[]): void {
    const [first] = host;
    if (first === undefined) return;
    this.world.befalls('host vanished', first.at.place.placeId);
    for (const house of host) this.#houses.moveOut(house);
    const name = this.#random.chance(0.5) ? first.at.place.hostName : `host${this.#boots}`;
    this.world.agenda.after(this.#random.pick([1, 5_000, 20_000, 60_000]), null, () => this.#boot(name));
  }
}
