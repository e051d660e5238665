// One seed of places that come and go: a host and two containers on one log. Places freeze for seconds or for a quarter of an
// hour, vanish with everybody in them, come back, and the host is started anew. What is proved:
//
//   nobody is granted what somebody in a frozen place still believes in     (`world.beliefs`, after every event)
//   no session of a place that runs and beats is ever taken for gone        (`expectNotTaken`)
//   every session of a place that vanished comes to its end                 (`expectEnded`)

import { decodeBatch } from '../../../src/app/batch-codec.ts';
import type { Attachment, EventOf, FleetEvent } from '../../../src/core/event.ts';
import type { Place } from '../../../src/ports/place.ts';
import { HERE } from '../../support/fleet-rig.ts';
import { type Random, randomOf } from '../../support/random.ts';
import { BrokenPromise } from '../../support/witness.ts';
import { Cook } from '../coordinators/cook.ts';
import { Coverage } from '../coordinators/coverage.ts';
import { CLEAR, type Weather } from '../coordinators/sim-store.ts';
import { type SimPlace, SimProcesses, type Station, World } from '../coordinators/world.ts';

const WORK_MS = 2_400_000;
/** Longer than any place is watched before it counts as gone, and somewhat more for the weather. */
const QUIET_MS = 420_000;
/** A place that runs for so long has been heard of, whatever the weather. */
const HEARD_MS = 30_000;
const WEATHERS: readonly (readonly [number, Weather])[] = [
  [2, CLEAR],
  [2, { unavailable: 0.02, lostReply: 0.05, late: 0.02, slow: 0.02, badHint: 0.3 }],
];
const RESOURCES = ['task:stew', 'task:soup', 'file:@w1/src/a.ts'] as const;

