import type { Command } from 'commander';
import { isRejection, reject } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { spokenRelease } from '../../answer/spoken.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { exitCodeOfRefused } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import type { Look } from '../output/screen.ts';
import { leaseRefs } from '../parse/lease-ref.ts';
import { wholeOption } from '../parse/options.ts';

export function define(command: Command, cli: Cli): void {
  command
    .argument('[leases...]', 'RES=TOKEN as acquire printed it, or one RES with --token')
    .option('--token <n>', 'the token, where one resource is named without it', wholeOption)
    .option('--all', 'everything that the session holds')
    .action((texts: readonly string[], options: { readonly token?: number; readonly all?: boolean }) =>
      perform(command, cli, async (context) => {
        const isAll = options.all === true;
        if (isAll === texts.length > 0) return context.refuse(NEITHER);
        const leases = isAll ? 'all' : leaseRefs(texts, { token: options.token, tokens: cli.env.BRIGADE_TOKENS });
        if (isRejection(leases)) return context.refuse(leases);
        const fleet = await context.enter();
        const seat = await callerSeat(cli, fleet);
        if (isAll && (await seat.who()) === null) return tellNothing(context);
        const outcome = await seat.release(leases);
        return tellOutcome(context, outcome, (replied) => {
          const document = spokenRelease(replied);
          return {
            document,
            lines: (look) => releasedLines(document, look),
            exitCode: exitCodeOfRefused(document.refused),
          };
        });
      }),
    );
}

const NEITHER = reject('INVALID_ARGUMENT', {
  message: 'Name leases to give back, or --all: one of the two.',
  next: 'For example: brigade release src/a.ts=812. `brigade locks` shows the tokens.',
});

/** Giving back everything needs no session where there is none. */
function tellNothing(context: Parameters<Parameters<typeof perform>[2]>[0]): number {
  context.tell({ released: [], refused: [], promoted: [], acting: null, notices: [] }, () => ['Nothing is held here.']);
  return 0;
}

function releasedLines(spoken: ReturnType<typeof spokenRelease>, { paint }: Look): readonly string[] {
  const { released, refused, promoted } = spoken;
  const nothing = released.length === 0 && refused.length === 0 ? ['Nothing was held.'] : [];
  return [
    ...nothing,
    ...released.map(({ resource, token }) => `${paint.good('Released')} ${oneLine(resource)} (token ${token})`),
    ...promoted.map(
      ({ agentId, resources, how }) =>
        `  ${how === 'granted' ? 'now held by' : 'offered to'} ${oneLine(agentId)}: ${resources.map((each) => oneLine(each)).join(', ')}`,
    ),
    ...refused.map(({ resource, token, code }) =>
      paint.bad(`Not released: ${oneLine(resource)} (token ${token}): ${code}`),
    ),
  ];
}
