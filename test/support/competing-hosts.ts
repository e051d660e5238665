// Hosts that compete for one log on a clock that the test drives: each is a coordinator at a place of its own, on its own road
// to the store, with callers that take a lock of their own and give it back, over and over.

import type { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import { DistantServer } from './distant-store.ts';
import { type Cook, codeOf, FleetRig, HERE, seat, tokenOf } from './fleet-rig.ts';
import { randomOf } from './random.ts';

export interface CompetingOptions {
  /** Milliseconds of one way to the store, one number for each host; a way takes one more now and then. */
  readonly roadsMs: readonly number[];
  /** The place of each, where some are processes of one place; absent: each has a place of its own. */
  readonly places?: readonly number[];
  /** Without it nobody knows that the log is shared, and turns are not taken. */
  readonly takeTurns?: boolean;
  readonly callers?: number;
  /** How often a way takes up to 30 ms more, as on a machine that has others to serve. */
  readonly stallChance?: number;
}

/** What became of the hosts in a stretch of time, host by host. */
export interface Competed {
  /** Answered calls of each host. */
  readonly done: readonly number[];
  /** The lowest of these to their mean. */
  readonly lowest: number;
  readonly longestMs: number;
  readonly appends: number;
  readonly conflicts: number;
}

const WRITE_MS = 2;
const CALLERS = 4;
const STALL_MS = 30;

export class CompetingHosts {
  readonly rig: FleetRig;
  readonly #options: CompetingOptions;
  readonly #hosts: LocalCoordinator[] = [];
  readonly #cooks: Cook[][] = [];

  constructor(options: CompetingOptions) {
    this.#options = options;
    const random = randomOf(2511);
    const { roadsMs, takeTurns = true, stallChance = 0 } = options;
    this.rig = FleetRig.onFakeClock({
      makeStore: (name) => {
        const roadMs = roadsMs[Number(name)] ?? 1;
        return server.reach(() =>
          random.chance(stallChance) ? random.between(roadMs, roadMs + STALL_MS) : random.between(roadMs, roadMs + 1),
        );
      },
    });
    const { log, clock } = this.rig;
    const server = new DistantServer({ log, clock, writeMs: WRITE_MS, isShared: takeTurns });
  }

  /** Opens host number `n`, which has written nothing yet. */
  async open(n: number): Promise<LocalCoordinator> {
    const at = this.#options.places?.[n] ?? n;
    const place = { ...HERE, placeId: `p_${at}`, machineId: `machine${at}`, bootId: `boot${at}`, hostName: `k${at}` };
    const host = await this.rig.clock.advanceUntil(this.rig.coordinator(String(n), place));
    this.#hosts[n] = host;
    return host;
  }

  /** Registers the callers of host number `n`. */
  async staff(n: number): Promise<void> {
    const host = this.#hosts[n] ?? (await this.open(n));
    const { callers = CALLERS } = this.#options;
    const seats = Array.from({ length: callers }, (_, i) =>
      seat(host, `cook-${n}-${i}`, { placeId: host.health().placeId }),
    );
    this.#cooks[n] = [...(await this.rig.clock.advanceUntil(Promise.all(seats)))];
  }

  async staffAll(): Promise<void> {
    for (const n of this.#options.roadsMs.keys()) await this.staff(n);
  }

  cookOf(n: number): Cook {
    const cook = this.#cooks[n]?.[0];
    if (cook === undefined) throw new Error(`host ${n} has no callers`);
    return cook;
  }

  hostOf(n: number): LocalCoordinator {
    const host = this.#hosts[n];
    if (host === undefined) throw new Error(`host ${n} is not open`);
    return host;
  }

  /** All callers of these hosts at work for so long; `meanwhile` begins with them. */
  async work(ms: number, who?: readonly number[], meanwhile?: () => Promise<void>): Promise<Competed> {
    const { clock } = this.rig;
    const endsMs = clock.monotonicMs() + ms;
    const before = this.#counts();
    const done = this.#options.roadsMs.map(() => 0);
    let longestMs = 0;
    const at = who ?? [...this.#options.roadsMs.keys()];
    const works = at.flatMap((n) => (this.#cooks[n] ?? []).map((cook, i) => work(n, cook, `task:${n}-${i}`)));
    if (meanwhile !== undefined) works.push(meanwhile());
    while (clock.monotonicMs() < endsMs) await clock.advance(50);
    const counted = [...done];
    const after = this.#counts();
    await clock.advanceUntil(Promise.all(works));
    const mean = at.reduce((sum, n) => sum + (counted[n] ?? 0), 0) / at.length;
    const lowest = Math.min(...at.map((n) => counted[n] ?? 0)) / mean;
    const [appends, conflicts] = [after.appends - before.appends, after.conflicts - before.conflicts];
    return { done: counted, lowest, longestMs, appends, conflicts };

    async function work(n: number, cook: Cook, resource: string): Promise<void> {
      while (clock.monotonicMs() < endsMs) {
        const token = tokenOf(await timed(n, cook.acquire(resource)));
        const code = codeOf(await timed(n, cook.release([{ resource, token }])));
        if (code !== 'none') throw new Error(`release: ${code}`);
      }
    }

    async function timed<T>(n: number, call: Promise<T>): Promise<T> {
      const beganMs = clock.monotonicMs();
      const answer = await call;
      longestMs = Math.max(longestMs, clock.monotonicMs() - beganMs);
      done[n] = (done[n] ?? 0) + 1;
      return answer;
    }
  }

  #counts(): { readonly appends: number; readonly conflicts: number } {
    let [appends, conflicts] = [0, 0];
    for (const host of this.#hosts) {
      const health = host.health();
      appends += health.appends;
      conflicts += health.conflicts;
    }
    return { appends, conflicts };
  }

  close(): Promise<void> {
    return this.rig.clock.advanceUntil(this.rig.close());
  }
}
