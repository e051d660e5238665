// Writing a message from the command line: as the agent of the shell, or with an operator's authority.

import type { MessageArguments } from '../../app/seat/message-calls.ts';
import type { Acting } from '../../app/seat/seat-outcome.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { SendMessageReply } from '../../core/reply.ts';
import { oneLine } from '../../core/view/one-line.ts';
import { spokenNotices } from '../answer/spoken.ts';
import { remarkOn } from './acting.ts';
import { commandAs, operatorOf } from './authority.ts';
import type { Context } from './context.ts';
import { callerSeat } from './occupant.ts';
import type { SeenFleet } from './open-fleet.ts';
import type { Look } from './output/screen.ts';

export interface Sent {
  readonly reply: SendMessageReply;
  /** In whose name; null for an operator. */
  readonly acting: Acting | null;
  readonly notices: ReturnType<typeof spokenNotices>;
}

export type Sender = (message: MessageArguments) => Promise<Sent | Rejection>;

/** How messages are sent from here; or why an operator cannot. */
export async function senderOf(context: Context, fleet: SeenFleet, asOperator: boolean): Promise<Sender | Rejection> {
  if (asOperator) return operatorSender(context, fleet);
  const seat = await callerSeat(context.cli, fleet);
  return async (message) => {
    const outcome = await seat.messages.send(message);
    remarkOn(context, outcome);
    const { answer, acting } = outcome;
    return isRejection(answer) ? answer : { reply: answer, acting, notices: spokenNotices(outcome) };
  };
}

/** What came of it, for a person. */
export function sentLine({ messageId, to, isHere }: SendMessageReply, { paint }: Look): string {
  const away = isHere ? '' : `; ${oneLine(to)} is not here now and hears of it when it comes back`;
  return `${paint.good('Sent')} to ${to === '*' ? 'everybody' : oneLine(to)} as ${messageId}${away}.`;
}

function operatorSender(context: Context, fleet: SeenFleet): Sender | Rejection {
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return by;
  return async ({ to, text, kind = 'info', replyTo = null, resource: name }) => {
    const resource = name === undefined ? null : await fleet.keyOf(name);
    if (isRejection(resource)) return resource;
    const answer = await commandAs(fleet, by, { op: 'send_message', to, text, kind, replyTo, resource });
    if (isRejection(answer)) return answer;
    if (answer.op !== 'send_message') throw new TypeError(`asked for send_message, answered with ${answer.op}`);
    return { reply: answer, acting: null, notices: [] };
  };
}
