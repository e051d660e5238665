// Numbers as the report says them.

/** `14 ms`, `0.42 s`, `2.3 s`, `18 s`; `not seen` for null. */
export function seconds(ms: number | null): string {
  if (ms === null) return 'not seen';
  const value = Math.max(0, ms) / 1_000;
  if (value < 0.1) return `${Math.round(value * 1_000)} ms`;
  if (value < 1) return `${trimmed(value.toFixed(2))} s`;
  if (value < 20) return `${trimmed(value.toFixed(1))} s`;
  return `${Math.round(value)} s`;
}

/** A span of that night or of the defaults: `40 s`, `25 min`, `6 min 15 s`, `1 h`. */
export function span(ms: number): string {
  const all = Math.round(ms / 1_000);
  const parts = [
    [Math.floor(all / 3_600), 'h'],
    [Math.floor(all / 60) % 60, 'min'],
    [all % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return shown.length === 0 ? '0 s' : shown.join(' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? 'nobody';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function trimmed(text: string): string {
  return text.replace(/\.?0+$/, '') || '0';
}
