import type { Command } from 'commander';
import { oneLine } from '../../../core/view/one-line.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import { tellOutcome } from '../acting.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';

export function define(command: Command, cli: Cli): void {
  command.argument('<ticket>', 'as acquire printed it').action((ticket: string) =>
    perform(command, cli, async (context) => {
      const fleet = await context.enter();
      const seat = await callerSeat(cli, fleet);
      const outcome = await seat.withdraw(ticket);
      return tellOutcome(context, outcome, ({ answer, worktree }) => {
        const { name } = seenFrom(worktree);
        const released = answer.released.map(({ resource, token }) => ({ resource: name(resource), token }));
        const given = released.map(
          ({ resource, token }) => `Released ${oneLine(resource)} (token ${token}), which it had been granted.`,
        );
        return {
          document: { withdrawn: answer.withdrawn, ticket: answer.ticket, released },
          lines: () => [answer.withdrawn ? 'Left the line.' : 'It stood in no line any more.', ...given],
          exitCode: EXIT.done,
        };
      });
    }),
  );
}
