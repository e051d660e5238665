import type { Command } from 'commander';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { SeenFleet } from '../open-fleet.ts';
import { type Sent, senderOf, sentLine } from '../sending.ts';

export function define(command: Command, cli: Cli): void {
  command
    .argument('<resource>', 'as `brigade locks` names it')
    .argument('<text>', 'what you need it for; only its holder and operators see this')
    .option('--operator', 'with authority, not as the agent of this shell')
    .addHelpText('after', HELP)
    .action((resource: string, text: string, options: { readonly operator?: boolean }) =>
      perform(command, cli, async (context) => {
        const fleet = await context.enter();
        const key = await fleet.keyOf(resource);
        if (isRejection(key)) return context.refuse(key);
        const holders = await holdersOf(fleet, key);
        if (isRejection(holders)) return context.refuse(holders);
        const send = await senderOf(context, fleet, options.operator === true);
        if (isRejection(send)) return context.refuse(send);
        const asked: Sent[] = [];
        for (const to of holders) {
          const sent = await send({ to, text, kind: 'task', resource: key });
          // It may have let go meanwhile; the others are asked all the same.
          if (!isRejection(sent)) asked.push(sent);
          else if (holders.length === 1) return context.refuse(sent);
        }
        const { name } = seenFrom(fleet.worktree.id);
        const told = asked.map(({ reply: { messageId, to, isHere } }) => ({ messageId, to, isHere }));
        const acting = asked[0]?.acting ?? null;
        const notices = asked.flatMap((sent) => sent.notices);
        context.tell({ resource: name(key), asked: told, acting, notices }, (look) => [
          ...asked.map(({ reply }) => sentLine(reply, look)),
          `${name(key)} shows it in \`brigade locks\`; an answer comes with \`brigade messages\`.`,
        ]);
        return EXIT.done;
      }),
    );
}

const HELP = `
Whoever holds it hears it with the result of its next call, and how to answer. It
keeps the lock until it lets go: \`brigade acquire RES --wait 5m\` waits for that.`;

/** Holders asked at once; more share only what they read. */
const MOST = 20;

/** Who holds exactly this; or that nobody does, with what is held instead. */
async function holdersOf(fleet: SeenFleet, key: string): Promise<readonly string[] | Rejection> {
  const locks = await fleet.coordinator.view({ kind: 'holder', resource: key });
  const holders = new Set(locks.flatMap(({ holder }) => holder?.agentId ?? []));
  if (holders.size > 0) return [...holders].slice(0, MOST);
  const { name } = seenFrom(fleet.worktree.id);
  const { items } = await fleet.coordinator.view({ kind: 'locks', resource: key, limit: MOST });
  const others = items.flatMap(({ resource, holder }) =>
    holder === null ? [] : [`${name(resource)} by ${holder.agentId}`],
  );
  return reject('TOKEN_STALE', {
    message:
      others.length === 0
        ? `Nobody holds ${name(key)} now.`
        : `Nobody holds exactly ${name(key)} now; in its way is ${others.join(', ')}.`,
    next: others.length === 0 ? 'Acquire it.' : 'Ask for what is held, by that name.',
    details: { resource: name(key) },
  });
}
