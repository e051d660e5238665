// A command with its arguments and options, as the program, the completion of a shell and the reference have it.

import { Command } from 'commander';
import type { Cli } from './cli.ts';
import type { CommandEntry } from './command-table.ts';
import { addCommonOptions } from './common-options.ts';

/** Adds to `command`, and to each command below it, what the file of `entry` says of it. */
export async function defineEntry(entry: CommandEntry, command: Command, cli: Cli): Promise<void> {
  (await entry.load()).define(command, cli);
  for (const each of [command, ...command.commands]) if (each.commands.length === 0) addCommonOptions(each);
}

/** The command of `entry` for whoever only looks at it. Its action is not to be run. */
export async function commandOf(entry: CommandEntry): Promise<Command> {
  const command = new Command(entry.name).summary(entry.summary).description(sentence(entry.summary));
  await defineEntry(entry, command, {} as Cli);
  return command;
}

export function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${/[.?]$/.test(summary) ? '' : '.'}`;
}
