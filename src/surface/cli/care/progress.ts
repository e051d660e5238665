// What long work has done so far, on one line of a terminal that is gone when the work is over.

import { countedLong } from '../../../core/view/count-text.ts';
import type { Context } from '../context.ts';

/** Below this many events it is over before anybody wonders. */
const SLOW_EVENTS = 20_000;
const CLEAR_LINE = '\r\u001b[2K';

export interface Progress {
  /** `what`: read, copied. */
  tell(what: string, events: number): void;
  clear(): void;
}

export function progressOn({ cli: { screen }, json }: Context): Progress {
  const isShown = screen.isTerminal && !json;
  let isThere = false;
  return {
    tell: (what, events) => {
      if (!isShown || events < SLOW_EVENTS) return;
      isThere = true;
      screen.note(`${CLEAR_LINE}${countedLong(events, 'event')} ${what} …`);
    },
    clear: () => {
      if (isThere) screen.note(CLEAR_LINE);
      isThere = false;
    },
  };
}
