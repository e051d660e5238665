import type { Command } from 'commander';
import { spokenFleet } from '../../answer/spoken-views.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { statusText } from '../text/status-text.ts';
import { showView } from '../watching.ts';

export function define(command: Command, cli: Cli): void {
  command
    .option('-w, --watch', 'show it again whenever something happens')
    .action((options: { readonly watch?: boolean }) =>
      perform(command, cli, async (context) => {
        const opened = await context.look(options.watch);
        const { coordinator } = opened;
        return showView(context, opened, options.watch === true, async () => {
          const [fleet, waits] = await Promise.all([
            coordinator.view({ kind: 'fleet' }),
            coordinator.view({ kind: 'waits' }),
          ]);
          const { traits, trouble } = coordinator.health();
          return {
            document: {
              fleetId: fleet.fleetId,
              foundedAt: fleet.foundedAt,
              root: opened.settings.root.value,
              store: traits.location,
              trouble,
              ...spokenFleet(fleet, opened.worktree.id),
            },
            lines: (look) => statusText({ fleet, waits, location: traits.location, trouble }, look),
          };
        });
      }),
    );
}
