import type { Command } from 'commander';
import type { Seat } from '../../../app/seat/seat.ts';
import type { SeatOutcome } from '../../../app/seat/seat-outcome.ts';
import { LIMITS } from '../../../core/limits.ts';
import { EVERYBODY } from '../../../core/message/mailbox.ts';
import { isRejection, reject } from '../../../core/rejection.ts';
import type { ReadMessagesReply } from '../../../core/reply.ts';
import { spokenMail, spokenMessageView } from '../../answer/spoken-messages.ts';
import { tellOutcome } from '../acting.ts';
import { isOperator, operatorOf } from '../authority.ts';
import type { Cli } from '../cli.ts';
import { type Context, perform } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruptible.ts';
import { callerSeat } from '../occupant.ts';
import { durationOption, wholeOption } from '../parse/options.ts';
import { mailLines, seenLines } from '../text/messages-text.ts';

interface Options {
  readonly all?: boolean;
  readonly after?: number;
  readonly wait?: number;
  readonly limit?: number;
  readonly peek?: boolean;
  readonly of?: string;
  readonly cursor?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .option('--all', 'also those that were read and are still kept')
    .option('--after <n>', 'those after a cursor; everything up to it counts as read', wholeOption)
    .option('--wait <duration>', 'wait for one where there is none, up to 10m', durationOption)
    .option('--limit <n>', `at most so many (${LIMITS.messagesPerPage})`, wholeOption)
    .option('--peek', 'only look: nothing counts as read, and nobody is registered')
    .option('--of <agent>', `for operators: what this agent wrote and was written ("${EVERYBODY}": everything)`)
    .option('--cursor <cursor>', 'with --of: the older ones, where a page ended')
    .addHelpText('after', HELP)
    .action((options: Options) =>
      perform(command, cli, async (context) => {
        const { of: agentId } = options;
        if (agentId !== undefined) return showToOperator(context, agentId, options);
        if (options.peek === true && options.wait !== undefined) return context.refuse(PEEK_OR_WAIT);
        if (options.all === true && options.after !== undefined) return context.refuse(ALL_OR_AFTER);
        if ((options.after ?? 0) < 0) return context.refuse(NO_CURSOR);
        return showMail(context, options);
      }),
    );
}

const HELP = `
What was printed counts as read, for every session of the agent. Messages are for
the session of your shell, or for that of BRIGADE_SESSION. Exit code 4 when --wait
ended without one.`;

const PEEK_OR_WAIT = reject('INVALID_ARGUMENT', {
  message: 'A look does not wait: --peek and --wait exclude each other.',
  next: 'Leave one of them out.',
});
const ALL_OR_AFTER = reject('INVALID_ARGUMENT', {
  message: '--all and --after exclude each other.',
  next: 'Leave one of them out.',
});
const NO_CURSOR = reject('INVALID_ARGUMENT', {
  message: 'A cursor is not below 0.',
  next: 'Use the cursor that --json shows.',
});

async function showMail(context: Context, options: Options): Promise<number> {
  const isPeek = options.peek === true;
  const fleet = await context.enter();
  const seat = await callerSeat(context.cli, fleet);
  const after = options.all === true ? 0 : options.after;
  const most = Math.max(1, options.limit ?? LIMITS.messagesPerPage);
  const outcome = await interruptible(context, fleet, (call) =>
    seat.messages.read({ after, waitMs: options.wait, limit: pageLimit(most) }, { ...call, dryRun: isPeek }),
  );
  if (typeof outcome === 'number') return outcome;
  const whole = await withFurtherPages(seat, outcome, most);
  const code = tellOutcome(context, whole, (replied) => {
    const document = spokenMail(replied);
    const isEmpty = document.messages.length === 0;
    return {
      document,
      lines: (look) => mailLines(document, look),
      exitCode: isEmpty && options.wait !== undefined ? EXIT.contended : EXIT.done,
    };
  });
  if (!isPeek) await markRead(context, seat, whole);
  return code;
}

/** A page is small, for agents; a person gets as many as were asked for. They are only looked at: nothing is printed yet. */
async function withFurtherPages(
  seat: Seat,
  first: SeatOutcome<ReadMessagesReply>,
  most: number,
): Promise<SeatOutcome<ReadMessagesReply>> {
  let { answer } = first;
  while (!isRejection(answer) && answer.more && answer.messages.length < most) {
    const { messages, cursor } = answer;
    const limit = pageLimit(most - messages.length);
    const { answer: next } = await seat.messages.read({ after: cursor, limit }, { dryRun: true });
    if (isRejection(next) || next.messages.length === 0) break;
    answer = { ...next, messages: [...messages, ...next.messages] };
  }
  // A notice of what stands here in full says nothing new.
  const shown = isRejection(answer) ? 0 : answer.cursor;
  return { ...first, answer, notices: first.notices.filter(({ kind, seq }) => kind !== 'message' || seq > shown) };
}

function pageLimit(most: number): number {
  return Math.min(most, LIMITS.messagesPerPage);
}

/** What was printed was seen. */
async function markRead(context: Context, seat: Seat, { answer }: SeatOutcome<ReadMessagesReply>): Promise<void> {
  if (isRejection(answer) || answer.messages.length === 0) return;
  const marked = await seat.messages.read({ after: answer.cursor, limit: 1 });
  if (isRejection(marked.answer)) context.remark('They could not be marked as read, and will be shown again.');
}

async function showToOperator(context: Context, agentId: string, { limit, cursor }: Options): Promise<number> {
  const fleet = await context.look();
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return context.refuse(by);
  if (!(await isOperator(context, fleet))) return context.refuse(WRONG_TOKEN);
  const {
    items,
    cursor: older,
    total,
  } = await fleet.coordinator.view({
    kind: 'messages',
    ...(agentId === EVERYBODY ? {} : { agentId }),
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const messages = items.map((message) => spokenMessageView(message, fleet.worktree.id));
  context.tell({ messages, cursor: older, total }, (look) => [
    ...(older === null ? [] : [look.paint.faint(`${items.length} of ${total}; older ones with --cursor ${older}`)]),
    ...seenLines(messages, look),
  ]);
  return EXIT.done;
}

const WRONG_TOKEN = reject('CREDENTIAL_WRONG', {
  message: 'This operator token is not the one of this fleet.',
  next: 'brigade token operator prints it, in a terminal.',
});
