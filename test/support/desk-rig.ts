// Processes of one place around one log in memory, with desks between them; time, messages, deaths and stops are in the hand
// of the test.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMemoryLog, type MemoryLog } from '../../src/adapters/memory/memory-log.ts';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { nodeHasher } from '../../src/adapters/system/node-hasher.ts';
import { HostCoordinator, type HostCoordinatorOptions } from '../../src/app/desk/host-coordinator.ts';
import { ALLOW } from '../../src/app/hook/hook-call.ts';
import { NO_MEMORY } from '../../src/app/host-memory.ts';
import { LocalCoordinator } from '../../src/app/local-coordinator.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { EMPTY_HEAD, type EventStore } from '../../src/ports/event-store.ts';
import type { ProcessEvidence, ProcessState, ProcessTable } from '../../src/ports/process-table.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { countingIds, HERE, silent } from './fleet-rig.ts';
import { MemoryDesk } from './memory-desk-door.ts';

export interface RiggedProcess {
  readonly name: string;
  readonly pid: number;
  readonly coordinator: HostCoordinator;
  /** Coordinators of its own that it has opened. */
  readonly opened: LocalCoordinator[];
}

interface ProcessOptions extends Partial<HostCoordinatorOptions> {
  /** What its own coordinator has of the log. */
  readonly wrapStore?: (store: EventStore) => EventStore;
  /** What opening a coordinator of its own waits for. */
  readonly beforeOpen?: () => Promise<void>;
}

/** The clock of one process: stopped, nothing of it runs; it runs late when the process goes on. */
class ProcessClock implements Clock {
  isStopped = false;
  isDead = false;
  readonly #late: (() => void)[] = [];
  readonly #base: Clock;

  constructor(base: Clock) {
    this.#base = base;
  }

  monotonicMs(): number {
    return this.#base.monotonicMs();
  }

  preciseMs(): number {
    return this.#base.preciseMs();
  }

  wallAt(): string {
    return this.#base.wallAt();
  }

  after(ms: number, run: () => void): () => void {
    let isCancelled = false;
    const cancel = this.#base.after(ms, () => {
      if (this.isDead || isCancelled) return;
      if (this.isStopped) this.#late.push(() => (isCancelled ? undefined : run()));
      else run();
    });
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  goOn(): void {
    this.isStopped = false;
    for (const run of this.#late.splice(0)) run();
  }
}

export class DeskRig {
  readonly clock: FakeClock = createFakeClock();
  readonly log: MemoryLog = createMemoryLog();
  readonly desk: MemoryDesk;
  readonly #clocks = new Map<string, ProcessClock>();
  readonly #states = new Map<number, ProcessState>();
  readonly #processes: RiggedProcess[] = [];

  constructor() {
    this.desk = new MemoryDesk({
      later: (_ms, run) => void setImmediate(run),
      nowMs: () => this.clock.monotonicMs(),
    });
  }

  /** Starts a process; it has found or opened what it needs when this resolves. */
  async start(name: string, asked: ProcessOptions = {}): Promise<RiggedProcess> {
    const { wrapStore = (store) => store, beforeOpen = () => Promise.resolve(), ...options } = asked;
    const clock = new ProcessClock(this.clock);
    const pid = 100 + this.#processes.length;
    const ids = countingIds(name);
    const opened: LocalCoordinator[] = [];
    const processes = this.#table();
    this.#clocks.set(name, clock);
    this.#states.set(pid, 'alive');
    const openLocal = async (): Promise<LocalCoordinator> => {
      await beforeOpen();
      const local = new LocalCoordinator({
        makeStore: () => Promise.resolve(wrapStore(createMemoryStore(this.log, nodeHasher))),
        memory: NO_MEMORY,
        place: HERE,
        processes,
        clock,
        hasher: nodeHasher,
        ids,
        logger: silent,
        nextTurn: () => nextTurn(),
        fold: null,
      });
      await local.open();
      opened.push(local);
      return local;
    };
    const coordinator = new HostCoordinator({
      openLocal,
      door: this.desk.door(name),
      mayOpen: true,
      placeId: HERE.placeId,
      store: 'memory:',
      durability: 'host',
      person: { pid, startTime: 'start', kind: 'mcp', version: '0.0.0', client: null, startedBy: null },
      clock,
      hasher: nodeHasher,
      ids,
      processes,
      answerHook: () => Promise.resolve(ALLOW),
      logger: silent,
      unopened: UNOPENED,
      ...options,
    });
    const started = { name, pid, coordinator, opened };
    this.#processes.push(started);
    await this.clock.advanceUntil(coordinator.open());
    return started;
  }

  /** Kill -9. What it had opened may still write what was under way, as an append that has reached the disk does. */
  kill({ name, pid }: RiggedProcess): void {
    const clock = this.#clocks.get(name);
    if (clock !== undefined) clock.isDead = true;
    this.#states.set(pid, 'dead');
    this.desk.kill(name);
  }

  stop({ name, pid }: RiggedProcess): void {
    const clock = this.#clocks.get(name);
    if (clock !== undefined) clock.isStopped = true;
    this.#states.set(pid, 'stopped');
    this.desk.stop(name);
  }

  goOn({ name, pid }: RiggedProcess): void {
    this.#states.set(pid, 'alive');
    this.desk.resume(name);
    this.#clocks.get(name)?.goOn();
  }

  async close(): Promise<void> {
    const alive = this.#processes.filter(({ pid }) => this.#states.get(pid) === 'alive');
    await this.clock.advanceUntil(Promise.all(alive.map(({ coordinator }) => coordinator.close())));
  }

  /** Every fact in the log, as text. */
  facts(): string {
    return this.log.batches.map(({ body }) => body).join('\n');
  }

  #table(): ProcessTable {
    const judge = ({ pid }: ProcessEvidence): ProcessState => this.#states.get(pid) ?? 'dead';
    return {
      evidenceOf: (pid) => ({ pid, startTime: 'start' }),
      judge,
      judgeMany: (evidences) => Promise.resolve(evidences.map(judge)),
      ancestorsOf: () => [],
      groupOf: () => null,
    };
  }
}

const UNOPENED = {
  head: EMPTY_HEAD,
  traits: {
    kind: 'memory',
    sharedAcrossHosts: false,
    pushesHints: true,
    survives: 'nothing',
    maxBatchEvents: 0,
    maxBatchBytes: 0,
    location: 'memory:',
  },
  placeId: HERE.placeId,
  trouble: null,
  queued: 0,
  parked: 0,
  appends: 0,
  conflicts: 0,
} as const;
