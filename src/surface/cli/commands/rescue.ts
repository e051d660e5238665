import { type Command, Option } from 'commander';
import { ACTION_KINDS, type ActionKind } from '../../../core/diagnosis/finding.ts';
import { isRejection } from '../../../core/rejection.ts';
import type { RescueReply } from '../../../core/reply.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenRejection } from '../../answer/spoken.ts';
import { spokenRescue } from '../../answer/spoken-diagnosis.ts';
import { tellOutcome } from '../acting.ts';
import { commandAs, type Operator, operatorOf } from '../authority.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import type { SeenFleet } from '../open-fleet.ts';
import type { Look } from '../output/screen.ts';
import { wouldLines } from '../output/would-lines.ts';

interface Options {
  readonly reason: string;
  readonly do?: ActionKind;
  readonly to?: string;
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<finding>', 'as `brigade diagnose` names it')
    .requiredOption('--reason <text>', 'why; whom it concerns and the log hear it')
    .addOption(
      new Option('--do <action>', 'one of its other actions, instead of what it advises').choices(ACTION_KINDS),
    )
    .option('--to <agent>', 'with --do hand_over: who gets it; without it the first in line')
    .option('--dry-run', 'only show what would be logged')
    .addHelpText('after', HELP)
    .action((finding: string, options: Options) =>
      perform(command, cli, async (context) => {
        const fleet = await context.enter();
        const by = operatorOf(context, fleet);
        const { reason, to, dryRun = false } = options;
        const asked = { finding, reason, do: options.do, to, dryRun };
        return isRejection(by) ? asAgent(context, fleet, asked) : asOperator(context, fleet, by, asked);
      }),
    );
}

const HELP = `
The finding is proved again before anything is done. A person at a terminal and whoever
shows BRIGADE_OPERATOR_TOKEN act as operators; an agent may only do what the evidence
allows: its process is gone, or it was silent for long while somebody waits.
What it does is what \`brigade diagnose\` advises; --do chooses another action shown there.`;

interface Asked {
  readonly finding: string;
  readonly reason: string;
  readonly do: ActionKind | undefined;
  readonly to: string | undefined;
  readonly dryRun: boolean;
}

async function asAgent(context: Context, fleet: SeenFleet, { dryRun, ...asked }: Asked): Promise<number> {
  const seat = await callerSeat(context.cli, fleet);
  const outcome = await seat.rescue(asked, { dryRun });
  return tellOutcome(context, outcome, ({ answer, worktree }) => ({
    ...told(answer, worktree, dryRun),
    exitCode: EXIT.done,
  }));
}

async function asOperator(
  context: Context,
  fleet: SeenFleet,
  by: Operator,
  { dryRun, ...asked }: Asked,
): Promise<number> {
  const base = { op: 'rescue', ...asked, seen: [] } as const;
  const answer = await commandAs(fleet, by, dryRun ? { ...base, dryRun } : base);
  const worktree = fleet.worktree.id;
  if (isRejection(answer)) return context.refuse(spokenRejection(answer, { at: 0, worktree }));
  if (answer.op !== 'rescue') throw new TypeError(`asked for rescue, answered with ${answer.op}`);
  const { document, lines } = told(answer, worktree, dryRun);
  context.tell({ ...document, acting: null, notices: [] }, lines);
  return EXIT.done;
}

function told(answer: RescueReply, worktree: string, dryRun: boolean) {
  const spoken = spokenRescue(answer, worktree);
  return { document: { ...spoken, dryRun }, lines: (look: Look) => linesOf(spoken, dryRun, look) };
}

function linesOf(
  { action, done, events, leftOut }: ReturnType<typeof spokenRescue>,
  dryRun: boolean,
  { paint }: Look,
): readonly string[] {
  if (dryRun)
    return [
      `${paint.warn('Nothing was done.')} It would ${oneLine(action, LENGTH)}:`,
      ...wouldLines({ events, leftOut }),
    ];
  if (done.length === 0) return [`It was done before: ${oneLine(action, LENGTH)}.`];
  return [paint.good('Done.'), ...done.map((each) => `  ${oneLine(each, LENGTH)}`)];
}

const LENGTH = 1_000;
