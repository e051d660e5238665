// `incident note` and `incident close`: what people say of an incident.

import { isRejection } from '../../../core/rejection.ts';
import { incidentNumber } from '../../answer/spoken-incidents.ts';
import { tellOutcome } from '../acting.ts';
import { commandAs, operatorOf } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { callerSeat } from '../occupant.ts';
import { act } from '../operator-act.ts';
import type { Look } from '../output/screen.ts';

interface Note {
  readonly number: string;
  readonly text: string;
  /** With authority, not as the agent of this shell. */
  readonly operator: boolean;
}

export async function noteIncident(context: Context, { number, text, operator }: Note): Promise<number> {
  const incident = incidentNumber(number);
  if (isRejection(incident)) return context.refuse(incident);
  const fleet = await context.enter();
  const document = { incident, noted: true };
  const lines = ({ paint }: Look): readonly string[] => [`${paint.good('Noted')} on incident ${incident}.`];
  if (!operator) {
    const seat = await callerSeat(context.cli, fleet);
    const outcome = await seat.noteIncident({ incident, text });
    return tellOutcome(context, outcome, () => ({ document, lines, exitCode: EXIT.done }));
  }
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return context.refuse(by);
  const answer = await commandAs(fleet, by, { op: 'note_incident', incident, text });
  if (isRejection(answer)) return context.refuse(answer);
  context.tell({ ...document, acting: null, notices: [] }, lines);
  return EXIT.done;
}

export async function closeIncident(
  context: Context,
  { number, reason, dryRun }: { readonly number: string; readonly reason: string; readonly dryRun: boolean },
): Promise<number> {
  const incident = incidentNumber(number);
  if (isRejection(incident)) return context.refuse(incident);
  const body = { op: 'close_incident', incident, text: reason, dryRun } as const;
  return act(context, await context.enter(), body, (answer) => {
    const changed = answer.op === 'done' && answer.changed;
    const lines = ({ paint }: Look): readonly string[] => [
      changed ? `Incident ${incident} is ${paint.good('closed')}.` : `Incident ${incident} is closed already.`,
    ];
    return { document: { incident, closed: !dryRun || !changed, changed }, lines };
  });
}
