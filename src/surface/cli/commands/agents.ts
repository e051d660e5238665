import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { wholeOption } from '../parse/options.ts';
import { agentsText, NO_AGENTS } from '../text/agents-text.ts';
import { showView } from '../watching.ts';

interface Options {
  readonly all?: boolean;
  readonly cursor?: string;
  readonly limit?: number;
  readonly watch?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('[agent]', 'only this one')
    .option('-a, --all', 'also those that have gone')
    .option('--limit <n>', 'at most so many (100)', wholeOption)
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('-w, --watch', 'show it again whenever something happens')
    .action((agentId: string | undefined, options: Options) =>
      perform(command, cli, async (context) => {
        const fleet = await context.look(options.watch);
        const { all, cursor, limit } = options;
        const query = {
          kind: 'agents',
          ...(agentId === undefined ? {} : { agentId }),
          ...(all === undefined ? {} : { all }),
          ...(cursor === undefined ? {} : { cursor }),
          ...(limit === undefined ? {} : { limit }),
        } as const;
        return showView(context, fleet, options.watch === true, async () => {
          const { items, cursor: next, total } = await fleet.coordinator.view(query);
          return {
            document: { agents: items, cursor: next, total },
            lines: (look) => {
              if (items.length === 0) return agentId === undefined ? NO_AGENTS : [`There is no agent ${agentId}.`];
              const more =
                next === null ? [] : [look.paint.faint(`${items.length} of ${total}; go on with --cursor ${next}`)];
              return [...agentsText(items, look), ...more];
            },
          };
        });
      }),
    );
}
