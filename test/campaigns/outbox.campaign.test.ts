// Alerts begin and end, receivers fail, answer late or not at all, coordinators die between any two steps and others come. In
// the end whoever is told has been told everything, each message under one id and with the same words, and what it took first
// of each alert came in order.

import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/app/coordinator.ts';
import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import type { DeliveryTarget } from '../../src/core/delivery/target.ts';
import { type EventStore, StoreFault } from '../../src/ports/event-store.ts';
import type { SendResult } from '../../src/ports/notifier.ts';
import type { Place } from '../../src/ports/place.ts';
import { campaignCount } from '../support/campaign.ts';
import { FleetRig, HERE, seat } from '../support/fleet-rig.ts';
import { type Random, randomOf } from '../support/random.ts';
import { type Arrival, DELIVERED, FAILED, Receiver } from '../support/receiver.ts';

const ELSEWHERE: Place = { ...HERE, placeId: 'p_elsewhere', bootId: 'other', hostName: 'cellar' };
const RETRIES = Array.from({ length: 20 }, () => 2_000);
const OPS: DeliveryTarget = { name: 'ops', kind: 'webhook', url: 'https://ops.example/', retriesMs: RETRIES };
const PAGER: DeliveryTarget = { name: 'pager', kind: 'desktop', retriesMs: RETRIES };
const AGENTS = ['ana', 'bo', 'cy', 'dee'];
const STEPS = 40;
const HOUR_MS = 3_600_000;

interface Member {
  readonly name: string;
  readonly pid: number;
  readonly at: LocalCoordinator;
}

class Night {
  readonly #random: Random;
  readonly #rig: FleetRig;
  readonly #dead = new Set<string>();
  readonly #receiver: Receiver;
  #members: Member[] = [];
  #came = 0;
  #isCalm = false;
  #asked = 0;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#receiver = new Receiver((arrival, signal) => this.#answer(arrival, signal));
    this.#rig = FleetRig.onFakeClock({
      makeStore: (name) => this.#storeOf(name),
      deliveringOf: (name) => ({ notifier: this.#receiver.notifierOf(name), pid: Number(name.slice(1)) }),
      foundingPolicyOf: () => ({ alerts: { deliver: [OPS, PAGER] } }),
    });
  }

  async run(): Promise<readonly FeedEvent[]> {
    await this.#come();
    for (const name of AGENTS) await seat(this.#somebody().at, name, { placeId: 'p_client' });
    for (let step = 0; step < STEPS; step += 1) await this.#step();
    await this.#calm();
    const log = await this.#log();
    this.#dead.clear();
    await this.#rig.clock.advanceUntil(this.#rig.close());
    return log;
  }

  get receiver(): Receiver {
    return this.#receiver;
  }

  async #step(): Promise<void> {
    const what = this.#random.weighted<'order' | 'wait' | 'come' | 'die'>([
      [5, 'order'],
      [5, 'wait'],
      [1, 'come'],
      [1, 'die'],
    ]);
    if (what === 'order') await this.#order();
    else if (what === 'come') await this.#come();
    else if (what === 'die') await this.#die();
    else await this.#rig.clock.advance(this.#random.below(8_000));
  }

  async #come(): Promise<void> {
    if (this.#members.length >= 3) return;
    this.#came += 1;
    const name = `c${this.#came}`;
    const at = await this.#rig.coordinator(name, this.#random.chance(0.5) ? HERE : ELSEWHERE);
    this.#members.push({ name, pid: this.#came, at });
  }

  /** From one step to the next: nothing it says is heard any more. */
  async #die(): Promise<void> {
    const member = this.#somebody();
    this.#members = this.#members.filter((each) => each !== member);
    this.#dead.add(member.name);
    this.#rig.processes.states.set(member.pid, 'dead');
    if (this.#members.length === 0) await this.#come();
  }

  async #order(): Promise<void> {
    const { at } = this.#somebody();
    this.#asked += 1;
    const op = this.#random.pick(['pause', 'resume'] as const);
    const by = { kind: 'operator', name: 'kim', proof: 'terminal' } as const;
    const head = { by, requestId: `order-${this.#asked}`, bodyHash: '', reason: 'a test' };
    await this.#rig.clock.advanceUntil(at.submit({ op, agentId: this.#random.pick(AGENTS), ...head }));
  }

  async #calm(): Promise<void> {
    this.#isCalm = true;
    await this.#come();
    const { at } = this.#somebody();
    for (let waitedMs = 0; waitedMs < HOUR_MS; waitedMs += 60_000) {
      await this.#rig.clock.advance(60_000);
      const { targets } = await at.view({ kind: 'deliveries' });
      if (targets.every(({ waiting }) => waiting === 0)) return;
    }
  }

  async #log(): Promise<readonly FeedEvent[]> {
    const log: FeedEvent[] = [];
    for await (const event of this.#somebody().at.feed({ after: 0, once: true })) log.push(event);
    return log;
  }

  #somebody(): Member {
    return this.#random.pick(this.#members);
  }

  /** A receiver may have taken what its sender believes to have failed, never the other way round. */
  #answer(arrival: Arrival, signal: AbortSignal): SendResult | Promise<SendResult> {
    if (this.#dead.has(arrival.by)) return new Promise(() => undefined);
    if (this.#isCalm) return DELIVERED;
    return this.#random.weighted<() => SendResult | Promise<SendResult>>([
      [6, () => DELIVERED],
      [3, () => FAILED],
      [1, () => this.#takenUnheard(arrival)],
      [2, () => this.#late(signal)],
    ])();
  }

  #takenUnheard(arrival: Arrival): SendResult {
    if (!this.#receiver.taken.has(arrival.id)) this.#receiver.taken.set(arrival.id, arrival);
    return FAILED;
  }

  #late(signal: AbortSignal): Promise<SendResult> {
    return new Promise((resolve) => {
      const cancel = this.#rig.clock.after(this.#random.below(15_000), () => resolve(DELIVERED));
      signal.addEventListener('abort', () => {
        cancel();
        resolve(FAILED);
      });
    });
  }

  #storeOf(name: string): EventStore {
    const store = this.#rig.store();
    const alive = <T>(work: () => Promise<T>): Promise<T> =>
      this.#dead.has(name) ? Promise.reject(new StoreFault('STORE_UNAVAILABLE', `${name} is dead`)) : work();
    const [read, append] = [store.read.bind(store), store.append.bind(store)];
    return Object.assign(store, {
      read: (after: number, limit: number) => alive(() => read(after, limit)),
      append: (...batch: Parameters<EventStore['append']>) => alive(() => append(...batch)),
    });
  }
}

