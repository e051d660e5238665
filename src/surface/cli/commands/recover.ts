import type { Command } from 'commander';
import { oneLine } from '../../../core/view/one-line.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';

export function define(command: Command, cli: Cli): void {
  command
    .argument('<reflection>', 'what went wrong, and what will be done differently')
    .addHelpText('after', '\nExit code 7 while the pause goes on.')
    .action((reflection: string) =>
      perform(command, cli, async (context) => {
        const seat = await callerSeat(cli, await context.enter());
        return tellOutcome(context, await seat.governance.recover(reflection), ({ answer: { resumed, reasons } }) => ({
          document: { resumed, reasons },
          lines: ({ paint }) =>
            resumed
              ? [paint.good('Active again.')]
              : reasons.flatMap(({ code, message, next }) => [
                  `${paint.warn(code)}  ${oneLine(message, 500)}`,
                  `  ${oneLine(next, 500)}`,
                ]),
          exitCode: resumed || reasons.some(({ code }) => code === 'NOT_PAUSED') ? EXIT.done : EXIT.paused,
        }));
      }),
    );
}
