// `brigade guard pre-commit`: refuses a commit that changes what another agent holds.

import type { AuditPorts } from '../../../app/git/audit-commits.ts';
import { type Guarded, guardChanges } from '../../../app/git/guard.ts';
import { noteHeld } from '../../../app/git/note-held.ts';
import { answered, type Change, commitOf, stagedChanges } from '../../../app/git/staged-changes.ts';
import { trailersOf } from '../../../app/git/trailers.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { auditMeanwhile, auditPortsOf, type GuardOptions, type GuardRun, remarkAny, runGuard } from './guard-run.ts';
import { auditedLines, guardDocument, guardLines, spokenAudits } from './guard-text.ts';

export function guardPreCommit(context: Context, options: GuardOptions): Promise<number> {
  return runGuard(context, options, preCommit);
}

async function preCommit(run: GuardRun): Promise<number> {
  const { context, git, notes } = run;
  await notes.keepTrailers(null);
  const changes = await stagedChanges(git);
  const seen = await context.look();
  const ports = await auditPortsOf(run, seen);
  if (ports === null) return EXIT.done;
  const guarded = await guardChanges(ports.fleet, changes);
  await notes.keepOnFault(guarded.policy.onFault);
  if (guarded.verdict !== 'refuse') await letPass(ports, guarded, changes);
  const audited = await auditMeanwhile(ports);
  const reader = seen.worktree.id;
  if (context.json)
    context.tell({ ...guardDocument(guarded, reader), audited: spokenAudits(audited, reader) }, () => []);
  remarkAny(context, [
    ...guardLines(guarded, { reader, count: changes.length, doing: 'commit' }),
    ...auditedLines(audited, reader),
  ]);
  return guarded.verdict === 'refuse' ? EXIT.contended : EXIT.done;
}

/** Notes it for the guards to come; and in the log, where it changes what others hold. */
async function letPass(
  { git, notes, fleet, wallMs }: AuditPorts,
  guarded: Guarded,
  changes: readonly Change[],
): Promise<void> {
  const { committer, held, policy, own } = guarded;
  const [head, tree] = await Promise.all([commitOf(git, 'HEAD'), answered(git, ['write-tree'])]);
  const agentId = committer.kind === 'agent' ? (committer.sessions[0]?.agentId ?? null) : null;
  await notes.keepPass({
    head,
    tree: tree.toString('utf8').trim(),
    paths: changes.map(({ path }) => path),
    at: new Date(wallMs()).toISOString(),
    agentId,
  });
  if (policy.git.trailers) await notes.keepTrailers(trailersOf(committer, own, fleet.worktree));
  if (held.length > 0) await noteHeld(fleet, held, { tool: 'git commit', committer });
}
