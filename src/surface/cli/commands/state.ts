import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { wholeOption } from '../parse/options.ts';
import type { GetOptions, LogOptions, PutOptions } from '../state/state-work.ts';

export function define(command: Command, cli: Cli): void {
  const get = command
    .command('get')
    .summary('read a value, or all keys that begin alike')
    .description('Read a value with its version; with --prefix all keys that begin so, a page at a time.')
    .argument('[key]', 'the key')
    .option('--prefix <text>', 'instead of a key: all keys that begin so')
    .option('--limit <n>', 'most keys to show', wholeOption)
    .option('--cursor <text>', 'where the page before ended')
    .option('--raw', 'print the value alone, as JSON')
    .action((key: string | undefined, options: GetOptions) =>
      perform(get, cli, async (context) => (await import('../state/state-work.ts')).getState(context, key, options)),
    );
  const put = command
    .command('put')
    .summary('write a value without losing an update')
    .description('Write a value: with --if-version (the version you read; 0 creates), or under a lock with --lock.')
    .argument('<key>', 'the key')
    .argument('<value>', 'JSON; text that is none is taken as a string')
    .option('--if-version <n>', 'the version it replaces; 0 creates', wholeOption)
    .option('--lock <RES=TOKEN>', 'a lease of yours that guards the write')
    .action((key: string, value: string, options: PutOptions) =>
      perform(put, cli, async (context) =>
        (await import('../state/state-work.ts')).putState(context, key, value, options),
      ),
    );
  const log = command
    .command('log')
    .summary('every version of a key, and who wrote it')
    .description('Every version of a key that the log still has, the newest last.')
    .argument('<key>', 'the key')
    .option('--limit <n>', 'only the last so many versions', wholeOption)
    .action((key: string, options: LogOptions) =>
      perform(log, cli, async (context) => (await import('../state/state-work.ts')).logState(context, key, options)),
    );
}
