import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CheckInArguments } from '../../../app/seat/governance-calls.ts';
import { spokenCheckIn } from '../../answer/spoken-governance.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import { numbersOption, shareOption } from '../parse/options.ts';
import { verdictLines } from '../text/verdict-text.ts';

interface Options {
  readonly complexity?: number;
  readonly confidence?: number;
  readonly outcome?: NonNullable<CheckInArguments['outcomes']>;
  readonly goal?: string;
  readonly task?: string;
  readonly parameters?: readonly number[];
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<summary>', 'what was done, in a sentence')
    .option('--confidence <0..1>', 'how likely it is right', shareOption)
    .option('--complexity <0..1>', 'how hard it was', shareOption)
    .option('--outcome <kind=ok|failed>', 'what is known already, as in tests=ok; may be repeated', outcomeOption)
    .option('--goal <text>', 'what the agent is at, for all to see')
    .option('--task <text>', 'the step it is at now')
    .option('--parameters <numbers>', 'of the estimator eisv-v1, separated by commas', numbersOption)
    .option('--dry-run', 'what the verdict would be; records nothing')
    .addHelpText('after', '\nExit code 7 when the verdict is pause.')
    .action((summary: string, options: Options) =>
      perform(command, cli, async (context) => {
        const fleet = await context.enter();
        const seat = await callerSeat(cli, fleet);
        const { outcome: outcomes, goal, task, dryRun, ...rest } = options;
        const plan = goal === undefined && task === undefined ? undefined : { goal, task };
        const outcome = await seat.governance.checkIn({ summary, outcomes, plan, ...rest }, { dryRun });
        return tellOutcome(context, outcome, (replied) => ({
          document: spokenCheckIn(replied),
          lines: (look) => verdictLines(replied.answer, look),
          exitCode: replied.answer.verdict === 'pause' ? EXIT.paused : EXIT.done,
        }));
      }),
    );
}

function outcomeOption(text: string, before: Options['outcome'] = []): NonNullable<Options['outcome']> {
  const [, kind = '', word = '', evidence = ''] = /^([^=]+)=(ok|failed)(?::(.*))?$/s.exec(text) ?? [];
  if (kind === '') throw new InvalidArgumentError('Write it as tests=ok, or review=failed:what was wrong.');
  return [...before, { kind, ok: word === 'ok', evidence }];
}
