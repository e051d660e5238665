// Processes with callers in them, and what is said between them and the benchmark that started them.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scratch } from '../../test/support/scratch.ts';

export type Order =
  /** Pairs of acquire and release for so long: on one lock, or on a lock of each caller's own. */
  | { readonly do: 'pairs'; readonly ms: number; readonly resource: string | null }
  | { readonly do: 'turns'; readonly turns: number; readonly holdMs: number; readonly resource: string }
  | { readonly do: 'hold'; readonly resource: string }
  | { readonly do: 'release' }
  | { readonly do: 'close' };

export interface Counted {
  readonly pairs: number;
  readonly failed: number;
  /** Of each pair. */
  readonly tookMs: readonly number[];
  /** Of a single call. */
  readonly longestMs: number;
  /** Of a process that writes the log itself, meanwhile; else 0. */
  readonly appends: number;
  readonly conflicts: number;
}

export type Told =
  | { readonly kind: 'ready'; readonly role: string }
  | { readonly kind: 'counted'; readonly counted: Counted }
  | { readonly kind: 'waited'; readonly waitsMs: readonly number[] }
  | { readonly kind: 'parked' }
  /** `atMs` on the clock of the machine. */
  | { readonly kind: 'held'; readonly atMs: number }
  | { readonly kind: 'released'; readonly atMs: number };

export class Caller {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #told: Told[] = [];
  #wake: () => void = () => undefined;
  #isOver = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    child.on('message', (told: Told) => {
      this.#told.push(told);
      this.#wake();
    });
    child.on('exit', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Resolves when it has registered its callers. */
  static async start(
    scratch: Scratch,
    { name, callers, desk }: { readonly name: string; readonly callers: number; readonly desk: 'auto' | 'off' },
  ): Promise<Caller> {
    const program = fileURLToPath(new URL('caller.ts', import.meta.url));
    const env = { PATH: process.env.PATH ?? '', ...scratch.env, BRIGADE_DESK: desk };
    const child = fork(program, [scratch.root, name, String(callers)], { cwd: scratch.root, env, execArgv: [] });
    const caller = new Caller(child);
    await caller.hear('ready');
    return caller;
  }

  say(order: Order): void {
    this.#child.send(order);
  }

  /** The next thing of this kind that it tells; what it told before of another kind is passed over. */
  async hear<K extends Told['kind']>(kind: K): Promise<Extract<Told, { readonly kind: K }>> {
    for (;;) {
      const told = this.#told.shift();
      if (told?.kind === kind) return told as Extract<Told, { readonly kind: K }>;
      if (told !== undefined) continue;
      if (this.#isOver) throw new Error(`a caller ended before it told ${kind}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    const ended = new Promise<void>((resolve) => void this.#child.once('exit', () => resolve()));
    this.say({ do: 'close' });
    await ended;
  }
}

/** Starts one after the other, so that the first is the desk where there is one. */
export async function startCallers(
  scratch: Scratch,
  options: {
    readonly processes: number;
    readonly callers: number;
    readonly desk: 'auto' | 'off';
    /** Of their names, which are those of agents and of their locks. */
    readonly prefix?: string;
  },
): Promise<readonly Caller[]> {
  const { processes, callers, desk, prefix = 'cook' } = options;
  const started: Caller[] = [];
  for (let i = 0; i < processes; i += 1) {
    started.push(await Caller.start(scratch, { name: `${prefix}-x${i}x`, callers, desk }));
  }
  return started;
}

export async function closeAll(callers: readonly Caller[]): Promise<void> {
  await Promise.all(callers.map((caller) => caller.close()));
}
