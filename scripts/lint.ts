// `npm run lint`: every static check, all of them even when one fails, and one line for each at the end.
//
//   npm run lint -- biome house     only those

import { spawn } from 'node:child_process';
import { styleText } from 'node:util';

interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

const checks: readonly Check[] = [
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'biome', command: ['biome', 'ci', '--reporter=concise', '--colors=off', '--error-on-warnings'] },
  { name: 'oxlint', command: ['oxlint', '--type-aware', '--format=unix', '--report-unused-disable-directives'] },
  { name: 'knip', command: ['knip', '--no-progress', '--treat-config-hints-as-errors'] },
  { name: 'house', command: ['node', 'scripts/check-house.ts'] },
  { name: 'package', command: ['node', 'scripts/check-package.ts'] },
];

const asked = process.argv.slice(2);
const chosen = asked.length === 0 ? checks : checks.filter(({ name }) => asked.includes(name));

const failed: string[] = [];
for (const { name, command } of chosen) {
  const { code, output } = await run(command);
  if (code !== 0) failed.push(name);
  if (code !== 0 && output !== '') console.log(`\n${styleText('bold', name)}\n${output}`);
}
for (const { name } of chosen) {
  console.log(failed.includes(name) ? styleText('red', `failed  ${name}`) : styleText('green', `passed  ${name}`));
}
process.exitCode = failed.length > 0 ? 1 : 0;

/** Runs a program of node_modules/.bin (npm puts it on the PATH) and gathers what it prints. */
function run(command: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let output = '';
    const gather = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    child.once('error', (error) => resolve({ code: 1, output: `${program}: ${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
