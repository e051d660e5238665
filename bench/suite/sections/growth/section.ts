import type { Section } from '../../section.ts';

export const GROWTH: Section = {
  name: 'growth',
  title: 'How cost grows with size',
  about:
    'Each is done at sizes that double, and the slope of cost over size, both as logarithms, is fitted by least squares: 1 is linear, 2 quadratic, 0 means that size does not matter. The core alone, in one thread, the best of three at each size.',
  columns: [
    { name: 'exponent', head: 'exponent', unit: '', isCost: true },
    { name: 'error', head: '± error', unit: '', isCost: true },
    { name: 'largest', head: 'at the largest, ms', unit: 'ms', isCost: true },
  ],
  charts: [
    { name: 'exponent', title: 'Exponent of growth', column: 'exponent', sizes: null, lineOf: (_, what) => what },
  ],
  isOnce: true,
  load: () => import('./measure.ts'),
};
