import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import type { InitOptions } from '../init/asked.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Connect clients to this fleet: their MCP configuration, edit hooks and a guard in git. Shows each change and asks before it is written.',
    )
    .option('--client <name...>', 'claude-code, cursor, vscode, codex, gemini (without it: those found here)')
    .option('--hooks', 'edit hooks too: an agent cannot edit what another one holds')
    .option('--git', 'a guard in git too: nobody commits what another one holds')
    .option('--scope <project|user>', 'files of this repository, or yours for all folders', 'project')
    .option('--http <url>', 'a server that runs already, instead of a process for each client')
    .option('--fail <open|closed>', 'what happens to an edit when the hook itself fails', 'open')
    .option('--dry-run', 'show what would be written, and write nothing')
    .option('--remove', 'take all of it out again')
    .option('--yes', 'without asking; needed where nobody sits at a terminal')
    .addHelpText(
      'after',
      '\nFiles that git shares let npx start Brigade and hold no hooks that start a program; yours name this Node and this\ninstallation. docs/clients tells what each client gets.',
    )
    .action((options: InitOptions) =>
      perform(command, cli, async (context) => (await import('../init/run-init.ts')).runInit(context, options)),
    );
}
