// Figures as people read them: three digits, and no more than were measured.

/** `4,310`, `38.2`, `0.524`. */
export function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (Math.abs(value) >= 1_000) return Number(value.toPrecision(3)).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** `<= 1.5`. */
export function wanted(target: { readonly atLeast: number } | { readonly atMost: number }): string {
  return 'atLeast' in target ? `>= ${shown(target.atLeast)}` : `<= ${shown(target.atMost)}`;
}

/** What an answer survives, as tables say it. */
export const SURVIVES = { memory: 'memory', os: 'OS', disk: 'disk', none: '' } as const;
