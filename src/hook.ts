// `brigade-hook`: what clients start before and after every edit. It is bundled (see vite.hook.config.ts) into a file that
// loads nothing but Node's own modules, and of those few: what a program loads is what makes it slow to start. Whoever must be
// asked is asked by `hook-ask.ts`, a file beside it.
//
// Trouble, or too late: what `--fail`, else the policy, else `open` says; and it says which.

import { readFileSync, writeSync } from 'node:fs';
import { HOOK_USAGE, hookOptions } from './surface/hook/hook-options.ts';
import { type HookResult, INPUT_CHARACTERS, runHook } from './surface/hook/run-hook.ts';

interface Written {
  readonly stdout?: string;
  readonly stderr?: string | null;
  readonly exitCode: number;
}

async function main(args: readonly string[]): Promise<Written> {
  const options = hookOptions(args);
  if (options === 'help') return { stdout: HOOK_USAGE, exitCode: 0 };
  // Clients take 1 for an error of the hook that stops nothing.
  if ('flaw' in options) return { stderr: `brigade-hook: ${options.flaw}\n\n${HOOK_USAGE}`, exitCode: 1 };
  const text = await readInput();
  const result = await runHook({
    options,
    text: text.length > INPUT_CHARACTERS ? '' : text,
    folder: process.cwd(),
    ask: async (call, caller) => (await import('./hook-ask.ts')).askBrigade(options, call, caller),
  });
  return written(result);
}

function written({ json, stderr, exitCode }: HookResult): Written {
  return { stdout: exitCode === 0 ? `${JSON.stringify(json)}\n` : '', stderr, exitCode };
}

/** At once where that can be done: streams take a while to load. */
async function readInput(): Promise<string> {
  try {
    return readFileSync(0, 'utf8');
  } catch {
    // A pipe that does not wait for its writer.
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) text += String(chunk);
    return text;
  }
}

async function write(to: 1 | 2, text: string): Promise<void> {
  try {
    for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(to, rest));
  } catch {
    // A pipe that does not wait for its reader, or has none.
    await new Promise<void>((resolve) => {
      (to === 1 ? process.stdout : process.stderr).write(text, () => resolve());
    });
  }
}

/** Once all is out, the process need not wait for what it still has open. */
async function end({ stdout = '', stderr = null, exitCode }: Written): Promise<never> {
  if (stderr !== null) await write(2, stderr.endsWith('\n') ? stderr : `brigade-hook: ${stderr}\n`);
  await write(1, stdout);
  process.exit(exitCode);
}

void main(process.argv.slice(2)).then(end);
