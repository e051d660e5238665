// An operator's word on an agent: pause, resume, archive, restore, retire. One file, because they differ by a word.

import type { Command } from 'commander';
import type { LifecycleCommand } from '../../../core/command.ts';
import type { LifecycleReply } from '../../../core/reply.ts';
import { counted } from '../../../core/view/count-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenLifecycle } from '../../answer/spoken-governance.ts';
import type { Cli } from '../cli.ts';
import type { CommandModule } from '../command-table.ts';
import { perform } from '../context.ts';
import { act, DRY_RUN } from '../operator-act.ts';
import type { Look } from '../output/screen.ts';

export type LifecycleOp = LifecycleCommand['op'];

interface Options {
  readonly reason: string;
  readonly dryRun?: boolean;
}

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
        .option(...DRY_RUN)
        .addHelpText('after', `\n${HELP[op]}\nNeeds a terminal or BRIGADE_OPERATOR_TOKEN.`)
        .action((agentId: string, { reason, dryRun = false }: Options) =>
          perform(command, cli, async (context) =>
            act(context, await context.enter(), { op, agentId, reason, dryRun }, (answer) =>
              answer.op === 'lifecycle'
                ? { document: { ...spokenLifecycle(answer) }, lines: (look) => changedLines(answer, op, look) }
                : null,
            ),
          ),
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
