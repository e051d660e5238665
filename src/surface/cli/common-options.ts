// Options that every command takes, and how they become settings.

import type { Command } from 'commander';
import type { SettingFlags } from '../../app/settings.ts';

export interface CommonOptions {
  readonly json: boolean;
  readonly flags: SettingFlags;
}

const GROUP = 'Everywhere:';

/**
 * Adds them to a command; to the program itself hidden, so that they may also stand before the command. Where a command gives
 * one of them a meaning of its own, that one is left to it.
 */
export function addCommonOptions(command: Command, hidden = false): void {
  const options: readonly (readonly [string, string])[] = [
    ['--json', 'print one JSON document'],
    ['--root <folder>', 'the workspace (BRIGADE_ROOT)'],
    ['--store <url>', 'where the log is (BRIGADE_STORE)'],
    ['--fleet <name>', 'which fleet of the store (BRIGADE_FLEET)'],
    ['--agent <id>', 'the agent to be (BRIGADE_AGENT)'],
    ['--purpose <text>', 'what the agent is for (BRIGADE_PURPOSE)'],
    ['--client <name>', 'which client started this (BRIGADE_CLIENT)'],
    ['--durability <host|process>', 'what an answer survives, in a file (BRIGADE_DURABILITY)'],
    ['--desk <auto|off>', 'ask the process that serves this host, or always the log (BRIGADE_DESK)'],
    ['--log-level <level>', 'silent, error, warn, info or debug (BRIGADE_LOG_LEVEL)'],
  ];
  for (const [flags, description] of options) {
    const option = command.createOption(flags, description).helpGroup(GROUP);
    if (command.options.some((own) => own.long === option.long)) continue;
    command.addOption(hidden ? option.hideHelp() : option);
  }
}

/** What was said before and behind the name of the command; the word behind it counts. */
export function commonOptionsOf(command: Command): CommonOptions {
  const given: Record<string, unknown> = {};
  for (let each: Command | null = command; each !== null; each = each.parent) {
    for (const [name, value] of Object.entries(each.opts())) given[name] ??= value;
  }
  const flags: Record<string, string> = {};
  for (const name of SETTINGS) if (typeof given[name] === 'string') flags[name] = given[name];
  return { json: given.json === true, flags };
}

const SETTINGS = [
  'root',
  'store',
  'fleet',
  'agent',
  'purpose',
  'client',
  'durability',
  'desk',
  'logLevel',
  'host',
  'port',
] as const;
