// Every example of docs/library.md, as a program of its own that imports the package by its name.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, Scratch } from '../support/scratch.ts';
import { ServedProcess } from '../support/served.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs/library.md'), 'utf8');
const examples = Array.from(
  text.matchAll(/^```js\n(?<code>[\s\S]+?)^```$/gm),
  ({ groups: { code = '' } = {}, index }) => {
    const title = Array.from(text.slice(0, index).matchAll(/^## (.+)$/gm)).at(-1)?.[1] ?? '';
    return { title, code };
  },
);

/** What each prints, by the words that tell it. */
const PRINTS: readonly RegExp[] = [
  /^token \d+ holds file:src\/generated\/$/m,
  /^port:8080 by \d+, task:e2e by \d+\nkeep the handle/m,
  /^LEASE_HELD: .+\nTimeoutError$/m,
  /^250 rows, and it holds still: true$/m,
  /^TOKEN_STALE$/m,
  /^proceed .+\n1 fleet\.founded\n[\s\S]*checkin\.recorded$/m,
];

let scratch: Scratch;
let served: ServedProcess;

beforeAll(async () => {
  scratch = new Scratch();
  served = await ServedProcess.start(scratch);
  const modules = join(scratch.folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(root, join(modules, 'brigade'), 'dir');
});

afterAll(async () => {
  await served.end();
  await scratch.close();
});

describe('the examples of docs/library.md', () => {
  it('are all here', () => {
    expect(examples).toHaveLength(PRINTS.length);
  });

  it.each(examples.map(({ title, code }, i) => [title, i, code] as const))('%s', async (_title, i, code) => {
    const program = join(scratch.folder, `example-${i}.mjs`);
    writeFileSync(program, code);
    const { code: exit, stdout, stderr } = await run(program);
    expect(stderr).toBe('');
    expect(exit).toBe(0);
    expect(stdout).toMatch(PRINTS[i] ?? /never/);
  });
});

function run(program: string): Promise<Ran> {
  const child = spawn(process.execPath, [program], {
    cwd: scratch.folder,
    env: { PATH: process.env.PATH ?? '', ...scratch.env, WORKSPACE: scratch.root, BRIGADE_URL: served.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
