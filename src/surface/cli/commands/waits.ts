import type { Command } from 'commander';
import { seenFrom } from '../../answer/seen-names.ts';
import { spokenWaiter } from '../../answer/spoken-views.ts';
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
        const names = seenFrom(fleet.worktree.id);
        return showView(context, fleet, options.watch === true, async () => {
          const waits = await fleet.coordinator.view({ kind: 'waits' });
          return {
            document: {
              waiters: waits.waiters.map((waiter) => spokenWaiter(waiter, fleet.worktree.id)),
              edges: names.data(waits.edges),
              suspected: waits.suspected,
              broken: names.data(waits.broken),
              leftOut: waits.leftOut,
            },
            lines: (look) => {
              const lines = waitsText(waits, look);
              return lines.length === 0 ? NO_WAITS : lines;
            },
          };
        });
      }),
    );
}
