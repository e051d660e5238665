import type { Command } from 'commander';
import { isRejection } from '../../../core/rejection.ts';
import type { RevokeReply } from '../../../core/reply.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenRevoke } from '../../answer/spoken.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { act, DRY_RUN } from '../operator-act.ts';
import type { Look } from '../output/screen.ts';
import { wholeOption } from '../parse/options.ts';

interface Options {
  readonly reason: string;
  readonly token?: number;
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<resource>', 'as `brigade locks` names it')
    .requiredOption('--reason <text>', 'why; the holder and the log hear it')
    .option('--token <n>', 'only the lease with this token (without it: whoever holds the resource)', wholeOption)
    .option(...DRY_RUN)
    .addHelpText('after', '\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN. The next in line is served at once.')
    .action((resource: string, { reason, token, dryRun = false }: Options) =>
      perform(command, cli, async (context) => {
        const fleet = await context.enter();
        const key = await fleet.keyOf(resource);
        if (isRejection(key)) return context.refuse(key);
        return act(context, fleet, { op: 'revoke', resource: key, token: token ?? null, reason, dryRun }, (answer) =>
          answer.op === 'revoke' ? spoken(answer, fleet.worktree.id) : null,
        );
      }),
    );
}

function spoken(answer: RevokeReply, worktree: string) {
  const { revoked, promoted } = spokenRevoke(answer, worktree);
  const lines = ({ paint }: Look): readonly string[] => [
    ...revoked.map(
      (each) =>
        `${paint.warn('Revoked')} ${oneLine(each.resource)} (token ${each.token}) from ${oneLine(each.agentId)}`,
    ),
    ...promoted.map((each) => `  ${each.how === 'granted' ? 'now held by' : 'offered to'} ${oneLine(each.agentId)}`),
  ];
  return { document: { revoked, promoted }, lines };
}
