import type { Command } from 'commander';
import { isRejection } from '../../../core/rejection.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenCheck } from '../../answer/spoken.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import type { Look } from '../output/screen.ts';
import { leaseRef } from '../parse/lease-ref.ts';
import { wholeOption } from '../parse/options.ts';

export function define(command: Command, cli: Cli): void {
  command
    .argument('<lease>', 'RES=TOKEN, or RES with --token (under `brigade run` RES alone)')
    .option('--token <n>', 'the token', wholeOption)
    .addHelpText('after', '\nExit codes: 0 it holds, 6 it does not.')
    .action((text: string, options: { readonly token?: number }) =>
      perform(command, cli, async (context) => {
        const lease = leaseRef(text, { token: options.token, tokens: cli.env.BRIGADE_TOKENS });
        if (isRejection(lease)) return context.refuse(lease);
        const fleet = await context.enter();
        const seat = await callerSeat(cli, fleet);
        const outcome = await seat.check(lease);
        return tellOutcome(context, outcome, (replied) => {
          const document = { resource: lease.resource, token: lease.token, ...spokenCheck(replied) };
          return {
            document,
            lines: (look) => [checkLine(document, look)],
            exitCode: document.holds ? EXIT.done : EXIT.staleToken,
          };
        });
      }),
    );
}

function checkLine(
  spoken: ReturnType<typeof spokenCheck> & { readonly resource: string; readonly token: number },
  { paint }: Look,
): string {
  const { resource, token, holds, holder, currentToken } = spoken;
  const name = oneLine(resource);
  if (holds)
    return `${paint.good('Holds')}: ${name} with token ${token}, for ${durationText(spoken.expiresInMs ?? 0)} unused`;
  const now =
    holder === null ? 'nobody holds it' : `${oneLine(holder.agentId)} holds it with token ${currentToken ?? '?'}`;
  return `${paint.bad('Does not hold')}: token ${token} of ${name} is stale; ${now}`;
}
