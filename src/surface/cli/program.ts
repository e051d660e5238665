// The command line as a whole: names, help, and what a mistake in the arguments answers (exit 2, a short usage, and the
// nearest command).

import { Command, CommanderError } from 'commander';
import { packageVersion } from '../../compose.ts';
import { reject } from '../../core/rejection.ts';
import type { Cli } from './cli.ts';
import { COMMANDS } from './command-table.ts';
import { defineEntry, sentence } from './command-tree.ts';
import { addCommonOptions } from './common-options.ts';
import { EXIT } from './exit-code.ts';
import { printRejection, wantsJson } from './output/rejection-text.ts';

/** Runs one command line; answers the exit code. */
export async function runProgram(args: readonly string[], cli: Cli): Promise<number> {
  const program = await programFor(args, cli);
  try {
    await program.parseAsync(args, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return answerMistake(error, args, cli, program);
    throw error;
  }
}

async function programFor(args: readonly string[], cli: Cli): Promise<Command> {
  const program = new Command('brigade')
    .description('Coordinates a fleet of AI agents that share one workspace.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput(outputOf(cli));
  const asked = namesIn(args);
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary).description(sentence(entry.summary));
    command.helpGroup(entry.group).exitOverride().configureOutput(outputOf(cli));
    if (!asked.has(entry.name)) continue;
    await defineEntry(entry, command, cli);
  }
  addCommonOptions(program, true);
  return program.addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
Start here:
  brigade status                            what is going on
  brigade acquire src/a.ts --wait 30s       take a lock, or stand in line for it
  brigade run --lock src/a.ts -- npm test   hold it while a command runs
  brigade drill                             see an incident rehearsed`;

/** Words before `--` that name a command: only these are loaded. */
function namesIn(args: readonly string[]): ReadonlySet<string> {
  const end = args.indexOf('--');
  return new Set(end === -1 ? args : args.slice(0, end));
}

/** Commander's own complaints are kept back; `answerMistake` tells them in our form. */
function outputOf(cli: Cli): {
  writeOut: (text: string) => void;
  writeErr: (text: string) => void;
  outputError: () => void;
} {
  return {
    writeOut: (text) => cli.screen.out(text.replace(/\n$/, '')),
    writeErr: (text) => cli.screen.err(text.replace(/\n$/, '')),
    outputError: () => undefined,
  };
}

function answerMistake(error: CommanderError, args: readonly string[], cli: Cli, program: Command): number {
  if (error.exitCode === 0) return EXIT.done;
  // Help that nobody asked for: `brigade` alone, or a command that needs a subcommand.
  if (error.code === 'commander.help') return EXIT.usage;
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const command = COMMANDS.find((entry) => namesIn(args).has(entry.name));
  const usage = command === undefined ? 'brigade --help' : `brigade ${command.name} --help`;
  printRejection(
    cli.screen,
    reject('INVALID_ARGUMENT', {
      message: `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?)]$/.test(message) ? '' : '.'}`,
      next: `${usageOf(program, command?.name)} See ${usage}.`,
    }),
    { json: wantsJson(args) },
  );
  return EXIT.usage;
}

function usageOf(program: Command, name: string | undefined): string {
  const command = program.commands.find((each) => each.name() === name);
  return command === undefined ? '' : `Usage: brigade ${command.name()} ${command.usage()}.`;
}
