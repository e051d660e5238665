// Handing a lease to one agent: offered with resource, token and to; answered with offer and answer.

import type * as z from 'zod';
import type { Call } from '../../../app/seat/call.ts';
import type { Seat } from '../../../app/seat/seat.ts';
import { reject } from '../../../core/rejection.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { spokenOffer, spokenOfferAnswer } from '../../answer/spoken.ts';
import { handOffShape } from '../../schema/shapes.ts';
import { defineTool } from '../tool.ts';
import { type ToolResult, toolRejection, toolResult } from '../tool-result.ts';

type Arguments = z.output<z.ZodObject<typeof handOffShape>>;

export const handOff = defineTool({
  name: 'hand_off',
  title: 'Hand a lock over',
  description:
    'Offers a lock you hold to one agent, ahead of the line: {resource, token, to}. You hold it until they accept. Answer an offer made to you: {offer, answer}; accepting gives you a new token.',
  effect: 'adds',
  input: handOffShape,
  output: ['offer', 'to', 'lapsesInMs', 'accepted', 'lease', 'registered'],
  run: (seat, args, call) => offerOf(seat, args, call) ?? answerOf(seat, args, call) ?? Promise.resolve(incomplete()),
});

function offerOf(seat: Seat, args: Arguments, call: Call): Promise<ToolResult> | null {
  if (args.resource === undefined || args.token === undefined || args.to === undefined) return null;
  if (args.offer !== undefined || args.answer !== undefined) return null;
  return offer(seat, { resource: args.resource, token: args.token, to: args.to }, call);
}

function answerOf(seat: Seat, args: Arguments, call: Call): Promise<ToolResult> | null {
  if (args.offer === undefined || args.answer === undefined) return null;
  if (args.resource !== undefined || args.token !== undefined || args.to !== undefined) return null;
  return answer(seat, { offer: args.offer, answer: args.answer }, call);
}

async function offer(seat: Seat, asked: Parameters<Seat['handOff']>[0], call: Call): Promise<ToolResult> {
  return toolResult(await seat.handOff(asked, call), (replied) => {
    const structured = spokenOffer(replied);
    const { offer: id, to, lapsesInMs } = structured;
    const text = `Offered to ${to} as ${id}; you hold it until they accept, at most ${durationText(lapsesInMs)}.`;
    return { structured, text };
  });
}

async function answer(seat: Seat, asked: Parameters<Seat['answerHandoff']>[0], call: Call): Promise<ToolResult> {
  return toolResult(await seat.answerHandoff(asked, call), (replied) => {
    const structured = spokenOfferAnswer(replied);
    const { accepted, lease } = structured;
    const held = lease === null ? '' : ` You hold ${lease.resource} (token ${lease.token}).`;
    return { structured, text: `${accepted ? 'Accepted.' : 'Declined.'}${held}` };
  });
}

function incomplete(): ToolResult {
  return toolRejection(
    reject('INVALID_ARGUMENT', {
      message: 'hand_off: it is either resource, token and to, or offer and answer.',
      next: 'Give {resource, token, to} to offer what you hold, or {offer, answer} to answer an offer.',
      details: { path: 'resource' },
    }),
  );
}
