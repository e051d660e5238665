// The stretch of time that the timeline shows: moved, zoomed, and measured out in ticks. Milliseconds of the wall.

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const LEAST_MS = 2 * SECOND_MS;
const MOST_MS = 14 * DAY_MS;
/** Behind now there is nothing; a little of it may show, so that the edge is seen. */
const AHEAD = 0.1;

export function msOf({ fromMs, toMs }: TimeRange): number {
  return toMs - fromMs;
}

/** `factor` times as long, around the time that lies at `share` of it. */
export function zoomedRange(range: TimeRange, factor: number, share: number, nowMs: number): TimeRange {
  const ms = Math.min(MOST_MS, Math.max(LEAST_MS, msOf(range) * factor));
  const fixed = range.fromMs + msOf(range) * share;
  return within({ fromMs: fixed - ms * share, toMs: fixed + ms * (1 - share) }, nowMs);
}

export function movedRange({ fromMs, toMs }: TimeRange, byMs: number, nowMs: number): TimeRange {
  return within({ fromMs: fromMs + byMs, toMs: toMs + byMs }, nowMs);
}

function within(range: TimeRange, nowMs: number): TimeRange {
  const over = range.toMs - (nowMs + AHEAD * msOf(range));
  return over <= 0 ? range : { fromMs: range.fromMs - over, toMs: range.toMs - over };
}

/** It ends at now, as far as a hand can tell: it goes on with the time. */
export function isAtNow(range: TimeRange, nowMs: number): boolean {
  return range.toMs >= nowMs - msOf(range) / 200;
}

/**
 * What is asked for to show `range`: more on both sides, in steps, so that a little to and fro asks for nothing. It reaches into the
 * log, which begins at `beginsMs`: whoever goes back beyond that sees an empty board, and the way back.
 */
export function askedRange(
  range: TimeRange,
  nowMs: number,
  beginsMs = 0,
): { readonly fromMs: number; readonly toMs: number | null } {
  const stepMs = 2 ** Math.ceil(Math.log2(msOf(range) / 4));
  const toMs = Math.ceil(Math.max(range.toMs + msOf(range) / 2, beginsMs + 1) / stepMs) * stepMs;
  return {
    fromMs: Math.max(0, Math.floor((range.fromMs - msOf(range) / 2) / stepMs) * stepMs),
    toMs: toMs >= nowMs ? null : toMs,
  };
}

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 7].map((n) => n * DAY_MS),
];

export interface Tick {
  readonly atMs: number;
  readonly label: string;
  /** A day begins. */
  readonly isDay: boolean;
}

/** About `most` round times, in the time zone of the reader. */
export function ticksOf(range: TimeRange, most: number): readonly Tick[] {
  const stepMs = STEPS_MS.find((step) => msOf(range) / step <= most) ?? 7 * DAY_MS;
  const offsetMs = new Date(range.fromMs).getTimezoneOffset() * MINUTE_MS;
  const ticks: Tick[] = [];
  for (
    let local = Math.ceil((range.fromMs - offsetMs) / stepMs) * stepMs;
    local + offsetMs <= range.toMs;
    local += stepMs
  ) {
    const atMs = local + offsetMs;
    const isDay = local % DAY_MS === 0;
    ticks.push({ atMs, label: (isDay ? DAY : stepMs < MINUTE_MS ? SECONDS : MINUTES).format(atMs), isDay });
  }
  return ticks;
}

const SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MINUTES = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
