// While a person waits in line, one line on stderr says where they stand and for how long. It is rewritten in place and
// gone at the end.

import type { WaitProgress } from '../../../app/coordinator.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { Context } from '../context.ts';
import { cutEnd } from '../output/text-width.ts';
import { ageText } from './age-text.ts';

const CLEAR_LINE = '\r\u001b[2K';
const TICK_MS = 1_000;

export interface ShownWait {
  readonly show: (progress: WaitProgress) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Shows nothing where nobody looks. */
export function waitProgress(
  context: Context,
  { clock, worktree }: { readonly clock: Clock; readonly worktree: { readonly id: string } },
): ShownWait {
  const { screen } = context.cli;
  if (context.json || !screen.isTerminal) return { show: () => undefined, end: () => undefined };
  const { name } = seenFrom(worktree.id);
  let shown: { readonly progress: WaitProgress; readonly sinceMs: number } | null = null;
  let cancel: Cancel = () => undefined;
  const draw = () => {
    if (shown === null) return;
    const { progress, sinceMs } = shown;
    const text = `waiting ${ageText(clock.monotonicMs() - sinceMs)}, ${placeText(progress, name)}; Ctrl-C leaves the line`;
    screen.note(`${CLEAR_LINE}${cutEnd(text, screen.look().width - 1)}`);
    cancel();
    cancel = clock.after(TICK_MS, draw, { background: true });
  };
  return {
    show: (progress) => {
      shown = { progress, sinceMs: clock.monotonicMs() - progress.waitedMs };
      draw();
    },
    end: () => {
      cancel();
      if (shown !== null) screen.note(CLEAR_LINE);
      shown = null;
    },
  };
}

function placeText({ position, blockedBy }: WaitProgress, name: (key: string) => string): string {
  const [first] = blockedBy;
  const behind = first === undefined ? '' : ` behind ${oneLine(first.agentId)} (${oneLine(name(first.resource))})`;
  return `${position === 1 ? 'next in line' : `place ${position ?? '?'} in line`}${behind}`;
}
