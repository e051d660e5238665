import type { Command } from 'commander';
import { isRejection } from '../../../core/rejection.ts';
import { spokenAcquire } from '../../answer/spoken.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { exitCodeOfRefused } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import { leaseRefs } from '../parse/lease-ref.ts';
import { durationOption, wholeOption } from '../parse/options.ts';
import { grantedLines } from '../text/acquire-text.ts';

export function define(command: Command, cli: Cli): void {
  command
    .argument('<leases...>', 'RES=TOKEN as acquire printed it, or one RES with --token')
    .option('--token <n>', 'the token, where one resource is named without it', wholeOption)
    .option('--ttl <duration>', 'from now on it ends after this long without activity', durationOption)
    .action((texts: readonly string[], options: { readonly token?: number; readonly ttl?: number }) =>
      perform(command, cli, async (context) => {
        const leases = leaseRefs(texts, { token: options.token, tokens: cli.env.BRIGADE_TOKENS });
        if (isRejection(leases)) return context.refuse(leases);
        const fleet = await context.enter();
        const seat = await callerSeat(cli, fleet);
        const outcome = await seat.renew({ leases, ttlMs: options.ttl });
        return tellOutcome(context, outcome, (replied) => {
          const document = spokenAcquire(replied, new Map());
          return {
            document,
            lines: (look) => grantedLines(document, outcome.acting, false, look),
            exitCode: exitCodeOfRefused(document.refused),
          };
        });
      }),
    );
}
