// What every command that acts for a session tells besides its result: for whom it acted, under which name it joined if
// this was the first time, and what the agent must know.

import type { SeatOutcome } from '../../app/seat/seat-outcome.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import type { Reply } from '../../core/reply.ts';
import { oneLine } from '../../core/view/one-line.ts';
import { type Replied, type SpokenBlocker, spokenNotices, spokenRejection } from '../answer/spoken.ts';
import type { Context } from './context.ts';
import type { Look } from './output/screen.ts';
import { blockerLines } from './text/acquire-text.ts';

export interface Told {
  readonly document: Readonly<Record<string, unknown>>;
  readonly lines: (look: Look) => readonly string[];
  readonly exitCode: number;
}

/** Tells `outcome`: `speak` for a reply, else the refusal. Answers the exit code. */
export function tellOutcome<R extends Reply>(
  context: Context,
  outcome: SeatOutcome<R>,
  speak: (replied: Replied<R>) => Told,
): number {
  const { answer } = outcome;
  const notices = spokenNotices(outcome);
  remarkOn(context, outcome);
  if (isRejection(answer)) return context.refuse(spokenRejection(answer, outcome));
  const { document, lines, exitCode } = speak({ ...outcome, answer });
  context.tell({ ...document, acting: outcome.acting, notices }, lines);
  return exitCode;
}

/** Under which name it joined, if it did, and its notices; for a person. */
export function remarkOn(context: Context, outcome: Pick<SeatOutcome, 'registered' | 'notices' | 'worktree'>): void {
  const { registered } = outcome;
  if (registered !== null) {
    const how = registered.resumed ? 'Going on as' : 'Joined the fleet as';
    context.remark(
      `${how} ${registered.agentId}.`,
      ...registered.warnings.map((warning) => `  ${oneLine(warning, 500)}`),
    );
  }
  for (const notice of spokenNotices(outcome)) context.remark(`notice: ${oneLine(notice.text, 500)}`);
}

/** Tells a refusal with the names of those in the way, if it has any. `rejection` is spoken already. */
export function refuseHeld(context: Context, rejection: Rejection): number {
  const { blockedBy } = rejection.details;
  return context.refuse(rejection, Array.isArray(blockedBy) ? blockerLines(blockedBy as readonly SpokenBlocker[]) : []);
}
