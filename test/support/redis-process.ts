// One process of redis-server or redis-sentinel: started, signalled, ended by its pid. What it prints goes into a file.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ADVICE = 'This test needs Redis. Run `apt-get install redis-server redis-sentinel` as root.';

export class RedisProcess {
  readonly #program: string;
  readonly #folder: string;
  #child: ChildProcess | null = null;

  constructor(program: 'redis-server' | 'redis-sentinel', folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves once the process runs, which is before it answers. */
  async start(args: readonly string[]): Promise<void> {
    const log = openSync(this.#logFile, 'a');
    try {
      const child = spawn(this.#program, args, { cwd: this.#folder, stdio: ['ignore', log, log] });
      this.#child = child;
      await once(child, 'spawn');
      const end = (): void => void child.kill('SIGKILL');
      process.once('exit', end);
      child.once('exit', () => process.off('exit', end));
    } catch (cause) {
      this.#child = null;
      throw new Error(`${this.#program} could not be started. ${ADVICE}`, { cause });
    } finally {
      closeSync(log);
    }
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** What it has logged. */
  said(): Promise<string> {
    return readFile(this.#logFile, 'utf8');
  }

  get #logFile(): string {
    return join(this.#folder, `${this.#program}.log`);
  }
}
