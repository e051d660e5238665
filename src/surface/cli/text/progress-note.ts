// Long work says how far it is: one line on stderr while a person looks there, rewritten in place and gone at the end.

import type { Clock } from '../../../ports/clock.ts';
import type { Context } from '../context.ts';
import { cutEnd } from '../output/text-width.ts';

const CLEAR_LINE = '\r\u001b[2K';
const EVERY_MS = 200;
const WIDTH = 79;

export interface ProgressNote {
  readonly show: (text: string) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

/** Shows nothing where nobody looks, or where results run over the same screen. */
export function progressNote(
  { cli, json }: Context,
  clock: Clock,
  options: { readonly besideResults: boolean },
): ProgressNote {
  const { screen } = cli;
  const isMixed = options.besideResults && screen.isTerminal;
  if (json || isMixed || !screen.hasWatcher) return { show: () => undefined, end: () => undefined };
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return {
    show: (text) => {
      const nowMs = clock.monotonicMs();
      if (nowMs - shownAtMs < EVERY_MS) return;
      shownAtMs = nowMs;
      screen.note(`${CLEAR_LINE}${cutEnd(text, WIDTH)}`);
    },
    end: () => {
      if (shownAtMs !== Number.NEGATIVE_INFINITY) screen.note(CLEAR_LINE);
    },
  };
}
