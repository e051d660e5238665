import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';

interface NewOptions {
  readonly branch?: string;
  readonly from?: string;
  readonly folder?: string;
}

interface PruneOptions {
  readonly into?: string;
  readonly yes?: boolean;
  readonly ignored?: boolean;
  readonly branches?: boolean;
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  const fresh = command
    .command('new')
    .summary('a worktree for an agent, in the same fleet')
    .description('Make a git worktree for an agent. Whoever works in it is in the same fleet.')
    .argument('<name>', 'of its folder, and of its branch where --branch says no other')
    .option('--branch <name>', 'its branch; made where there is none')
    .option('--from <commit>', 'where a new branch begins (HEAD)')
    .option('--folder <path>', 'where it is to be (beside the repository, in REPOSITORY.worktrees/)')
    .action((name: string, options: NewOptions) =>
      perform(fresh, cli, async (context) => (await import('../worktree/new.ts')).newWorktree(context, name, options)),
    );
  const list = command
    .command('list')
    .summary('each with its agents, locks and state')
    .description(
      'List the worktrees of this repository: who is there, what is locked, what is not committed or not merged.',
    )
    .option('--into <commit>', 'merged into what (the HEAD of the main worktree)')
    .action((options: { readonly into?: string }) =>
      perform(list, cli, async (context) => (await import('../worktree/list.ts')).showWorktrees(context, options)),
    );
  const prune = command
    .command('prune')
    .summary('remove those that are merged and that nobody is in')
    .description('Remove worktrees with nothing of their own: merged or empty, clean, and nobody in them. Asks first.')
    .argument('[names...]', 'only these, by folder or branch; also young ones')
    .option('--into <commit>', 'merged into what (the HEAD of the main worktree)')
    .option('-y, --yes', 'do not ask')
    .option('--ignored', 'with --yes: also with files that git ignores in them')
    .option('--branches', 'their branches too, where git finds them merged')
    .option('--dry-run', 'only say which')
    .addHelpText('after', KEPT)
    .action((names: readonly string[], options: PruneOptions) =>
      perform(prune, cli, async (context) =>
        (await import('../worktree/prune.ts')).pruneWorktrees(context, names, options),
      ),
    );
}

const KEPT = `
Kept are: the main one and the one you are in; with changes or files that git does not
know; with commits that are not in --into; with an agent or a lock; locked by git; in
the middle of a rebase or merge; younger than an hour, unless named.`;
