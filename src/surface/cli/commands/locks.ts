import type { Command } from 'commander';
import { isRejection } from '../../../core/rejection.ts';
import { spokenLock } from '../../answer/spoken-views.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { wholeOption } from '../parse/options.ts';
import { locksText, NO_LOCKS } from '../text/locks-text.ts';
import { showView } from '../watching.ts';

interface Options {
  readonly holder?: string;
  readonly waiting?: boolean;
  readonly cursor?: string;
  readonly limit?: number;
  readonly watch?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('[resource]', 'only locks that conflict with it: src/a.ts, file:src/, task:review ...')
    .option('--holder <agent>', 'only what this agent holds')
    .option('--waiting', 'only what somebody waits for')
    .option('--limit <n>', 'at most so many (100)', wholeOption)
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('-w, --watch', 'show it again whenever something happens')
    .action((resource: string | undefined, options: Options) =>
      perform(command, cli, async (context) => {
        const fleet = await context.look(options.watch);
        const key = resource === undefined ? undefined : await fleet.keyOf(resource);
        if (isRejection(key)) return context.refuse(key);
        const { holder, waiting, cursor, limit } = options;
        const query = {
          kind: 'locks',
          ...(key === undefined ? {} : { resource: key }),
          ...(holder === undefined ? {} : { agentId: holder }),
          ...(waiting === undefined ? {} : { waiting }),
          ...(cursor === undefined ? {} : { cursor }),
          ...(limit === undefined ? {} : { limit }),
        } as const;
        const isFiltered = Object.keys(query).length > 1;
        return showView(context, fleet, options.watch === true, async () => {
          const { items, cursor: next, total } = await fleet.coordinator.view(query);
          const locks = items.map((lock) => spokenLock(lock, fleet.worktree.id));
          return {
            document: { locks, cursor: next, total },
            lines: (look) => {
              if (items.length === 0) return isFiltered ? ['No lock like that is held.'] : NO_LOCKS;
              const more =
                next === null ? [] : [look.paint.faint(`${items.length} of ${total}; go on with --cursor '${next}'`)];
              return [...locksText(items, look), ...more];
            },
          };
        });
      }),
    );
}
