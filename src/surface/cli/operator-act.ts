// What an operator does from the command line, and may want to think about first: a dry run says what would be logged, and
// either says what takes it back.

import { isRejection } from '../../core/rejection.ts';
import type { Reply } from '../../core/reply.ts';
import { oneLine } from '../../core/view/one-line.ts';
import { spokenForeseen } from '../answer/spoken-foreseen.ts';
import { type Acted, type Undoing, undoingOf } from '../answer/undoing.ts';
import { commandAs, type OperatorBody, operatorOf } from './authority.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-code.ts';
import type { SeenFleet } from './open-fleet.ts';
import type { Look } from './output/screen.ts';
import { wouldLines } from './output/would-lines.ts';

export const DRY_RUN = ['--dry-run', 'only show what would be logged, and what takes it back'] as const;

/** What came of it, as a document and in lines. */
export interface Spoken {
  readonly document: Readonly<Record<string, unknown>>;
  readonly lines: (look: Look) => readonly string[];
}

/** Gives the command, or only looks where it is a dry run, and tells what came of it. Answers the exit code. */
export async function act(
  context: Context,
  fleet: SeenFleet,
  body: OperatorBody & Acted,
  speak: (answer: Reply) => Spoken | null,
): Promise<number> {
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return context.refuse(by);
  const answer = await commandAs(fleet, by, body);
  if (isRejection(answer)) return context.refuse(answer);
  const spoken = speak(answer);
  if (spoken === null) throw new TypeError(`asked for ${body.op}, answered with ${answer.op}`);
  const undoing = undoingOf(body, answer);
  const undo = undoing === null ? null : undoText(undoing);
  const isDry = body.dryRun === true;
  const would = isDry ? spokenForeseen(answer, fleet.worktree.id) : null;
  context.tell({ ...spoken.document, dryRun: isDry, undo, ...would }, (look) => {
    const { paint } = look;
    if (would === null) return [...spoken.lines(look), ...(undo === null ? [] : [paint.faint(`  Undo: ${undo}`)])];
    if (would.events.length === 0) return [paint.warn('Nothing would be done.'), ...spoken.lines(look)];
    return [
      `${paint.warn('Nothing was done.')} It would be logged:`,
      ...wouldLines(would),
      paint.faint(undo === null ? 'Nothing takes it back.' : `Undo: ${undo}`),
    ];
  });
  return EXIT.done;
}

/** As somebody types it. */
function undoText(undoing: Undoing): string {
  switch (undoing.op) {
    case 'acknowledge_alert':
      return `brigade alerts ack ${undoing.alert}`;
    case 'unacknowledge_alert':
      return `brigade alerts unack ${undoing.alert}`;
    case 'silence_alert':
      return `brigade alerts silence ${undoing.alert} --for 0`;
    default:
      return `brigade ${undoing.op} ${oneLine(undoing.agentId)} --reason "..."`;
  }
}
