// The processes with the real fleets, from the side of the benchmark.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Load } from './load.ts';
import type { Order, Told, Worked } from './process.ts';

/** Fleets spread evenly over some processes, as many as this machine has processors. */
export class RealFleets {
  readonly #processes: readonly FleetsProcess[];

  constructor(processes: number) {
    this.#processes = Array.from({ length: processes }, () => new FleetsProcess());
  }

  get pids(): readonly number[] {
    return this.#processes.map(({ pid }) => pid);
  }

  async open(url: string, load: Load): Promise<{ readonly tookMs: number; readonly memoryBytes: number }> {
    const fleets = Math.ceil(load.fleets / this.#processes.length);
    const opened = await this.#all((process, i) => process.open(url, { ...load, fleets }, i * fleets));
    return {
      tookMs: Math.max(...opened.map(({ tookMs }) => tookMs)),
      memoryBytes: sum(opened.map(({ memoryBytes }) => memoryBytes)),
    };
  }

  async work(order: WorkOrder): Promise<Worked> {
    const worked = await this.#all((process) => process.work(order));
    const sumOf = (of: (each: Worked) => number): number => sum(worked.map(of));
    return {
      seconds: Math.max(...worked.map(({ seconds }) => seconds)),
      answeredMs: worked.flatMap(({ answeredMs }) => answeredMs),
      waited: sumOf(({ waited }) => waited),
      refused: worked.flatMap(({ refused }) => refused),
      appends: sumOf(({ appends }) => appends),
      conflicts: sumOf(({ conflicts }) => conflicts),
    };
  }

  async close(): Promise<void> {
    await this.#all((process) => process.close());
  }

  /** For when something went wrong. */
  kill(): void {
    for (const process of this.#processes) process.kill();
  }

  #all<T>(ask: (process: FleetsProcess, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#processes.map(ask));
  }
}

type WorkOrder = Omit<Extract<Order, { do: 'work' }>, 'do'>;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

class FleetsProcess {
  readonly #child: ChildProcess;
  readonly #told: Told[] = [];
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor() {
    const program = fileURLToPath(new URL('process.ts', import.meta.url));
    this.#child = fork(program, [], { execArgv: [] });
    this.#child.on('message', (told: Told) => {
      this.#told.push(told);
      this.#wake();
    });
    this.#child.once('exit', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async open(url: string, load: Load, first: number): Promise<Extract<Told, { kind: 'opened' }>> {
    return this.#ask({ do: 'open', url, load, first }, 'opened');
  }

  async work(order: WorkOrder): Promise<Worked> {
    const { worked } = await this.#ask({ do: 'work', ...order }, 'worked');
    return worked;
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    const ended = once(this.#child, 'exit');
    this.#child.send({ do: 'close' } satisfies Order);
    await ended;
  }

  kill(): void {
    if (!this.#isOver) this.#child.kill('SIGKILL');
  }

  async #ask<K extends Told['kind']>(order: Order, kind: K): Promise<Extract<Told, { readonly kind: K }>> {
    this.#child.send(order);
    for (;;) {
      const told = this.#told.shift();
      if (told?.kind === 'failed') throw new Error(told.why);
      if (told?.kind === kind) return told as Extract<Told, { readonly kind: K }>;
      if (told !== undefined) continue;
      if (this.#isOver) throw new Error(`the process with the fleets ended before it told ${kind}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
