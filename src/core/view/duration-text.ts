// Durations as people read them, one form everywhere: `250ms`, `42s`, `4m12s`, `1h05m`, `3d04h`. What is printed can be typed
// back where a duration is asked for.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Two units at most, rounded down; below a second in milliseconds. Negative durations read as `0s`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return 'for ever';
  const whole = Math.max(0, Math.floor(ms));
  if (whole === 0) return '0s';
  if (whole < SECOND_MS) return `${whole}ms`;
  if (whole < MINUTE_MS) return `${Math.floor(whole / SECOND_MS)}s`;
  if (whole < HOUR_MS) return pair(whole, MINUTE_MS, 'm', SECOND_MS, 's');
  if (whole < DAY_MS) return pair(whole, HOUR_MS, 'h', MINUTE_MS, 'm');
  return pair(whole, DAY_MS, 'd', HOUR_MS, 'h');
}

function pair(ms: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  return `${Math.floor(ms / bigMs)}${big}${String(rest).padStart(2, '0')}${small}`;
}
