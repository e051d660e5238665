// `store repair`: granting goes on, on an operator's word and with a reason that stands in the log.
//
// Granting rests after a loss, until no holder of before can believe any more, and after a broken invariant, until somebody
// has looked. What is still broken is shown, and granting is not let go on over it unless that is said in so many words.

import { flawOfLog } from '../../../app/examine-log.ts';
import type { Violation } from '../../../core/invariants.ts';
import { isRejection, type Rejection, reject } from '../../../core/rejection.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import { commandAs, operatorOf } from '../authority.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { examineKept, tooNewToRead } from './examine-kept.ts';
import { keptLogOf, placeOf } from './kept-log.ts';

export interface RepairOptions {
  readonly reason: string;
  readonly force?: boolean;
}

const SHOWN = 10;

export async function repair(context: Context, { reason, force = false }: RepairOptions): Promise<number> {
  const fleet = await context.enter();
  const by = operatorOf(context, fleet);
  if (isRejection(by)) return context.refuse(by);
  const kept = await keptLogOf(fleet.host);
  if (isRejection(kept)) return context.refuse(kept);
  const examination = await examineKept(context, kept);
  const flaw = flawOfLog(examination);
  if (flaw !== null) return context.refuse(damaged(flaw));
  const tooNew = tooNewToRead(examination, placeOf(kept));
  if (tooNew !== null) return context.refuse(tooNew);
  const { granting, head } = await fleet.coordinator.view({ kind: 'fleet' });
  if (!granting.ok && granting.code === 'STORE_MOVED') {
    const { returnHere } = await import('./return-here.ts');
    return returnHere(context, { fleet, kept, examination, by, reason, force });
  }
  const { text } = seenFrom(fleet.worktree.id);
  const broken = examination.violations.map(({ invariant, detail }) => ({ invariant, detail: text(detail) }));
  if (broken.length > 0 && !force) return context.refuse(stillBroken(broken));
  // The operator's word is about what stands here now, and about no rest that comes while it is on its way; save that after a
  // loss which nobody has settled yet, since this very command settles it.
  const isLost = fleet.coordinator.health().trouble?.code === 'STORE_REGRESSED';
  const rest = granting.ok ? null : { epoch: head.epoch, code: granting.code, why: granting.why };
  const body = { op: 'resume_granting', reason } as const;
  const answer = await commandAs(fleet, by, isLost && granting.ok ? body : { ...body, rest });
  if (isRejection(answer)) return context.refuse(answer);
  const resumed = answer.op === 'done' && answer.changed;
  const document = {
    resumed,
    was: granting.ok ? null : { code: granting.code, why: granting.why },
    violations: broken,
  };
  context.tell(document, ({ paint }) => [
    resumed
      ? `${paint.good('Granting goes on')}, by your word.`
      : 'Granting was not resting; there was nothing to repair.',
    ...broken
      .slice(0, SHOWN)
      .map(({ invariant, detail }) => paint.bad(`still broken: ${invariant}: ${oneLine(detail, 300)}`)),
  ]);
  return EXIT.done;
}

function damaged(flaw: string): Rejection {
  return reject('STORE_DAMAGED', {
    message: `The log itself is damaged: ${flaw}.`,
    next: 'Put a backup in its place with `brigade store restore FILE`.',
  });
}

function stillBroken(
  broken: readonly Violation[] | readonly { readonly invariant: string; readonly detail: string }[],
): Rejection {
  const shown = broken.slice(0, SHOWN).map(({ invariant, detail }) => `${invariant}: ${detail}`);
  return reject('NOT_SAFE', {
    message: `${broken.length} rules are still broken: ${shown.join('; ')}.`,
    next: 'Revoke or release what is wrong (`brigade revoke RES --token N --reason ...`), then repair; or repair with --force.',
    details: { violations: broken },
  });
}
