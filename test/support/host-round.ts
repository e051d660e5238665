// One round of a fleet on several hosts: everybody holds something, the others wait for it, and something befalls one host. The
// round is over when the others have what was held there, the host is back, and it has heard that it lost what it had.

import { setTimeout as pass } from 'node:timers/promises';
import type { FleetEvent } from '../../src/core/event.ts';
import type { HeldToken, Succession } from './believed.ts';
import { type Held, type HostCrew, HostRun } from './host-crew.ts';
import type { HostKitchen } from './host-kitchen.ts';
import type { Cut } from './host-network.ts';
import type { HostSession } from './host-session.ts';
import type { Written } from './shared-log.ts';
import { waitUntil } from './wait-until.ts';

export type Befalls = Cut | 'frozen' | 'vanished';

export interface RoundPlan {
  readonly number: number;
  readonly befalls: Befalls;
  /** Which of the hosts. */
  readonly victim: number;
  /** Of work before it befalls. */
  readonly afterMs: number;
}

export interface RoundReport {
  /** What was not as it must be, in sentences. */
  readonly problems: readonly string[];
  readonly successions: readonly Succession[];
  /** From the last sign of the host until its first session ended. */
  readonly lostAfterMs: number;
  /** From what befell it until all that was held there was granted to others. */
  readonly grantedAfterMs: number;
  /** From the end of the command under a lease until that was granted to others; null where the command stood still too. */
  readonly runMarginMs: number | null;
}

/** TTL and grace of a host's signs. */
const SILENT_MS = 15_000;

const GRANTED_WITHIN_MS = 90_000;
const REFUSED_WITHIN_MS = 60_000;
/** What `brigade run` says of it. */
const LOST = 'brigade: lost';
/** Of a token that is not current any more. */
const REFUSALS = ['TOKEN_STALE', 'NOT_HOLDER'];

interface Got {
  readonly by: HostSession;
  readonly lease: HeldToken;
  readonly crew: HostCrew;
}

export class HostRound {
  readonly #kitchen: HostKitchen;
  readonly #plan: RoundPlan;
  readonly #held = new Map<HostCrew, readonly Held[]>();
  readonly #runs = new Map<HostCrew, HostRun>();
  /** Of what the victim held: how each holder heard that it is over. */
  readonly #ends: Promise<string | null>[] = [];
  readonly #waits: Promise<void>[] = [];
  readonly #got: Got[] = [];
  /** What the victim was when it befell it. */
  #place = '';
  readonly #problems: string[] = [];
  #isBack = false;
  #isOver = false;

  constructor(kitchen: HostKitchen, plan: RoundPlan) {
    this.#kitchen = kitchen;
    this.#plan = plan;
  }

