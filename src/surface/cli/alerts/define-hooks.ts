// `brigade alerts hooks` and `brigade alerts hook NAME`: who is told of alerts outside the fleet.

import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import type { HookOptions } from './hook.ts';

export function defineHooks(command: Command, cli: Cli): void {
  const hooks = command
    .command('hooks')
    .summary('who is told outside the fleet, and what was given up')
    .description('Show the targets of alerts: how each goes, what waits for it, and what was given up.')
    .action(() => perform(hooks, cli, async (context) => (await import('./hooks.ts')).showHooks(context)));
  const hook = command
    .command('hook')
    .summary('enable a target on this host, test it, or try again what was given up')
    .description(
      'Do one thing about a target of alerts. Nothing is sent to a webhook, and no program is run, from a host whose user has not enabled it there.',
    )
    .argument('<name>', 'as the policy in force calls it')
    .argument('[args...]', 'with --run: arguments of the program, behind --')
    .option('--secret', 'print its signing secret, and make it on first use')
    .option('--rotate', 'with --secret: put a new one in its place; the old one signs beside it for 24 hours')
    .option('--now', 'with --secret: what it has replaced no longer signs')
    .option('--force', 'with --secret: print it although nobody sits at a terminal')
    .option('--run <program>', 'this program is run on this host for a target of kind command')
    .option('--test', 'send a test message from here, and tell what came back')
    .option('--retry', 'send what was given up again, and enable a target that had wanted nothing more')
    .addHelpText('after', '\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN. docs/alerts-delivery.md tells how to receive.')
    .action((name: string, args: readonly string[], options: HookOptions) =>
      perform(hook, cli, async (context) => (await import('./hook.ts')).actOnHook(context, name, args, options)),
    );
}
