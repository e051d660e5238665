import { Argument, type Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Shell, scriptFor } from '../completion/scripts.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Print a script that lets your shell complete commands, options, agents, locks and what else the fleet knows.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', HELP)
    .action((shell: Shell) =>
      perform(command, cli, async (context) => {
        const script = scriptFor(shell);
        context.tell({ shell, script }, () => [script.trimEnd()]);
        return EXIT.done;
      }),
    );
}

const HELP = `
For this shell:  source <(brigade completion bash)      (fish: brigade completion fish | source)
To keep it, do what the first lines of the script say.`;
