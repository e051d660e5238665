// One agent process as the drill sees it.
//
//   made --start--> idle <--orders, one at a time--> working
//      any --stop--> stopped --resume--> as before
//      any --kill, leave, crash--> ended
//
// The process leads a group that holds it and its `brigade mcp`; signals go to the group, and only while its leader is there,
// so that no stranger is ever signalled.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Actor, Member } from '../cast.ts';
import type { JournalLine } from '../journal.ts';
import type { FromAgent, Order, OrderResult, ToAgent } from '../protocol.ts';
import { SceneFault } from './scene-fault.ts';
import type { Scratch } from './scratch.ts';
import { within } from './within.ts';

export interface PlayerOptions<A extends Actor> {
  readonly member: A;
  readonly scratch: Scratch;
  readonly env: Readonly<Record<string, string>>;
  readonly onNoted: (line: JournalLine) => void;
  /** Path of the `brigade` that it starts; absent for the one that everybody starts. */
  readonly brigade?: string;
}

interface Pending {
  readonly resolve: (result: OrderResult) => void;
  readonly reject: (error: Error) => void;
  readonly onHolding: (token: number) => void;
}

/** Deadlines are for a slow machine: they end a drill that hangs, and judge nothing. */
const START_WITHIN_MS = 120_000;
const ORDER_WITHIN_MS = 240_000;
const LEAVE_WITHIN_MS = 10_000;
const OUTPUT_SHOWN = 600;

const BRIGADE = new URL('../../../../../bin/brigade.js', import.meta.url);

export class Player<A extends Actor = Member> {
  readonly member: A;
  readonly #options: PlayerOptions<A>;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #orders = 0;
  #isStopped = false;
  #isDismissed = false;
  #agentId: string | null = null;
  #onReady: () => void = () => undefined;

  constructor(options: PlayerOptions<A>) {
    this.member = options.member;
    this.#options = options;
  }

  /** Id that Brigade gave it; what it asks for, before. */
  get agentId(): string {
    const { asks } = this.member;
    return this.#agentId ?? ('id' in asks ? asks.id : asks.purpose);
  }

  /** Leader of its group; undefined before it started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRegistered(): boolean {
    return this.#agentId !== null;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves when the process is there and `brigade mcp` answers it. */
  async start(): Promise<void> {
    const { member, scratch } = this.#options;
    const ready = new Promise<void>((resolve) => {
      this.#onReady = resolve;
    });
    this.#spawn();
    const { asks, client, revision } = member;
    const brigade = { program: process.execPath, args: [this.#options.brigade ?? fileURLToPath(BRIGADE)] };
    const journal = scratch.journal(member.index);
    this.#say({
      kind: 'start',
      start: { member: { asks, client, revision }, brigade, workspace: scratch.workspace, journal },
    });
    await within(START_WITHIN_MS, `${this.agentId} to start`, Promise.race([ready, this.#gone()]));
    await this.order({ do: 'connect' });
  }

  async register(): Promise<string> {
    const { agentId } = await this.order({ do: 'register' });
    this.#agentId = agentId ?? null;
    return this.agentId;
  }

  /** Resolves when it is done. `onHolding` is called where the order waits for `goOn`. */
  order(order: Order, onHolding: (token: number) => void = () => undefined): Promise<OrderResult> {
    this.#orders += 1;
    const number = this.#orders;
    const answered = new Promise<OrderResult>((resolve, reject) => {
      this.#pending.set(number, { resolve, reject, onHolding });
      if (!this.isRunning) this.#failAll();
    });
    this.#say({ kind: 'order', number, order });
    return within(ORDER_WITHIN_MS, `${this.agentId} to ${order.do}`, answered);
  }

  goOn(): void {
    this.#say({ kind: 'goOn' });
  }

  /** Stops agent and `brigade mcp` where they stand. */
  stop(): void {
    this.#isStopped = true;
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#isStopped = false;
    this.#signal('SIGCONT');
  }

  /** Should this process lose the drill, it wakes `other`, which would stand still for ever; null: nobody stands still. */
  guard(other: Player<A> | null): void {
    this.#say({ kind: 'guard', group: (other === null ? null : other.#child?.pid) ?? null });
  }

  /** Ends both at once, without a word to anybody. */
  async kill(): Promise<void> {
    this.#isDismissed = true;
    this.#signal('SIGKILL');
    await this.#exited;
  }

  /** Lets it go as a client that is closed. */
  async leave(): Promise<void> {
    if (!this.isRunning) return;
    await this.order({ do: 'leave' });
    this.#isDismissed = true;
    this.#child?.disconnect();
    await within(LEAVE_WITHIN_MS, `${this.agentId} to end`, this.#exited);
  }

  /** Ends whatever is left of it: a stopped one goes on first, so that nothing stays behind stopped. */
  async end(): Promise<void> {
    if (!this.isRunning) return;
    if (this.#isStopped) this.resume();
    await this.kill();
  }

  #spawn(): void {
    const { member, scratch, env } = this.#options;
    const output = openSync(scratch.output(member.index), 'a', 0o600);
    const child = spawn(process.execPath, [programOf('agent-worker')], {
      cwd: scratch.workspace,
      env,
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    void this.#exited.then(() => this.#failAll());
    child.on('message', (message: FromAgent) => this.#hear(message));
    this.#child = child;
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const pid = this.#child?.pid;
    if (pid === undefined || !this.isRunning) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // It ended a moment ago, and its exit is under way.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  #say(message: ToAgent): void {
    // A channel that breaks meanwhile means that the process has ended, and its exit is heard of.
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  #hear(message: FromAgent): void {
    switch (message.kind) {
      case 'ready':
        this.#onReady();
        return;
      case 'noted':
        this.#options.onNoted(message.line);
        return;
      case 'holding':
        this.#pending.get(message.number)?.onHolding(message.token);
        return;
      case 'done':
        this.#take(message.number)?.resolve(message.result);
        return;
      case 'failed':
        this.#take(message.number)?.reject(new SceneFault(`${this.agentId}: ${message.error}`));
    }
  }

  #take(number: number): Pending | undefined {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    return pending;
  }

  #failAll(): void {
    const error = this.#isDismissed
      ? new SceneFault(`${this.agentId} was ended`)
      : new SceneFault(`${this.agentId} ended by itself. ${this.#lastWords()}`);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  async #gone(): Promise<never> {
    await this.#exited;
    throw new SceneFault(`${this.agentId} did not start. ${this.#lastWords()}`);
  }

  #lastWords(): string {
    const text = readFileSync(this.#options.scratch.output(this.member.index), 'utf8').trim();
    return text === '' ? 'It wrote nothing to stderr.' : `Its stderr ends: ${text.slice(-OUTPUT_SHOWN)}`;
  }
}

/** Run from its sources the drill is TypeScript, and so are the programs it starts. */
export function programOf(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../${name}.${extension}`, import.meta.url));
}
