// The simulated machine: one log, coordinators in processes of their own, stores that misbehave, and what befalls them.

import { createMemoryLog } from '../../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import type { Health, OwnCoordinator } from '../../../src/app/coordinator.ts';
import { HostCoordinator, type HostCoordinatorOptions } from '../../../src/app/desk/host-coordinator.ts';
import { ALLOW } from '../../../src/app/hook/hook-call.ts';
import { LocalCoordinator, type LocalCoordinatorOptions } from '../../../src/app/local-coordinator.ts';
import type { FleetEvent } from '../../../src/core/event.ts';
import type { Policy } from '../../../src/core/governance/policy.ts';
import { EMPTY_HEAD } from '../../../src/ports/event-store.ts';
import type { Place } from '../../../src/ports/place.ts';
import type { ProcessEvidence, ProcessState, ProcessTable } from '../../../src/ports/process-table.ts';
import { countingIds, HERE, silent } from '../../support/fleet-rig.ts';
import { rollBack, tearSnapshot, wipe } from '../../support/memory-damage.ts';
import { MemoryDesk } from '../../support/memory-desk-door.ts';
import type { Random } from '../../support/random.ts';
import { TestHost } from '../../support/test-memory.ts';
import { BrokenPromise, differenceOf, textOf } from '../../support/witness.ts';
import { strictPolicy } from '../sim-policy.ts';
import { Agenda, clockOf, SimProcess, type Skew } from './agenda.ts';
import { Beliefs } from './beliefs.ts';
import type { Coverage } from './coverage.ts';
import { Observer } from './observer.ts';
import { CLEAR, type SimDisk, simStore, type Weather } from './sim-store.ts';

/** The machine as one pid namespace sees it: a host, or a container on it. They read one clock, unless it says otherwise. */
export interface SimPlace {
  readonly place: Place;
  readonly processes: SimProcesses;
  readonly skew?: Skew;
  /** What its host remembers; without it that is one host's with the others. */
  readonly memory?: TestHost;
  /** The network between it and the store is down. */
  isCut?: boolean;
}

/** A process with a coordinator in it. */
export interface Station {
  readonly name: string;
  readonly process: SimProcess;
  readonly at: SimPlace;
  readonly coordinator: OwnCoordinator;
  /** What it has opened of its own: one without a desk, none or several with one. */
  readonly locals: LocalCoordinator[];
  /** How it takes part; without desks always alone. */
  readonly role: () => string;
}

/** The processes of one place. A pid comes back, with another start time. */
export class SimProcesses implements ProcessTable {
  readonly #byPid = new Map<number, SimProcess>();
  #lastPid = 100;

  start(agenda: Agenda, name: string, usedPid?: number): SimProcess {
    this.#lastPid += 1;
    const process = new SimProcess(agenda, name, usedPid ?? this.#lastPid);
    this.#byPid.set(process.pid, process);
    return process;
  }

  evidenceOf(pid: number): ProcessEvidence | null {
    const process = this.#byPid.get(pid);
    return process === undefined || process.isGone ? null : { pid, startTime: process.startTime };
  }

  judge({ pid, startTime }: ProcessEvidence): ProcessState {
    const process = this.#byPid.get(pid);
    if (process === undefined || process.isGone || process.startTime !== startTime) return 'dead';
    return process.isStopped ? 'stopped' : 'alive';
  }

  judgeMany(evidences: readonly ProcessEvidence[]): Promise<readonly ProcessState[]> {
    return Promise.resolve(evidences.map((evidence) => this.judge(evidence)));
  }

  ancestorsOf(): readonly never[] {
    return [];
  }

  groupOf(): null {
    return null;
  }
}

type HostParts = Pick<HostCoordinatorOptions, 'clock' | 'hasher' | 'ids' | 'logger' | 'processes' | 'door'> & {
  readonly place: Place;
  readonly random: Random;
  readonly openLocal: () => LocalCoordinator;
};

const UNOPENED: Health = {
  head: EMPTY_HEAD,
  traits: createMemoryStore(createMemoryLog(), nodeHasher).traits,
  placeId: '',
  trouble: null,
  queued: 0,
  parked: 0,
  appends: 0,
  conflicts: 0,
};

export interface WorldOptions {
  readonly random: Random;
  readonly coverage: Coverage;
  readonly weather: Weather;
  readonly places: number;
  /** The processes of the first place have a desk among them. */
  readonly desks: boolean;
  /** The log is one that several hosts share. */
  readonly isShared?: boolean;
}

const HISTORY = 2_000;

export class World {
  readonly agenda = new Agenda();
  readonly log = createMemoryLog();
  readonly beliefs = new Beliefs();
  readonly disk: SimDisk = { durableSeq: 0 };
  readonly observer: Observer;
  readonly places: readonly SimPlace[];
  readonly stations: Station[] = [];
  readonly coverage: Coverage;
  /** What has happened last, for whoever looks for the cause of a failure. */
  readonly history: string[] = [];
  readonly #host = new TestHost();
  readonly #desk: MemoryDesk | null;
  readonly #policy: Policy | null;
  readonly #random: Random;
  readonly #isShared: boolean;
  #weather: Weather;
  #outageUntilMs = 0;
  #started = 0;
  /** Counts the files that stood in the log's place. */
  #file = 0;
  #failure: Error | null = null;
  #looked = 0;

