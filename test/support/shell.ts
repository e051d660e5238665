// A terminal, as far as Brigade can tell: one shell that runs one command after the other. Two of them are two parent
// processes, so their commands are two agents.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brigadeBin } from './brigade-bin.ts';
import type { Ran, Scratch } from './scratch.ts';

type Env = Readonly<Record<string, string>>;

export class Shell {
  readonly #scratch: Scratch;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #name: string;
  #said = '';
  #count = 0;

  constructor(scratch: Scratch, name: string, env: Env = {}) {
    this.#scratch = scratch;
    this.#name = name;
    this.#process = spawn('sh', [], {
      cwd: scratch.root,
      env: { PATH: process.env.PATH ?? '', ...scratch.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process.stdout.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Runs `brigade ARGS` in this shell to its end. */
  async brigade(...args: readonly string[]): Promise<Ran> {
    return this.start(...args);
  }

  /** The same, and `brigade ARGS` reads as JSON what it printed. */
  async json(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { stdout, stderr } = await this.brigade(...args, '--json');
    try {
      return JSON.parse(stdout) as Record<string, unknown>;
    } catch (error) {
      throw new Error(`brigade ${args.join(' ')} printed no JSON: ${stdout}${stderr}`, { cause: error });
    }
  }

  /** Starts a line of shell; resolves when it has ended. */
  start(...args: readonly string[]): Promise<Ran> {
    return this.line([process.execPath, brigadeBin, ...args].map(quoted).join(' '));
  }

  async line(text: string): Promise<Ran> {
    this.#count += 1;
    const mark = `${this.#name}-${this.#count}`;
    const out = join(this.#scratch.folder, `${mark}.out`);
    const err = join(this.#scratch.folder, `${mark}.err`);
    this.#process.stdin.write(`${text} >${quoted(out)} 2>${quoted(err)} </dev/null; echo "[${mark} $?]"\n`);
    const code = await this.#ended(mark);
    return { code, stdout: readFileSync(out, 'utf8'), stderr: readFileSync(err, 'utf8') };
  }

  /** Ends the shell, as closing its terminal does. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }

  #ended(mark: string): Promise<number> {
    const pattern = new RegExp(`\\[${mark} (\\d+)\\]`);
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(this.#said);
        if (found === null) return;
        this.#process.stdout.off('data', look);
        this.#process.off('exit', gone);
        resolve(Number(found[1]));
      };
      const gone = () => reject(new Error(`the shell ended while it ran ${mark}`));
      this.#process.once('exit', gone);
      this.#process.stdout.on('data', look);
      look();
    });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
