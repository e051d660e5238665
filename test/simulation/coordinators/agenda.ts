// The one thread of a simulation. Everything that happens is a task on the agenda: timers, turns of the event loop, the way
// to a store and back, what agents do. After each task all promises that it set going come to rest before the next one
// begins, so a seed has exactly one history.

import type { Cancel, Clock } from '../../../src/ports/clock.ts';

interface Task {
  readonly atMs: number;
  readonly order: number;
  /** Whose task it is; null for what goes on by itself, as a network does. */
  readonly process: SimProcess | null;
  readonly run: () => void;
  isCancelled: boolean;
}

export class Agenda {
  #nowMs = 1_000_000;
  #made = 0;
  #ran = 0;
  #sleptMs = 0;
  readonly #heap: Task[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Tasks that have run. */
  get ran(): number {
    return this.#ran;
  }

  after(ms: number, process: SimProcess | null, run: () => void): Cancel {
    this.#made += 1;
    const task = { atMs: this.#nowMs + Math.max(0, ms), order: this.#made, process, run, isCancelled: false };
    this.#push(task);
    return () => {
      task.isCancelled = true;
    };
  }

  /** How long the machine has slept. */
  get sleptMs(): number {
    return this.#sleptMs;
  }

  /** The machine sleeps: `ms` are gone at once, and nothing has run meanwhile. */
  sleep(ms: number): void {
    this.#sleptMs += ms;
    this.#nowMs += ms;
  }

  /** Runs the next task due by `untilMs`. False when there is none; then it is `untilMs`. */
  async step(untilMs: number): Promise<boolean> {
    const [next] = this.#heap;
    if (next === undefined || next.atMs > untilMs) {
      await rest();
      // What has just come to rest may have put something on the agenda.
      if (this.#heap[0] !== next) return true;
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#pop();
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    if (next.isCancelled || next.process?.isGone === true) return true;
    if (next.process?.isStopped === true) {
      next.process.hold(next);
      return true;
    }
    this.#ran += 1;
    next.run();
    await rest();
    return true;
  }

  /** Tasks of `process` that are still to run. */
  tasksOf(process: SimProcess): number {
    return this.#heap.filter((task) => task.process === process && !task.isCancelled).length;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let i = heap.push(task) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(task, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = heap[2 * i + 1];
      const right = heap[2 * i + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, last)) break;
      heap[i] = child;
      i = 2 * i + (isRight ? 2 : 1);
    }
    heap[i] = last;
  }
}

/** Every promise that can go on without another task has gone on. */
function rest(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function isBefore(a: Task, b: Task): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}

/** A process of the simulated machine. It can be stopped and go on, and it can be gone. */
export class SimProcess {
  readonly name: string;
  readonly pid: number;
  readonly startTime: string;
  readonly agenda: Agenda;
  isStopped = false;
  isGone = false;
  #held: Task[] = [];
  #stoppedAtMs = 0;
  #stoppedMs = 0;

  constructor(agenda: Agenda, name: string, pid: number) {
    this.agenda = agenda;
    this.name = name;
    this.pid = pid;
    this.startTime = `start of ${name}`;
  }

  /** For how long it could not run, all in all. */
  get idleMs(): number {
    const { nowMs, sleptMs } = this.agenda;
    return this.#stoppedMs + sleptMs + (this.isStopped ? nowMs - sleptMs - this.#stoppedAtMs : 0);
  }

  after(ms: number, run: () => void): Cancel {
    return this.agenda.after(ms, this, run);
  }

  hold(task: Task): void {
    this.#held.push(task);
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    // Sleep while it is stopped is counted as sleep.
    this.#stoppedAtMs = this.agenda.nowMs - this.agenda.sleptMs;
  }

  goOn(): void {
    if (!this.isStopped) return;
    this.#stoppedMs += this.agenda.nowMs - this.agenda.sleptMs - this.#stoppedAtMs;
    this.isStopped = false;
    for (const task of this.#held.splice(0)) {
      this.agenda.after(0, this, () => {
        if (!task.isCancelled) task.run();
      });
    }
  }

  end(): void {
    this.isGone = true;
    this.#held = [];
  }
}

/** How a machine's monotonic clock stands to real time. */
export interface Skew {
  readonly offsetMs: number;
  /** How fast it goes; 1 is right. */
  readonly rate: number;
}

const RIGHT: Skew = { offsetMs: 0, rate: 1 };

/** The machine's clock, as a process reads it; its timers are late now and then. */
export function clockOf(process: SimProcess, lateMs: () => number, { offsetMs, rate }: Skew = RIGHT): Clock {
  const { agenda } = process;
  return {
    monotonicMs: () => Math.floor(offsetMs + agenda.nowMs * rate),
    preciseMs: () => offsetMs + agenda.nowMs * rate,
    wallAt: () => new Date(Date.UTC(2025, 10, 19, 23, 25) + agenda.nowMs).toISOString(),
    after: (ms, run) => process.after(Math.max(0, ms) / rate + lateMs(), run),
  };
}