  constructor({ random, coverage, weather, places, desks, isShared = false }: WorldOptions) {
    this.#random = random;
    this.#isShared = isShared;
    this.#policy = random.chance(0.7) ? strictPolicy(random.fork()) : null;
    this.coverage = coverage;
    this.#weather = weather;
    const tell = (events: readonly FleetEvent[]): void => {
      for (const event of events) this.tell(lineOf(event));
    };
    this.observer = new Observer(this.log, tell, (event, cases) => {
      coverage.count('event', event.type);
      for (const name of cases) coverage.count('case', name);
      this.beliefs.take(event, this.agenda.nowMs);
    });
    this.places = Array.from({ length: places }, (_, i) => placeOf(i));
    this.#desk = desks ? this.#deskOf(random.fork()) : null;
  }

  /** A coordinator in a process of its own, opened once its store has answered. */
  start(at: SimPlace, usedPid?: number): Station {
    this.#started += 1;
    const name = `c${this.#started}`;
    const process = at.processes.start(this.agenda, name, usedPid);
    const random = this.#random.fork();
    const { coverage } = this;
    const parts = {
      place: at.place,
      processes: at.processes,
      clock: clockOf(process, () => (random.chance(0.1) ? random.between(1, 20) : 0), at.skew),
      hasher: nodeHasher,
      ids: countingIds(name),
      logger: { ...silent, error: (fields) => this.fail(new BrokenPromise('no error', describe(fields))) },
    } satisfies Partial<LocalCoordinatorOptions>;
    const options: LocalCoordinatorOptions = {
      ...parts,
      makeStore: () =>
        Promise.resolve(
          simStore({
            log: this.log,
            process,
            random,
            weather: () => (at.isCut === true ? { ...this.#weatherNow(), unavailable: 1 } : this.#weatherNow()),
            isShared: this.#isShared,
            disk: this.disk,
            // A server that lost its data is the same server.
            file: () => (this.#isShared ? 0 : this.#file),
            // Calls that do not come through are many, and tell nothing.
            onFault: (kind) => (kind === 'unavailable' ? coverage.count('fault', kind) : this.befalls(kind, name)),
          }),
        ),
      memory: at.memory ?? this.#host,
      nextTurn: () => new Promise((resolve) => void process.after(0, resolve)),
      fold: null,
      foundingPolicy: () => this.#policy,
    };
    const locals: LocalCoordinator[] = [];
    const openLocal = (): LocalCoordinator => {
      const local = new LocalCoordinator(options);
      locals.push(local);
      return local;
    };
    const door = this.#desk?.door(name) ?? null;
    const coordinator =
      door === null ? openLocal() : this.#hostCoordinator(process, { ...parts, openLocal, door, random });
    const role = (): string => (coordinator instanceof HostCoordinator ? coordinator.role().role : 'alone');
    const station = { name, process, at, coordinator, locals, role };
    this.stations.push(station);
    void coordinator.open().catch((error: unknown) => this.fail(error));
    return station;
  }

  #hostCoordinator(process: SimProcess, parts: HostParts): HostCoordinator {
    const { openLocal, random, place } = parts;
    return new HostCoordinator({
      ...parts,
      openLocal: async () => {
        const local = openLocal();
        await local.open();
        return local;
      },
      mayOpen: random.chance(0.7),
      placeId: place.placeId,
      store: 'memory:',
      durability: 'host',
      person: {
        pid: process.pid,
        startTime: process.startTime,
        kind: 'sim',
        version: '0',
        client: null,
        startedBy: null,
      },
      answerHook: () => Promise.resolve(ALLOW),
      unopened: UNOPENED,
    });
  }

  #deskOf(random: Random): MemoryDesk {
    const later = (ms: number, run: () => void, owner: string): void => {
      const station = this.stations.find(({ name }) => name === owner);
      // What a process had sent arrives although it is gone.
      if (station === undefined) this.agenda.after(ms, null, run);
      else station.process.after(ms, run);
    };
    return new MemoryDesk({ later, nowMs: () => this.agenda.nowMs, delayMs: () => random.between(0, 3) });
  }

  /** Kill -9. */
  crash(station: Station): void {
    this.befalls('crash', station.name);
    if (station.role() === 'desk') this.coverage.count('fault', 'desk crashed');
    station.process.end();
    this.#desk?.kill(station.name);
    this.stations.splice(this.stations.indexOf(station), 1);
  }

  /** Nothing works for a while. */
  outage(ms: number): void {
    this.befalls('outage', `${ms} ms`);
    this.#outageUntilMs = this.agenda.nowMs + ms;
  }

  clearUp(): void {
    this.#weather = CLEAR;
    this.#outageUntilMs = 0;
    for (const { process, at } of this.stations) {
      process.goOn();
      at.isCut = false;
    }
  }

  /** The log is gone, or a part of it. */
  lose(isWhole: boolean): void {
    const { batches } = this.log;
    const kept = batches[Math.floor(batches.length * this.#random.next())];
    if (kept === undefined) return;
    this.befalls(isWhole ? 'wiped' : 'rolled back');
    this.#file += 1;
    this.observer.lost(isWhole ? 0 : kept.lastSeq);
    if (isWhole) wipe(this.log);
    else {
      rollBack(this.log, kept.lastSeq);
      for (const seq of this.log.snapshots.keys()) if (seq > kept.lastSeq) this.log.snapshots.delete(seq);
    }
  }

  /** A snapshot of the log as it stands; whole, torn, of another log, or none. */
  async saveSnapshot(): Promise<void> {
    const { head } = this.log;
    if (head.seq === 0 || head.seq !== this.observer.seq) return;
    const store = createMemoryStore(this.log, nodeHasher);
    await store.open();
    const kind = this.#random.pick(['whole', 'whole', 'torn', 'alien', 'garbled'] as const);
    this.befalls(`snapshot ${kind}`);
    const hash = kind === 'alien' ? 'a'.repeat(64) : head.hash;
    const body = kind === 'garbled' ? '{"tables":[]}' : this.observer.text;
    await store.saveSnapshot({ ...head, hash, body });
    if (kind === 'torn') tearSnapshot(this.log, head.seq);
    await store.close();
  }

  tell(what: string): void {
    this.history.push(`${this.agenda.nowMs} ${what}`);
    if (this.history.length > HISTORY) this.history.shift();
  }

  /** Something goes wrong on purpose. */
  befalls(kind: string, what = ''): void {
    this.coverage.count('fault', kind);
    this.tell(`${kind} ${what}`);
  }

  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /** Lets time pass until `untilMs`, or until `isOver`, and checks after everything that happens. Throws at the first failure. */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    while (!isOver()) {
      const isMore = await this.agenda.step(untilMs);
      this.check();
      if (!isMore) return;
    }
  }

  check(): void {
    const hasGrown = this.observer.look();
    if (this.#failure !== null) throw this.#failure;
    if (!hasGrown) return;
    this.#looked += 1;
    if (this.#looked % 16 === 0) this.compare();
  }

  /** Every coordinator that has read as far as the log goes has folded the same state. */
  compare(): void {
    for (const { name, locals } of this.stations) for (const local of locals) this.#compareOne(name, local);
  }

  #compareOne(name: string, local: LocalCoordinator): void {
    const { state, head } = local.replica;
    if (head.seq !== this.observer.seq || head.hash !== this.log.head.hash) return;
    const text = textOf(state);
    if (text !== this.observer.text)
      throw new BrokenPromise('one state', `${name} at ${head.seq}: ${differenceOf(text, this.observer.text)}`);
  }

  #weatherNow(): Weather {
    return this.agenda.nowMs < this.#outageUntilMs ? { ...this.#weather, unavailable: 1 } : this.#weather;
  }
}

function lineOf(event: FleetEvent): string {
  const { seq, at, type, actor, sessionId = '-', resource = '', token = '' } = event;
  const ticket = 'ticket' in event ? event.ticket : '';
  return `  log ${seq} at ${at} ${type} ${sessionId} ${resource} ${token} ${ticket} (${actor})`;
}

function placeOf(i: number): SimPlace {
  const place = i === 0 ? HERE : { ...HERE, placeId: `p_${i}`, pidNamespace: `pid ${i}`, hostName: `pantry ${i}` };
  return { place, processes: new SimProcesses() };
}

function describe(fields: unknown): string {
  const { err } = fields as { readonly err?: unknown };
  return err instanceof Error ? (err.stack ?? err.message) : JSON.stringify(fields);
}
