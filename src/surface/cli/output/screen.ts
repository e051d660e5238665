// Where a command speaks: results to stdout, everything else to stderr. Colour and width exist only where a person looks;
// in a pipe or a file the text is plain and nothing is cut.

import { once } from 'node:events';
import { styleText } from 'node:util';

/** How words stand out. Each answers its text, with marks around it on a terminal that shows colours. */
export interface Paint {
  readonly title: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** What text is made for. */
export interface Look {
  /** Columns; Infinity where nobody sees a width. */
  readonly width: number;
  readonly paint: Paint;
  /** Files of this worktree are named without it. */
  readonly reader: string | null;
}

export interface Screen {
  /** A person looks at stdout. */
  readonly isTerminal: boolean;
  /** A person looks at stderr, wherever stdout goes. */
  readonly hasWatcher: boolean;
  look(reader?: string | null): Look;
  /** Lines for stdout. */
  out(...lines: readonly string[]): void;
  /** One line for stdout; resolves when there is room for more, so that a slow reader fills no memory. */
  outSlowly(line: string): Promise<void>;
  /** Lines for stderr. */
  err(...lines: readonly string[]): void;
  /** Text for stderr as it is, without a line end. */
  note(text: string): void;
  /** Shows `lines` in place of what stood there before; one screen. Only on a terminal. */
  redraw(lines: readonly string[]): void;
}

type Style = Parameters<typeof styleText>[0];

const CLEAR = '\u001b[2J';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const NARROWEST = 40;

/** The streams of a process as a screen. */
export function screenOf(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Screen {
  const styled = (style: Style) => (text: string) => (text === '' ? '' : styleText(style, text, { stream: stdout }));
  const paint: Paint = {
    title: styled('dim'),
    strong: styled('bold'),
    faint: styled('dim'),
    good: styled('green'),
    warn: styled('yellow'),
    bad: styled('red'),
  };
  const isTerminal = stdout.isTTY;
  // What was drawn is drawn over, line by line: clearing the whole screen each time would make it flicker.
  let isDrawn = false;
  const width = () => (isTerminal ? Math.max(NARROWEST, stdout.columns ?? 80) : Number.POSITIVE_INFINITY);
  return {
    isTerminal,
    hasWatcher: stderr.isTTY,
    look: (reader = null) => ({ width: width(), paint, reader }),
    out: (...lines) => void stdout.write(`${lines.join('\n')}\n`),
    outSlowly: async (line) => {
      if (!stdout.write(`${line}\n`)) await once(stdout, 'drain');
    },
    err: (...lines) => void stderr.write(`${lines.join('\n')}\n`),
    note: (text) => void stderr.write(text),
    redraw: (lines) => {
      const drawn = lines.slice(0, rowsOf(stdout)).map((line) => `${line}${CLEAR_LINE}\n`);
      stdout.write(`${isDrawn ? '' : CLEAR}${HOME}${drawn.join('')}${CLEAR_BELOW}`);
      isDrawn = true;
    },
  };
}

function rowsOf(stdout: NodeJS.WriteStream): number {
  return Math.max(5, (stdout.rows ?? 24) - 1);
}
