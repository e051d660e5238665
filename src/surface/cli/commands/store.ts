import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';

export function define(command: Command, cli: Cli): void {
  const backup = command
    .command('backup')
    .summary('copy the log, live, and read the copy back')
    .description('Copy the log to FILE while it is in use, and read the copy back.')
    .argument('<file>', 'a file that does not exist yet')
    .action((file: string) =>
      perform(backup, cli, async (context) => (await import('../care/backup.ts')).backUp(context, file)),
    );
  const restore = command
    .command('restore')
    .summary('put a backup in the place of the log')
    .description('Put a backup in the place of the log. Nobody may be attached; the log before is kept beside it.')
    .argument('<file>', 'as `store backup` wrote it')
    .addHelpText('after', NEEDS)
    .action((file: string) =>
      perform(restore, cli, async (context) => (await import('../care/restore.ts')).restore(context, file)),
    );
  const copy = command
    .command('copy')
    .summary('move the fleet to another store')
    .description(
      'Copy the log to another store, compare the two, and end the one that is left. Nobody may be attached.',
    )
    .argument('<from>', 'sqlite:PATH, redis://HOST[#FLEET], etcd://HOST:PORT[#FLEET]')
    .argument('<to>', 'the same, and empty; what an earlier try left there is gone on from')
    .option('--dry-run', 'look at both, say what would be done, and change nothing')
    .addHelpText('after', NEEDS)
    .action((from: string, to: string, options: { readonly dryRun?: boolean }) =>
      perform(copy, cli, async (context) => (await import('../care/copy.ts')).copyStore(context, from, to, options)),
    );
  const repair = command
    .command('repair')
    .summary('let granting go on after a loss or a broken rule')
    .description('Let granting go on after a loss of the log or a broken rule. Who said so and why stands in the log.')
    .requiredOption('--reason <text>', 'why it is safe')
    .option('--force', 'although a rule is still broken')
    .addHelpText('after', NEEDS)
    .action((options: { readonly reason: string; readonly force?: boolean }) =>
      perform(repair, cli, async (context) => (await import('../care/repair.ts')).repair(context, options)),
    );
}

const NEEDS = '\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN.';
