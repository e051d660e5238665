// A `brigade serve` of a scratch workspace, as a process of its own. It is ended by its pid.

import { type ChildProcess, spawn } from 'node:child_process';
import { brigadeBin } from './brigade-bin.ts';
import type { Scratch } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

export interface ServedOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const STARTS_WITHIN_MS = 60_000;

export class ServedProcess {
  readonly url: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #output: () => string;

  private constructor(child: ChildProcess, url: string, output: () => string) {
    this.#child = child;
    this.#output = output;
    this.url = url;
    this.port = Number(new URL(url).port);
    this.#ended = endOf(child);
  }

  /** Resolves when it says where it is. */
  static async start(
    scratch: Pick<Scratch, 'root' | 'env' | 'under'>,
    options: ServedOptions = {},
  ): Promise<ServedProcess> {
    const { port = 0, args = [], env = {} } = options;
    const [program, ...before] = [...scratch.under, process.execPath, brigadeBin];
    const child = spawn(program, [...before, 'serve', '--port', String(port), ...args], {
      cwd: scratch.root,
      env: { PATH: process.env.PATH ?? '', ...scratch.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
    }
    const look = (): string | undefined => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`brigade serve ended: ${text}`);
      return / at (https?:\/\/\S+)/.exec(text)?.[1];
    };
    try {
      const url = await waitUntil('brigade serve', look, { withinMs: STARTS_WITHIN_MS });
      return new ServedProcess(child, url, () => text);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it wrote so far. */
  get output(): string {
    return this.#output();
  }

  /** Ends it by a signal; answers its exit code, null where the signal itself ended it. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.#ended;
  }
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });
}
