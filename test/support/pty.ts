// A terminal with a person at it: `script` of util-linux gives a command a pseudo-terminal of its own.

import { spawn } from 'node:child_process';
import { brigadeBin } from './brigade-bin.ts';
import type { Scratch } from './scratch.ts';

/**
 * Runs `brigade ARGS` at a terminal of `columns`, where somebody types `input`; what it shows, stdout and stderr together, and
 * its exit code.
 */
export function atTerminal(
  scratch: Scratch,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly columns?: number; readonly input?: string } = {},
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const { columns = 80, env = {}, input = '' } = options;
  const command = [process.execPath, brigadeBin, ...args].map((each) => `'${each.replaceAll("'", "'\\''")}'`).join(' ');
  const { NO_COLOR: _, ...base } = scratch.env;
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${command}`, '/dev/null'], {
    cwd: scratch.root,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', SHELL: '/bin/sh', ...base, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (input !== '') child.stdin.write(input);
  const shown: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => shown.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, shown: Buffer.concat(shown).toString().replaceAll('\r\n', '\n') }));
  });
}
