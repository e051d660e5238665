// A verdict for a person: the word, each reason with what helps, and how to go on.

import type { CheckInReply } from '../../../core/reply.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Look } from '../output/screen.ts';

export function verdictLines(
  { checkInId, verdict, reasons, next, updates }: CheckInReply,
  { paint }: Look,
): readonly string[] {
  const paintVerdict = { proceed: paint.good, guide: paint.warn, pause: paint.bad }[verdict];
  const name = checkInId === null ? 'Dry run, nothing recorded' : `${checkInId}, check-in ${updates}`;
  return [
    `${paintVerdict(verdict)}  ${paint.faint(name)}`,
    ...reasons.map(({ code, message }) => `  ${paint.strong(code)}  ${oneLine(message, 500)}`),
    `  ${oneLine(next, 500)}`,
  ];
}
