import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import type { ApplyOptions } from '../policy/apply.ts';

const FILE = ['[file]', 'instead of .brigade/policy.json'] as const;

export function define(command: Command, cli: Cli): void {
  command.addHelpText(
    'after',
    '\ndocs/policy.md tells what a policy can say; docs/policy.example.jsonc is one to begin with.',
  );
  const check = command
    .command('check')
    .summary('is the file valid, and is it in force?')
    .description('Read the policy file, and compare it with the policy in force.')
    .argument(...FILE)
    .addHelpText(
      'after',
      '\nExit code 0 when it is in force, 1 when it differs, 2 when it is not valid. Changes nothing.',
    )
    .action((file: string | undefined) =>
      perform(check, cli, async (context) => (await import('../policy/check.ts')).checkPolicy(context, file)),
    );
  const show = command
    .command('show')
    .summary('the policy in force, who adopted it and when')
    .description('Show the policy in force, who adopted it and when, and the settings that follow from it.')
    .option('--file', 'print it as a policy file')
    .action((options: { readonly file?: boolean }) =>
      perform(show, cli, async (context) => (await import('../policy/show.ts')).showPolicy(context, options)),
    );
  const explain = command
    .command('explain')
    .summary('each setting: its value, who says so, and why')
    .description(
      'Explain each setting as it holds for an agent: its value, where it comes from, and why its default is so.',
    )
    .argument('[agent]', 'an agent id (without it: an agent that no pattern names)')
    .action((agentId: string | undefined) =>
      perform(explain, cli, async (context) =>
        (await import('../policy/explain.ts')).explain(context, agentId ?? null),
      ),
    );
  const apply = command
    .command('apply')
    .summary('put the file in force')
    .description(
      'Put a policy file in force, for all processes from their next decision on. The log keeps what changed.',
    )
    .argument(...FILE)
    .option('--defaults', 'instead of a file: back to the defaults')
    .option('--reason <text>', 'why; the log keeps it', '')
    .option('--yes', 'without asking; needed where nobody sits at a terminal')
    .addHelpText('after', '\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN.')
    .action((file: string | undefined, options: ApplyOptions) =>
      perform(apply, cli, async (context) => (await import('../policy/apply.ts')).applyPolicy(context, file, options)),
    );
}
