import type { Command } from 'commander';
import { spokenWaits } from '../../answer/spoken-views.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { NO_WAITS, waitsText } from '../text/waits-text.ts';
import { showView } from '../watching.ts';

export function define(command: Command, cli: Cli): void {
  command
    .option('-w, --watch', 'show it again whenever something happens')
    .action((options: { readonly watch?: boolean }) =>
      perform(command, cli, async (context) => {
        const fleet = await context.look(options.watch);
        return showView(context, fleet, options.watch === true, async () => {
          const waits = await fleet.coordinator.view({ kind: 'waits' });
          return {
            document: spokenWaits(waits, fleet.worktree.id),
            lines: (look) => {
              const lines = waitsText(waits, look);
              return lines.length === 0 ? NO_WAITS : lines;
            },
          };
        });
      }),
    );
}
