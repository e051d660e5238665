// A process of Brigade that can be looked into while it runs.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { brigadeBin } from '../../test/support/brigade-bin.ts';
import { memoryOf } from '../suite/load/memory.ts';
import type { Look } from './probe.ts';

const PROBE = fileURLToPath(new URL('probe.ts', import.meta.url));

export interface ProcessSample extends Look {
  readonly rssMiB: number;
  readonly pssMiB: number;
  readonly files: number;
}

export class ProbedProcess {
  readonly child: ChildProcess & { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable };
  readonly name: string;

  /** `brigade ARGS`, with pipes for its input and output. */
  constructor(
    name: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) {
    this.name = name;
    this.child = spawn(process.execPath, ['--import', PROBE, brigadeBin, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env.PATH ?? '', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    }) as typeof this.child;
    this.child.stderr.setEncoding('utf8').on('data', (chunk: string) => process.stderr.write(`${name}: ${chunk}`));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Rejects when it is gone. */
  async look(): Promise<ProcessSample> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`${this.name} ended`);
    const said = once(this.child, 'message') as Promise<[Look]>;
    this.child.send('look');
    const [look] = await said;
    return { ...look, ...memoryOf(this.pid), files: readdirSync(`/proc/${this.pid}/fd`).length };
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
