// A process of the fault campaign, as its parent has it: asked by messages, killed, stopped and continued by signals.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../src/app/coordinator.ts';
import type { Query, ViewOf } from '../../src/core/view/views.ts';
import { stopWhole } from '../support/stopped-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { Ask } from './history.ts';

export type Order =
  | { readonly n: number; readonly do: 'seat'; readonly agentId: string }
  /** `handleHash` null: an operator asks. */
  | {
      readonly n: number;
      readonly do: 'ask';
      readonly handleHash: string | null;
      readonly requestId: string;
      readonly ask: Ask;
    }
  | { readonly n: number; readonly do: 'view'; readonly query: Query }
  | { readonly n: number; readonly do: 'role' }
  | { readonly n: number; readonly do: 'close' };

export type Told = { readonly n: number } & (
  | { readonly kind: 'seated'; readonly seat: Seat }
  | { readonly kind: 'answered'; readonly outcome: Outcome }
  | { readonly kind: 'seen'; readonly value: unknown }
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'failed'; readonly code: string | null; readonly message: string }
);

export interface Seat {
  readonly agentId: string;
  readonly sessionId: string;
  readonly handleHash: string;
}

/** The process ended before it answered. */
export class PostGone extends Error {}

export interface PostOptions {
  readonly name: string;
  readonly place: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Before the program, for Node. */
  readonly execArgv?: readonly string[];
}

const START_MS = 60_000;

type Wanted = Order extends infer O ? (O extends Order ? Omit<O, 'n'> : never) : never;

/** Where agents of the campaign ask, in whatever process it is. */
export interface Station {
  readonly name: string;
  /** Stations of one place are asked the same. */
  readonly place: string;
  /** It answers nothing any more. */
  readonly isOver: boolean;
  readonly isStopped: boolean;
  seat(agentId: string): Promise<Seat>;
  /** `handleHash` null: an operator asks. Rejects with `PostGone` where nobody will ever answer. */
  ask(handleHash: string | null, requestId: string, ask: Ask): Promise<Outcome>;
  /** Null where the log cannot be read now. */
  view<Q extends Query>(query: Q): Promise<ViewOf<Q> | null>;
}

export class Post implements Station {
  readonly name: string;
  readonly place: string;
  readonly #options: PostOptions;
  readonly #asked = new Map<number, { readonly tell: (told: Told) => void; readonly fail: (error: Error) => void }>();
  #child: ChildProcess;
  #n = 0;
  #isReady = false;
  #isStopped = false;
  #complaint = '';

  private constructor(options: PostOptions) {
    this.name = options.name;
    this.place = options.place;
    this.#options = options;
    this.#child = this.#spawn();
  }

  /** Resolves when it has opened the fleet. */
  static async start(options: PostOptions): Promise<Post> {
    const post = new Post(options);
    await post.#ready();
    return post;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What it wrote where people read. */
  get complaint(): string {
    return this.#complaint;
  }

  async seat(agentId: string): Promise<Seat> {
    const told = await this.#tell({ do: 'seat', agentId });
    if (told.kind !== 'seated') throw new Error(`${agentId} has no seat: ${JSON.stringify(told)}`);
    return told.seat;
  }

  async ask(handleHash: string | null, requestId: string, ask: Ask): Promise<Outcome> {
    const told = await this.#tell({ do: 'ask', handleHash, requestId, ask });
    if (told.kind !== 'answered') throw new Error(`${this.name} broke at ${ask.op}: ${JSON.stringify(told)}`);
    return told.outcome;
  }

  async view<Q extends Query>(query: Q): Promise<ViewOf<Q> | null> {
    const told = await this.#tell({ do: 'view', query });
    if (told.kind === 'failed' && told.code !== null) return null;
    if (told.kind !== 'seen') throw new Error(`${this.name} broke at ${query.kind}: ${JSON.stringify(told)}`);
    return told.value as ViewOf<Q>;
  }

  /** It serves the others of its host. */
  async isDesk(): Promise<boolean> {
    const told = await this.#tell({ do: 'role' });
    return told.kind === 'role' && told.role === 'desk';
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await waitUntil('the end of a killed post', () => this.isOver);
  }

  /** Every thread of it stands when this resolves. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await stopWhole(this.pid);
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
    this.#isStopped = false;
  }

  /** Another process in its stead; it has to have ended. `execArgv`: of that one. */
  async restart(execArgv?: readonly string[]): Promise<void> {
    this.#child = this.#spawn(execArgv);
    await this.#ready();
  }

  /** Ends as a program that is done; one that is stopped is killed. */
  async close(): Promise<void> {
    if (this.isOver) return;
    if (this.#isStopped) return this.kill();
    this.#child.send({ n: 0, do: 'close' } satisfies Order);
    await waitUntil('the end of a post', () => this.isOver, { withinMs: 20_000 }).catch(() => this.kill());
  }

  #tell(order: Wanted): Promise<Told> {
    this.#n += 1;
    const n = this.#n;
    return new Promise((resolve, reject) => {
      if (this.isOver || !this.#child.connected) {
        reject(new PostGone(`${this.name} is gone`));
        return;
      }
      this.#asked.set(n, { tell: resolve, fail: reject });
      // What cannot be sent any more is over with the process.
      this.#child.send({ ...order, n }, () => undefined);
    });
  }

  #spawn(execArgv: readonly string[] = this.#options.execArgv ?? []): ChildProcess {
    const program = fileURLToPath(new URL('post-process.ts', import.meta.url));
    const { root, env } = this.#options;
    const child = fork(program, [root], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', ...env },
      execArgv: [...execArgv],
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#isReady = false;
    this.#isStopped = false;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint = `${this.#complaint}${chunk.toString()}`.slice(-4_000);
    });
    child.on('message', (message: Told | 'ready') => {
      if (message === 'ready') this.#isReady = true;
      else this.#hear(message);
    });
    child.once('exit', () => {
      for (const { fail } of this.#asked.values()) fail(new PostGone(`${this.name} is gone`));
      this.#asked.clear();
    });
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    return child;
  }

  #hear(told: Told): void {
    this.#asked.get(told.n)?.tell(told);
    this.#asked.delete(told.n);
  }

  async #ready(): Promise<void> {
    const isSettled = (): boolean => this.#isReady || this.isOver;
    await waitUntil(`the post ${this.name}`, isSettled, { withinMs: START_MS });
    if (!this.#isReady) throw new Error(`${this.name} did not start: ${this.#complaint}`);
  }
}
