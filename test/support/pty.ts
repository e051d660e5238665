// A terminal with a person at it: `script` of util-linux gives a command a pseudo-terminal of its own.

import { spawn } from 'node:child_process';
import { brigadeBin } from './brigade-bin.ts';
import type { Scratch } from './scratch.ts';

/** What somebody types once they see something new on the screen. */
type Answer = readonly [seen: string, typed: string];

/**
 * Runs `brigade ARGS` at a terminal of `columns`, where somebody types `input` at once and then each answer when it is asked for;
 * what it shows, stdout and stderr together, and its exit code.
 */
export function atTerminal(
  scratch: Scratch,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly columns?: number;
    readonly input?: string;
    readonly answers?: readonly Answer[];
  } = {},
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const { columns = 80, env = {}, input = '', answers = [] } = options;
  const command = [process.execPath, brigadeBin, ...args].map((each) => `'${each.replaceAll("'", "'\\''")}'`).join(' ');
  const { NO_COLOR: _, ...base } = scratch.env;
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${command}`, '/dev/null'], {
    cwd: scratch.root,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', SHELL: '/bin/sh', ...base, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (input !== '') child.stdin.write(input);
  const shown: Buffer[] = [];
  const pending = [...answers];
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    shown.push(chunk);
    seen += chunk.toString();
    const [next] = pending;
    if (next === undefined || !seen.includes(next[0])) return;
    pending.shift();
    seen = '';
    child.stdin.write(next[1]);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, shown: Buffer.concat(shown).toString().replaceAll('\r\n', '\n') }));
  });
}
