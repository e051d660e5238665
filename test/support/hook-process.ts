// `brigade-hook` as a client starts it: a process of its own, the client's input on stdin, its answer on stdout.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ran, Scratch } from './scratch.ts';

export const hookBin =
  process.env.BRIGADE_TEST_HOOK_BIN ?? fileURLToPath(new URL('../../bin/brigade-hook.js', import.meta.url));

export interface HookProcessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Started by a process of its own, as each client is one; else all are started by this one. */
  readonly byOwnClient?: boolean;
}

const CLIENT = `
const { spawnSync } = require('node:child_process');
process.exitCode = spawnSync(process.execPath, process.argv.slice(1), { stdio: 'inherit' }).status;`;

export function hookProcess(
  scratch: Pick<Scratch, 'root' | 'env'>,
  client: string,
  input: unknown,
  { args = [], env = {}, cwd = scratch.root, byOwnClient = false }: HookProcessOptions = {},
): Promise<Ran> {
  const before = byOwnClient ? ['-e', CLIENT] : [];
  const child = spawn(process.execPath, [...before, hookBin, client, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...scratch.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // It may be over before it has read anything.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  child.stdin.end(typeof input === 'string' ? input : JSON.stringify(input));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}
