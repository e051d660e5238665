import { type Command, Option } from 'commander';
import type { MessageKind } from '../../../core/event.ts';
import { isRejection } from '../../../core/rejection.ts';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { senderOf, sentLine } from '../sending.ts';

interface Options {
  readonly type?: MessageKind;
  readonly replyTo?: string;
  readonly about?: string;
  readonly operator?: boolean;
}

const TYPES: readonly MessageKind[] = ['task', 'confirm', 'dismiss', 'info'];

export function define(command: Command, cli: Cli): void {
  command
    .argument('<to>', 'an agent as `brigade agents` names it, or "*" for all')
    .argument('<text>', 'what to say, at most 4 KiB')
    .addOption(new Option('--type <type>', 'of what kind it is').choices(TYPES).default('info'))
    .option('--reply-to <message>', 'the message it answers, as in m42')
    .option('--about <resource>', 'a lock that the agent holds now')
    .option('--operator', 'with authority, not as the agent of this shell')
    .addHelpText('after', HELP)
    .action((to: string, text: string, { type, replyTo, about: resource, operator }: Options) =>
      perform(command, cli, async (context) => {
        const fleet = await context.enter();
        const send = await senderOf(context, fleet, operator === true);
        if (isRejection(send)) return context.refuse(send);
        const sent = await send({ to, text, kind: type, replyTo, resource });
        if (isRejection(sent)) return context.refuse(sent);
        const { reply, acting, notices } = sent;
        const { messageId, isHere } = reply;
        context.tell({ messageId, to, isHere, acting, notices }, (look) => [sentLine(reply, look)]);
        return EXIT.done;
      }),
    );
}

const HELP = `
It is heard with the result of the next call that the agent makes, and read with
read_messages or \`brigade messages\`. Only it, you and operators see what it says.`;