const SEEDS = Array.from({ length: campaignCount(500, { atLeast: 10 }) }, (_, i) => i + 1);

describe.each(SEEDS)('a night with seed %i', (seed) => {
  it('loses nothing, and tells everything in order under one id', async () => {
    const night = new Night(seed);
    const log = await night.run();
    const { receiver } = night;
    const told = log.flatMap((event) => (event.type === 'delivery.opened' ? event.opened : []));
    const alerts = log.filter(({ type }) => /^alert\.(opened|repeated|closed)$/.test(type)).map(({ seq }) => seq);
    expect(alerts.filter((seq) => !told.some(({ message }) => message === seq))).toEqual([]);
    const fleetId = log.find((event) => event.type === 'fleet.founded')?.fleetId ?? '';
    const wanted = told.flatMap(({ message, targets }) =>
      targets.map((target) => `brigade_${fleetId}_${target}_${message}`),
    );
    expect(wanted.filter((id) => !receiver.taken.has(id))).toEqual([]);
    const words = new Map(receiver.arrivals.map(({ id, body }) => [id, body]));
    expect(receiver.arrivals.filter(({ id, body }) => words.get(id) !== body)).toEqual([]);
    expect(misplacedIn([...receiver.taken.values()])).toEqual([]);
  });
});

/** What was first taken of an alert after something later of it. */
function misplacedIn(taken: readonly Arrival[]): readonly string[] {
  const last = new Map<string, number>();
  return taken.flatMap(({ id, target, told }) => {
    const { subject, event } = told.data;
    const chain = `${target} ${subject}`;
    const isMisplaced = event.seq < (last.get(chain) ?? 0);
    last.set(chain, Math.max(event.seq, last.get(chain) ?? 0));
    return isMisplaced ? [id] : [];
  });
}
