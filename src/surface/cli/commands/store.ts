import type { Command } from 'commander';
import type { Cli } from '../cli.ts';

export function define(command: Command, cli: Cli): void {
  command.action(() => {
    cli.exitCode = 1;
  });
}
