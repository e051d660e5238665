import type { Command } from 'commander';
import { defineHooks } from '../alerts/define-hooks.ts';
import type { Cli } from '../cli.ts';

export function define(command: Command, cli: Cli): void {
  defineHooks(command, cli);
}
