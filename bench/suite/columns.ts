// Columns that several sections have.

import type { Column } from './section.ts';

export const PAIR_COLUMNS: readonly Column[] = [
  { name: 'rate', head: 'pairs/s', unit: 'pairs/s', isCost: false },
  { name: 'p50', head: 'median, ms', unit: 'ms', isCost: true },
  { name: 'p99', head: '99 %, ms', unit: 'ms', isCost: true },
];
