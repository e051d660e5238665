import type { Command } from 'commander';
import { isRejection } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenRevoke } from '../../answer/spoken.ts';
import { commandAs, operatorOf } from '../authority.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { wholeOption } from '../parse/options.ts';

export function define(command: Command, cli: Cli): void {
  command
    .argument('<resource>', 'as `brigade locks` names it')
    .requiredOption('--reason <text>', 'why; the holder and the log hear it')
    .option('--token <n>', 'only the lease with this token (without it: whoever holds the resource)', wholeOption)
    .addHelpText('after', '\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN. The next in line is served at once.')
    .action((resource: string, options: { readonly reason: string; readonly token?: number }) =>
      perform(command, cli, async (context) => {
        const fleet = await context.enter();
        const by = operatorOf(context, fleet);
        if (isRejection(by)) return context.refuse(by);
        const key = await fleet.keyOf(resource);
        if (isRejection(key)) return context.refuse(key);
        const { reason, token = null } = options;
        const answer = await commandAs(fleet, by, { op: 'revoke', resource: key, token, reason });
        if (isRejection(answer)) return context.refuse(answer);
        if (answer.op !== 'revoke') throw new TypeError(`asked for revoke, answered with ${answer.op}`);
        const { revoked, promoted } = spokenRevoke(answer, fleet.worktree.id);
        context.tell({ revoked, promoted }, ({ paint }) => [
          ...revoked.map(
            (each) =>
              `${paint.warn('Revoked')} ${oneLine(each.resource)} (token ${each.token}) from ${oneLine(each.agentId)}`,
          ),
          ...promoted.map(
            (each) => `  ${each.how === 'granted' ? 'now held by' : 'offered to'} ${oneLine(each.agentId)}`,
          ),
        ]);
        return EXIT.done;
      }),
    );
}
