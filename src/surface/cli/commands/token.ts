import type { Command } from 'commander';
import { secretHash } from '../../../app/credentials.ts';
import { isRejection, reject } from '../../../core/rejection.ts';
import type { TokenKind } from '../../../ports/state-folder.ts';
import { commandAs, hasPerson, operatorOf, refuseAgents } from '../authority.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';

interface Options {
  readonly rotate?: boolean;
  readonly force?: boolean;
}

const MEANS: Readonly<Record<TokenKind, string>> = {
  operator: 'whoever shows it may revoke, repair and rotate (BRIGADE_OPERATOR_TOKEN)',
  join: 'whoever shows it may register from another host',
};

export function define(command: Command, cli: Cli): void {
  for (const kind of ['operator', 'join'] as const) defineKind(command.command(kind), cli, kind);
}

function defineKind(command: Command, cli: Cli, kind: TokenKind): void {
  command
    .summary(MEANS[kind])
    .description(
      `Print the ${kind} token, and make it on first use: ${MEANS[kind]}. Kept for you alone; the log has its hash.`,
    )
    .option('--rotate', 'put a new one in its place; the old one ends at once')
    .option('--force', 'print it although nobody sits at a terminal')
    .action((options: Options) =>
      perform(command, cli, async (context) => {
        const refused = refuseAgents(context);
        if (refused !== null) return context.refuse(refused);
        if (options.force !== true && !hasPerson(context)) return context.refuse(NO_TERMINAL);
        const fleet = await context.enter();
        return giveToken(context, fleet, kind, options);
      }),
    );
}

const NO_TERMINAL = reject('OPERATOR_REQUIRED', {
  message: 'A secret is printed only to a person at a terminal.',
  next: 'Run it in a terminal, or add --force where you mean to catch it in a script.',
});

/** Makes it where there is none, sees to it that the log knows its hash, prints it. */
async function giveToken(context: Context, fleet: SeenFleet, kind: TokenKind, options: Options): Promise<number> {
  const { ids, hasher, found, stateFolderOf } = fleet.fleet.seatPorts;
  const fleetId = await found();
  if (isRejection(fleetId)) return context.refuse(fleetId);
  const stateFolder = stateFolderOf(fleetId);
  const before = await stateFolder.token(kind);
  const isNew = before === null || options.rotate === true;
  const secret = isNew ? ids.newSecret() : before;
  const tokenHash = secretHash(hasher, secret);
  if (isNew || !(await fleet.coordinator.view({ kind: 'token', which: kind, tokenHash }))) {
    // The person at this terminal, or with --force whoever may read the user's own secrets, stands for the user.
    const shown = operatorOf(context, fleet);
    const by = isRejection(shown) ? ({ kind: 'operator', name: fleet.host.user, proof: 'terminal' } as const) : shown;
    const answer = await commandAs(fleet, by, { op: 'set_token', kind, tokenHash });
    if (isRejection(answer)) return context.refuse(answer);
  }
  if (isNew) await stateFolder.replaceToken(kind, secret);
  const warning = stateFolder.warning();
  if (warning !== null) context.remark(`warning: ${warning}`);
  const what = before === null ? 'created' : options.rotate === true ? 'rotated' : 'known';
  context.remark(what === 'known' ? `The ${kind} token:` : `The ${kind} token was ${what}:`);
  context.tell({ kind, token: secret, [what]: true }, () => [secret]);
  return EXIT.done;
}
