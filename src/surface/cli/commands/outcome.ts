import type { Command } from 'commander';
import { isRejection, reject } from '../../../core/rejection.ts';
import { calibrationText } from '../../answer/spoken-governance.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';

interface Options {
  readonly ok?: boolean;
  readonly failed?: boolean;
  readonly evidence?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<check-in>', 'as check-in printed it, as in c42')
    .argument('<kind>', 'tests, build, review ...')
    .option('--ok', 'it succeeded')
    .option('--failed', 'it did not')
    .option('--evidence <text>', 'what shows it: an exit code, a link, a line of output')
    .addHelpText('after', '\nThe same kind again replaces what was said.')
    .action((checkInId: string, kind: string, { ok, failed, evidence }: Options) =>
      perform(command, cli, async (context) => {
        const word = wordOf(ok, failed);
        if (isRejection(word)) return context.refuse(word);
        const seat = await callerSeat(cli, await context.enter());
        const outcome = await seat.governance.recordOutcome({ checkInId, kind, ok: word, evidence });
        return tellOutcome(context, outcome, ({ answer: { agentId, calibration } }) => ({
          document: { checkInId, agentId, kind, ok: word, calibration },
          lines: () => [`Recorded for ${checkInId} of ${agentId}. ${calibrationText(calibration)}`],
          exitCode: EXIT.done,
        }));
      }),
    );
}

function wordOf(ok: boolean | undefined, failed: boolean | undefined) {
  if ((ok === true) !== (failed === true)) return ok === true;
  return reject('INVALID_ARGUMENT', {
    message: 'Say --ok or --failed: one of the two.',
    next: 'For example: brigade outcome c42 tests --ok.',
  });
}
