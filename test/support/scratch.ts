// A workspace of its own for a test with real processes: a fresh git repository, and a home and a state folder that no other
// test knows. Whatever was started here is ended by its pid when the scratch is closed.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FeedEvent } from '../../src/app/coordinator.ts';
import { brigadeBin } from './brigade-bin.ts';
import { COMPILED } from './compiled.ts';
import { McpAgent, type McpAgentOptions } from './mcp-agent.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

export interface ScratchOptions {
  readonly parent?: string;
  readonly env?: Env;
  /** Program and arguments before each program of this scratch, as of now. */
  readonly under?: () => readonly string[];
  /** Its programs keep what Node compiled where a user's do, and begin with nothing. */
  readonly compilesForItself?: boolean;
}

export class Scratch {
  /** Holds everything: the workspace, the home. */
  readonly folder: string;
  /** The workspace, a git repository with one commit. */
  readonly root: string;
  readonly home: string;
  readonly stateHome: string;
  readonly #agents: McpAgent[] = [];
  readonly #extraEnv: Env;
  readonly #under: () => readonly string[];

  constructor({ parent = tmpdir(), env = {}, under = () => [], compilesForItself = false }: ScratchOptions = {}) {
    this.#extraEnv = compilesForItself ? env : { NODE_COMPILE_CACHE: COMPILED, ...env };
    this.#under = under;
    this.folder = realpathSync(mkdtempSync(join(parent, 'brigade-scratch-')));
    this.root = join(this.folder, 'workspace');
    this.home = join(this.folder, 'home');
    this.stateHome = join(this.home, 'state');
    for (const folder of [this.root, this.home, this.stateHome]) mkdirSync(folder);
    this.git('init', '--quiet', '--initial-branch=main');
    this.write('README.md', 'scratch\n');
    this.git('add', '.');
    this.git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '--quiet', '--message=first');
  }

  /** All that processes of this scratch get of an environment, besides PATH and its like. */
  get env(): Env {
    const own = { HOME: this.home, XDG_STATE_HOME: this.stateHome, GIT_CONFIG_NOSYSTEM: '1', NO_COLOR: '1' };
    return { ...own, ...this.#extraEnv };
  }

  /** What a program is started with before its own name. */
  get under(): readonly string[] {
    return this.#under();
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, env: { ...process.env, ...this.env }, encoding: 'utf8' });
  }

  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Starts a `brigade mcp` in the workspace. */
  async agent(options: Partial<McpAgentOptions> = {}): Promise<McpAgent> {
    const agent = await McpAgent.start({
      cwd: this.root,
      under: this.under,
      ...options,
      env: { ...this.env, ...options.env },
    });
    this.#agents.push(agent);
    return agent;
  }

  /** Starts several at once, each registered under its name. */
  async agents(names: readonly string[]): Promise<McpAgent[]> {
    return Promise.all(
      names.map(async (id) => {
        const agent = await this.agent();
        const answer = await agent.call('register', { id });
        if (answer.isError) throw new Error(answer.text);
        return agent;
      }),
    );
  }

  /** Runs `brigade ARGS` to its end. */
  brigade(args: readonly string[], options: { readonly env?: Env; readonly cwd?: string } = {}): Promise<Ran> {
    const [program, ...before] = [...this.under, process.execPath, brigadeBin];
    const child = spawn(program, [...before, ...args], {
      cwd: options.cwd ?? this.root,
      env: { PATH: process.env.PATH ?? '', ...this.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
      );
    });
  }

  /** The facts of the log from number `from` on, as `brigade watch` tells them. */
  async events(from = 1): Promise<FeedEvent[]> {
    const { code, stdout, stderr } = await this.brigade(['watch', '--json', '--from', String(from), '--once']);
    if (code !== 0) throw new Error(`brigade watch ended with ${code}: ${stderr}`);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FeedEvent);
  }

  /** Ends every agent as its client would. */
  async leave(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.close()));
  }

  /** Ends what was started here and removes every file. */
  async close(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.kill()));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
