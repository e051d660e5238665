// `brigade guard post-commit`: looks at once whether a commit was made that no guard let pass. Git heeds no answer here.

import { auditCommits } from '../../../app/git/audit-commits.ts';
import { committerOf } from '../../../app/git/guard.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { auditPortsOf, type GuardOptions, remarkAny, runGuard } from './guard-run.ts';
import { auditedLines, spokenAudits } from './guard-text.ts';

export function guardPostCommit(context: Context, options: GuardOptions): Promise<number> {
  return runGuard(context, options, async (run) => {
    const seen = await context.look();
    const ports = await auditPortsOf(run, seen);
    if (ports === null) return EXIT.done;
    const audited = await auditCommits(ports, await committerOf(ports.fleet));
    if (context.json) context.tell({ audited: spokenAudits(audited, seen.worktree.id) }, () => []);
    remarkAny(context, auditedLines(audited, seen.worktree.id));
    return EXIT.done;
  });
}