/** Everybody in one place. */
interface House {
  readonly place: SimPlace;
  readonly station: Station;
  readonly cooks: readonly Cook[];
  /** Since when it runs; null while it is frozen or gone. */
  runsSinceMs: number | null;
}

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
  readonly #houses: House[] = [];
  readonly #attached = new Map<string, Attachment>();
  #boots = 0;
  #made = 0;
  #seenBatches = 0;
  #isQuiet = false;

  constructor(random: Random) {
    this.#random = random;
    const weather = random.weighted(WEATHERS);
    const options = { random: random.fork(), coverage: new Coverage(), weather, places: 1, desks: false };
    this.world = new World(options);
  }

  async run(): Promise<void> {
    const { agenda } = this.world;
    this.#bootHost();
    const endMs = agenda.nowMs + WORK_MS;
    this.#befall(endMs);
    await this.#goOn(endMs);
    this.#isQuiet = true;
    this.world.clearUp();
    for (const house of this.#houses) if (house.runsSinceMs === null) this.#thaw(house);
    await this.#goOn(agenda.nowMs + QUIET_MS);
    this.#expectEnded();
  }

  async #goOn(untilMs: number): Promise<void> {
    await this.world.run(untilMs, () => {
      this.#look();
      return false;
    });
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
    const at: SimPlace = { place, processes: new SimProcesses() };
    const station = this.world.start(at);
    const cooks = Array.from({ length: this.#random.between(1, 2) }, () => {
      this.#made += 1;
      return new Cook(this.world, station, `k${this.#made}`, this.#random.fork());
    });
    this.#houses.push({ place: at, station, cooks, runsSinceMs: this.world.agenda.nowMs });
    for (const cook of cooks) this.#work(cook);
  }

  #moveOut(house: House): void {
    this.world.crash(house.station);
    for (const cook of house.cooks) cook.vanish();
    house.runsSinceMs = null;
    this.#houses.splice(this.#houses.indexOf(house), 1);
  }

  #freeze(house: House, ms: number): void {
    if (house.runsSinceMs === null) return;
    this.world.befalls(
      ms > 315_000 ? 'place frozen for long' : 'place frozen',
      `${house.place.place.placeId} ${ms} ms`,
    );
    house.runsSinceMs = null;
    for (const { process } of [house.station, ...house.cooks]) process.stop();
    this.world.agenda.after(ms, null, () => this.#thaw(house));
  }

  #thaw(house: House): void {
    if (!this.#houses.includes(house) || house.runsSinceMs !== null) return;
    house.runsSinceMs = this.world.agenda.nowMs;
    this.world.tell(`${house.place.place.placeId} goes on`);
    for (const { process } of [house.station, ...house.cooks]) process.goOn();
  }

  /** Something befalls a place every minute or so. */
  #befall(endMs: number): void {
    const random = this.#random;
    const { world } = this;
    world.agenda.after(random.between(5_000, 120_000), null, () => {
      if (world.agenda.nowMs >= endMs) return;
      const house = random.pick(this.#houses);
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
    for (const house of this.#houses) if (house.runsSinceMs !== null) house.runsSinceMs = this.world.agenda.nowMs;
  }

  /** Sometimes somebody moves into the same place later. */
  #vanish(house: House, endMs: number): void {
    const { place } = house.place;
    // Somebody has to be left to notice.
    if (this.#houses.length < 2) return;
    this.world.befalls('place vanished', place.placeId);
    this.#moveOut(house);
    const comesBack = this.#random.chance(0.5);
    this.world.agenda.after(this.#random.pick([1_000, 20_000, 310_000, 500_000]), null, () => {
      const isOver = place.bootId !== `boot ${this.#boots}`;
      if (!isOver && comesBack && this.world.agenda.nowMs < endMs) this.#moveIn(place);
    });
  }

  #reboot(): void {
    this.world.befalls('host started anew');
    for (let [house] = this.#houses; house !== undefined; [house] = this.#houses) this.#moveOut(house);
    this.#bootHost();
  }

  #work(cook: Cook): void {
    const { random, process } = cook;
    process.after(random.between(500, 20_000), () => {
      if (!this.#isQuiet) act(cook);
      this.#work(cook);
    });
  }

  /** Looks at every event that is new in the log. */
  #look(): void {
    const { batches } = this.world.log;
    for (; this.#seenBatches < batches.length; this.#seenBatches += 1) {
      const batch = batches[this.#seenBatches];
      if (batch === undefined) continue;
      const { events } = decodeBatch(batch);
      for (const event of events) {
        if (event.type === 'session.opened' && event.attachment !== null)
          this.#attached.set(event.attachment.attachmentId, event.attachment);
        if (event.type === 'session.detached') this.#expectNotTaken(event, events);
      }
    }
  }

  #expectNotTaken(event: EventOf<'session.detached'>, events: readonly FleetEvent[]): void {
    if (!event.evidence.includes('given no sign')) return;
    this.world.coverage.count('case', event.evidence.includes('started anew') ? 'an earlier boot' : 'a place gone');
    if (!events.some(({ type }) => type === 'session.lost')) return;
    const { nowMs } = this.world.agenda;
    const attachment = this.#attached.get(event.attachmentId);
    const house = attachment === undefined ? undefined : this.#houseOf(attachment);
    const runsSinceMs = house?.runsSinceMs ?? null;
    if (runsSinceMs !== null && nowMs - runsSinceMs > HEARD_MS)
      throw new BrokenPromise(
        'who beats is there',
        `${attachment?.placeId} runs for ${nowMs - runsSinceMs} ms: ${event.evidence}`,
      );
  }

  #expectEnded(): void {
    for (const session of this.world.observer.state.sessions.in('live', 'live')) {
      const left = session.attachments.find((each) => this.#houseOf(each) === undefined);
      if (left !== undefined)
        throw new BrokenPromise('who is gone is noticed', `${session.sessionId} of ${left.placeId} still lives`);
    }
  }

  /** Where the process is; undefined when it is gone. */
  #houseOf(attachment: Attachment): House | undefined {
    return this.#houses.find(
      ({ place: { place, processes } }) =>
        place.placeId === attachment.placeId && processes.judge(attachment) !== 'dead',
    );
  }
}

function act(cook: Cook): void {
  const { random, seat } = cook;
  if (seat === null) {
    if (!cook.isRegistering) cook.register(null, null, true);
    return;
  }
  const [lease] = cook.held.slice(-1);
  const deed = random.between(0, 9);
  if (deed < 5 || lease === undefined) {
    const ttlMs = random.pick([60_000, 600_000, 1_200_000]);
    const waitMs = random.pick([0, 5_000, 20_000]);
    const resources = [random.pick(RESOURCES)];
    cook.ask({ op: 'acquire', resources, mode: 'exclusive', waitMs, ttlMs, reason: '', priority: 0 });
  } else if (deed < 8) cook.ask({ op: 'check', resource: lease.resource, token: lease.token });
  else {
    cook.giveUp(lease);
    cook.held = cook.held.filter((each) => each !== lease);
    cook.ask({ op: 'release', leases: [{ resource: lease.resource, token: lease.token }] });
  }
}
