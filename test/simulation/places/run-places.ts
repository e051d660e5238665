// One seed of places that come and go: a host and two containers on one log. Places freeze for seconds or for a quarter of an
// hour, vanish with everybody in them, come back, and the host is started anew.

import type { Place } from '../../../src/ports/place.ts';
import { HERE } from '../../support/fleet-rig.ts';
import { type Random, randomOf } from '../../support/random.ts';
import { Coverage } from '../coordinators/coverage.ts';
import { CLEAR, type Weather } from '../coordinators/sim-store.ts';
import { SimProcesses, World } from '../coordinators/world.ts';
import { type House, Houses } from './houses.ts';

const WORK_MS = 2_400_000;
/** Longer than any place is watched before it counts as gone, and somewhat more for the weather. */
const QUIET_MS = 420_000;
const WEATHERS: readonly (readonly [number, Weather])[] = [
  [2, CLEAR],
  [2, { unavailable: 0.02, lostReply: 0.05, late: 0.02, slow: 0.02, badHint: 0.3 }],
];

export interface PlacesReport {
  readonly coverage: Coverage;
  readonly hash: string;
}

/** Throws what was broken; the same for the same seed. */
export async function runPlaces(seed: number): Promise<PlacesReport> {
  const play = new Play(randomOf(seed));
  try {
    await play.run();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const command = `BRIGADE_TEST_SEED=${seed} npx vitest run test/simulation/places`;
    throw new Error(`seed ${seed}: ${what}\n${command}\n${play.world.history.slice(-60).join('\n')}`, { cause: error });
  }
  return { coverage: play.world.coverage, hash: play.world.log.head.hash };
}

class Play {
  readonly world: World;
  readonly #random: Random;
  readonly #houses: Houses;
  #boots = 0;

  constructor(random: Random) {
    this.#random = random;
    const weather = random.weighted(WEATHERS);
    const options = { random: random.fork(), coverage: new Coverage(), weather, places: 1, desks: false };
    this.world = new World(options);
    const { world } = this;
    this.#houses = new Houses({ world, random, ttlsMs: [60_000, 600_000, 1_200_000], pauseMs: 20_000 });
  }

  async run(): Promise<void> {
    const { agenda } = this.world;
    this.#bootHost();
    const endMs = agenda.nowMs + WORK_MS;
    this.#befall(endMs);
    await this.#houses.goOn(endMs);
    this.#houses.comeToRest();
    await this.#houses.goOn(agenda.nowMs + QUIET_MS);
    this.#houses.expectEnded();
  }

  /** The host with its containers, in its next boot. */
  #bootHost(): void {
    this.#boots += 1;
    const host = { ...HERE, placeId: `p_host${this.#boots}`, bootId: `boot ${this.#boots}` };
    this.#moveIn(host);
    for (const box of ['pantry', 'cellar'])
      this.#moveIn({ ...host, placeId: `p_${box}${this.#boots}`, pidNamespace: box, hostName: box });
  }

  #moveIn(place: Place): void {
    this.#houses.moveIn({ place, processes: new SimProcesses() }, this.#random.between(1, 2));
  }

  #freeze(house: House, ms: number): void {
    this.#houses.freeze(house, ms, ms > 315_000 ? 'place frozen for long' : 'place frozen');
  }

  /** Something befalls a place every minute or so. */
  #befall(endMs: number): void {
    const random = this.#random;
    const { world } = this;
    world.agenda.after(random.between(5_000, 120_000), null, () => {
      if (world.agenda.nowMs >= endMs) return;
      const house = random.pick(this.#houses.all);
      random.weighted<() => void>([
        [4, () => this.#freeze(house, random.pick([5_000, 60_000, 250_000, 305_000]))],
        [4, () => this.#freeze(house, random.pick([314_000, 316_000, 320_000, 400_000, 900_000]))],
        [2, () => this.#vanish(house, endMs)],
        [1, () => this.#reboot()],
        [1, () => this.#sleep(random.pick([4_000, 30_000, 400_000, 3_600_000]))],
      ])();
      this.#befall(endMs);
    });
  }

  /** Everybody at home sleeps, as all of them have one clock here. */
  #sleep(ms: number): void {
    this.world.befalls('slept', `${ms} ms`);
    this.world.agenda.sleep(ms);
    this.#houses.begunAnew();
  }

  /** Sometimes somebody moves into the same place later. */
  #vanish(house: House, endMs: number): void {
    const { place } = house.at;
    // Somebody has to be left to notice.
    if (this.#houses.all.length < 2) return;
    this.world.befalls('place vanished', place.placeId);
    this.#houses.moveOut(house);
    const comesBack = this.#random.chance(0.5);
    this.world.agenda.after(this.#random.pick([1_000, 20_000, 310_000, 500_000]), null, () => {
      const isOver = place.bootId !== `boot ${this.#boots}`;
      if (!isOver && comesBack && this.world.agenda.nowMs < endMs) this.#moveIn(place);
    });
  }

  #reboot(): void {
    this.world.befalls('host started anew');
    for (let [house] = this.#houses.all; house !== undefined; [house] = this.#houses.all) this.#houses.moveOut(house);
    this.#bootHost();
  }
}
