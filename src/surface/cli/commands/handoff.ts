import type { Command } from 'commander';
import { isRejection } from '../../../core/rejection.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenLease } from '../../answer/spoken.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import { leaseRef } from '../parse/lease-ref.ts';
import { wholeOption } from '../parse/options.ts';

export function define(command: Command, cli: Cli): void {
  defineOffer(command.command('offer'), cli);
  defineAnswer(command.command('accept'), cli, 'accept');
  defineAnswer(command.command('decline'), cli, 'decline');
}

function defineOffer(command: Command, cli: Cli): void {
  command
    .summary('offer a lock you hold to one agent')
    .description('Offer a lock you hold to one agent, ahead of the line. You keep it until the offer is accepted.')
    .argument('<lease>', 'RES=TOKEN, or RES with --token')
    .requiredOption('--to <agent>', 'who shall have it')
    .option('--token <n>', 'the token', wholeOption)
    .action((text: string, options: { readonly to: string; readonly token?: number }) =>
      perform(command, cli, async (context) => {
        const lease = leaseRef(text, { token: options.token, tokens: cli.env.BRIGADE_TOKENS });
        if (isRejection(lease)) return context.refuse(lease);
        const fleet = await context.enter();
        const seat = await callerSeat(cli, fleet);
        const outcome = await seat.handOff({ ...lease, to: options.to });
        return tellOutcome(context, outcome, ({ answer, at }) => {
          const lapsesInMs = Math.max(0, answer.until - at);
          return {
            document: { offer: answer.offer, to: answer.to, lapsesInMs },
            lines: ({ paint }) => [
              `${paint.good('Offered')} to ${oneLine(answer.to)} for ${durationText(lapsesInMs)}; you hold it until then.`,
              `${oneLine(answer.to)} takes it with \`brigade handoff accept ${answer.offer}\`.`,
            ],
            exitCode: EXIT.done,
          };
        });
      }),
    );
}

function defineAnswer(command: Command, cli: Cli, verb: 'accept' | 'decline'): void {
  command
    .summary(`${verb} an offered lock`)
    .description(
      verb === 'accept' ? 'Take over an offered lock, with a new token.' : 'Leave an offered lock where it is.',
    )
    .argument('<offer>', 'as the notice named it')
    .action((offer: string) =>
      perform(command, cli, async (context) => {
        const fleet = await context.enter();
        const seat = await callerSeat(cli, fleet);
        const outcome = await seat.answerHandoff({ offer, answer: verb });
        return tellOutcome(context, outcome, (replied) => {
          const { answer } = replied;
          const lease = answer.lease === null ? null : spokenLease(answer.lease, replied);
          return {
            document: { offer: answer.offer, accepted: answer.accepted, lease },
            lines: ({ paint }) => [
              lease === null
                ? 'Declined.'
                : `${paint.good('Yours now')}: ${paint.strong(`${oneLine(lease.resource)}=${lease.token}`)}`,
            ],
            exitCode: EXIT.done,
          };
        });
      }),
    );
}
