// Check-ins of `eisv-v1` in the columns of November 2025, so that whoever compared numbers then can go on doing so.

import type { EventOf } from '../event.ts';

export const EISV_COLUMNS = [
  'agent_id',
  'time',
  'E',
  'I',
  'S',
  'V',
  'lambda1',
  'coherence',
  'void_event',
  'risk_score',
  'decision',
] as const;

/** Cells in the order of `EISV_COLUMNS`: time with 3 decimals, other numbers with 4. Null for another estimator's check-in. */
export function eisvRow(event: EventOf<'checkin.recorded'>): readonly string[] | null {
  const { estimator } = event;
  if (estimator.name !== 'eisv-v1') return null;
  const { time, E, I, S, V, lambda1, coherence, risk, decision } = estimator;
  return [
    event.agentId ?? '',
    time.toFixed(3),
    ...[E, I, S, V, lambda1, coherence].map(withFour),
    estimator.void ? '1' : '0',
    withFour(risk),
    decision,
  ];
}

/** An imported line in the same columns, its text as it was. What it lacks is empty; its other columns have no place here. */
export function importedEisvRow(
  agentId: string,
  columns: readonly string[],
  row: readonly string[],
): readonly string[] {
  return EISV_COLUMNS.map((column) => {
    const cell = row[columns.indexOf(column)] ?? '';
    return column === 'agent_id' && cell === '' ? agentId : cell;
  });
}

function withFour(number: number): string {
  return number.toFixed(4);
}
