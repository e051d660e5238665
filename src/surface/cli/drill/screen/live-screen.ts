// Live progress. On a terminal: moments as they come, and below them a board that is redrawn in place. Elsewhere: one plain
// line a moment.

import type { Paint, Screen } from '../../output/screen.ts';
import { cutEnd, cutMiddle, textWidth } from '../../output/text-width.ts';
import type { Audience, Moment } from '../rehearsal/audience.ts';
import { seconds } from '../report/words.ts';
import { Board, type BoardRow, type BoardSeat, type Doing } from './board.ts';
import { momentLines } from './moment-text.ts';

export interface LiveScreen extends Audience {
  /** Takes the board away and gives the cursor back. Idempotent. */
  close(): void;
}

const NOTHING = (): void => undefined;

/** Lines on stderr, so that stdout is the report alone. */
export function linesOnStderr(screen: Screen): LiveScreen {
  const paint = plainPaint();
  const onMoment = (moment: Moment): void =>
    screen.err(...momentLines(moment, { width: Number.POSITIVE_INFINITY, paint }));
  return { onMoment, onEvent: NOTHING, onNamed: NOTHING, onNoted: NOTHING, onSignal: NOTHING, close: NOTHING };
}

/** Lines on stdout, for a file or a pipe. */
export function linesOnStdout(screen: Screen): LiveScreen {
  const onMoment = (moment: Moment): void => screen.out(...momentLines(moment, screen.look()));
  return { onMoment, onEvent: NOTHING, onNamed: NOTHING, onNoted: NOTHING, onSignal: NOTHING, close: NOTHING };
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';
const REDRAW_MS = 100;
/** In a narrower or lower terminal there are moments only. */
const NARROWEST = 72;
const LOWEST = 16;
/** Moments stay readable above the board. */
const ROWS_LEFT = 8;
const NAME_WIDTH = 29;
const BAR_WIDTH = 20;

export function boardOnTerminal(
  screen: Screen,
  terminal: NodeJS.WriteStream,
  { seats, nowMs }: { readonly seats: readonly BoardSeat[]; readonly nowMs: () => number },
): LiveScreen {
  const board = new Board(seats);
  let drawn = 0;
  let isOpen = true;
  const erase = (): string => (drawn === 0 ? '' : `\u001b[${drawn}F${CLEAR_BELOW}`);
  const draw = (moments: readonly string[] = []): void => {
    if (!isOpen) return;
    const { width, paint } = screen.look();
    const most = Math.max(1, (terminal.rows ?? 24) - ROWS_LEFT);
    const hasRoom = width >= NARROWEST && (terminal.rows ?? 24) >= LOWEST;
    const lines = hasRoom ? boardLines(board, { width, paint, most, nowMs: nowMs() }) : [];
    terminal.write(`${erase()}${[...moments, ...lines].map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  terminal.write(HIDE_CURSOR);
  const timer = setInterval(draw, REDRAW_MS);
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(timer);
    process.off('exit', close);
    terminal.write(`${erase()}${SHOW_CURSOR}`);
  };
  // Whatever ends the process, the terminal gets its cursor back.
  process.once('exit', close);
  return {
    onMoment: (moment) => draw(momentLines(moment, screen.look())),
    onEvent: (event) => board.hearEvent(event, nowMs()),
    onNamed: (index, agentId) => board.named(index, agentId),
    onNoted: (index, line) => board.hearNote(index, line),
    onSignal: (signal) => board.hearSignal(signal),
    close,
  };
}

interface BoardLook {
  readonly width: number;
  readonly paint: Paint;
  readonly most: number;
  readonly nowMs: number;
}

function boardLines(board: Board, { width, paint, most, nowMs }: BoardLook): readonly string[] {
  const shown = board.rows.slice(0, most);
  const left = board.rows.length - shown.length;
  const quota = board.rows.reduce((sum, row) => sum + row.quota, 0);
  const made = quota === 0 ? [] : [`${board.made} of ${quota} updates made`];
  const all = [...made, ...(left === 0 ? [] : [`${left} more agents not shown`])].join('; ');
  const foot = all === '' ? [] : [paint.faint(cutEnd(`  ${all}`, width - 1))];
  return ['', ...shown.map((row) => rowLine(row, { width, paint, nowMs, counts: quota > 0 })), ...foot];
}

function rowLine(
  { name, made, quota, doing, sinceMs }: BoardRow,
  { width, paint, nowMs, counts }: Omit<BoardLook, 'most'> & { readonly counts: boolean },
): string {
  const nameText = cutMiddle(name, NAME_WIDTH);
  const filled = quota === 0 ? 0 : Math.round((Math.min(made, quota) / quota) * BAR_WIDTH);
  const bar = `${'█'.repeat(filled)}${paint.faint('░'.repeat(BAR_WIDTH - filled))}`;
  const progress = counts ? ` ${bar} ${`${made}/${quota}`.padStart(6)}` : '';
  const room = Math.max(0, width - 1 - (2 + NAME_WIDTH + (counts ? 1 + BAR_WIDTH + 1 + 6 : 0) + 2));
  const forText = doing === 'waits' || doing === 'stopped' ? ` for ${seconds(nowMs - sinceMs)}` : '';
  const state = TONES[doing](paint)(cutEnd(`${doing}${forText}`, room));
  return `  ${nameText}${' '.repeat(NAME_WIDTH - textWidth(nameText))}${progress}  ${state}`;
}

const TONES: Readonly<Record<Doing, (paint: Paint) => (text: string) => string>> = {
  'not here yet': (paint) => paint.faint,
  starts: (paint) => paint.faint,
  works: (paint) => paint.faint,
  waits: (paint) => paint.warn,
  holds: (paint) => paint.good,
  stopped: (paint) => paint.bad,
  killed: (paint) => paint.bad,
  left: (paint) => paint.faint,
};

function plainPaint(): Paint {
  const same = (text: string): string => text;
  return { title: same, strong: same, faint: same, good: same, warn: same, bad: same };
}
