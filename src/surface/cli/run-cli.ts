// The process around a command line: its streams, and what happens when the reader of our output has gone.

import { COMPLETE } from './completion/scripts.ts';
import { EXIT } from './exit-code.ts';
import { screenOf } from './output/screen.ts';
import { runProgram } from './program.ts';

/** Runs the command line `args` in this process; answers the exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);
  const cli = {
    env: process.env,
    folder: process.cwd(),
    screen: screenOf(process.stdout, process.stderr),
    stdin: process.stdin,
    exitCode: EXIT.done,
  };
  if (args[0] === COMPLETE) return (await import('./completion/answer-shell.ts')).answerShell(args.slice(1), cli);
  return runProgram(args, cli);
}

/** `brigade watch | head` has read what it wanted. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
}
