// `brigade guard pre-push`: by policy (`hooks.git.push`) what is pushed is looked at like what is committed.

import { text } from 'node:stream/consumers';
import { guardChanges, hooksPolicyOf } from '../../../app/git/guard.ts';
import { pushedChanges, pushedRefs } from '../../../app/git/pushed-changes.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { auditMeanwhile, auditPortsOf, type GuardOptions, remarkAny, runGuard } from './guard-run.ts';
import { auditedLines, guardDocument, guardLines, spokenAudits } from './guard-text.ts';

export function guardPrePush(context: Context, remote: string, options: GuardOptions): Promise<number> {
  return runGuard(context, options, async (run) => {
    const refs = pushedRefs(await text(context.cli.stdin));
    const seen = await context.look();
    const ports = await auditPortsOf(run, seen);
    if (ports === null) return EXIT.done;
    const reader = seen.worktree.id;
    const { git, onFault } = await hooksPolicyOf(ports.fleet);
    await run.notes.keepOnFault(onFault);
    if (!git.push || refs.length === 0) {
      const audited = await auditMeanwhile(ports);
      if (context.json)
        context.tell({ verdict: 'pass', looked: false, audited: spokenAudits(audited, reader) }, () => []);
      remarkAny(context, auditedLines(audited, reader));
      return EXIT.done;
    }
    const changes = await pushedChanges(run.git, remote, refs);
    const guarded = await guardChanges(ports.fleet, changes);
    const audited = await auditMeanwhile(ports);
    if (context.json)
      context.tell(
        { ...guardDocument(guarded, reader), looked: true, audited: spokenAudits(audited, reader) },
        () => [],
      );
    remarkAny(context, [
      ...guardLines(guarded, { reader, count: changes.length, doing: 'push' }),
      ...auditedLines(audited, reader),
    ]);
    return guarded.verdict === 'refuse' ? EXIT.contended : EXIT.done;
  });
}
