// While a person waits in line, one line on stderr says where they stand. It is rewritten in place and gone at the end.

import type { WaitProgress } from '../../../app/coordinator.ts';
import { durationText } from '../../../core/view/duration-text.ts';
import { oneLine } from '../../../core/view/one-line.ts';
import { seenFrom } from '../../answer/seen-names.ts';
import type { Context } from '../context.ts';
import { cutEnd } from '../output/text-width.ts';

const CLEAR_LINE = '\r\u001b[2K';

export function waitProgress(
  context: Context,
  worktree: string,
): { readonly show: (progress: WaitProgress) => void; readonly end: () => void } {
  const { screen } = context.cli;
  const { name } = seenFrom(worktree);
  let isShown = false;
  if (context.json || !screen.isTerminal) return { show: () => undefined, end: () => undefined };
  return {
    show: ({ position, blockedBy, waitedMs }) => {
      const [first] = blockedBy;
      const behind = first === undefined ? '' : ` behind ${oneLine(first.agentId)} (${oneLine(name(first.resource))})`;
      const place = position === 1 ? 'next in line' : `place ${position ?? '?'} in line`;
      const text = `waiting ${durationText(waitedMs)}, ${place}${behind}; Ctrl-C leaves the line`;
      screen.note(`${CLEAR_LINE}${cutEnd(text, screen.look().width - 1)}`);
      isShown = true;
    },
    end: () => {
      if (isShown) screen.note(CLEAR_LINE);
    },
  };
}
