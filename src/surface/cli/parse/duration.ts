// Durations as people type them: `30s`, `5m`, `250ms`, `1h`, `1m30s`, and the forms that Brigade itself prints (`4m12s`).
// A bare number is refused rather than guessed at, because half of the tools around mean seconds by it and half
// milliseconds; only `0` needs no unit.

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WHOLE = /^(?:\d{1,12}(?:\.\d{1,6})?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Whole milliseconds, or why the text is no duration. */
export function parseDuration(text: string): { readonly ms: number } | { readonly flaw: string } {
  const trimmed = text.trim();
  if (trimmed === '0') return { ms: 0 };
  if (/^\d+(\.\d+)?$/.test(trimmed)) return { flaw: `needs a unit: say ${trimmed}s or ${trimmed}ms` };
  if (!WHOLE.test(trimmed)) return { flaw: 'is no duration: say 30s, 5m, 250ms, 1h or 1m30s' };
  let ms = 0;
  for (const [, amount, unit] of trimmed.matchAll(PART)) ms += Number(amount) * (UNITS_MS[unit as string] as number);
  return { ms: Math.round(ms) };
}
