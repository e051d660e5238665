// Places with coordinators and cooks in them, on one simulated log: they freeze, vanish and are moved into. What every story of
// them proves:
//
//   nobody is granted what somebody in a frozen place still believes in     (`world.beliefs`, after every event)
//   no session of a place that runs and beats is ever taken for gone        (`expectNotTaken`)
//   every session of a place that vanished comes to its end                 (`expectEnded`)

import { decodeBatch } from '../../../src/app/batch-codec.ts';
import type { Attachment, EventOf, FleetEvent } from '../../../src/core/event.ts';
import type { Random } from '../../support/random.ts';
import { BrokenPromise } from '../../support/witness.ts';
import { Cook } from '../coordinators/cook.ts';
import type { SimPlace, Station, World } from '../coordinators/world.ts';

/** A place that runs and is reached for so long has been heard of, whatever the weather. */
const HEARD_MS = 30_000;
const RESOURCES = ['task:stew', 'task:soup', 'file:@w1/src/a.ts'] as const;

/** Everybody in one place. */
export interface House {
  readonly at: SimPlace;
  readonly station: Station;
  readonly cooks: readonly Cook[];
  /** Since when it runs; null while it is frozen or gone. */
  runsSinceMs: number | null;
}

export interface HousesOptions {
  readonly world: World;
  readonly random: Random;
  /** What cooks ask their leases to last. */
  readonly ttlsMs: readonly number[];
  /** At most, between two acts of a cook. */
  readonly pauseMs: number;
}

export class Houses {
  readonly all: House[] = [];
  readonly #options: HousesOptions;
  readonly #attached = new Map<string, Attachment>();
  #made = 0;
  #seenBatches = 0;
  #isQuiet = false;

  constructor(options: HousesOptions) {
    this.#options = options;
  }

  moveIn(at: SimPlace, cooks: number): void {
    const { world, random } = this.#options;
    const station = world.start(at);
    const made = Array.from({ length: cooks }, () => {
      this.#made += 1;
      return new Cook(world, station, `k${this.#made}`, random.fork());
    });
    this.all.push({ at, station, cooks: made, runsSinceMs: world.agenda.nowMs });
    for (const cook of made) this.#work(cook);
  }

  moveOut(house: House): void {
    this.#options.world.crash(house.station);
    for (const cook of house.cooks) cook.vanish();
    house.runsSinceMs = null;
    this.all.splice(this.all.indexOf(house), 1);
  }

  freeze(house: House, ms: number, kind: string): void {
    if (house.runsSinceMs === null) return;
    const { world } = this.#options;
    world.befalls(kind, `${house.at.place.placeId} ${ms} ms`);
    house.runsSinceMs = null;
    for (const { process } of [house.station, ...house.cooks]) process.stop();
    world.agenda.after(ms, null, () => this.#thaw(house));
  }

  #thaw(house: House): void {
    const { world } = this.#options;
    if (!this.all.includes(house) || house.runsSinceMs !== null) return;
    house.runsSinceMs = world.agenda.nowMs;
    world.tell(`${house.at.place.placeId} goes on`);
    for (const { process } of [house.station, ...house.cooks]) process.goOn();
  }

  /** Nothing was heard of them until now. */
  begunAnew(): void {
    for (const house of this.all) if (house.runsSinceMs !== null) house.runsSinceMs = this.#options.world.agenda.nowMs;
  }

  /** Nobody asks for anything any more, and everything works. */
  comeToRest(): void {
    this.#isQuiet = true;
    this.#options.world.clearUp();
    for (const house of this.all) if (house.runsSinceMs === null) this.#thaw(house);
  }

  /** Lets time pass, and looks at every event as it comes. */
  async goOn(untilMs: number): Promise<void> {
    await this.#options.world.run(untilMs, () => {
      this.#look();
      return false;
    });
  }

  expectEnded(): void {
    for (const session of this.#options.world.observer.state.sessions.in('live', 'live')) {
      const left = session.attachments.find((each) => this.#houseOf(each) === undefined);
      if (left !== undefined)
        throw new BrokenPromise('who is gone is noticed', `${session.sessionId} of ${left.placeId} still lives`);
    }
  }

  #work(cook: Cook): void {
    const { random, process } = cook;
    process.after(random.between(500, this.#options.pauseMs), () => {
      if (!this.#isQuiet) act(cook, this.#options.ttlsMs);
      this.#work(cook);
    });
  }

  /** Looks at every event that is new in the log. */
  #look(): void {
    const { batches } = this.#options.world.log;
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
    const { coverage, agenda } = this.#options.world;
    coverage.count('case', event.evidence.includes('started anew') ? 'an earlier boot' : 'a place gone');
    if (!events.some(({ type }) => type === 'session.lost')) return;
    const attachment = this.#attached.get(event.attachmentId);
    const house = attachment === undefined ? undefined : this.#houseOf(attachment);
    const runsSinceMs = house?.runsSinceMs ?? null;
    if (runsSinceMs !== null && house?.at.isCut !== true && agenda.nowMs - runsSinceMs > HEARD_MS)
      throw new BrokenPromise(
        'who beats is there',
        `${attachment?.placeId} runs for ${agenda.nowMs - runsSinceMs} ms: ${event.evidence}`,
      );
  }

  /** Where the process is; undefined when it is gone. */
  #houseOf(attachment: Attachment): House | undefined {
    return this.all.find(
      ({ at: { place, processes } }) => place.placeId === attachment.placeId && processes.judge(attachment) !== 'dead',
    );
  }
}

function act(cook: Cook, ttlsMs: readonly number[]): void {
  const { random, seat } = cook;
  if (seat === null) {
    if (!cook.isRegistering) cook.register(null, null, true);
    return;
  }
  const [lease] = cook.held.slice(-1);
  const deed = random.between(0, 9);
  if (deed < 5 || lease === undefined) {
    const ttlMs = random.pick(ttlsMs);
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
