// An operator's word on an agent: pause, resume, archive, restore, retire. One file, because they differ by a word.

import type { Command } from 'commander';
import type { LifecycleCommand } from '../../../core/command.ts';
import { isRejection } from '../../../core/rejection.ts';
import type { LifecycleReply } from '../../../core/reply.ts';
import { counted } from '../../../core/view/count-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenLifecycle } from '../../answer/spoken-governance.ts';
import { commandAs, operatorOf } from '../authority.ts';
import type { Cli } from '../cli.ts';
import type { CommandModule } from '../command-table.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { Look } from '../output/screen.ts';

export type LifecycleOp = LifecycleCommand['op'];

const HELP: Readonly<Record<LifecycleOp, string>> = {
  pause:
    'It is granted and renewed nothing until it is resumed. What becomes of its locks is policy (onPause).\nUndo: brigade resume.',
  resume: 'It may work again. A pause by policy the agent can also end itself: brigade recover.\nUndo: brigade pause.',
  archive: 'Its sessions are closed and what they held is released; its history stays.\nUndo: brigade restore.',
  restore: 'It is what it was when it was archived: active, or paused still.\nUndo: brigade archive.',
  retire: 'For ever: its name is never given again. There is no undo.',
};

export function lifecycleCommand(op: LifecycleOp): CommandModule {
  return {
    define(command: Command, cli: Cli): void {
      command
        .argument('<agent>', 'as `brigade agents --all` names it')
        .requiredOption('--reason <text>', 'why; the agent and the log hear it')
        .addHelpText('after', `\n${HELP[op]}\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN.`)
        .action((agentId: string, { reason }: { readonly reason: string }) =>
          perform(command, cli, async (context) => {
            const fleet = await context.enter();
            const by = operatorOf(context, fleet);
            if (isRejection(by)) return context.refuse(by);
            const answer = await commandAs(fleet, by, { op, agentId, reason });
            if (isRejection(answer)) return context.refuse(answer);
            if (answer.op !== 'lifecycle') throw new TypeError(`asked for ${op}, answered with ${answer.op}`);
            context.tell(spokenLifecycle(answer), (look) => changedLines(answer, op, look));
            return EXIT.done;
          }),
        );
    },
  };
}

function changedLines(
  { agentId, was, lifecycle, changed, leases }: LifecycleReply,
  op: LifecycleOp,
  { paint }: Look,
): readonly string[] {
  const name = oneLine(agentId);
  if (!changed) return [`${name} is ${lifecycle} already; nothing was changed.`];
  const holds = counted(leases, 'lock');
  const rest =
    op === 'pause' && leases > 0 ? [`  It keeps ${holds} until their time is over, or until you revoke them.`] : [];
  const word = was === lifecycle ? `${lifecycle}, now by your word` : lifecycle;
  return [`${name} was ${was} and is ${paint.strong(word)}.`, ...rest];
}