  async run(): Promise<RoundReport> {
    const { log, heard } = this.#kitchen;
    await log.read();
    const { head } = log;
    try {
      await this.#begin();
      // house-allow sleeping-test: the moment is random, and nothing is waited for
      await pass(this.#plan.afterMs);
      const { lostAfterMs, grantedAfterMs } = await this.#others(head);
      if (!this.#stoodStill) await this.#victimKnows();
      await this.#comeBack();
      await this.#victimIsRefused();
      await this.#giveBack();
      await log.read();
      for (const { event } of this.#lostSince(head)) {
        if (this.#placeOf(event) !== this.#place)
          this.#problems.push(`a session of another host was lost: ${event.seq}`);
      }
      const problems = [...this.#problems, ...log.brokenBy(heard)];
      const successions = this.#kitchen.successionsSince(head);
      return { problems, successions, lostAfterMs, grantedAfterMs, runMarginMs: this.#runMarginMs(head) };
    } finally {
      this.#isOver = true;
      await this.#comeBack();
    }
  }

  get #victim(): HostCrew {
    const crew = this.#kitchen.crews[this.#plan.victim];
    if (crew === undefined) throw new Error('there is no such host');
    return crew;
  }

  /** Nothing there could hear anything while others waited for its end. */
  get #stoodStill(): boolean {
    return this.#plan.befalls === 'frozen' || this.#plan.befalls === 'vanished';
  }

  get #victimHeld(): readonly Held[] {
    return this.#held.get(this.#victim) ?? [];
  }

  #nameOf(crew: HostCrew, what: string): string {
    return `task:round-${this.#plan.number}-${crew.host.name}-${what}`;
  }

  async #begin(): Promise<void> {
    const { crews } = this.#kitchen;
    await Promise.all(crews.map((crew) => crew.ready()));
    for (const crew of crews) {
      this.#runs.set(crew, await HostRun.start(crew.host, this.#nameOf(crew, 'run')));
      this.#held.set(crew, await crew.take((what) => this.#nameOf(crew, what)));
    }
    const isOver = (): boolean => this.#isOver;
    for (const [crew, held] of this.#held) {
      const ends = held.map(({ by, lease }) => by.keep(lease, isOver));
      if (crew === this.#victim) this.#ends.push(...ends);
      const resources = [this.#nameOf(crew, 'run'), ...held.map(({ lease }) => lease.resource)];
      for (const other of crews)
        if (other !== crew) this.#waits.push(...resources.map((each, i) => this.#wait(other, i, each)));
    }
  }

  /** In line, and then a holder like any other. */
  async #wait(crew: HostCrew, i: number, resource: string): Promise<void> {
    const isOver = (): boolean => this.#isOver;
    const by = crew.waiterFor(i);
    const lease = await by.await(resource, isOver);
    if (lease === null) return;
    this.#got.push({ by, lease, crew });
    await by.keep(lease, isOver);
  }

  /** It befalls the host, and they wait. */
  async #others(head: number): Promise<Pick<RoundReport, 'lostAfterMs' | 'grantedAfterMs'>> {
    const { log } = this.#kitchen;
    await log.read();
    this.#place = this.#kitchen.placeOf(this.#victim.host.name);
    const befellMs = performance.now();
    await this.#befall();
    await waitUntil('all that was held there, by others', () => this.#othersHaveIt(), { withinMs: GRANTED_WITHIN_MS });
    const grantedAfterMs = performance.now() - befellMs;
    await log.read();
    return { grantedAfterMs, lostAfterMs: this.#lostAfterMs(head) };
  }

  async #befall(): Promise<void> {
    const { host } = this.#victim;
    const { befalls } = this.#plan;
    if (befalls === 'frozen') await host.freeze();
    else if (befalls === 'vanished') await host.vanish();
    else await host.cut(befalls);
  }

  #othersHaveIt(): boolean {
    const wanted = [this.#nameOf(this.#victim, 'run'), ...this.#victimHeld.map(({ lease }) => lease.resource)];
    const got = new Set(this.#got.filter(({ crew }) => crew !== this.#victim).map(({ lease }) => lease.resource));
    return wanted.every((resource) => got.has(resource));
  }

  /** Cut off as it is, it tells nobody to go on. */
  async #victimKnows(): Promise<void> {
    const checks = this.#victimHeld.map(({ by, lease }) => by.call('check_token', { ...lease }));
    for (const { told } of await Promise.all(checks)) {
      if (told.holds === true && told.safeForMs !== 0) this.#problems.push(`check: ${JSON.stringify(told)}`);
    }
    const { complaint, commandEndedMs } = this.#run;
    if (!complaint.includes(LOST) || commandEndedMs === null) this.#problems.push(`brigade run goes on: ${complaint}`);
  }

  async #comeBack(): Promise<void> {
    const { host } = this.#victim;
    const { befalls } = this.#plan;
    if (this.#isBack) return;
    this.#isBack = true;
    if (befalls === 'frozen') host.thaw();
    else if (befalls === 'vanished') await host.start();
    else await host.heal();
  }

  /** Whoever held something there hears that it is over, and nobody gets anywhere with the old tokens. */
  async #victimIsRefused(): Promise<void> {
    const codes: (string | null)[] = [];
    for (const end of this.#ends) void end.then((code) => codes.push(code));
    const within = { withinMs: REFUSED_WITHIN_MS };
    await waitUntil('the end of all that was kept there', () => codes.length === this.#ends.length, within);
    if (codes.includes(null)) this.#problems.push('a holder went on');
    if (this.#plan.befalls === 'frozen')
      await waitUntil('brigade run', () => this.#run.complaint.includes(LOST), within);
    await this.#victim.ready();
    const now = this.#victim.waiterFor(0);
    for (const { lease } of this.#victimHeld) {
      const { told } = await now.call('put_state', { key: lease.resource, value: 1, ...lease });
      if (!REFUSALS.includes(told.code ?? '')) this.#problems.push(`an old token wrote: ${JSON.stringify(told)}`);
    }
  }

  async #giveBack(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#waits);
    const kept = [...this.#held].flatMap(([crew, held]) => (crew === this.#victim ? [] : held));
    const all = [...kept, ...this.#got];
    await Promise.all(all.map(({ by, lease }) => by.release([lease])));
    await Promise.all([...this.#runs.values()].map((run) => run.end()));
  }

  /** Until its first session was counted as gone; none was before its time. */
  #lostAfterMs(head: number): number {
    const { signs } = this.#kitchen;
    const place = this.#place;
    const lost = this.#lostSince(head).filter(({ event }) => this.#placeOf(event) === place);
    const lostAfterMs = Math.min(...lost.map((each) => this.#kitchen.atMs(each))) - signs.lastSignMs(place);
    if (lostAfterMs < SILENT_MS) this.#problems.push(`gone after ${lostAfterMs} ms`);
    return lostAfterMs;
  }

  #lostSince(head: number): readonly Written[] {
    return this.#kitchen.log.since(head).filter(({ event }) => event.type === 'session.lost');
  }

  #placeOf({ sessionId = '' }: FleetEvent): string | undefined {
    return this.#kitchen.log.places.get(sessionId);
  }

  get #run(): HostRun {
    const run = this.#runs.get(this.#victim);
    if (run === undefined) throw new Error('it has not begun');
    return run;
  }

  #runMarginMs(head: number): number | null {
    const { commandEndedMs: endedMs } = this.#run;
    const resource = this.#nameOf(this.#victim, 'run');
    const next = this.#kitchen.grantsSince(head).filter((grant) => grant.resource === resource)[1];
    return this.#stoodStill || endedMs === null || next === undefined ? null : next.atMs - endedMs;
  }
}
