// `brigade worktree list`.

import { isRejection } from '../../../core/rejection.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { baseOf, repositoryOf, seeWorktrees } from './seen-worktrees.ts';
import { spokenWorktree, worktreeLines } from './worktree-text.ts';

export async function showWorktrees(context: Context, { into }: { readonly into?: string }): Promise<number> {
  const fleet = await context.look();
  const repository = await repositoryOf(context, fleet);
  if (isRejection(repository)) return context.refuse(repository);
  const base = await baseOf(repository, into);
  if (isRejection(base) && into !== undefined) return context.refuse(base);
  const worktrees = await seeWorktrees(fleet, repository, isRejection(base) ? 'HEAD' : base);
  const here = repository.root;
  context.tell({ worktrees: worktrees.map((each) => spokenWorktree(each, here)) }, (look) =>
    worktreeLines(worktrees, { here, look }),
  );
  return EXIT.done;
}
