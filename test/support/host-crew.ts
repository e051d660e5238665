// Whoever works on one host of a test: two `brigade mcp`, of which one is the desk, each with a session that holds and one that
// waits, and a `brigade run`. The processes stay as long as their host.

import { type ChildProcess, spawn } from 'node:child_process';
import type { HeldToken } from './believed.ts';
import { brigadeBin } from './brigade-bin.ts';
import { childOf } from './held-namespace.ts';
import type { Host } from './host-rig.ts';
import { HostSession, type SessionNotes } from './host-session.ts';
import type { McpAgent } from './mcp-agent.ts';
import { waitUntil } from './wait-until.ts';

interface Station {
  readonly agent: McpAgent;
  holder: HostSession;
  waiter: HostSession;
}

/** Of each: the agent, and what it holds. */
export interface Held {
  readonly by: HostSession;
  readonly lease: HeldToken;
}

const STATIONS = 2;
/** Two that only the end of its host ends, and one that ends sooner by its time. */
const TTLS_MS = [300_000, 300_000, 5_000] as const;

export class HostCrew {
  readonly host: Host;
  readonly #notes: SessionNotes;
  #stations: readonly Station[] = [];
  #sessions = 0;

  constructor(host: Host, notes: SessionNotes) {
    this.host = host;
    this.#notes = notes;
  }

  /** Starts what does not run, and registers anew who was lost. */
  async ready(): Promise<void> {
    if (this.#stations.some(({ agent }) => agent.isOver)) this.#stations = [];
    if (this.#stations.length === 0) {
      this.#stations = await Promise.all(Array.from({ length: STATIONS }, () => this.#station()));
    }
    await Promise.all(
      this.#stations.map(async (station) => {
        if (station.holder.isLost) station.holder = await this.#session(station.agent, 'holder');
        if (station.waiter.isLost) station.waiter = await this.#session(station.agent, 'waiter');
      }),
    );
  }

  /** Each takes what is its own in this round. */
  async take(nameOf: (what: string) => string): Promise<readonly Held[]> {
    const taken = this.#stations.flatMap(({ holder }, i) =>
      TTLS_MS.map(async (ttlMs, j) => ({ by: holder, lease: await holder.take(nameOf(`${i}-${j}`), ttlMs) })),
    );
    return Promise.all(taken);
  }

  /** Who waits here for what others hold. */
  waiterFor(i: number): HostSession {
    const station = this.#stations[i % this.#stations.length];
    if (station === undefined) throw new Error(`nobody works on ${this.host.name}`);
    return station.waiter;
  }

  async #station(): Promise<Station> {
    const agent = await this.host.scratch.agent();
    return { agent, holder: await this.#session(agent, 'holder'), waiter: await this.#session(agent, 'waiter') };
  }

  #session(agent: McpAgent, what: string): Promise<HostSession> {
    this.#sessions += 1;
    return HostSession.open(agent, `${this.host.name}-${what}-${this.#sessions}`, this.#notes);
  }
}

/** Says when it works, and when it ends because it was told to. */
const COMMAND = `
  process.on('SIGTERM', () => process.stdout.write('ended', () => process.exit()));
  process.stdout.write('begun');
  setInterval(() => {}, 1_000);`;

/** `brigade run` on a host, with a command that ends when it is told to. */
export class HostRun {
  readonly #child: ChildProcess;
  #said = '';
  #complaint = '';
  /** When the command ended; null while it has not, and where nobody told it to. */
  commandEndedMs: number | null = null;
  #isOver = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
      if (this.#said.endsWith('ended')) this.commandEndedMs ??= performance.now();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint += chunk.toString();
    });
    child.once('close', () => {
      this.#isOver = true;
    });
  }

  /** Resolves once the command runs under the lock. */
  static async start(host: Host, resource: string): Promise<HostRun> {
    const command = [process.execPath, '-e', COMMAND];
    const [program = '', ...args] = [
      ...host.under,
      process.execPath,
      brigadeBin,
      'run',
      '--lock',
      resource,
      '--',
      ...command,
    ];
    const env = { PATH: process.env.PATH ?? '', ...host.scratch.env };
    const child = spawn(program, args, { cwd: host.scratch.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const run = new HostRun(child);
    const look = (): boolean => {
      if (run.#isOver) throw new Error(`brigade run ended: ${run.complaint}`);
      return run.#said !== '';
    };
    await waitUntil('brigade run', look, { withinMs: 30_000 });
    return run;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** What `brigade run` told its user. */
  get complaint(): string {
    return this.#complaint;
  }

  /** As whoever started it ends it. */
  async end(): Promise<void> {
    if (!this.#isOver) process.kill(childOf(childOf(this.#child.pid ?? 0)), 'SIGTERM');
    await waitUntil('the end of brigade run', () => this.#isOver);
  }
}
